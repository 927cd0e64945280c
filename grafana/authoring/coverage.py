"""Metric mapping: numbers that are missing because their metric was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana.authoring import field_styles as style
from grafana.authoring.panels import table

if TYPE_CHECKING:
    from grafana.authoring.dashboard import Json


def metrics_without_role() -> Json:
    """The table of them, on the Pipeline dashboard."""
    styled = {
        "Client": style.words(100),
        "Role": style.words(170),
        "State": {
            **style.states(missing="red", doubtful="orange", unmapped="orange"),
            "custom__width": 90,
        },
        "Metric": style.words(220),
        "Events": style.number(90),
        "What to do": style.SENTENCES,
    }
    return table("Metrics missing or without a role", "pipeline/metrics_without_role",
                 "Each number is found by its metric's name. Missing: the client needs the role, "
                 "and no metric is known for it, so the number is empty and not 0. Doubtful: this "
                 "may be so. Unmapped: one of Klaviyo's own metrics that no report includes. "
                 "Metric is the likely one, Events its count since the first day read.",
                 styled, w=24, h=8,
                 empty="No such metric is known",
                 )  # fmt: skip

"""Data quality: do the numbers agree with Klaviyo, and which of them were restated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana.authoring import field_styles as style
from grafana.authoring.panels import DAY, columns, table

if TYPE_CHECKING:
    from grafana.authoring.dashboard import Json


def data_quality() -> list[Json]:
    """The panels of the Pipeline dashboard's row of that name."""
    return [_reconciliation(), _restated(), _differences(), _restatements()]


def _reconciliation() -> Json:
    styled = {
        "Client": style.words(100),
        "Equal": style.number(65),
        "Within": style.number(65),
        "Out": style.coloured(style.number(60), style.ANY_IS_BAD),
        "Not judged": style.number(95),
        "Largest": style.rate(90),
        "Comparison": style.NAMES,
    }
    return table("Reconciliation", "pipeline/reconciliation",
                 "How many pairs of values agree, by day and measure. Events against Klaviyo's "
                 "aggregates and channels against the client are event-dated; send against event "
                 "compares two date bases, for information only. Within and out refer to the "
                 "tolerance. Not judged: the day may still change, or the two differ by design. "
                 "Largest is the largest relative difference on settled days.",
                 styled, w=14, h=8)  # fmt: skip


def _restated() -> Json:
    return columns("Restated values by day", "pipeline/restated_values_by_day", style.COUNT,
                   "Values that a later run read differently, by the day this was seen, UTC. "
                   "Only a change of a settled day is unusual.", w=10, h=8, label=DAY,
                   noValue="No such change in this time range",
                   series=("Incomplete day", "Not yet settled", "Settled"))  # fmt: skip


def _differences() -> Json:
    styled = {
        "Day": style.day(),
        "Client": style.words(90),
        "Comparison": style.words(205),
        "Role": style.words(150),
        "Measure": style.words(80),
        "Klaviyo": {**style.EXACT, "custom__width": 95},
        "Counted": {**style.EXACT, "custom__width": 95},
        "Difference": style.change(90),
        "Tolerance": style.rate(85),
        "Reason": style.SENTENCES,
        "State": {
            **style.states(ok="green", within_tolerance="green", adds_up="orange",
                           unsettled="blue", explained="text", out_of_tolerance="red"),
            "custom__width": 130,
        },
    }  # fmt: skip
    return table("Largest differences", "pipeline/largest_differences",
                 "Values on which two ways to count disagree, worst first, with the tolerance. "
                 "ok means equal, unsettled that the day may still change. Event-dated, by the "
                 "account's local day.", styled, w=24, h=8)  # fmt: skip


def _restatements() -> Json:
    styled = {
        "Seen": style.timestamp(),
        "Client": style.words(90),
        "Day": style.day(),
        "Days later": style.number(95),
        "Before": style.EXACT,
        "After": style.EXACT,
        "Change": style.change(95),
        "Metric": style.NAMES,
        "Kind": style.states(expected="blue", unexpected="red"),
    }
    return table("Restatements", "pipeline/restatements",
                 "Values of days that were complete when they were first read. Expected: the day "
                 "was not yet settled. Unexpected, listed first: it was. Days are the account's, "
                 "times UTC.", styled, w=24, h=8,
                 empty="No such change in this time range")  # fmt: skip

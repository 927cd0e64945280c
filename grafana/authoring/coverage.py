"""What the reports lack because its metric was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana.authoring import looks
from grafana.authoring.panels import table
from grafana.authoring.sql import CHOSEN

if TYPE_CHECKING:
    from grafana.authoring.dashboard import Json

_UNFOUND = f"""
select client as "Client", replace(role, '_', ' ') as "Number", status as "State",
    probable_metric_name as "Metric", coalesce(probable_event_count, reported_count) as "Events",
    what_to_do as "What to do"
from role_coverage
where {CHOSEN} and status in ('missing', 'doubtful')
union all
select client, replace(probable_role, '_', ' '), 'unmapped', metric_name, event_count,
    'No report contains it: add its name to seeds/metric_roles.csv, as not_counted if need be.'
from unmapped_metrics
where {CHOSEN} and is_klaviyo_own and metric_id not in (
    select probable_metric_id from role_coverage
    where {CHOSEN} and status in ('missing', 'doubtful') and probable_metric_id is not null
)
order by 3, 1, 5 desc, 2
"""


def unfound() -> Json:
    """The table of them, on the Pipeline dashboard."""
    columns = {
        "Client": looks.words(100),
        "Number": looks.words(170),
        "State": {
            **looks.states(missing="red", doubtful="orange", unmapped="orange"),
            "custom__width": 90,
        },
        "Metric": looks.words(220),
        "Events": looks.number(90),
        "What to do": looks.SENTENCES,
    }
    return table("Metrics missing or without a role", _UNFOUND,
                 "Numbers are found by the names of metrics. Missing: the client has the number "
                 "and no metric is known for it, so it is empty and not 0. Doubtful: it may be "
                 "so. Unmapped: one of Klaviyo's own metrics that no report contains. Metric is "
                 "the one that probably counts it, events since the first day read.",
                 columns, w=24, h=8,
                 empty="No such metric is known",
                 )  # fmt: skip

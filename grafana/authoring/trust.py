"""Trust: do the numbers agree with Klaviyo, and which of them changed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana.authoring import looks
from grafana.authoring.panels import DAY, columns, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, signed

if TYPE_CHECKING:
    from grafana.authoring.dashboard import Json


def trust() -> list[Json]:
    """The panels of the Pipeline dashboard's row of that name."""
    return [_reconciliation(), _restated(), _differences(), _restatements()]


_AGREEMENT = f"""
select client as "Client", replace(comparison, '_', ' ') as "Compared",
    count(*) filter (where status = 'ok') as "Equal",
    count(*) filter (where status in ('within_tolerance', 'adds_up')) as "Within",
    count(*) filter (where status = 'out_of_tolerance') as "Out",
    count(*) filter (where status in ('unsettled', 'explained')) as "Not judged",
    max(abs(relative_difference)) filter (where is_settled) as "Largest"
from reconciliation
where {IN_RANGE}
group by client, comparison
order by 5 desc, client, comparison
"""


def _reconciliation() -> Json:
    looked = {
        "Client": looks.words(100),
        "Equal": looks.number(65),
        "Within": looks.number(65),
        "Out": looks.coloured(looks.number(60), looks.ANY_IS_BAD),
        "Not judged": looks.number(95),
        "Largest": looks.rate(90),
        "Compared": looks.NAMES,
    }
    return table("Do the ways to count agree", _AGREEMENT,
                 "Numbers of days and measures. Events against Klaviyo's aggregates and channels "
                 "against the client are event-dated; send against event compares two date bases "
                 "and informs only. Within and out mean tolerance. Not judged: the day may still "
                 "change, or the two differ by design. Largest is the largest relative difference "
                 "on settled days.",
                 looked, w=14, h=8)  # fmt: skip


def _restated() -> Json:
    sql = f"""
select date_trunc('day', seen_at) as "time",
    count(*) filter (where kind = 'filling') as "Day was not over",
    count(*) filter (where kind = 'expected') as "Not settled yet",
    count(*) filter (where kind = 'unexpected') as "Was settled"
from restatements
where {CHOSEN} and $__timeFilter(seen_at)
group by 1 order by 1
"""
    return columns("Numbers that changed afterwards", sql, looks.COUNT,
                 "Numbers of a day that a later run read differently, by the day it was seen, UTC. "
                 "Only a settled day that changes is unusual.", w=10, h=8, label=DAY,
                 noValue="No such change in this time range",
                 series=("Day was not over", "Not settled yet", "Was settled"))  # fmt: skip


_DIFFERENCES = f"""
select date_day as "Day", client as "Client", replace(comparison, '_', ' ') as "Compared",
    replace(role, '_', ' ') as "Number", measure as "Measure", reference_value as "Klaviyo",
    compared_value as "Counted", {signed("relative_difference", 2)} as "Difference",
    tolerance as "Allowed", status as "State", reason as "Why"
from reconciliation
where {IN_RANGE} and comparison <> 'send_against_event'
order by status = 'out_of_tolerance' desc, status = 'adds_up' desc,
    coalesce(abs(relative_difference), (difference <> 0)::int) desc,
    comparison = 'events_against_aggregates' desc, date_day desc, abs(reference_value) desc
limit 100
"""


def _differences() -> Json:
    looked = {
        "Day": looks.day(),
        "Client": looks.words(90),
        "Compared": looks.words(205),
        "Number": looks.words(150),
        "Measure": looks.words(80),
        "Klaviyo": {**looks.EXACT, "custom__width": 95},
        "Counted": {**looks.EXACT, "custom__width": 95},
        "Difference": looks.change(90),
        "Allowed": looks.rate(),
        "Why": looks.SENTENCES,
        "State": {
            **looks.states(ok="green", within_tolerance="green", adds_up="orange",
                           unsettled="blue", explained="text", out_of_tolerance="red"),
            "custom__width": 130,
        },
    }  # fmt: skip
    return table("Largest differences", _DIFFERENCES,
                 "What two ways to count disagree on, worst first, and how much is allowed. ok "
                 "means equal, unsettled that the day may still change. Event-dated, by the "
                 "account's local day.", looked, w=24, h=8)  # fmt: skip


def _restatements() -> Json:
    sql = f"""
select seen_at as "Seen", client as "Client", date_day as "Day", days_later as "Days later",
    replace(metric, '_', ' ') as "Number", old_value as "Before", new_value as "After",
    {signed("relative_change")} as "Change", kind as "Kind"
from restatements
where {CHOSEN} and $__timeFilter(seen_at) and kind <> 'filling'
order by kind = 'unexpected' desc, date_trunc('day', seen_at) desc, date_day desc, client, metric
limit 100
"""
    looked = {
        "Seen": looks.moment(),
        "Client": looks.words(90),
        "Day": looks.day(),
        "Days later": looks.number(95),
        "Before": looks.EXACT,
        "After": looks.EXACT,
        "Change": looks.change(95),
        "Number": looks.NAMES,
        "Kind": looks.states(expected="blue", unexpected="red"),
    }
    return table("Restatements", sql,
                 "Numbers of days that were over when they were first read. Expected are those of "
                 "days that Klaviyo still changes; unexpected ones, of settled days, come first. "
                 "Days are the account's, times UTC.", looked, w=24, h=8,
                 empty="No such change in this time range")  # fmt: skip

"""Portfolio and anomalies: what needs attention today, over all clients."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.dashboard import CLIENTS, Json, dashboard, query_variable
from grafana.authoring.panels import lines, row, stat, table

UID = "portfolio"
_KPI = query_variable("kpi", "KPI", "filters/kpis", multi=False)
_ANOMALIES = """Changes beyond chance against the weeks before, each reported once; at most one
alert per client and day. Event-dated, local days."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Portfolio and anomalies",
        "What needs attention today, ranked by value, and how clients compare.",
        [
            *_counts(),
            _attention(),
            _improvements(),
            row("How clients compare"),
            *_comparison(),
            row("Flows by stage of the customer's life"),
            *_lifecycle(),
            row("What attributed revenue rests on"),
            *_attribution(),
            row("Plans and goals"),
            _plans(),
            _goals(),
        ],
        [CLIENTS, _KPI],
        days=42,
    )


def _counts() -> list[Json]:
    return [
        stat("Items needing attention", "portfolio/items_needing_attention", style.COUNT,
             "The rows of the table below: anomalies, clients whose email health is under 75, "
             "late data.", w=6, thresholds=style.ANY_IS_WORK),
        stat("Alerts sent in 7 days", "portfolio/alerts_sent", style.COUNT,
             f"In the last seven days of the time range. {_ANOMALIES}", w=5,
             thresholds=style.steps("text", (1, "red"))),
        stat("Health under 75", "portfolio/clients_in_poor_health", style.COUNT,
             "Clients whose email health is fair or poor: under 75 of 100, over the last 28 days "
             "of the time range. Event-dated.", w=5, thresholds=style.ANY_IS_WORK),
        stat("Clients with late data", "portfolio/clients_with_late_data", style.COUNT,
             "With a stream that is late, failing or was never read, as of now; see Pipeline.",
             w=5, thresholds=style.ANY_IS_BAD),
        stat("Clients", "portfolio/clients", style.COUNT,
             "Clients chosen above, as of the last run.", w=3),
    ]  # fmt: skip


_FINDINGS = {
    "Day": style.day(),
    "Client": style.client(),
    "Finding": style.words(170),
    "Change": style.change(),
    "At stake": style.number(110),
    "Currency": style.words(90),
    "Reason": style.SENTENCES,
}


def _attention() -> Json:
    styled = {name: column for name, column in _FINDINGS.items() if name != "Change"}
    return table("Needs attention", "portfolio/needs_attention",
                 "Highest value first: changes for the worse in the last seven days of the time "
                 "range (at stake is the shortfall when first reported), clients whose email "
                 "health is under 75 (at stake is what messages earned in 28 days) and late data, "
                 "as of now. Event-dated. Amounts are in the client's own currency, ranked at the "
                 "day's rate if any.",
                 styled, w=24, h=8, empty="Nothing found in the data that was read")  # fmt: skip


def _improvements() -> Json:
    hidden = ("At stake", "Currency")
    styled = {name: column for name, column in _FINDINGS.items() if name not in hidden}
    return table("Improvements", "portfolio/improvements",
                 f"Changes for the better in the time range, newest first. {_ANOMALIES}",
                 styled, w=24, h=7, empty="Nothing found in the data that was read")  # fmt: skip


def _comparison() -> list[Json]:
    distribution = ("Weighted", "Median client", "Lower quartile", "Upper quartile")
    styled = {
        "KPI": {**style.NAMES, "custom__minWidth": 160},
        **dict.fromkeys(distribution, style.rate(110)),
        "Best": style.client(72),
        "Worst": style.client(72),
    }
    return [
        lines("Portfolio: ${kpi:text}", "portfolio/kpi_by_day", style.RATE,
              "All clients, whatever is chosen above: 28 days to each point. The weighted average "
              "is sum over sum, so large clients dominate it; beside it the median client and the "
              "quartiles.", w=10, h=10, from_zero=False,
              series=("Weighted average", "Median client", "Lower quartile", "Upper quartile")),
        table("Portfolio at the end of the time range", "portfolio/kpis_latest",
              "All clients, 28 days, rates only: amounts in different currencies are not compared "
              "here. Best is the highest where more is better, the lowest where less is.", styled,
              w=14, h=10),
    ]  # fmt: skip


_STAGES = (
    "Welcome", "Checkout", "Browse", "Post-purchase", "Win-back", "Sunset", "Review",
    "Replenishment", "Birthday",
)  # fmt: skip
_COVERAGE = style.states(live="green", **{"not live": "orange", "missing": "red"})
_GAPS = {
    "Client": style.client(80),
    "Stage": style.words(165),
    "Coverage": {**_COVERAGE, "custom__width": 85},
    "Flow": style.NAMES,
    "Emails": style.number(70),
    "SMS": style.number(60),
    "First after, h": style.hours(105),
    "Triggers": style.number(80),
    "Currency": style.words(85),
    "Revenue": style.number(90),
    "Expected": style.number(90),
}


def _lifecycle() -> list[Json]:
    cell = {**_COVERAGE, "custom__width": 115, "custom__wrapText": True}
    return [
        table("Stages by client", "portfolio/lifecycle_matrix",
              "Which stages of a customer's life live flows serve today, with their live emails "
              "and SMS. A flow's stage follows from its name, otherwise from its trigger.",
              {"Client": style.client(), **dict.fromkeys(_STAGES, cell)}, w=24, h=6),
        table("What stages earn, and could", "portfolio/lifecycle_gaps",
              "28 days up to each client's last whole day, the largest gap first, in the client's "
              "own currency. Expected: the median share of store revenue that the stage earns "
              "where it is live, over all clients, times this store's revenue; empty while it is "
              "live in fewer than three. Event-dated.", _GAPS, w=24, h=9),
    ]  # fmt: skip


_RUNGS = ("Without machines", "Clicks only", "Clicks within 24 h", "Unknown")
_LADDER = {
    "Client": style.client(),
    "Currency": style.words(90),
    "Attributed revenue": style.number(165),
    **dict.fromkeys(_RUNGS, style.rate(165)),
}
_SETTINGS = {
    "Client": style.client(80),
    "Channel": style.words(75),
    "Touch": style.words(110),
    "Credited": style.words(85),
    "Hours": style.number(65),
    "Orders": style.number(68),
    "Since": style.day(),
    "Change": style.SENTENCES,
}


def _attribution() -> list[Json]:
    return [
        table("Attributed revenue under stricter rules", "portfolio/attribution_ladder",
              "28 days up to the end of the time range, from single events, by the day of the "
              "order. As Klaviyo attributes it, and the share that would be left: without bots' "
              "clicks and machines' opens, with human clicks only, and with those at most 24 hours "
              "before the order. An unknown touch counts in the first share only.", _LADDER,
              w=24, h=6),
        table("Attribution settings, inferred", "portfolio/attribution_settings",
              "What the account seems to credit, inferred from the orders of the last 90 days "
              "because Klaviyo's API does not tell: which touches, and the longest hours from "
              "touch to order. A change shifts all attributed revenue, of the past as well.",
              _SETTINGS, w=24, h=9),
    ]  # fmt: skip


def _plans() -> Json:
    styled = {
        "Client": style.client(),
        "Plan": style.NAMES,
        "Unit": style.words(90),
        "Used": style.number(),
        "Allowed": style.number(),
        "Share": style.rate(90),
        "Projected": style.number(),
        "Share at the end": style.coloured(style.rate(130), style.PLAN),
        "Ends": style.day(),
        "Exceeded": style.day(),
    }
    return table("Use of Klaviyo's plans", "portfolio/plan_usage",
                 "Used in the billing period, by the last reading up to the day after the time "
                 "range, and projected to the period's end at the pace of the last 28 days. "
                 "Exceeded is the day on which the plan is or would be. Without a projection, the "
                 "readings cover less than a week. Units differ, so nothing is added up.",
                 styled, w=24, h=8)  # fmt: skip


def _goals() -> Json:
    styled = {
        "Client": style.client(),
        "KPI": style.words(150),
        "Currency": style.words(90),
        "Goal": style.number(),
        "So far": style.number(),
        "Expected by now": style.number(140),
        "Projected": style.number(),
        "Of the goal": style.rate(100),
        "State": style.states(**style.GOAL_STATES),
        "Problem": style.SENTENCES,
    }
    return table("Goals of the month", "portfolio/goals",
                 "Goals of the month in which the time range ends (seeds/goals.csv), as of the "
                 "client's last day that was over. Expected by now and Projected divide the month "
                 "by last year's days, or by weekdays. Event-dated.",
                 styled, w=24, h=8)  # fmt: skip

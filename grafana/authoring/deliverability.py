"""Deliverability and health: is mail arriving, and is anybody about to stop it."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, Json, dashboard, link
from grafana.authoring.panels import DAY, columns, lines, row, table
from grafana.authoring.sql import CHOSEN, IN_RANGE, OVER, WHOLE_DAYS, ratio

UID = "deliverability"
_WINDOW = """Each point is over the 28 days to it, only where every day was read."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Deliverability and health",
        "Health scores with their reasons, and the rates that mailbox providers watch.",
        [_scores(), row("Over time"), _history(), *_rates(),
         row("By mailbox provider"), _providers(), _bounces()],
        [CLIENTS],
        days=42,
    )  # fmt: skip


def _scores() -> Json:
    sql = f"""
select distinct on (client) client as "Client", score as "Score", band as "Band",
    to_char(score - score_7_days_ago, 'FMSG990') as "In 7 days", spam_score as "Spam",
    bounce_score as "Bounces", click_score as "Clicks",
    unsubscribe_score as "Unsubscribes", open_score as "Opens", reason as "Why"
from client_health
where {CHOSEN} and date_day <= $__timeTo()::date
order by client, date_day desc
"""
    parts = ("Spam", "Bounces", "Clicks", "Unsubscribes", "Opens")
    looked = {
        "Client": {**looks.words(100), **link("Open this client", "client")},
        "Score": looks.coloured(looks.number(75), looks.HEALTH),
        "Band": looks.states(excellent="green", good="green", fair="orange", poor="red",
                             unscored="text"),
        "In 7 days": looks.judged_change(90),
        **{part: looks.coloured(looks.number(82), looks.HEALTH) for part in parts},
        "Unsubscribes": looks.coloured(looks.number(110), looks.HEALTH),
        "Why": looks.SENTENCES,
    }  # fmt: skip
    return table("Health of e-mail, 0 to 100", sql,
                 "Score of the last 28 days to the end of the time range, and its five parts. "
                 "Complaints and bounces weigh most, and cap the score where they are bad. Our own "
                 "formula: Klaviyo does not publish its weights. Event-dated.",
                 looked, w=24, h=7)  # fmt: skip


def _history() -> Json:
    sql = f"""
select date_day::timestamp as "time", client as metric, score as value
from client_health
where {IN_RANGE} and score is not null
order by 1, client
"""
    return lines("Health", sql, "none",
                 "The same score day by day: 90 and more is excellent, 75 good, 50 fair. "
                 "Event-dated, 28 days.", w=6, h=9, decimals=0, max=100)  # fmt: skip


def _rates() -> list[Json]:
    def panel(title: str, rate: str, thresholds: Json, about: str) -> Json:
        sql = f"""
select date_day::timestamp as "time", client as metric, {rate} as value
from rolling_client_metrics
where {IN_RANGE} and channel = 'email' and window_days = 28 and is_complete
order by 1, client
"""
        return lines(title, sql, looks.RATE, f"{about} {_WINDOW}", w=6, h=9,
                     thresholds=thresholds, custom={"thresholdsStyle": {"mode": "dashed"},
                                                    "axisSoftMax": 0.001})  # fmt: skip

    return [
        panel("Spam complaints", "spam_complaint_rate", looks.SPAM,
              "Of the e-mails delivered, the share that was complained of by then. Gmail and Yahoo "
              "ask for less than 0.1 %, and turn mail away from 0.3 %. Gmail does not tell Klaviyo "
              "of complaints: true rates are higher."),
        panel("Bounces", "bounce_rate", looks.BOUNCE,
              "Bounces divided by delivered and bounced. Klaviyo: under 1 % healthy, over 2 % "
              "needs attention."),
        panel("Unsubscribes", "unsubscribe_rate", looks.UNSUBSCRIBE,
              "Of the e-mails delivered, the share that people left by. Klaviyo: up to 0.3 % "
              "healthy, over 1 % needs attention."),
    ]  # fmt: skip


def _providers() -> Json:
    sql = f"""
select inbox_provider as "Provider", client as "Client", sum(delivered) as "Delivered",
    {ratio("bounced", "(delivered + bounced)")} as "Bounced",
    {ratio("hard_bounced", "(delivered + bounced)")} as "Hard",
    {ratio("complained_deliveries", "deliveries")} as "Spam"
from daily_deliverability
where {WHOLE_DAYS}
group by inbox_provider, client
order by sum(delivered) desc nulls last
"""
    looked = {
        "Provider": looks.NAMES,
        "Client": {**looks.words(100), **link("Open this client", "client")},
        "Delivered": looks.number(),
        "Bounced": looks.coloured(looks.rate(), looks.BOUNCE),
        "Hard": looks.rate(),
        "Spam": looks.coloured(looks.rate(), looks.SPAM),
    }
    return table("Mailbox providers", sql,
                 "Deliveries of the time range, by who runs the mailbox, as Klaviyo recognises it, "
                 "and what came of them so far. Hard bounces and complaints are counted from "
                 "events, where those are read.",
                 looked, w=13, h=9)  # fmt: skip


def _bounces() -> Json:
    sql = f"""
select day::timestamp as "time", sum(hard_bounced) as "Hard",
    sum(bounced - hard_bounced) as "Soft or unknown"
from generate_series($__timeFrom()::date, $__timeTo()::date, interval '1 day') as day
left join daily_deliverability on date_day = day and {CHOSEN} and {OVER}
where exists (select from daily_deliverability where {WHOLE_DAYS})
group by 1 order by 1
"""
    return columns("Bounced e-mails by day", sql, looks.COUNT,
                   "Hard: the address does not exist. Soft: full or refused for now. From events; "
                   "event-dated.", w=11, h=9, label=DAY,
                   series=("Hard", "Soft or unknown"))  # fmt: skip

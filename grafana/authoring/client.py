"""Client: one brand, from its money down to its messages."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import ITS_CURRENCY, ONE_CLIENT, Json, dashboard
from grafana.authoring.panels import columns, headline, lines, row, stat, table
from grafana.authoring.sql import (
    CHOSEN,
    IN_RANGE,
    OVER,
    PEOPLE,
    WEEK,
    WHOLE_DAYS,
    compared,
    ratio,
    signed,
)

UID = "client"
_EVENT = "Event-dated, by the account's local day, in the account's currency."
_CLAIM = f"{_EVENT} Attribution is Klaviyo's claim and grows for some days."


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Client",
        "One client: what its messages earned, how they were received, what is out of line.",
        [*_headlines(), *_revenue(), *_audience(), *_messages()],
        [ONE_CLIENT, ITS_CURRENCY],
        days=42,
    )


_HEALTH = f"""
select score as "score" from client_health
where {CHOSEN} and date_day <= $__timeTo()::date
order by date_day desc limit 1
"""


def _headlines() -> list[Json]:
    return [
        headline("Attributed revenue, ${currency}", compared("sum(attributed_revenue)"),
                 looks.MONEY, _CLAIM),
        headline("Store revenue, ${currency}", compared("sum(revenue)"), looks.MONEY,
                 f"All orders of the store, before refunds. {_EVENT}"),
        headline("Revenue per recipient, ${currency}",
                 compared(ratio("attributed_revenue", "(email_delivered + sms_delivered)")),
                 looks.EACH,
                 f"Attributed revenue divided by e-mails and texts delivered. {_CLAIM}"),
        headline("E-mail list growth",
                 compared("sum(subscribes - unsubscribes)", table="daily_channel_metrics",
                          only="channel = 'email'", change=PEOPLE),
                 looks.COUNT, f"Subscribed minus unsubscribed, e-mail. {_EVENT}"),
        stat("E-mail health, of 100", _HEALTH, "none",
             "Score of the last 28 days to the end of the time range, from complaints, bounces, "
             "clicks, unsubscribes and opens; the Deliverability dashboard shows its parts.",
             w=4, thresholds=looks.HEALTH, decimals=0, size=22, unknown_as="not enough mail"),
    ]  # fmt: skip


def _revenue() -> list[Json]:
    weekly = f"""
select {WEEK}, sum(campaign_revenue) as "Campaigns", sum(flow_revenue) as "Flows"
from daily_client_metrics
where {WHOLE_DAYS}
group by 1 order by 1
"""
    daily = f"""
select date_day::timestamp as "time", revenue as "Store", attributed_revenue as "Attributed"
from daily_client_metrics
where {WHOLE_DAYS}
order by 1
"""
    return [
        row("Revenue"),
        columns("Attributed revenue by week, ${currency}", weekly, looks.MONEY,
                "Weeks of seven days from the first day of the time range; the last may be short. "
                + _CLAIM, w=12, h=8, series=("Campaigns", "Flows")),
        lines("Store and attributed revenue by day, ${currency}", daily, looks.MONEY,
              f"A gap is a day that was not read. {_CLAIM}", w=12, h=8,
              series=("Store", "Attributed")),
    ]  # fmt: skip


def _audience() -> list[Json]:
    rates = f"""
select date_day::timestamp as "time", human_open_rate as "Opened, not by Apple",
    open_rate as "Opened", click_rate as "Clicked"
from rolling_client_metrics
where {IN_RANGE} and channel = 'email' and window_days = 28 and is_complete
order by 1
"""
    growth = f"""
select {WEEK}, sum(subscribes) as "Subscribed", -sum(unsubscribes) as "Unsubscribed"
from daily_channel_metrics
where {WHOLE_DAYS} and channel = 'email'
group by 1 order by 1
"""
    return [
        row("Audience"),
        lines("E-mail opens and clicks over 28 days", rates, looks.RATE,
              "Of the e-mails delivered in the 28 days to each point, the share that was opened "
              "and clicked by then. Machines open mail by themselves: trust clicks.",
              w=12, h=8,
              series=("Opened, not by Apple", "Opened", "Clicked")),
        columns("Subscribed and unsubscribed by week", growth, looks.COUNT,
                f"E-mail consent given and taken back. {_EVENT}", w=12, h=8,
                series=("Subscribed", "Unsubscribed")),
    ]  # fmt: skip


def _messages() -> list[Json]:
    return [row("What stands out"), _out_of_line(), _best_messages()]


def _out_of_line() -> Json:
    sql = f"""
select date_day as "Day", replace(kpi, '_', ' ') as "Number", channel as "Channel",
    {signed("size", 0)} as "Change", case when is_good then 'good' else 'bad' end as "Sense",
    case when is_open then 'goes on' else 'until ' || ended_on end as "State", reason as "In words"
from metric_anomalies
where {IN_RANGE}
order by date_day desc, abs(score) desc limit 50
"""
    columns = {
        "Day": looks.day(),
        "Number": looks.words(150),
        "Channel": looks.words(90),
        "Change": looks.change(),
        "Sense": looks.states(good="green", bad="red"),
        "State": looks.words(130),
        "In words": looks.SENTENCES,
    }
    return table("Out of line", sql,
                 "Changes beyond chance, each on the day on which it was told first: of a day, of "
                 "7 or of 28 days, against the weeks before. Change is its size so far. "
                 f"{_EVENT}",
                 columns, w=24, h=8)  # fmt: skip


def _best_messages() -> Json:
    sql = f"""
select m.parent_name as "Campaign or flow", m.message_kind as "Kind", d.channel as "Channel",
    sum(d.delivered) as "Delivered", sum(d.clicks) as "Clicks",
    sum(d.attributed_orders) as "Orders", sum(d.attributed_revenue) as "Attributed revenue",
    {ratio("d.attributed_revenue", "d.delivered")} as "Per recipient"
from daily_message_metrics as d left join messages as m using (account_id, message_id)
where d.{CHOSEN} and $__timeFilter(d.date_day) and {OVER}
group by m.parent_name, m.message_kind, d.channel
order by sum(d.attributed_revenue) desc nulls last limit 25
"""
    columns = {
        "Campaign or flow": looks.NAMES,
        "Kind": looks.words(100),
        "Channel": looks.words(90),
        "Delivered": looks.number(),
        "Clicks": looks.number(),
        "Orders": looks.number(),
        "Attributed revenue": looks.number(150),
        "Per recipient": looks.each(120),
    }
    return table("What earned most", sql,
                 f"Campaigns and flows by what they earned on the days shown. {_CLAIM}",
                 columns, w=24, h=9)  # fmt: skip

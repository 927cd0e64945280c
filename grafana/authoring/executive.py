"""Executive overview: one screen that says how e-mail and SMS are paying."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, CURRENCY, Json, dashboard, link
from grafana.authoring.panels import bars, columns, headline, stat, table
from grafana.authoring.sql import (
    A_WEEK,
    CHOSEN,
    OVER,
    PEOPLE,
    POINTS,
    WEEK,
    WHOLE_DAYS,
    WORTH,
    compared,
    ratio,
    signed,
)

UID = "executive-overview"
_ATTRIBUTED = """Event-dated, by each account's local day. Attribution is Klaviyo's claim, within
the window set in the account, and grows for some days. Clients in another currency count only where
the common currency is chosen and the day has a rate."""

_BY_CLIENT = f"""
with asked as (
    select $__timeFrom()::date as first_day, $__timeTo()::date - $__timeFrom()::date + 1 as days),
daily as (
    select d.*, date_day >= first_day as is_now, first_day - days as needs_day
    from asked inner join daily_client_metrics as d
        on date_day between first_day - days and $__timeTo()::date
    where {CHOSEN} and {OVER}),
sums as (
    select client, currency, min(needs_day) as needs_day,
        sum(attributed_revenue) filter (where is_now) as attributed,
        sum(attributed_revenue) filter (where not is_now) as before,
        {ratio("attributed_revenue", "revenue", "is_now")} as share,
        {ratio("attributed_revenue", "(email_delivered + sms_delivered)", "is_now")} as earned_each
    from daily group by client, currency)
select
    client as "Client", sums.currency as "Currency", attributed as "Attributed revenue",
    coalesce(case when c.first_day <= needs_day and {A_WEEK} then
        {signed("(attributed / nullif(before, 0) - 1)")} end, 'n/a') as "Change",
    share as "Share of store", earned_each as "Per recipient",
    h.score as "Health", h.reason as "Why"
from sums inner join clients as c using (client)
left join lateral (select score, reason from client_health where account_id = c.account_id
    and date_day <= $__timeTo()::date order by date_day desc limit 1) as h on true order by client
"""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Executive overview",
        "What Klaviyo's messages earned, against the period before and by client.",
        [*_headlines(), *_pictures(), _clients()],
        [CLIENTS, CURRENCY],
        days=42,
    )


_AS_OF = f"""
select to_char(min(data_until), 'DD Mon, HH24:MI') as "UTC"
from data_freshness where stream = 'metric_aggregates' and {CHOSEN}
"""


def _headlines() -> list[Json]:
    share = ratio("attributed_revenue * worth", "revenue * worth")
    per_recipient = ratio("attributed_revenue * worth", "(email_delivered + sms_delivered)")
    return [
        headline("Attributed revenue, ${currency}",
                 compared("sum(attributed_revenue * worth)", money=True),
                 looks.MONEY, _ATTRIBUTED),
        headline("Share of store revenue", compared(share, money=True, change=POINTS),
                 looks.RATE,
                 "Attributed revenue divided by all orders of the store, same days, same currency. "
                 "Event-dated. Agencies aim at a quarter to a third. The change is in points of a "
                 "per cent."),
        headline("Revenue per recipient, ${currency}", compared(per_recipient, money=True),
                 looks.EACH, "Attributed revenue divided by e-mails and texts delivered. "
                 "Event-dated: revenue of the days shown, deliveries of the days shown."),
        headline("E-mail list growth",
                 compared("sum(subscribes - unsubscribes)", table="daily_channel_metrics",
                          only="channel = 'email'", change=PEOPLE),
                 looks.COUNT, "Subscribed minus unsubscribed, e-mail, event-dated. Addresses that "
                 "Klaviyo suppresses by itself are not in it. The change is in people."),
        stat("Data as of, UTC", _AS_OF, "string",
             "How far the daily numbers reach, of the chosen client that is furthest "
             "behind. The Pipeline dashboard says why.", w=4, words=True, size=22),
    ]  # fmt: skip


def _pictures() -> list[Json]:
    weekly = f"""
select {WEEK}, sum(campaign_revenue * worth) as "Campaigns", sum(flow_revenue * worth) as "Flows"
from daily_client_metrics
{WORTH}
where {WHOLE_DAYS} and worth is not null
group by 1 order by 1
"""
    by_client = f"""
select client as "Client", sum(attributed_revenue * worth) as "Attributed revenue"
from daily_client_metrics
{WORTH}
where {WHOLE_DAYS} and worth is not null
group by client order by 2 desc
"""
    return [
        columns("Attributed revenue by week, ${currency}", weekly, looks.MONEY,
                "Weeks of seven days from the first day of the time range; the last may be short. "
                + _ATTRIBUTED, w=14, h=9, series=("Campaigns", "Flows")),
        bars("Attributed revenue by client, ${currency}", by_client, looks.MONEY, _ATTRIBUTED,
             w=10, h=9),
    ]  # fmt: skip


def _clients() -> Json:
    columns = {
        "Client": {**looks.words(110), **link("Open this client", "client")},
        "Currency": looks.words(90),
        "Attributed revenue": looks.number(150),
        "Change": looks.judged_change(),
        "Share of store": looks.rate(120),
        "Per recipient": looks.each(120),
        "Health": looks.coloured(looks.number(80), looks.HEALTH),
        "Why": looks.SENTENCES,
    }
    return table("Clients", _BY_CLIENT,
                 "One row per client, each in its own currency. Change is attributed revenue "
                 "against the period of equal length before, where the client has all of it and it "
                 "is a week or more. "
                 "Health is the e-mail score of the last 28 days to the end of the range.",
                 columns, w=24, h=8)  # fmt: skip

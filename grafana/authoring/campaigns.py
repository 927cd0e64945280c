"""Campaigns: what was sent, how it was received and what it earned."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, CURRENCY, Json, dashboard, link
from grafana.authoring.panels import bars, lines, stat, table
from grafana.authoring.sql import CHOSEN, WORTH, ratio, with_rates

UID = "campaigns"
_SENT = f"{CHOSEN} and $__timeFilter(sent_day)"
# Of what several channels delivered, only a part could be clicked or left by.
_RATED = "channel is distinct from 'mixed'"
_LIFE = """Campaigns sent in the time range, by the account's local day, with all that happened to
them since. The newest still grow."""
_MONEY = """Clients in another currency count only where the common currency is chosen, at the rate
of the day of the send."""
_CONVERTED = f"""{with_rates("campaign_metrics", "sent_day")}
{WORTH}
where {_SENT} and worth is not null"""
_PER_RECIPIENT = f"""
select {ratio("attributed_revenue * worth", "delivered")} as "value"
from {_CONVERTED}
"""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Campaigns",
        "Campaigns sent in the time range, each with its numbers so far.",
        [*_headlines(), *_pictures(), _events(), _report()],
        [CLIENTS, CURRENCY],
        days=42,
    )


def _headlines() -> list[Json]:
    def sql(value: str) -> str:
        return f'select {value} as "value" from campaign_metrics where {_SENT}'

    return [
        stat("Messages sent", sql("count(*)"), looks.COUNT, _LIFE, w=4),
        stat("Delivered", sql("sum(delivered)"), looks.COUNT,
             f"Accepted by the mailbox provider or the network: inbox or spam folder. {_LIFE}",
             w=5),
        stat("Click rate", sql(ratio("clicked_deliveries", "deliveries", _RATED)),
             looks.RATE, "Of those it was delivered to, the share that clicked; bots counted. "
             f"{_LIFE}", w=5),
        stat("Unsubscribe rate", sql(ratio("unsubscribed_deliveries", "deliveries", _RATED)),
             looks.RATE, "Of those it was delivered to. Klaviyo calls up to 0.3 % healthy, over "
             f"1 % bad. {_LIFE}", w=5, thresholds=looks.UNSUBSCRIBE),
        stat("Revenue per recipient, ${currency}", _PER_RECIPIENT, looks.EACH,
             f"Attributed revenue divided by delivered. {_MONEY} {_LIFE}", w=5),
    ]  # fmt: skip


def _pictures() -> list[Json]:
    weekly = f"""
select ($__timeFrom()::date + (sent_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    client as metric, {ratio("attributed_revenue * worth", "delivered")} as value
from {_CONVERTED}
group by 1, client order by 1, client
"""
    best = f"""
select client || ': ' || campaign_name as "Campaign", sum(attributed_revenue * worth) as "Revenue"
from {_CONVERTED}
group by client, campaign_name order by 2 desc nulls last limit 6
"""
    return [
        lines("Revenue per recipient by week of the send, ${currency}", weekly, looks.EACH,
              "Weeks of seven days from the first day of the time range. "
              f"{_MONEY} {_LIFE}", w=12, h=9, custom={"showPoints": "always"}),
        bars("Campaigns that earned most, ${currency}", best, looks.MONEY,
             f"Attribution is Klaviyo's claim. {_MONEY} {_LIFE}", w=12, h=9),
    ]  # fmt: skip


_EVENT_DATED = f"""
select sent_day as "Sent", client as "Client", campaign_name as "Campaign", channel as "Channel",
    delivered as "Delivered", human_open_rate as "Opened",
    click_rate as "Clicked", unsubscribe_rate as "Left", spam_complaint_rate as "Spam",
    bounce_rate as "Bounced", attributed_orders as "Orders", currency as "Currency",
    attributed_revenue as "Revenue", revenue_per_recipient as "Per recipient",
    revenue_rank as "Rank"
from campaign_metrics
where {_SENT}
order by sent_at desc
"""


# Of both tables.
_COLUMNS = {
    "Sent": looks.day(),
    "Client": {**looks.words(80), **link("Open this client", "client")},
    "Campaign": looks.NAMES,
    "Channel": looks.words(75),
    "Delivered": looks.number(85),
    "Opened": looks.rate(),
    "Clicked": looks.rate(),
    "Bounced": looks.coloured(looks.rate(82), looks.BOUNCE),
    "Orders": looks.number(68),
    "Currency": looks.words(80),
    "Revenue": looks.number(90),
    "Per recipient": looks.each(105),
}


def _events() -> Json:
    columns = {
        **_COLUMNS,
        "Left": looks.coloured(looks.rate(), looks.UNSUBSCRIBE),
        "Spam": looks.coloured(looks.rate(), looks.SPAM),
        "Rank": looks.number(60),
    }
    return table("Campaigns, by what happened", _EVENT_DATED,
                 "From single events and aggregates, lifetime so far. Opened leaves out the opens "
                 "that Apple makes by itself. Left are those who unsubscribed. Rank is by revenue "
                 "within the client, 1 is best. "
                 f"{_LIFE}", columns, w=24, h=11)  # fmt: skip


_SEND_DATED = f"""
select sent_day as "Sent", client as "Client", campaign_name as "Campaign", channel as "Channel",
    send_recipients as "Recipients", send_delivered as "Delivered",
    send_open_rate as "Opened",
    send_click_rate as "Clicked", send_bounce_rate as "Bounced", send_orders as "Orders",
    currency as "Currency", send_revenue as "Revenue",
    send_revenue_per_recipient as "Per recipient", send_window_end as "As of"
from campaign_metrics
where {_SENT}
order by sent_at desc
"""


def _report() -> Json:
    columns = {**_COLUMNS, "Recipients": looks.number(95), "As of": looks.moment(140)}
    return table("Campaigns, as Klaviyo's own screens show them", _SEND_DATED,
                 "Klaviyo's report, send-dated: everything is counted on the day of the send, by "
                 "Klaviyo's settings for bots and Apple opens. It differs from the table above on "
                 "purpose; never add the two up.", columns, w=24, h=9)  # fmt: skip

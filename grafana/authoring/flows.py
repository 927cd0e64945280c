"""Flows: the automated messages."""

from __future__ import annotations

from grafana.authoring import looks
from grafana.authoring.dashboard import CLIENTS, CURRENCY, Json, dashboard, link
from grafana.authoring.panels import bars, columns, headline, stat, table
from grafana.authoring.sql import POINTS, WEEK, WHOLE_DAYS, WORTH, compared, ratio, with_rates

UID = "flows"
_EVENT = """Event-dated, by each account's local day. Attribution is Klaviyo's claim, and grows for
some days. Money of clients in another currency counts only where the common currency is chosen."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Flows",
        "What the automated messages do and earn, flow by flow and message by message.",
        [*_headlines(), *_pictures(), _flows(), _messages()],
        [CLIENTS, CURRENCY],
        days=42,
    )


_SILENT = f"""
with sent as (
    select account_id, flow_id, sum(delivered) as delivered from flow_metrics
    where {WHOLE_DAYS} and flow_status = 'live' group by account_id, flow_id)
select case when exists (select from daily_client_metrics where {WHOLE_DAYS} and not is_missing)
    then count(*) filter (where coalesce(delivered, 0) = 0) end as "flows"
from (select distinct account_id, flow_id from messages
    where client in (${{client:sqlstring}}) and message_kind = 'flow' and status = 'live') as live
left join sent using (account_id, flow_id)
"""


def _headlines() -> list[Json]:
    per_recipient = ratio("attributed_revenue * worth", "delivered")
    share = ratio("flow_revenue * worth", "attributed_revenue * worth")
    return [
        headline("Flow revenue, ${currency}", compared("sum(flow_revenue * worth)", money=True),
                 looks.MONEY, f"Revenue attributed to flows. {_EVENT}"),
        headline("Share from flows", compared(share, money=True, change=POINTS), looks.RATE,
                 "Flow revenue divided by all attributed revenue, the change in points. "
                 f"A healthy programme has at least three tenths from flows. {_EVENT}"),
        headline("Delivered by flows", compared("sum(delivered)", table="flow_metrics"),
                 looks.COUNT, f"E-mails and texts. {_EVENT}"),
        headline("Revenue per recipient, ${currency}",
                 compared(per_recipient, table=with_rates("flow_metrics"), money=True),
                 looks.EACH, f"Attributed revenue divided by delivered. {_EVENT}"),
        stat("Silent live flows", _SILENT, looks.COUNT,
             "Flows that are live in Klaviyo now and delivered nothing on the days shown. "
             f"{_EVENT}", w=4, thresholds=looks.ANY_IS_BAD),
    ]  # fmt: skip


def _pictures() -> list[Json]:
    weekly = f"""
select {WEEK}, flow_name as metric, sum(attributed_revenue * worth) as value
from {with_rates("flow_metrics")}
{WORTH}
where {WHOLE_DAYS} and worth is not null
group by 1, flow_name order by 1, flow_name
"""
    by_client = f"""
select client as "Client",
    {ratio("flow_revenue", "attributed_revenue")} as "Share"
from daily_client_metrics
where {WHOLE_DAYS}
group by client order by 2 desc nulls last
"""
    return [
        columns("Flow revenue by week, ${currency}", weekly, looks.MONEY,
                "Weeks of seven days from the first day of the time range; the last may be short. "
                + _EVENT, w=14, h=9),
        bars("Flows' share of attributed revenue by client", by_client, looks.RATE,
             f"Flow revenue divided by all attributed revenue of the client. {_EVENT}",
             w=10, h=9, max=1),
    ]  # fmt: skip


_SUMS = f"""sum(delivered) as "Delivered",
    {ratio("opened_deliveries", "deliveries")} as "Opened",
    {ratio("clicked_deliveries", "deliveries")} as "Clicked",
    {ratio("unsubscribed_deliveries", "deliveries")} as "Unsubscribed",
    sum(attributed_orders) as "Orders", currency as "Currency",
    sum(attributed_revenue) as "Revenue",
    {ratio("attributed_revenue", "delivered")} as "Per recipient\""""
_COLUMNS = {
    "Client": {**looks.words(100), **link("Open this client", "client")},
    "Delivered": looks.number(),
    "Opened": looks.rate(80),
    "Clicked": looks.rate(80),
    "Unsubscribed": looks.coloured(looks.rate(115), looks.UNSUBSCRIBE),
    "Orders": looks.number(75),
    "Currency": looks.words(85),
    "Revenue": looks.number(90),
    "Per recipient": looks.each(110),
    "Flow": looks.NAMES,
    "Message": looks.NAMES,
}
_PEOPLE = """Opened, clicked and unsubscribed are shares of the deliveries of the days shown, with
what has become of them so far, where single events are read. Opens include machines'."""


def _flows() -> Json:
    sql = f"""
select client as "Client", flow_name as "Flow", flow_status as "Status",
    {_SUMS}
from flow_metrics
where {WHOLE_DAYS}
group by client, flow_name, flow_status, currency
order by client, sum(attributed_revenue) desc nulls last
"""
    status = looks.states(live="green", manual="orange", draft="text")
    looked = {name: look for name, look in _COLUMNS.items() if name != "Message"}
    return table("Flows", sql, f"{_PEOPLE} {_EVENT}", {**looked, "Status": status},
                 w=24, h=8)  # fmt: skip


def _messages() -> Json:
    sql = f"""
select client as "Client", flow_name as "Flow", message_name as "Message", channel as "Channel",
    {_SUMS}
from flow_metrics
where {WHOLE_DAYS}
group by client, flow_name, message_id, message_name, channel, currency
order by client, flow_name, message_name
"""
    looked = {**_COLUMNS, "Channel": looks.words(80)}
    return table("Messages of flows", sql, f"{_PEOPLE} {_EVENT}", looked, w=24, h=10)

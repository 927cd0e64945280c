"""Flows: the automated messages."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.captions import ATTRIBUTION, COMMON_CURRENCY, EVENT_DATED, WEEKS
from grafana.authoring.dashboard import CLIENTS, COMPARE, CURRENCY, Json, dashboard
from grafana.authoring.panels import bars, columns, headline, stat, table

UID = "flows"
_ATTRIBUTED = f"{EVENT_DATED} {ATTRIBUTION} {COMMON_CURRENCY}"


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Flows",
        "What the automated messages do and earn, by flow and by message.",
        [*_headlines(), _watch_list(), *_charts(), _flows(), _messages()],
        [CLIENTS, CURRENCY, COMPARE],
        days=42,
    )


def _headlines() -> list[Json]:
    return [
        headline("Flow revenue, ${currency}", "flows/flow_revenue", style.MONEY,
                 f"Revenue attributed to flows. {_ATTRIBUTED}"),
        headline("Share from flows", "flows/share_from_flows", style.RATE,
                 "Flow revenue divided by all attributed revenue; the change is in percentage "
                 "points. A healthy programme earns at least 30 % from flows. "
                 f"{_ATTRIBUTED}"),
        headline("Delivered by flows", "flows/delivered", style.COUNT,
                 f"Emails and SMS. {EVENT_DATED}"),
        headline("Revenue per recipient, ${currency}", "flows/revenue_per_recipient", style.EACH,
                 f"Attributed revenue divided by delivered. {_ATTRIBUTED}"),
        stat("Flows to watch", "flows/flows_to_watch", style.COUNT,
             "The rows of the watch list below: flows with something wrong with them, as of each "
             "client's last whole day. Event-dated.", w=4, thresholds=style.ANY_IS_BAD),
    ]  # fmt: skip


def _watch_list() -> Json:
    verdicts = style.states(
        trigger_silent="red", flow_silent="red", message_draft="orange",
        no_one_qualifies="orange", decaying="orange",
    )  # fmt: skip
    styled = {
        "Client": style.client(),
        "Flow": style.NAMES,
        "Status": style.words(75),
        "Verdict": {**verdicts, "custom__width": 130},
        "Since": style.day(),
        "Triggers": style.number(80),
        "Delivered": style.number(85),
        "At stake": style.number(90),
        "Currency": style.words(85),
        "Reason": style.SENTENCES,
    }
    return table("Watch list", "flows/watch_list",
                 "Flows with something wrong with them, as of each client's last whole day, "
                 "whatever the time range: nothing starts them, they stopped sending, a message "
                 "is a draft, their filters let nothing through, or their messages bring far "
                 "fewer clicks. Triggers and deliveries of 28 days; at stake is what the flow is "
                 "likely to lose in 28 days, in the client's own currency. Event-dated.",
                 styled, w=24, h=7, empty="Nothing found in the data that was read")  # fmt: skip


def _charts() -> list[Json]:
    return [
        columns("Flow revenue by week, ${currency}", "flows/flow_revenue_by_week", style.MONEY,
                f"{WEEKS} {_ATTRIBUTED}", w=14, h=9),
        bars("Flows' share of attributed revenue by client", "flows/flow_share_by_client",
             style.RATE,
             "Flow revenue divided by all attributed revenue of the client. "
             f"{EVENT_DATED} {ATTRIBUTION}", w=10, h=9, max=1),
    ]  # fmt: skip


_COLUMNS = {
    "Client": style.client(),
    "Delivered": style.number(),
    "Opened": style.rate(80),
    "Clicked": style.rate(80),
    "Unsubscribed": style.coloured(style.rate(115), style.UNSUBSCRIBE),
    "Orders": style.number(75),
    "Currency": style.words(85),
    "Revenue": style.number(90),
    "Per recipient": style.each(110),
    "Flow": style.NAMES,
    "Message": style.NAMES,
}
_TABLES = f"""Opened, clicked and unsubscribed are shares of the deliveries of the days shown, with
their results to date, where single events are read. Opens include machine opens.
{EVENT_DATED} {ATTRIBUTION} Each row is in the client's own currency."""


def _flows() -> Json:
    status = style.states(live="green", manual="orange", draft="text")
    styled = {name: column for name, column in _COLUMNS.items() if name != "Message"}
    return table("Flows", "flows/flows", _TABLES, {**styled, "Status": status}, w=24, h=8)


def _messages() -> Json:
    styled = {**_COLUMNS, "Channel": style.words(80)}
    return table("Messages of flows", "flows/flow_messages", _TABLES, styled, w=24, h=10)

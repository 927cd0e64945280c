"""Executive overview: what email and SMS earn, on one screen."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.captions import ATTRIBUTION, COMMON_CURRENCY, EVENT_DATED, WEEKS
from grafana.authoring.dashboard import CLIENTS, COMPARE, CURRENCY, Json, dashboard
from grafana.authoring.panels import bars, columns, headline, stat, table

UID = "executive-overview"
_ATTRIBUTED = f"{EVENT_DATED} {ATTRIBUTION} {COMMON_CURRENCY}"


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Executive overview",
        "What Klaviyo's messages earned, compared with the period before and by client.",
        [*_headlines(), *_charts(), _clients()],
        [CLIENTS, CURRENCY, COMPARE],
        days=42,
    )


def _headlines() -> list[Json]:
    return [
        headline("Attributed revenue, ${currency}", "executive/attributed_revenue", style.MONEY,
                 _ATTRIBUTED),
        headline("Share of store revenue", "executive/share_of_store_revenue", style.RATE,
                 "Attributed revenue divided by the store's revenue, same days, same currency. "
                 "Event-dated. Agencies aim for 25 to 33 %. The change is in percentage points."),
        headline("Revenue per recipient, ${currency}", "executive/revenue_per_recipient",
                 style.EACH,
                 "Attributed revenue divided by emails and SMS delivered on the same days. "
                 "Event-dated."),
        headline("Net email subscribers", "executive/net_email_subscribers", style.COUNT,
                 "Subscribed minus unsubscribed, email, event-dated. Addresses that Klaviyo "
                 "suppresses by itself are not included. The change is in people."),
        stat("Data as of, UTC", "executive/data_as_of", "string",
             "The latest time that the daily numbers cover, for the chosen client that is "
             "furthest behind. The Pipeline dashboard shows why.", w=4, is_text=True, size=22),
    ]  # fmt: skip


def _charts() -> list[Json]:
    return [
        columns("Attributed revenue by week, ${currency}", "executive/attributed_revenue_by_week",
                style.MONEY, f"{WEEKS} {_ATTRIBUTED}", w=8, h=9, series=("Campaigns", "Flows")),
        columns("Attributed revenue rests on, ${currency}", "executive/attributed_revenue_rests_on",
                style.MONEY,
                "The event that got the credit: a click or open by a human, by a bot or by a "
                "machine such as Apple Mail, or the delivery alone. Unknown if that event is not "
                f"loaded. From single events. {WEEKS} {_ATTRIBUTED}", w=9, h=9,
                series=("Human click", "Human open", "Machine open", "Bot click", "Delivery only",
                        "Unknown")),
        bars("Attributed revenue by client, ${currency}", "executive/attributed_revenue_by_client",
             style.MONEY, _ATTRIBUTED, w=7, h=9),
    ]  # fmt: skip


def _clients() -> Json:
    styled = {
        "Client": style.client(110),
        "Currency": style.words(90),
        "Attributed revenue": style.number(150),
        "Change": style.judged_change(),
        "Share of store": style.rate(120),
        "Per recipient": style.each(120),
        "Health": style.coloured(style.number(80), style.HEALTH),
        "Reason": style.SENTENCES,
    }
    return table("Clients", "executive/clients",
                 "One row per client, each in its own currency. Change compares attributed revenue "
                 "with the period of equal length before, where the client has data for all of it "
                 "and it is at least a week. Health is the email score of the last 28 days of the "
                 "time range, and Reason explains it.",
                 styled, w=24, h=8)  # fmt: skip

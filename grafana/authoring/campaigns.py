"""Campaigns: what was sent, how it performed and what it earned."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.captions import ATTRIBUTION
from grafana.authoring.dashboard import CLIENTS, CURRENCY, Json, dashboard
from grafana.authoring.panels import bars, lines, stat, table

UID = "campaigns"
_LIFETIME = """Campaigns sent in the time range, by the account's local day, with their results to
date. The newest still grow."""
_CONVERTED = """Clients in another currency count only where the common currency is chosen, at the
rate of the day of the send."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Campaigns",
        "Campaigns sent in the time range, each with its results to date.",
        [
            *_headlines(),
            *_charts(),
            _by_event_date(),
            _by_send_date(),
            _hours_to_order(),
            _sms_costs(),
        ],
        [CLIENTS, CURRENCY],
        days=42,
    )


def _headlines() -> list[Json]:
    return [
        stat("Messages sent", "campaigns/messages_sent", style.COUNT, _LIFETIME, w=4),
        stat("Delivered", "campaigns/delivered", style.COUNT,
             "Accepted by the mailbox provider or the network: inbox or spam folder. "
             f"{_LIFETIME}", w=5),
        stat("Click rate", "campaigns/click_rate", style.RATE,
             f"Clicked divided by delivered; bots counted. {_LIFETIME}", w=5),
        stat("Unsubscribe rate", "campaigns/unsubscribe_rate", style.RATE,
             "Unsubscribed divided by delivered. Klaviyo calls up to 0.3 % healthy, over 1 % bad. "
             f"{_LIFETIME}", w=5, thresholds=style.UNSUBSCRIBE),
        stat("Revenue per recipient, ${currency}", "campaigns/revenue_per_recipient", style.EACH,
             f"Attributed revenue divided by delivered. {_CONVERTED} {_LIFETIME}", w=5),
    ]  # fmt: skip


def _charts() -> list[Json]:
    return [
        lines("Revenue per recipient by week of the send, ${currency}",
              "campaigns/revenue_per_recipient_by_week", style.EACH,
              "Weeks of seven days from the first day of the time range. "
              f"{_CONVERTED} {_LIFETIME}", w=12, h=9, custom={"showPoints": "always"}),
        bars("Top campaigns by revenue, ${currency}", "campaigns/top_campaigns", style.MONEY,
             f"{ATTRIBUTION} {_CONVERTED} {_LIFETIME}", w=12, h=9),
    ]  # fmt: skip


# Of both tables.
_COLUMNS = {
    "Sent": style.day(),
    "Client": style.client(80),
    "Campaign": style.NAMES,
    "Channel": style.words(75),
    "Delivered": style.number(85),
    "Opened": style.rate(),
    "Clicked": style.rate(),
    "Bounced": style.coloured(style.rate(82), style.BOUNCE),
    "Orders": style.number(68),
    "Currency": style.words(80),
    "Revenue": style.number(90),
    "Per recipient": style.each(105),
}


def _by_event_date() -> Json:
    styled = {
        **_COLUMNS,
        "Unsubscribed": style.coloured(style.rate(110), style.UNSUBSCRIBE),
        "Spam": style.coloured(style.rate(), style.SPAM),
        "Rank": style.number(60),
    }
    return table("Campaigns, event-dated", "campaigns/campaigns_by_event_date",
                 "Counted from single events and aggregates, lifetime to date. Opened excludes "
                 "the opens that Apple makes by itself. Rank is by revenue within the client, 1 "
                 f"is best. {_LIFETIME}", styled, w=24, h=11)  # fmt: skip


def _by_send_date() -> Json:
    styled = {**_COLUMNS, "Recipients": style.number(95), "As of": style.timestamp(140)}
    return table("Campaigns, send-dated (Klaviyo's report)", "campaigns/campaigns_by_send_date",
                 "Klaviyo's own report: everything is counted on the day of the send, by the "
                 "account's settings for bots and Apple opens. It differs from the table above by "
                 "design; never add the two up.", styled, w=24, h=9)  # fmt: skip


def _hours_to_order() -> Json:
    styled = {
        "Sent": style.day(),
        "Client": style.client(80),
        "Campaign": style.NAMES,
        "Channel": style.words(75),
        "Orders": style.number(75),
        "First quarter": style.hours(110),
        "Half": style.hours(85),
        "Three quarters": style.hours(120),
        "Within 24 h": style.rate(100),
    }
    return table("Hours to the order", "campaigns/hours_to_order",
                 "Hours from the click or open that got the credit to the order: a quarter, half "
                 "and three quarters of the orders came within so many. From single events; an "
                 f"order whose touch is not loaded is in Orders only. {_LIFETIME}", styled, w=24,
                 h=9)  # fmt: skip


def _sms_costs() -> Json:
    styled = {
        "Sent": style.day(),
        "Client": style.client(80),
        "Campaign": style.NAMES,
        "Delivered": style.number(85),
        "Segments": style.number(90),
        "Credits": style.number(80),
        "Spend": style.each(80),
        "Per SMS": style.each(90),
        "Return": style.each(80),
    }
    return table("Cost of SMS, send-dated (Klaviyo's report)", "campaigns/sms_costs",
                 "What Klaviyo reports as spent on text messages, and Return, the revenue per "
                 "amount spent. Klaviyo does not name the currency of the cost, which need not be "
                 f"the account's. {_LIFETIME}", styled, w=24, h=8)  # fmt: skip

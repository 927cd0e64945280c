"""Client: one client, from revenue to single messages."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.captions import ATTRIBUTION, EVENT_DATED, WEEKS
from grafana.authoring.dashboard import COMPARE, ITS_CURRENCY, ONE_CLIENT, Json, dashboard
from grafana.authoring.panels import columns, headline, lines, row, stat, table

UID = "client"
_ATTRIBUTED = f"{EVENT_DATED} {ATTRIBUTION}"


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Client",
        "One client: what its messages earned, how they performed, which numbers are anomalies.",
        [
            *_headlines(),
            *_revenue(),
            *_audience(),
            _compared(),
            *_highlights(),
            row("Goals and events"),
            _goals(),
            _events(),
        ],
        [ONE_CLIENT, ITS_CURRENCY, COMPARE],
        days=42,
    )


def _headlines() -> list[Json]:
    return [
        headline("Attributed revenue, ${currency}", "client/attributed_revenue", style.MONEY,
                 _ATTRIBUTED),
        headline("Store revenue, ${currency}", "client/store_revenue", style.MONEY,
                 f"All orders of the store, before refunds. {EVENT_DATED}"),
        headline("Revenue per recipient, ${currency}", "client/revenue_per_recipient", style.EACH,
                 f"Attributed revenue divided by emails and SMS delivered. {_ATTRIBUTED}"),
        headline("Net email subscribers", "client/net_email_subscribers", style.COUNT,
                 f"Subscribed minus unsubscribed, email. {EVENT_DATED}"),
        stat("Email health, of 100", "client/email_health", "none",
             "Score of the last 28 days of the time range, from complaints, bounces, clicks, "
             "unsubscribes and opens; the Deliverability dashboard shows its parts.",
             w=4, thresholds=style.HEALTH, decimals=0, size=22, unknown_as="not enough mail"),
    ]  # fmt: skip


def _revenue() -> list[Json]:
    return [
        row("Revenue"),
        columns("Attributed revenue by week, ${currency}", "client/attributed_revenue_by_week",
                style.MONEY, f"{WEEKS} {_ATTRIBUTED}", w=12, h=8, series=("Campaigns", "Flows")),
        lines("Store and attributed revenue by day, ${currency}", "client/revenue_by_day",
              style.MONEY, f"A gap is a day that was not read. {_ATTRIBUTED}", w=12, h=8,
              series=("Store", "Attributed")),
        lines("In the shop by day", "client/shop_by_day", style.COUNT,
              "Products viewed, carts filled, checkouts started and orders, with or without a "
              "message. A step without a line has no metric mapped to it in Klaviyo. "
              f"{EVENT_DATED}", w=24, h=7,
              series=("Products viewed", "Carts", "Checkouts", "Orders")),
    ]  # fmt: skip


def _audience() -> list[Json]:
    return [
        row("Audience"),
        lines("Email opens and clicks over 28 days", "client/email_engagement", style.RATE,
              "Of the emails delivered in the 28 days to each point, the share opened and clicked "
              "by then. Machines open emails by themselves: trust clicks.",
              w=12, h=8, series=("Opened, excluding Apple", "Opened", "Clicked")),
        columns("Subscribed and unsubscribed by week", "client/consent_by_week", style.COUNT,
                f"Email consent given and withdrawn. {EVENT_DATED}", w=12, h=8,
                series=("Subscribed", "Unsubscribed")),
    ]  # fmt: skip


def _compared() -> Json:
    styled = {
        "Channel": style.words(100),
        "KPI": style.words(200),
        "28 days": style.change(140),
        "Before": style.change(140),
        "Change": style.change(120),
    }
    return table("28 days, compared", "client/compared",
                 "The last 28 complete days up to the end of the time range, and the 28 days "
                 "before them or those 364 days before, as chosen in Compare with. Rates are "
                 f"shares of the deliveries of these days. {EVENT_DATED}",
                 styled, w=24, h=10)  # fmt: skip


def _highlights() -> list[Json]:
    return [row("Highlights"), _anomalies(), _top_messages()]


def _anomalies() -> Json:
    styled = {
        "Day": style.day(),
        "KPI": style.words(150),
        "Channel": style.words(90),
        "Change": style.change(),
        "Effect": style.states(good="green", bad="red"),
        "State": style.words(130),
        "Reason": style.SENTENCES,
    }
    return table("Anomalies", "client/anomalies",
                 "Changes beyond chance in a day, 7 days or 28 days, against the weeks before. "
                 "Each has one row, on the day it was first reported; Change is its size so far. "
                 f"{EVENT_DATED}",
                 styled, w=24, h=8)  # fmt: skip


def _top_messages() -> Json:
    styled = {
        "Campaign or flow": style.NAMES,
        "Kind": style.words(100),
        "Channel": style.words(90),
        "Delivered": style.number(),
        "Clicks": style.number(),
        "Orders": style.number(),
        "Attributed revenue": style.number(150),
        "Per recipient": style.each(120),
    }
    return table("Top campaigns and flows", "client/top_messages",
                 f"By attributed revenue on the days shown. {_ATTRIBUTED}",
                 styled, w=24, h=9)  # fmt: skip


def _goals() -> Json:
    styled = {
        "Month": style.day(),
        "KPI": style.words(150),
        "Currency": style.words(90),
        "Goal": style.number(),
        "So far": style.number(),
        "Expected by now": style.number(140),
        "Projected": style.number(),
        "At least": style.number(),
        "At most": style.number(),
        "State": style.states(**style.GOAL_STATES),
        "Up to": style.day(),
    }
    return table("Goals", "client/goals",
                 "Goals of the last months up to the end of the time range (seeds/goals.csv). "
                 "Expected by now and Projected divide the month by last year's days, or by "
                 "weekdays; the month ends between At least and At most in 8 of 10 cases, if days "
                 "differ as those so far. Event-dated.", styled, w=24, h=8)  # fmt: skip


def _events() -> Json:
    styled = {
        "Event": style.NAMES,
        "From": style.day(),
        "To": style.day(),
        "Days": style.number(60),
        "Currency": style.words(90),
        "Orders": style.number(75),
        "Store revenue": style.number(120),
        "A year before": style.number(120),
        "Attributed": style.number(110),
        "Attributed before": style.number(140),
        "Change": style.judged_change(),
    }
    return table("Events of the calendar, and a year before", "client/events_of_the_calendar",
                 "The last events up to the end of the time range (seeds/calendar.csv): their days "
                 "that were over, against those of the same event a year before, paired from its "
                 "first day on. Change is that of attributed revenue. Without a number, not all of "
                 f"these days are known. {EVENT_DATED}", styled, w=24, h=9)  # fmt: skip

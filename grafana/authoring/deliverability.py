"""Deliverability and health: is mail arriving, and is any client close to a provider's limit."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.dashboard import CLIENTS, Json, dashboard
from grafana.authoring.panels import DAY, columns, lines, row, table

UID = "deliverability"


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
    parts = ("Spam", "Bounces", "Clicks", "Unsubscribes", "Opens")
    styled = {
        "Client": style.client(),
        "Score": style.coloured(style.number(75), style.HEALTH),
        "Band": style.states(excellent="green", good="green", fair="orange", poor="red",
                             unscored="text"),
        "7-day change": style.judged_change(110),
        **{part: style.coloured(style.number(82), style.HEALTH) for part in parts},
        "Unsubscribes": style.coloured(style.number(110), style.HEALTH),
        "Reason": style.SENTENCES,
    }  # fmt: skip
    return table("Email health, 0 to 100", "deliverability/health_scores",
                 "Score of the last 28 days of the time range, and its five parts. Complaints and "
                 "bounces weigh most, and cap the score where they are bad. The formula is this "
                 "project's: Klaviyo does not publish its weights. Event-dated.",
                 styled, w=24, h=7)  # fmt: skip


def _history() -> Json:
    return lines("Health", "deliverability/health_by_day", "none",
                 "The same score by day: 90 and more is excellent, 75 good, 50 fair. "
                 "Event-dated, 28 days.", w=6, h=9, decimals=0, max=100)  # fmt: skip


def _rates() -> list[Json]:
    def panel(title: str, query: str, thresholds: Json, description: str) -> Json:
        return lines(title, query, style.RATE,
                     f"{description} Each point covers the 28 days to it, only where every day was "
                     "read.", w=6, h=9, thresholds=thresholds,
                     custom={"thresholdsStyle": {"mode": "dashed"},
                             "axisSoftMax": 0.001})  # fmt: skip

    return [
        panel("Spam complaints", "deliverability/spam_complaint_rate", style.SPAM,
              "Of the emails delivered, the share reported as spam by then. Gmail and Yahoo ask "
              "for less than 0.1 %, and reject mail from 0.3 %. Gmail does not report complaints "
              "to Klaviyo: true rates are higher."),
        panel("Bounces", "deliverability/bounce_rate", style.BOUNCE,
              "Bounces divided by delivered and bounced. Klaviyo: under 1 % healthy, over 2 % "
              "needs attention."),
        panel("Unsubscribes", "deliverability/unsubscribe_rate", style.UNSUBSCRIBE,
              "Of the emails delivered, the share that led to an unsubscribe. Klaviyo: up to "
              "0.3 % healthy, over 1 % needs attention."),
    ]  # fmt: skip


def _providers() -> Json:
    styled = {
        "Provider": style.NAMES,
        "Client": style.client(),
        "Delivered": style.number(),
        "Bounced": style.coloured(style.rate(), style.BOUNCE),
        "Hard": style.rate(),
        "Spam": style.coloured(style.rate(), style.SPAM),
    }
    return table("Mailbox providers", "deliverability/mailbox_providers",
                 "Deliveries of the time range by mailbox provider, as Klaviyo recognises it, "
                 "with their results to date. Hard bounces and complaints are counted from "
                 "events, where those are read.",
                 styled, w=13, h=9)  # fmt: skip


def _bounces() -> Json:
    return columns("Bounced emails by day", "deliverability/bounces_by_day", style.COUNT,
                   "Hard: the address does not exist. Soft: mailbox full, or rejected for now. "
                   "From events; event-dated.", w=11, h=9, label=DAY,
                   series=("Hard", "Soft or unknown"))  # fmt: skip

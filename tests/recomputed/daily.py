"""Recomputes `daily_client_metrics`, `daily_channel_metrics` and `daily_deliverability`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.recomputed import seeds
from tests.recomputed.brand import ATTRIBUTED
from tests.recomputed.facts import HEADLINES
from tests.recomputed.numbers import money, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.things import Things

REPORTING = "USD"
COUNTS = {
    "email_delivered": "email_delivered", "email_opens": "email_opened",
    "email_clicks": "email_clicked", "email_bounced": "email_bounced",
    "email_spam_complaints": "email_marked_as_spam", "email_unsubscribes": "email_unsubscribed",
    "sms_delivered": "sms_delivered", "sms_clicks": "sms_clicked", "orders": "revenue",
}  # fmt: skip
ACTIONS = {
    "delivered": "delivered", "opens": "opened", "clicks": "clicked", "bounced": "bounced",
    "spam_complaints": "marked", "unsubscribes": "unsubscribed", "subscribes": "subscribed",
}  # fmt: skip
BREAKDOWNS = ("total", "$value_currency", ATTRIBUTED)


def clients(things: Things) -> Iterator[dict[str, Any]]:
    """One row per local day."""
    for day in things.facts.days:
        yield _client_day(things, day)


def _client_day(things: Things, day: date) -> dict[str, Any]:
    facts, amounts, brand = things.facts, things.amounts, things.brand
    campaign = amounts.revenue_of(day, is_flow=False)
    flow = amounts.revenue_of(day, is_flow=True)
    revenue, attributed = amounts.amounts["revenue", day], total([campaign, flow])
    worth = exchange(brand.currency(day))
    people = {
        f"email_unique_{name}": facts.role_people(f"email_{role}", day)
        for name, role in (("opens", "opened"), ("clicks", "clicked"))
    }
    return {
        "date_day": day, "client": brand.client, "currency": brand.currency(day),
        **{column: facts.role_count(role, day) for column, role in COUNTS.items()}, **people,
        "subscribes": total(
            facts.role_count(f"{one}_subscribed", day) for one in ("email", "sms")
        ),
        "revenue": money(revenue), "refunds": money(amounts.amounts["refund", day]),
        "attributed_orders": amounts.orders(day), "attributed_revenue": money(attributed),
        "campaign_revenue": money(campaign), "flow_revenue": money(flow),
        "is_settled": facts.is_settled(day), "is_over": facts.is_over(day),
        "is_missing": things.is_missing(day), "is_whole": things.is_whole(day),
        "reporting_currency": REPORTING, "reporting_rate": worth,
        "revenue_reporting": _converted(revenue, worth),
        "attributed_revenue_reporting": _converted(attributed, worth),
    }  # fmt: skip


def exchange(currency: str) -> Any:
    """Value of one unit of a currency in the reporting currency."""
    own, reporting = seeds.euros(currency), seeds.euros(REPORTING)
    return round(own / reporting, 8) if own and reporting else None


def _converted(amount: Any, worth: Any) -> Any:
    return None if amount is None or worth is None else money(amount * worth)


def series_of(things: Things, channel: str | None) -> set[tuple[str, str]]:
    """What feeds the client's numbers, or a channel's: series that Klaviyo has ever answered."""
    facts = things.facts
    found = set()
    for metric, breakdown in things.brand.answers:
        if metric not in facts.role_of:
            continue
        days = things.brand.answers[metric, breakdown]
        is_answered = any(facts.answer(metric, breakdown, day) for day in days)
        by_bot = breakdown == "Bot Click" and facts.action_of(metric) == "clicked"
        if channel is None:
            is_fed = facts.role_of[metric] in HEADLINES and breakdown in BREAKDOWNS
        else:
            is_ours = facts.channel_of(metric) == channel and facts.action_of(metric)
            is_fed = bool(is_ours) and (breakdown == "total" or by_bot)
        if is_fed and is_answered:
            found.add((metric, breakdown))
    return found


def channels(things: Things) -> Iterator[dict[str, Any]]:
    """One row per local day and channel that was ever used, or has credits."""
    for day in things.facts.days:
        credited = things.credits_by_channel(day)
        for channel in sorted(things.channels | set(credited)):
            yield _channel_day(things, day, channel)


def _channel_day(things: Things, day: date, channel: str) -> dict[str, Any]:
    counts = things.channel_counts(channel, day)
    return {
        "date_day": day, "channel": channel, "client": things.brand.client,
        "currency": things.brand.currency(day), **counts, **things.channel_money(channel, day),
        **things.deliveries.of_day(day, channel, lambda one: one.channel == channel),
        "is_settled": things.facts.is_settled(day), "is_over": things.facts.is_over(day),
        "is_missing": things.is_missing(day, channel), "is_whole": things.is_whole(day, channel),
    }  # fmt: skip


STEPS = {
    "products_viewed": "viewed_product", "carts": "added_to_cart", "checkouts": "started_checkout",
    "orders": "revenue",
}  # fmt: skip


def funnel(things: Things) -> Iterator[dict[str, Any]]:
    """One row per day: what was done in the shop, and by how many people."""
    facts = things.facts
    for day in facts.days:
        row: dict[str, Any] = {"client": things.brand.client, "date_day": day}
        for step, role in STEPS.items():
            metric = things.brand.mapped.get(role, "")
            groups = facts.groups(metric, "total", day)
            row[step] = None if groups is None else sum(one.count for one in groups)
            row[f"{step}_people"] = None if groups is None else sum(one.people for one in groups)
        yield row | {"is_settled": facts.is_settled(day), "is_over": facts.is_over(day)}


def deliverability(things: Things) -> Iterator[dict[str, Any]]:
    """One row per local day and inbox provider with something to tell."""
    facts = things.facts
    actions = {"delivered": "delivered", "bounced": "bounced", "spam_complaints": "marked"}
    metrics = [one for one in facts.role_of if facts.channel_of(one) == "email"]
    for day in facts.days:
        found: dict[str, dict[str, int]] = {}
        for metric in metrics:
            answer = things.brand.answers.get((metric, "Inbox Provider"), {}).get(day)
            for group in answer.groups if answer else ():
                provider = group.dimensions["Inbox Provider"] or "(unknown)"
                counts = found.setdefault(provider, {})
                action = facts.action_of(metric) or ""
                counts[action] = counts.get(action, 0) + group.count
        for provider, counts in found.items():
            told = {
                column: None
                if things.is_unread("Inbox Provider", "email", action, day)
                else counts.get(action, 0)
                for column, action in actions.items()
            }
            yield {
                "date_day": day, "inbox_provider": provider, "client": things.brand.client, **told,
                **_kinds_of_bounces(things, day, provider, told["bounced"]),
                **{
                    column: value
                    for column, value in things.deliveries.of_day(
                        day, "email",
                        lambda one, provider=provider: one.channel == "email"
                        and (one.provider or "(unknown)") == provider,
                    ).items()
                    if column in ("deliveries", "complained_deliveries")
                },
                "is_settled": facts.is_settled(day), "is_over": facts.is_over(day),
            }  # fmt: skip


def _kinds_of_bounces(
    things: Things, day: date, provider: str, bounced: int | None
) -> dict[str, int | None]:
    if not bounced:
        return dict.fromkeys(("hard_bounced", "soft_bounced"), bounced)
    events = [
        event
        for metric in things.facts.metrics_of.get("email_bounced", [])
        for event in things.amounts.events.get((metric, day), [])
        if (event.told("Inbox Provider") or "(unknown)") == provider
    ]
    kinds = [event.told("Bounce Type").lower() for event in events]
    if len(kinds) != bounced:
        return {"hard_bounced": None, "soft_bounced": None}
    return {"hard_bounced": kinds.count("hard"), "soft_bounced": kinds.count("soft")}

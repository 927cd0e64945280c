"""Profiles: the people, and what their events say about them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from sandbox.account.event import money
from sandbox.server.resources import Resource, iso, resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.account.account import Account
    from sandbox.account.event import Event
    from sandbox.account.people import Person

_DAYS_OF_JOINING = 290  # all of them before the season, whose first day is the 300th or later


def profile_resources(account: Account) -> list[Resource]:
    """All profiles."""
    last = last_events(account)
    return [profile_resource(account, person, last.get(person.id)) for person in account.people]


def with_additional(account: Account, page: list[Resource], wanted: frozenset[str]) -> None:
    """Add to profiles what is served only when asked for."""
    past: dict[str, list[Event]] = {item["id"]: [] for item in page}
    for event in account.happened:
        if event.profile in past:
            past[event.profile].append(event)
    for item in page:
        for name in wanted:
            item["attributes"][name] = _ADDITIONAL[name](past[item["id"]])


def profile_resource(account: Account, person: Person, last: Event | None) -> Resource:
    """A profile and the time of its last event."""
    created = account.opened_at + timedelta(days=person.number % _DAYS_OF_JOINING)
    seen = datetime.fromtimestamp(last.at, timezone.utc) if last else None
    return resource("profile", person.id, {
        "email": person.email,
        "phone_number": person.phone_number,
        "external_id": None,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "organization": None,
        "locale": None,
        "title": None,
        "image": None,
        "created": iso(created),
        "updated": iso(seen or created),
        "last_event_date": iso(seen) if seen else None,
        "location": {},
        "properties": {},
    }, lists=[], segments=[], push_tokens=[], conversation=None)  # fmt: skip


def last_events(account: Account) -> dict[str, Event]:
    """The last event so far of each profile that has one."""
    return {event.profile: event for event in account.happened}


def _subscriptions(past: list[Event]) -> dict[str, Any]:
    choices = [event for event in past if event.metric in ("subscribed", "unsubscribed")]
    is_in = not choices or choices[-1].metric == "subscribed"
    when = iso(datetime.fromtimestamp(choices[-1].at, timezone.utc)) if choices else None
    consent = "SUBSCRIBED" if is_in else "UNSUBSCRIBED"
    email = {
        "can_receive_email_marketing": is_in,
        "consent": consent,
        "consent_timestamp": when,
        "last_updated": when,
        "method": "FORM",
        "suppression": [],
        "list_suppressions": [],
    }
    sms = {"can_receive_sms_marketing": True, "consent": "SUBSCRIBED", "consent_timestamp": None}
    return {"email": {"marketing": email}, "sms": {"marketing": sms}, "mobile_push": None}


def _analytics(past: list[Event]) -> dict[str, Any]:
    orders = [event.cents or 0 for event in past if event.metric == "order"]
    total = sum(orders)
    return {
        "historic_clv": money(total),
        "predicted_clv": 0.0,
        "total_clv": money(total),
        "historic_number_of_orders": len(orders),
        "predicted_number_of_orders": 0.0,
        "average_days_between_orders": None,
        "average_order_value": money(round(total / len(orders))) if orders else 0.0,
        "churn_probability": None,
        "expected_date_of_next_order": None,
    }


_ADDITIONAL: dict[str, Callable[[list[Event]], dict[str, Any]]] = {
    "subscriptions": _subscriptions,
    "predictive_analytics": _analytics,
}

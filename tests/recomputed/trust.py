"""Recomputes `reconciliation` and `restatements`."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.recomputed import daily, seeds
from tests.recomputed.brand import DAY
from tests.recomputed.campaigns import Campaigns
from tests.recomputed.credits import Credits
from tests.recomputed.numbers import money, rate, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from tests.recomputed.messages import Messages
    from tests.recomputed.things import Things

Row = dict[str, Any]
NEVER = {None}
READING = timedelta(minutes=2)
WATCHED = (
    "email_delivered", "email_opens", "email_unique_opens", "email_clicks", "email_unique_clicks",
    "email_bounced", "email_spam_complaints", "email_unsubscribes", "sms_delivered", "sms_clicks",
    "subscribes", "orders", "revenue", "refunds", "attributed_orders", "attributed_revenue",
    "campaign_revenue", "flow_revenue",
)  # fmt: skip


def reconciliation(things: Things, messages: Messages) -> list[Row]:
    """One row per day and number that was counted in two places."""
    found = [*_events(things), *_channels(things), *_messages(things, messages)]
    found += [*_sends(messages), *_touches(things)]
    by_series: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in found:
        by_series[row["comparison"], row["role"], row["measure"]].append(row)
    return [_judged(things, row, rows) for rows in by_series.values() for row in rows]


def _pair(day: date, comparison: str, role: str, measure: str, *values: Any) -> Row:
    return {
        "date_day": day, "comparison": comparison, "role": role, "measure": measure,
        "reference": values[0], "compared": values[1],
    }  # fmt: skip


def _events(things: Things) -> Iterator[Row]:
    """Klaviyo's totals and the same from single events, on days of which both were read."""
    facts, amounts = things.facts, things.amounts
    for day in facts.days:
        if not _was_read_whole(things, day):
            continue
        for role, metrics in facts.metrics_of.items():
            known = [one for one in metrics if facts.count(one, day) is not None]
            if not known or role == "not_counted":
                continue
            events = sum(len(amounts.events.get((one, day), [])) for one in known)
            counts = sum(facts.count(one, day) or 0 for one in known)
            yield _pair(day, "events_against_aggregates", role, "count", counts, events)
        for role in ("revenue", "refund"):
            yield from _amounts(things, role, day)


def _amounts(things: Things, role: str, day: date) -> Iterator[Row]:
    amounts = things.amounts
    told = []
    for metric in things.facts.metrics_of.get(role, []):
        split = amounts.split(metric, day)
        by_breakdown = things.facts.groups(metric, "$value_currency", day) is not None
        is_told_by_events = split.is_foreign and not by_breakdown
        if split.total is not None and split.own is not None and not is_told_by_events:
            events = amounts.events.get((metric, day), [])
            own = [one.value or Decimal(0) for one in events if amounts.is_own(one.currency, day)]
            told.append((split.own, sum(own, Decimal(0))))
    if told:
        sums = [sum(one[number] for one in told) for number in (0, 1)]
        yield _pair(day, "events_against_aggregates", role, "value", *sums)


def _was_read_whole(things: Things, day: date) -> bool:
    """Whether one run has read all of the day's events, from its beginning to its end."""
    brand = things.brand
    begin, end = brand.midnight(day), brand.midnight(day + DAY)
    return any(span[0] <= begin and end <= span[1] for span in brand.event_spans)


def _channels(things: Things) -> Iterator[Row]:
    by_day: dict[date, list[Any]] = defaultdict(list)
    for row in daily.channels(things):
        by_day[row["date_day"]].append(row["attributed_revenue"])
    for client in daily.clients(things):
        parts = total(by_day.get(client["date_day"], NEVER))
        if client["attributed_revenue"] is not None and parts is not None:
            yield _pair(client["date_day"], "channels_against_client", "attributed_revenue",
                        "value", client["attributed_revenue"], parts)  # fmt: skip


def _messages(things: Things, messages: Messages) -> Iterator[Row]:
    by_day: dict[date, list[Row]] = defaultdict(list)
    for (_, day), row in messages.days.items():
        by_day[day].append(row)
    for client in daily.clients(things):
        day, rows = client["date_day"], by_day[client["date_day"]]
        is_read = not things.is_unread("$message", "email", "delivered", day)
        if client["email_delivered"] is not None and is_read:
            mails = [row["delivered"] for row in rows if row["channel"] == "email"]
            yield _pair(day, "messages_against_client", "email_delivered", "count",
                        client["email_delivered"], sum(one or 0 for one in mails))  # fmt: skip
        yield from _earned(day, client, rows)


def _earned(day: date, client: Row, rows: list[Row]) -> Iterator[Row]:
    if any(row["attributed_revenue"] is None for row in rows):
        return
    has_gone = any(row["message_kind"] is None and row["attributed_revenue"] for row in rows)
    kinds = {"attributed_revenue": None, "campaign_revenue": "campaign", "flow_revenue": "flow"}
    for role, kind in kinds.items():
        if client[role] is not None and not (kind and has_gone):
            parts = [
                row["attributed_revenue"] for row in rows if kind in (None, row["message_kind"])
            ]
            yield _pair(day, "messages_against_client", role, "value", client[role], sum(parts))


def _touches(things: Things) -> Iterator[Row]:
    """What Klaviyo credits, and the same from single events."""
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in Credits(things).quality():
        by_day[row["date_day"]].append(row)
    for client in daily.clients(things):
        day, rows = client["date_day"], by_day[client["date_day"]]
        if not (_was_read_whole(things, day) and things.facts.is_events_day(day)):
            continue
        for role, measure, column in (
            ("attributed_orders", "count", "orders"), ("attributed_revenue", "value", "revenue"),
        ):  # fmt: skip
            if client[role] is not None:
                parts = sum((row[column] for row in rows), Decimal(0))
                yield _pair(day, "touches_against_client", role, measure, client[role], parts)


def _sends(messages: Messages) -> Iterator[Row]:
    """Klaviyo's reports, dated by the send, and the same messages dated by the event."""
    known = set(messages.facts.days)
    campaigns = [row | {"date_day": row["sent_day"]} for row in Campaigns(messages).rows()]
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in [*campaigns, *messages.flows()]:
        if row["send_delivered"] is not None and row["delivered"] is not None:
            by_day[row["date_day"]].append(row)
    for day in known & by_day.keys():
        yield from _sends_of(day, by_day[day])


def _sends_of(day: date, rows: list[Row]) -> Iterator[Row]:
    for role, measure, column in (
        ("delivered", "count", "delivered"), ("attributed_revenue", "value", "revenue"),
    ):  # fmt: skip
        both = [(row[f"send_{column}"], row[role]) for row in rows]
        told = [pair for pair in both if None not in pair]
        if told:
            sums = [sum(pair[number] for pair in told) for number in (0, 1)]
            yield _pair(day, "send_against_event", role, measure, *sums)


def _judged(things: Things, row: Row, series: list[Row]) -> Row:
    seed = next(
        one for one in seeds.rows("tolerances")
        if (one["comparison"], one["measure"]) == (row["comparison"], row["measure"])
    )  # fmt: skip
    difference = row["compared"] - row["reference"]
    is_settled = things.facts.is_settled(row["date_day"])
    status = _status(seed, row, series, is_settled=is_settled)
    reason = None
    if difference:
        reason = ("" if is_settled else "The day may still change. ") + seed["reason"] + "."
    return {
        "client": things.brand.client,
        **{one: row[one] for one in ("date_day", "comparison", "role", "measure")},
        "reference_value": money(row["reference"]), "compared_value": money(row["compared"]),
        "difference": money(difference),
        "relative_difference": rate(difference, abs(row["reference"])),
        "tolerance": rounded(Fraction(seed["relative"]), 6), "status": status, "reason": reason,
        "is_settled": is_settled,
    }  # fmt: skip


def _status(seed: Row, row: Row, series: list[Row], *, is_settled: bool) -> str:
    difference = abs(row["compared"] - row["reference"])
    allowed = max(Decimal(seed["absolute"]), Decimal(seed["relative"]) * abs(row["reference"]))
    if not difference:
        return "ok"
    if difference <= allowed:
        return "adds_up" if is_settled and _adds_up(seed, row, series) else "within_tolerance"
    if not is_settled:
        return "unsettled"
    return "out_of_tolerance" if seed["is_binding"] == "true" else "explained"


def _adds_up(seed: Row, row: Row, series: list[Row]) -> bool:
    if not seed["relative_28_days"]:
        return False
    days = [
        one for one in series
        if row["date_day"] - 27 * DAY <= one["date_day"] <= row["date_day"]
    ]  # fmt: skip
    difference = abs(sum(one["compared"] - one["reference"] for one in days))
    reference = sum(abs(one["reference"]) for one in days)
    return bool(
        difference > max(Decimal(seed["absolute"]), Decimal(seed["relative_28_days"]) * reference)
    )


def restatements(before: Things, after: Things) -> Iterator[Row]:
    """One row per number of the client's days that is another than at the first reading."""
    old = {row["date_day"]: row for row in daily.clients(before)}
    seen = [_seen(one) for one in (before, after)]
    for row in daily.clients(after):
        day = row["date_day"]
        for column in WATCHED if day in old else ():
            was, now = old[day][column], row[column]
            was_filling = seen[0] < before.brand.midnight(day + DAY)
            if was != now and not (now is None and was_filling):
                yield _change(after, day, column, (was, now), seen, was_filling=was_filling)


def _seen(things: Things) -> datetime:
    days = [answer for one in things.brand.answers.values() for answer in one.values()]
    return things.brand.until[max(answer.phase for answer in days) - 1] + READING


def _change(
    things: Things, day: date, column: str, values: tuple[Any, Any], seen: list[datetime], *,
    was_filling: bool,
) -> Row:  # fmt: skip
    was, now = values
    difference = None if None in values else now - was
    later = (things.brand.day(seen[1]) - day).days
    kind = "filling" if was_filling else "expected" if later <= 10 else "unexpected"
    return {
        "client": things.brand.client, "date_day": day, "metric": column,
        "old_value": money(was), "new_value": money(now), "difference": money(difference),
        "relative_change": rate(difference, None if was is None else abs(was)), "kind": kind,
        "old_seen_at": seen[0], "seen_at": seen[1], "days_later": later,
    }  # fmt: skip

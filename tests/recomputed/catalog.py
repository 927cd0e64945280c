"""Recomputes what is listed: clients, messages, metrics, runs and how fresh they are."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.recomputed.brand import DAY
from tests.recomputed.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.recomputed.brand import Run
    from tests.recomputed.things import Things

Row = dict[str, Any]
ALLOWED_HOURS = 30


def clients(things: Things) -> Iterator[Row]:
    """The account itself."""
    brand, facts = things.brand, things.facts
    over = [day for day in facts.days if facts.is_over(day)]
    settled = [day for day in facts.days if facts.is_settled(day)]
    yield {
        "client": brand.client, "organization_name": f"{brand.account} Inc.",
        "timezone": brand.zone, "currency": brand.currencies[-1][1], "locale": "en-US",
        "industry": "Retail", "is_test_account": False, "revenue_basis": _basis(things),
        "first_day": facts.first_day, "last_day": facts.last_day,
        "last_settled_day": max(settled, default=None), "last_whole_day": max(over, default=None),
    }  # fmt: skip


def _basis(things: Things) -> str:
    """What revenue contains on the last day that sold something."""
    facts, amounts = things.facts, things.amounts
    if "revenue" not in facts.metrics_of:
        return "unknown"
    sold = [day for day in facts.days if facts.role_count("revenue", day)]
    last = max(sold, default=facts.last_day)
    if any(one.own is None for one in amounts.splits("revenue", last)):
        return "all_currencies"
    recent = [day for day in facts.days if day > facts.last_day - 28 * DAY]
    earned = sum(amounts.amounts["revenue", day] or 0 for day in recent)
    is_foreign = any(one.is_foreign for day in recent for one in amounts.splits("revenue", day))
    return "other_currencies" if is_foreign and not earned else "account_currency"


def messages(things: Things) -> Iterator[Row]:
    """One row per campaign message or flow message."""
    brand = things.brand
    for one in brand.messages.values():
        is_campaign = one.kind == "campaign"
        yield {
            "client": brand.client, "message_id": one.ident, "message_kind": one.kind,
            "channel": things.channel_of_message(one.ident), "message_name": f"News {one.ident}",
            "subject": f"Hello of {one.ident}" if "email" in one.channels else None,
            "campaign_id": one.parent if is_campaign else None,
            "flow_id": None if is_campaign else one.parent,
            "parent_name": one.parent.upper() if is_campaign else "Flow", "status": one.status,
            "variation_count": len(one.channels), "is_archived": False, "sent_at": one.sent_at,
            "sent_day": brand.day(one.sent_at) if one.sent_at else None,
        }  # fmt: skip


def metrics(things: Things) -> Iterator[Row]:
    """One row per metric."""
    brand, facts = things.brand, things.facts
    for ident, known in brand.metrics.items():
        is_mapped = ident in brand.mapped.values()
        role = facts.role_of.get(ident)
        yield {
            "client": brand.client, "metric_id": ident, "metric_name": known.name,
            "integration_key": known.key, "integration_name": known.key.title(), "role": role,
            "role_source": "mapping" if is_mapped else "name" if role else None,
            "channel": facts.channel_of(ident) if ident in facts.role_of else None,
            "created_at": brand.until[0], "updated_at": brand.until[0],
        }  # fmt: skip


def unmapped(things: Things) -> Iterator[Row]:
    """One row per metric that counts something and has no role."""
    facts, brand = things.facts, things.brand
    for ident, known in brand.metrics.items():
        if ident in facts.role_of:
            continue
        counts = _counts(things, ident)
        if counts:
            yield {
                "client": brand.client, "metric_id": ident, "metric_name": known.name,
                "integration_key": known.key, "integration_name": known.key.title(),
                "is_klaviyo_own": known.key == "klaviyo", "first_day": min(counts),
                "last_day": max(counts), "event_count": sum(counts.values()),
                "probable_role": None,
            }  # fmt: skip


def _counts(things: Things, metric: str) -> dict[date, int]:
    """By Klaviyo's aggregates, or by single events where those were not read: whichever is more."""
    found: dict[date, int] = defaultdict(int)
    for (one, day), events in things.amounts.events.items():
        if one == metric:
            found[day] = len(events)
    for day, answer in things.brand.answers.get((metric, "total"), {}).items():
        count = sum(group.count for group in answer.groups)
        if count:
            found[day] = max(found[day], count)
    return found


def runs(things: Things) -> Iterator[Row]:
    """One row per run and stream."""
    for run in things.brand.runs:
        yield {
            "run_id": run.run_id, "client": things.brand.client, "shard": run.shard,
            "stream": run.stream,
            "status": run.status, "error": run.error, "records": 7, "requests": 3, "retries": 1,
            "throttled_seconds": rounded(2.5, 3),
            "duration_seconds": rounded((run.finished_at - run.started_at).total_seconds(), 3),
            "started_at": run.started_at, "finished_at": run.finished_at,
            "window_start": run.span[0] if run.span else None,
            "window_end": run.span[1] if run.span else None,
        }  # fmt: skip


def freshness(things: Things) -> Iterator[Row]:
    """One row per stream: how old its data are now."""
    by_stream: dict[str, list[Run]] = defaultdict(list)
    for run in sorted(things.brand.runs, key=lambda run: run.finished_at):
        by_stream[run.stream].append(run)
    for stream, ones in by_stream.items():
        yield _fresh(things, stream, ones)


def _fresh(things: Things, stream: str, ones: list[Run]) -> Row:
    good = [run for run in ones if run.status in ("ok", "partial")]
    since = [run for run in ones if not good or run.finished_at > good[-1].finished_at]
    age = (datetime.now(UTC).replace(tzinfo=None) - good[-1].finished_at) if good else None
    status = "never" if not good else "failing" if since else "fresh"
    if age is not None and status == "fresh" and age > timedelta(hours=ALLOWED_HOURS):
        status = "late"
    spans = [run.span[1] for run in good if run.span]
    return {
        "client": things.brand.client, "stream": stream, "status": status,
        "last_status": ones[-1].status, "last_success_at": good[-1].finished_at if good else None,
        "last_attempt_at": ones[-1].finished_at, "data_until": max(spans, default=None),
        "hours_since_success": rounded(age.total_seconds() / 3600, 1) if age else None,
        "allowed_hours": ALLOWED_HOURS, "failed_runs": len(since), "error": ones[-1].error,
    }  # fmt: skip

"""What forms and segments do, hour by hour: invented from the day alone, not from events.

All times are the brand's own wall-clock hours. On the day the clocks go back a repeated hour
counts once; on the day they go forward the hour that is left out counts as the one after it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.account.account import Account
    from sandbox.account.library import Entry

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
RECOUNTED_AT = 4  # the hour at which segments take in and let go
FORM_COUNTS = (
    "viewed_form", "viewed_form_uniques", "closed_form", "closed_form_uniques", "submits",
    "submitted_form_step", "submitted_form_step_uniques", "qualified_form",
    "qualified_form_uniques", "viewed_form_step", "viewed_form_step_uniques",
)  # fmt: skip


def form_versions(form: Entry) -> tuple[str, ...]:
    """The sandbox's own words for a form's versions: of a test there are two, the second better."""
    return ("A", "B") if form.facts["ab_test"] else ("A",)


def form_hours(
    account: Account, form: Entry, version: str
) -> Iterator[tuple[datetime, dict[str, int]]]:
    """Naive local hour and counts of every hour in which a live form was there, up to now.

    Each version has visitors of its own.
    """
    if form.facts["status"] != "live":
        return
    zone = account.brand.zone
    now = account.until.astimezone(zone).replace(tzinfo=None)
    hour = max(
        form.created_at.replace(tzinfo=None, minute=0) + _HOUR,
        datetime.combine(account.first_day, time()),
    )
    while hour + _HOUR <= now:
        yield hour, _at_form(account, form, version, hour.date())[hour.hour]
        hour += _HOUR


def _at_form(account: Account, form: Entry, version: str, day: date) -> list[dict[str, int]]:
    seed = f"{account.seed}:{account.brand.client}:{form.key}:{version}:{day}"
    return _form_day(seed, account.scale, 2 if version == "B" else 3)


@lru_cache(maxsize=4096)
def _form_day(seed: str, scale: int, wins_one_of: int) -> list[dict[str, int]]:
    rng = Random(seed)  # noqa: S311 - invented data
    return [_form_hour(rng, scale, wins_one_of) for _ in range(24)]


def _form_hour(rng: Random, scale: int, wins_one_of: int) -> dict[str, int]:
    views = rng.randrange(6 * scale)
    people = views - rng.randrange(views // 3 + 1)
    submits = rng.randrange(people // wins_one_of + 1)
    closed = rng.randrange(views - submits + 1)
    counts = (views, people, closed, min(closed, people), submits, submits, submits, submits)
    return dict(zip(FORM_COUNTS, (*counts, submits, views, people), strict=True))


def segment_changes(account: Account, segment: Entry) -> Iterator[tuple[datetime, int, int]]:
    """Naive local hour, members added and members removed, of every change up to now.

    A segment made during the season takes in its first members immediately; from the next day on
    all are recounted at night.
    """
    zone = account.brand.zone
    now = account.until.astimezone(zone).replace(tzinfo=None)
    made = segment.created_at.astimezone(zone).replace(tzinfo=None)
    if datetime.combine(account.first_day, time()) <= made < now:
        yield made.replace(minute=0), _first_members(account, segment), 0
    day = max(made.date() + _DAY, account.first_day)
    while (moment := datetime.combine(day, time(RECOUNTED_AT))) < now:
        yield moment, *_at_segment(account, segment, day)
        day += _DAY


def members_before(account: Account, segment: Entry) -> int:
    """Members of a segment when the season began."""
    is_new = segment.created_at.date() >= account.first_day
    return 0 if is_new else _first_members(account, segment)


def members_now(account: Account, group: Entry) -> int:
    """Members of a list or segment by now; a list takes in and lets go as a segment does."""
    changes = segment_changes(account, group)
    return members_before(account, group) + sum(more - fewer for _, more, fewer in changes)


def _first_members(account: Account, segment: Entry) -> int:
    seed = f"{account.seed}:{account.brand.client}:{segment.key}"
    return Random(seed).randrange(400, 900) * account.scale  # noqa: S311 - invented data


def _at_segment(account: Account, segment: Entry, day: date) -> tuple[int, int]:
    if not segment.facts.get("is_active", True):
        return 0, 0
    rng = Random(f"{account.seed}:{account.brand.client}:{segment.key}:{day}")  # noqa: S311
    return rng.randrange(9 * account.scale), rng.randrange(7 * account.scale)

"""Lists and segments of a brand: what was read of them, and the tables that follow from it."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.recomputed.brand import DAY
from tests.recomputed.numbers import rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recomputed.brand import Brand
    from tests.recomputed.messages import Messages
    from tests.recomputed.things import Things

Rows = list[dict[str, Any]]
TAGS = ("sale", "news", "unknown")  # of the last, only the id was read
TABLES = """
    create table tap_klaviyo.lists (account_id text, id text, name text, tag_ids jsonb);
    create table tap_klaviyo.segments (account_id text, id text, name text, tag_ids jsonb);
    create table tap_klaviyo.tags (account_id text, id text, name text, tag_group_name text);
    create table tap_klaviyo.forms (account_id text, id text, name text);
    create table tap_klaviyo.form_version_series (
        account_id text, form_id text, form_version_id text, date date, viewed_form numeric,
        viewed_form_uniques numeric, closed_form numeric, submits numeric, read_at timestamp
    );
    create table tap_klaviyo.list_sizes (
        account_id text, list_id text, date date, profile_count bigint, read_at timestamp
    );
    create table tap_klaviyo.segment_series (
        account_id text, segment_id text, date date, total_members numeric, members_added numeric,
        members_removed numeric, read_at timestamp
    );
"""


@dataclass
class Audience:
    """The raw rows of a brand's lists and segments, by table.

    `dice` are its own, so that what else happens to the brand stays as it is.
    """

    brand: Brand
    raw: dict[str, Rows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Invent them."""
        self.dice = random.Random(f"audience of {self.brand.account}")  # noqa: S311 - a dice
        self.raw = {
            "lists": [], "segments": [], "list_sizes": [], "segment_series": [], "forms": [],
            "form_version_series": [],
            "tags": [self._row(id=one, name=one.upper(), tag_group_name="All") for one in TAGS[:2]],
        }  # fmt: skip
        for number in range(self.dice.choice([0, 1, 4])):
            self._list(f"L{number}")
        for number in range(self.dice.choice([0, 1, 3])):
            self._segment(f"S{number}")
        for number in range(self.dice.choice([0, 1, 2])):
            self._form(f"F{number}")
        self.tags_of = {
            one: self._tags() for one in sorted({m.parent for m in self.brand.messages.values()})
        }

    def _tags(self) -> list[str] | None:
        """Of something: none, some, or not read."""
        dice = self.dice
        return None if dice.random() < 0.2 else dice.sample(TAGS, dice.randint(0, 3))

    def _form(self, ident: str) -> None:
        dice = self.dice
        if dice.random() < 0.8:
            self.raw["forms"].append(self._row(id=ident, name=f"Form {ident}"))
        for version in ("1", "2")[: dice.choice([1, 2])]:
            for day in (one for one in self._days() if dice.random() < 0.9):
                viewed = dice.choice([0, 3, 9])
                is_old = dice.random() < 0.2
                self.raw["form_version_series"].append(self._row(
                    form_id=ident, form_version_id=version, date=day, viewed_form=viewed,
                    viewed_form_uniques=viewed // 2, closed_form=viewed // 3,
                    submits=dice.randint(0, viewed),
                    read_at=self.brand.until[1] - (DAY if is_old else timedelta(0)),
                ))  # fmt: skip

    def _list(self, ident: str) -> None:
        brand, dice = self.brand, self.dice
        if dice.random() < 0.8:  # of the others only the sizes were read
            self.raw["lists"].append(
                self._row(id=ident, name=f"List {ident}", tag_ids=self._tags())
            )
        often, size = dice.choice([0.2, 1]), dice.randint(0, 50)
        for day in self._days():
            size = max(0, size + dice.randint(-3, 4))
            if dice.random() < often:
                told = None if dice.random() < 0.1 else size
                read_at = brand.midnight(day + DAY)
                row = self._row(list_id=ident, date=day, profile_count=told, read_at=read_at)
                self.raw["list_sizes"].append(row)

    def _segment(self, ident: str) -> None:
        dice = self.dice
        if dice.random() < 0.8:
            self.raw["segments"].append(
                self._row(id=ident, name=f"Segment {ident}", tag_ids=self._tags())
            )
        is_gone, size = dice.random() < 0.2, dice.randint(0, 50)
        for day in self._days():
            added, removed = dice.randint(0, 4), dice.randint(0, min(size, 3))
            size += added - removed
            # The last fortnight was read once more; a segment that is gone is not in it.
            is_old = (self.brand.day(self.brand.until[1]) - day).days > 14
            read_at = self.brand.until[1] + (timedelta(0) if is_old or is_gone else DAY)
            self.raw["segment_series"].append(self._row(
                segment_id=ident, date=day, total_members=size, members_added=added,
                members_removed=removed, read_at=read_at,
            ))  # fmt: skip

    def _row(self, **columns: Any) -> dict[str, Any]:
        return {"account_id": self.brand.account, **columns}

    def _days(self) -> Iterator[Any]:
        """Days from one after the brand's first, or before it, to the last read."""
        day = self.brand.first_day + self.dice.choice([-3, 0, 9]) * DAY
        while day <= self.brand.day(self.brand.until[1]):
            yield day
            day += DAY


def members(things: Things) -> Iterator[dict[str, Any]]:
    """One row per list or segment and local day since it was first read."""
    raw = Audience(things.brand).raw
    rows = {(kind, row["id"]): row for kind in ("list", "segment") for row in raw[f"{kind}s"]}
    known = {**_lists(raw["list_sizes"]), **_segments(raw["segment_series"])}
    for kind, ident in sorted({key[:2] for key in known}):
        first = min(day for *key, day in known if tuple(key) == (kind, ident))
        for day in (day for day in things.facts.days if day >= first):
            yield {
                "client": things.brand.client, "date_day": day, "audience_kind": kind,
                "audience_id": ident, **_named(rows.get((kind, ident), {})),
                **known.get((kind, ident, day), dict.fromkeys(COUNTS)),
                "net_change": _net(known, kind, ident, day), "is_over": things.facts.is_over(day),
            }  # fmt: skip


COUNTS = ("members", "added", "removed", "source")


def _net(known: dict[Any, Any], kind: str, ident: str, day: Any) -> int | None:
    now, before = known.get((kind, ident, day)), known.get((kind, ident, day - DAY))
    return None if now is None or before is None else now["members"] - before["members"]


def _lists(rows: Rows) -> dict[Any, Any]:
    return {
        ("list", row["list_id"], row["date"]): {
            "members": row["profile_count"], "added": None, "removed": None, "source": "snapshot",
        }
        for row in rows
        if row["profile_count"] is not None
    }  # fmt: skip


def _segments(rows: Rows) -> dict[Any, Any]:
    newest: dict[Any, Any] = {}
    for row in rows:
        newest[row["date"]] = max(row["read_at"], newest.get(row["date"], row["read_at"]))
    return {
        ("segment", row["segment_id"], row["date"]): {
            "members": row["total_members"], "added": row["members_added"],
            "removed": row["members_removed"], "source": "series",
        }
        for row in rows
        if row["read_at"] == newest[row["date"]]
    }  # fmt: skip


def _named(row: dict[str, Any]) -> dict[str, Any]:
    tags = [one.upper() for one in sorted(row.get("tag_ids") or []) if one in TAGS[:2]]
    return {"audience_name": row.get("name"), "tags": ", ".join(tags) or None}


def forms(things: Things) -> Iterator[dict[str, Any]]:
    """One row per version of a form and local day that was reported, when it was last read."""
    raw = Audience(things.brand).raw
    names = {row["id"]: row["name"] for row in raw["forms"]}
    newest: dict[Any, Any] = {}
    for row in raw["form_version_series"]:
        newest[row["date"]] = max(row["read_at"], newest.get(row["date"], row["read_at"]))
    for row in raw["form_version_series"]:
        if row["read_at"] == newest[row["date"]] and row["date"] in things.facts.days:
            yield {
                "client": things.brand.client, "date_day": row["date"], "form_id": row["form_id"],
                "form_version_id": row["form_version_id"], "form_name": names.get(row["form_id"]),
                "viewed": row["viewed_form"], "viewed_people": row["viewed_form_uniques"],
                "closed": row["closed_form"], "submitted": row["submits"],
                "submit_rate": rate(row["submits"], row["viewed_form"]),
                "is_over": things.facts.is_over(row["date"]),
            }  # fmt: skip


def tags(messages: Messages) -> Iterator[dict[str, Any]]:
    """One row per tag, channel and local day on which messages with the tag have a row."""
    brand, tags_of = messages.brand, Audience(messages.brand).tags_of
    found: dict[Any, Rows] = defaultdict(list)
    for (ident, day), row in messages.days.items():
        known = brand.messages.get(ident)
        for tag in (tags_of[known.parent] or []) if known else ():
            found[tag, row["channel"], day].append(row)
    for (tag, channel, day), rows in found.items():
        same = {name: rows[0][name] for name in ("client", "currency", "is_settled", "is_over")}
        sums = {
            name: None if any(row[name] is None for row in rows) else sum(row[name] for row in rows)
            for name in rows[0]
            if name not in (*same, "message_id", "message_kind", "date_day", "channel")
            and not name.startswith("unique_")
        }
        name = tag.upper() if tag in TAGS[:2] else None
        yield {
            "tag_id": tag, "tag_name": name, "tag_group_name": name and "All", "date_day": day,
            "channel": channel, "messages": len(rows), **same, **sums,
        }  # fmt: skip

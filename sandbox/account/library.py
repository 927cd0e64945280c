"""What a brand has filed in its account: lists, segments, tags, forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sandbox.account.ids import short_id, uuid_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sandbox.account.story import Brand

_MORNING = time(9, 30)


@dataclass(frozen=True)
class Entry:
    """Something with a name that was made once and perhaps changed once.

    Attributes:
        key: The sandbox's own word for it.
        created_at: Before that it is not served.
        changed_at: When it got `new_name`; None if it never changes.
        facts: Further attributes, as the API serves them.
        tags: Names of its tags.
        starts: Key of the flow that it sets off, or ''.
    """

    id: str
    key: str
    name: str
    created_at: datetime
    changed_at: datetime | None = None
    new_name: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    starts: str = ""

    def has_changed(self, now: datetime) -> bool:
        """Whether the change has been made at that time."""
        return self.changed_at is not None and self.changed_at <= now

    def name_at(self, now: datetime) -> str:
        """Its name at that time."""
        return self.new_name if self.has_changed(now) else self.name

    def updated_at(self, now: datetime) -> datetime:
        """Its last change up to that time."""
        if self.changed_at is not None and self.changed_at <= now:
            return self.changed_at
        return self.created_at


TAGS = ("Newsletter", "Sale", "Text", "Automatic", "Old", "Customers")
_DOUBLE, _SINGLE = {"opt_in_process": "double_opt_in"}, {"opt_in_process": "single_opt_in"}
_ACTIVE = {"is_active": True, "is_processing": False, "is_starred": False}
_STARRED = {**_ACTIVE, "is_starred": True}
_ASLEEP = {**_ACTIVE, "is_active": False}
_LIVE = {"status": "live", "ab_test": False}
_TESTED = {"status": "live", "ab_test": True}
_DRAFT = {"status": "draft", "ab_test": False}


@dataclass(frozen=True)
class _Plan:
    """An entry in days since the season's first day; a negative one lies before the season."""

    key: str
    name: str
    day: int
    facts: Mapping[str, object]
    tags: tuple[str, ...] = ()
    renamed: tuple[int, str] | None = None
    starts: str = ""


_LISTS = (
    _Plan("newsletter", "Newsletter", -290, _DOUBLE, ("Newsletter", "Customers"), starts="welcome"),
    _Plan("text", "Text subscribers", -200, _SINGLE, ("Text",)),
    _Plan("partner", "Partner list", 30, _SINGLE, renamed=(75, "Partner list (do not use)")),
    _Plan("preview", "Preview list", -285, _SINGLE),
    _Plan("press", "Press", -150, _SINGLE, ("Old",)),
)
_SEGMENTS = (
    _Plan("engaged30", "Engaged 30 days", -280, _STARRED, ("Newsletter",)),
    _Plan("engaged90", "Engaged 90 days", -280, _ACTIVE, ("Newsletter",)),
    _Plan("repeat", "Repeat buyers", -250, _STARRED, ("Customers",)),
    _Plan("vip", "VIP", -240, _STARRED, ("Customers",), (60, "VIP customers")),
    _Plan("lapsed", "Lapsed customers", -230, _ACTIVE, ("Customers", "Old")),
    _Plan("asleep", "Opened nothing for a year", -220, _ACTIVE),
    _Plan("window", "Looked, never bought", -100, _ACTIVE),
    _Plan("apple", "Reads on Apple Mail", -90, _ACTIVE),
    _Plan("local", "Lives nearby", -80, _ACTIVE),
    _Plan("text", "Wants texts", -70, _ACTIVE, ("Text",)),
    _Plan("sale", "Bought in the sale", 90, _ACTIVE, ("Sale",)),
    _Plan("bought", "Bought list 2024", -290, _ASLEEP, ("Old",)),
)
_FORMS = (
    _Plan("popup", "Newsletter pop-up", -260, _TESTED),
    _Plan("footer", "Footer sign-up", -255, _LIVE),
    _Plan("text", "Text sign-up", -60, _LIVE, (), (45, "Text sign-up, short")),
    _Plan("spin", "Wheel of fortune", 20, _DRAFT),
)


def lists_of(brand: Brand, seed: int, first_day: date) -> dict[str, Entry]:
    """All lists of a brand by key, also those made later."""
    fairs = tuple(
        _Plan(f"fair{number}", f"Fair {number}", -120 + 20 * number, _SINGLE)
        for number in range(1, 1 + brand.fairs)
    )
    return _entries(brand, seed, first_day, "list", (*_LISTS, *fairs))


def segments_of(brand: Brand, seed: int, first_day: date) -> dict[str, Entry]:
    """All segments of a brand by key, also those made later."""
    return _entries(brand, seed, first_day, "segment", _SEGMENTS)


def forms_of(brand: Brand, seed: int, first_day: date) -> dict[str, Entry]:
    """All forms of a brand by key, also those made later."""
    return _entries(brand, seed, first_day, "form", _FORMS)


def tag_ids(brand: Brand, seed: int) -> dict[str, str]:
    """Ids of the tags by name."""
    return {name: uuid_text(seed, brand.client, "tag", name) for name in TAGS}


def version_id(form: Entry, version: str) -> str:
    """Id of a version of a form."""
    return str(int(short_id(form.id, version), 36))


def template_id(brand: Brand, subject: str) -> str:
    """Id of the template of an email with that subject."""
    return short_id(brand.client, subject)


def tag_group_id(brand: Brand, seed: int) -> str:
    """Id of the one group that all tags are in."""
    return uuid_text(seed, brand.client, "tag-group")


def _entries(
    brand: Brand, seed: int, first_day: date, kind: str, plans: tuple[_Plan, ...]
) -> dict[str, Entry]:
    def moment(day: int) -> datetime:
        return datetime.combine(first_day + timedelta(days=day), _MORNING, tzinfo=brand.zone)

    return {
        plan.key: Entry(
            id=short_id(seed, brand.client, kind, plan.key),
            key=plan.key,
            name=plan.name,
            created_at=moment(plan.day),
            changed_at=moment(plan.renamed[0]) if plan.renamed else None,
            new_name=plan.renamed[1] if plan.renamed else "",
            facts=plan.facts,
            tags=plan.tags,
            starts=plan.starts,
        )
        for plan in plans
    }

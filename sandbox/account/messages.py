"""Campaigns of a brand: planned day by day, so that a longer season only adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from sandbox.account.ids import long_id

if TYPE_CHECKING:
    from sandbox.account.story import Brand

_THEMES = ("New in", "Staff picks", "Back in stock", "Weekend reading", "Small batch", "Last sizes")
_DRAFTED_BEFORE = timedelta(days=3)
_ARCHIVED_AFTER = timedelta(days=30)
_ARCHIVED_DAYS = 10  # newsletters of the first days are put away later
_ORDINARY_HOURS = 24
_TAGS = {"newsletter": ("Newsletter",), "text": ("Text",), "sale": ("Sale", "Customers")}
_SEND_WEEKDAYS = (1, 3)  # Tuesday and Thursday


@dataclass(frozen=True)
class Variation:
    """One version of a message's content."""

    id: str
    name: str
    subject: str


@dataclass(frozen=True)
class Message:
    """One campaign message, on one channel, with one variation or two (an A/B test)."""

    id: str
    audience_id: str
    name: str
    channel: str
    variations: tuple[Variation, ...]

    @property
    def variation_ids(self) -> tuple[str, ...]:
        """What its events carry as `$variation`: '' if there is one version only."""
        ids = tuple(variation.id for variation in self.variations)
        return ids if len(ids) > 1 else ("",)


@dataclass(frozen=True)
class Campaign:
    """A campaign and the time of its sending.

    Attributes:
        send: Local wall-clock time of sending.
        sent_at: The same as an instant.
        recipients: How many people it is sent to, per message.
        kind: 'newsletter', 'text', 'sale' or 'bad'.
        is_bad: The send that goes to a bought list.
        is_archived_later: Put into the archive a month after sending.
    """

    id: str
    name: str
    builder: str
    send: datetime
    sent_at: datetime
    recipients: int
    messages: tuple[Message, ...]
    kind: str
    is_bad: bool = False
    is_archived_later: bool = False
    description: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Names of its tags; the bad send has none."""
        return _TAGS.get(self.kind, ())

    @property
    def created_at(self) -> datetime:
        """When it was drafted."""
        return self.sent_at - _DRAFTED_BEFORE

    def is_archived(self, now: datetime) -> bool:
        """Whether it is in the archive at that time."""
        return self.is_archived_later and self.sent_at + _ARCHIVED_AFTER <= now

    def status(self, now: datetime) -> str:
        """Status of its messages at that time."""
        return "sent" if self.sent_at <= now else "scheduled"

    def updated_at(self, now: datetime) -> datetime:
        """Its last change up to that time: drafted, sent, or archived."""
        if self.is_archived(now):
            return self.sent_at + _ARCHIVED_AFTER
        return self.sent_at if self.sent_at <= now else self.created_at


def campaigns_on(brand: Brand, seed: int, day: date, number: int) -> list[Campaign]:
    """Campaigns sent on a local day.

    Args:
        brand: Whose campaigns.
        seed: The world's seed.
        day: The local day.
        number: Day number since the world's first day, which the plot counts in.
    """
    plot = brand.plot
    if plot.quiet_from <= number < plot.quiet_from + plot.quiet_days:
        return []
    found = []
    if number == plot.sale_from:
        found.append(_sale(brand, seed, day))
    if number == plot.bad_send:
        found.append(_bad(brand, seed, day))
    elif day.weekday() in _SEND_WEEKDAYS or brand.day_hours(day) != _ORDINARY_HOURS:
        found.append(_newsletter(brand, seed, day, number))
    if number % 11 == 4:  # noqa: PLR2004 - every eleventh day
        found.append(_text(brand, seed, day))
    return found


def _newsletter(brand: Brand, seed: int, day: date, number: int) -> Campaign:
    rng = Random(f"{seed}:{brand.client}:{day}:newsletter")  # noqa: S311
    theme = rng.choice(_THEMES)
    product = rng.choice(brand.products)
    hour, minute = brand.send_times[number % len(brand.send_times)]
    subjects = [f"{theme}: {product}"]
    if number % 4 == 1:
        subjects.append(f"{product}, {theme.lower()} 👀")
    return _campaign(
        brand,
        _Draft(
            key=(seed, brand.client, day, "newsletter"),
            name=f"{theme} {day:%d %b}",
            send=datetime.combine(day, time(hour, minute)),
            contents={"email": tuple(subjects)},
            recipients=brand.audience + rng.randint(-20, 20),
            is_archived_later=number < _ARCHIVED_DAYS,
        ),
    )


def _bad(brand: Brand, seed: int, day: date) -> Campaign:
    return _campaign(
        brand,
        _Draft(
            key=(seed, brand.client, day, "bad"),
            name=f"Partner list blast {day:%d %b}",
            send=datetime.combine(day, time(15)),
            contents={"email": (f"You do not know us yet: {brand.organization}",)},
            recipients=round(brand.audience * 1.6),
            is_bad=True,
        ),
    )


def _sale(brand: Brand, seed: int, day: date) -> Campaign:
    subject = f"SALE: 30 % off everything at {brand.organization}"
    return _campaign(
        brand,
        _Draft(
            key=(seed, brand.client, day, "sale"),
            name=f"Season sale {day:%Y}",
            send=datetime.combine(day, time(9)),
            contents={
                "email": (subject, "Season sale starts now, {{ first_name }}"),
                "sms": (f"{brand.organization}: 30 % off today",),
            },
            recipients=round(brand.audience * 1.5),
            builder="canvas",
        ),
    )


def _text(brand: Brand, seed: int, day: date) -> Campaign:
    product = brand.products[day.toordinal() % len(brand.products)]
    return _campaign(
        brand,
        _Draft(
            key=(seed, brand.client, day, "text"),
            name=f"Text {day:%d %b}",
            send=datetime.combine(day, time(18)),
            contents={"sms": (f"{brand.organization}: {product} is here",)},
            recipients=round(brand.audience / 2),
            builder="canvas",
        ),
    )


@dataclass(frozen=True)
class _Draft:
    """What tells one campaign from another; `contents` are subjects by channel."""

    key: tuple[object, ...]
    name: str
    send: datetime
    contents: dict[str, tuple[str, ...]]
    recipients: int
    builder: str = "wizard"
    is_bad: bool = False
    is_archived_later: bool = False


def _campaign(brand: Brand, draft: _Draft) -> Campaign:
    campaign_id = long_id(*draft.key)
    return Campaign(
        id=campaign_id,
        name=draft.name,
        builder=draft.builder,
        send=draft.send,
        sent_at=draft.send.replace(tzinfo=brand.zone),
        recipients=draft.recipients,
        messages=tuple(
            _message(draft, channel, campaign_id if draft.builder == "wizard" else "")
            for channel in draft.contents
        ),
        kind=str(draft.key[-1]),
        is_bad=draft.is_bad,
        is_archived_later=draft.is_archived_later,
        description=f"{draft.key[-1]} for {brand.organization}",
    )


def _message(draft: _Draft, channel: str, known_id: str) -> Message:
    """One message; wizard campaigns have a single one, under the campaign's own id."""
    return Message(
        id=known_id or long_id(*draft.key, channel),
        audience_id=long_id(*draft.key, "audience"),
        name=draft.name if known_id else f"{draft.name} {channel}",
        channel=channel,
        variations=tuple(
            Variation(long_id(*draft.key, channel, subject), f"Variation {letter}", subject)
            for letter, subject in zip("AB", draft.contents[channel], strict=False)
        ),
    )

"""All the brands together, and the ways in which their past can change."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.account.account import Account
from sandbox.account.event import Attribution, Event, money
from sandbox.account.ids import uuid_text
from sandbox.account.story import BRANDS, DEFAULT_CLIENTS
from sandbox.account.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEASON = timedelta(days=110)


def default_until() -> datetime:
    """Five minutes ago, so that a reader who stops a minute before now misses nothing."""
    return datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=5)


def default_first_day(until: datetime) -> date:
    """The first of the month at least 110 days back: the same for every run within a month."""
    return (until - _SEASON).date().replace(day=1)


class World:
    """The fictional brands up to an instant.

    Not safe to change while a `Sandbox` serves it: change it through the sandbox's methods of
    the same names.

    Attributes:
        until: Nothing after this instant has happened yet.
        truth: What the brands have done, by local day.
        accounts: Accounts by client.
    """

    def __init__(self, seed: int, until: datetime, first_day: date, scale: int = 1) -> None:
        """Make an empty world; `World.invent` fills one."""
        if until.tzinfo is None:
            message = "until needs a time zone"
            raise ValueError(message)
        self.seed = seed
        self.until = until
        self.first_day = first_day
        self.scale = scale
        self.accounts: dict[str, Account] = {}
        self.truth = Truth(self.accounts)
        self._random = Random(f"{seed}:changes")  # noqa: S311 - invented data

    @classmethod
    def invent(
        cls,
        seed: int = 7,
        until: datetime | None = None,
        clients: Iterable[str] = DEFAULT_CLIENTS,
        *,
        first_day: date | None = None,
        scale: int = 1,
    ) -> World:
        """Invent the brands' season.

        The same arguments make the same world. A later `until` with the same `first_day`
        only adds to it.

        Args:
            seed: Another seed, other numbers and ids (the plot stays).
            until: Aware datetime the season has reached; five minutes ago by default.
            clients: Which brands; `sandbox.account.story.BRANDS` has them all.
            first_day: First local day; by default the first of a month 110 to 141 days back.
            scale: Multiplies people and events.
        """
        until = until or default_until()
        world = cls(seed, until, first_day or default_first_day(until), scale)
        for client in clients:
            world.add_client(client)
        return world

    def add_client(self, client: str) -> Account:
        """Open a brand's account, its whole season included."""
        account = Account(BRANDS[client], self.seed, self.first_day, self.scale)
        account.advance(self.until)
        self.accounts[client] = account
        return account

    def advance(self, until: datetime) -> None:
        """Let time pass for all brands; `until` may not go back."""
        if until < self.until:
            message = f"until cannot go back from {self.until} to {until}"
            raise ValueError(message)
        self.until = until
        for account in self.accounts.values():
            account.advance(until)

    def add_event(  # noqa: PLR0913 - the facts of an event
        self,
        client: str,
        metric: str,
        wall: datetime,
        *,
        cents: int | None = None,
        properties: dict[str, Any] | None = None,
        credited_to: str | None = None,
        shown_from: datetime | None = None,
    ) -> Event:
        """Add an event that arrives late, or is dated in the future.

        Args:
            client: Whose account.
            metric: The metric's present name (the first of two equal ones).
            wall: Naive local time of the event, as its own account sees it.
            cents: Its money in hundredths, in the account's currency.
            properties: More event properties.
            credited_to: Id of an open or click that gets the credit.
            shown_from: From when on GET /events has it; aggregates count it immediately.
        """
        account = self.accounts[client]
        event = Event(
            bits=self._random.getrandbits(128),
            at=int(wall.replace(tzinfo=account.brand.zone).timestamp()),
            day=wall.date(),
            metric=account.metric_key(metric),
            profile=self._random.choice(account.people).id,
            properties=_value(account, cents) | (properties or {}),
            cents=cents,
        )
        event.shown_from = shown_from.timestamp() if shown_from else 0.0
        account.insert(event)
        self.restate(client, event.id, credited_to)
        return event

    def restate(
        self,
        client: str,
        event_id: str,
        credited_to: str | None,
        shown_from: datetime | None = None,
    ) -> None:
        """Credit an order to another click or open, or (None) to nothing.

        With the last order of a group gone, the group vanishes from the aggregates. `shown_from`
        tells from when on GET /events has the credit; aggregates count it immediately.
        """
        account = self.accounts[client]
        event = account.by_id[event_id]
        event.encoded.clear()
        event.attribution = None
        event.credit_shown_from = shown_from.timestamp() if shown_from else 0.0
        if credited_to is not None:
            event.attribution = self._credit(account, event_id, account.by_id[credited_to])

    @staticmethod
    def _credit(account: Account, event_id: str, touch: Event) -> Attribution:
        message, flow = str(touch.properties["$message"]), touch.properties.get("$flow")
        owners = {m.id: c.id for c in account.campaigns for m in c.messages}
        return Attribution(
            id=uuid_text(event_id, touch.id).replace("-", ""),
            event_id=touch.id,
            channel="sms" if touch.metric.startswith("sms") else "email",
            message_id=message,
            variation_id=str(touch.properties.get("$variation", "")),
            campaign_id=None if flow else owners[message],
            flow_id=flow,
        )

    def change_value(self, client: str, event_id: str, cents: int) -> None:
        """Correct an event's money afterwards."""
        event = self.accounts[client].by_id[event_id]
        event.cents = cents
        event.properties = {**event.properties, "$value": money(cents)}
        event.encoded.clear()

    def remove_event(self, client: str, event_id: str) -> Event:
        """Make an event disappear."""
        return self.accounts[client].remove(event_id)

    def rename_metric(self, client: str, old: str, new: str) -> None:
        """Give a metric another name; its id stays."""
        self.accounts[client].rename(old, new)


def _value(account: Account, cents: int | None) -> dict[str, Any]:
    if cents is None:
        return {}
    return {"$value": money(cents), "$value_currency": account.brand.currency}

"""One brand's Klaviyo account: its settings and everything that has happened in it so far."""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from sandbox.account.flows import flows_of
from sandbox.account.ids import key_of, short_id
from sandbox.account.library import forms_of, lists_of, segments_of
from sandbox.account.messages import Campaign, campaigns_on
from sandbox.account.metrics import metrics_of
from sandbox.account.people import people_of
from sandbox.account.season import plan_day

if TYPE_CHECKING:
    from sandbox.account.event import Event
    from sandbox.account.people import Person
    from sandbox.account.story import Brand

_DAY = timedelta(days=1)
_AT = attrgetter("at")
_ORDER = attrgetter("order")
_DRAFTS_AHEAD = 4  # days of campaigns already drafted


class Account:
    """The state of one account.

    Attributes:
        events: All events so far and those dated in the future, sorted by time and id.
        by_metric: The same events by metric key, sorted likewise.
        by_id: The same events by id.
        first_day: The first local day of the season.
        last_day: The local day that the season has reached.
    """

    def __init__(self, brand: Brand, seed: int, first_day: date, scale: int = 1) -> None:
        """Open an account in which nothing has happened yet."""
        self.brand = brand
        self.seed = seed
        self.scale = scale
        self.first_day = first_day
        self.id = short_id(seed, brand.client, "account")
        self.api_key = key_of(seed, brand.client)
        self.opened_at = (
            datetime(first_day.year, first_day.month, 1, tzinfo=brand.zone) - 300 * _DAY
        )
        self.metrics = metrics_of(brand, seed)
        self.flows = flows_of(brand, seed, first_day)
        self.lists = lists_of(brand, seed, first_day)
        self.segments = segments_of(brand, seed, first_day)
        self.forms = forms_of(brand, seed, first_day)
        self.campaigns: list[Campaign] = []
        self.until = self.opened_at
        self.last_day = first_day - _DAY
        self.events: list[Event] = []
        self.by_metric: dict[str, list[Event]] = {key: [] for key in self.metrics}
        self.by_id: dict[str, Event] = {}
        self._future: list[Event] = []

    def advance(self, until: datetime) -> None:
        """Let the season run up to an instant; what has happened stays as it is."""
        self.until = until
        reached = until.astimezone(self.brand.zone).date()
        while self.last_day < reached:
            self.last_day += _DAY
            self._future += plan_day(
                self.brand, self.seed, self.first_day, self.last_day, self.scale
            )
        self._reveal(int(until.timestamp()))
        self.campaigns = [item for item in self._planned() if item.created_at <= until]

    def _reveal(self, now: int) -> None:
        happened = sorted((event for event in self._future if event.at < now), key=_ORDER)
        self._future = [event for event in self._future if event.at >= now]
        for event in happened:
            self.by_id[event.id] = event
            self.by_metric[event.metric].append(event)
        self.events += happened
        if len(self.events) > len(happened):  # something late may be newer than what comes now
            self.events.sort(key=_ORDER)
            for events in self.by_metric.values():
                events.sort(key=_ORDER)

    def _planned(self) -> list[Campaign]:
        days = range((self.last_day - self.first_day).days + _DRAFTS_AHEAD)
        return [
            campaign
            for number in days
            for campaign in campaigns_on(
                self.brand, self.seed, self.first_day + number * _DAY, number
            )
        ]

    def insert(self, event: Event) -> None:
        """Let an event arrive late (or from the future): it takes its place by its own time."""
        insort(self.events, event, key=_ORDER)
        insort(self.by_metric[event.metric], event, key=_ORDER)
        self.by_id[event.id] = event

    def remove(self, event_id: str) -> Event:
        """Make an event disappear, as when its profile is deleted; returns it."""
        event = self.by_id.pop(event_id)
        for events in (self.events, self.by_metric[event.metric]):
            del events[bisect_left(events, event.order, key=_ORDER)]
        return event

    @property
    def happened(self) -> list[Event]:
        """The events whose time has come, future-dated ones left out."""
        return self.events[: bisect_left(self.events, int(self.until.timestamp()), key=_AT)]

    def rename(self, old: str, new: str) -> None:
        """Give a metric another name; its id stays. Raises KeyError for an unknown name."""
        key = self.metric_key(old)
        self.metrics[key] = self.metrics[key].renamed(new)

    def metric_key(self, name: str) -> str:
        """Key of the first metric with that name; KeyError if there is none."""
        for key, metric in self.metrics.items():
            if metric.name == name:
                return key
        raise KeyError(name)

    @property
    def people(self) -> tuple[Person, ...]:
        """All profiles to which the brand sends."""
        return people_of(self.brand, self.seed, 900 * self.scale)

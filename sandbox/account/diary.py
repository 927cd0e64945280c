"""Writing down what happens on a local day, in local time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.account.event import Attribution, Event
from sandbox.account.ids import uuid_text
from sandbox.account.people import people_of

if TYPE_CHECKING:
    from datetime import date

    from sandbox.account.people import Person
    from sandbox.account.story import Brand

# Relative business of the hours 0 to 23; never zero, so that midnight has neighbours.
_HOURS = (3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 10, 9, 9, 10, 11, 12, 14, 15, 13, 9, 5)
_HOUR_RANGE = range(24)


class Diary:
    """The events that one local day sets off, some of which fall on later days.

    Times are wall-clock times of the brand. `fold` says which of two equal wall-clock times
    is meant when the clocks go back; a whole chain of events shares it, so that no order
    comes before its click.
    """

    def __init__(self, brand: Brand, seed: int, day: date, people: int, chapter: str = "") -> None:
        """Open the diary of a day; the same arguments always write the same events.

        A chapter has dice of its own: what it adds leaves the rest of the day as it is.
        """
        self.brand = brand
        self.seed = seed
        self.day = day
        self.rng = Random(f"{seed}:{brand.client}:{day}{chapter}")  # noqa: S311 - invented data
        self.people = people_of(brand, seed, people)
        self.events: list[Event] = []
        self.fold = 0
        self._zone = brand.zone

    def note(  # noqa: PLR0913 - the facts of an event
        self,
        metric: str,
        wall: datetime,
        person: Person,
        properties: dict[str, Any],
        *,
        cents: int | None = None,
        attribution: Attribution | None = None,
    ) -> Event:
        """Write down one event at a local time."""
        event = Event(
            bits=self.rng.getrandbits(128),
            at=int(wall.replace(tzinfo=self._zone, fold=self.fold).timestamp()),
            day=wall.date(),
            metric=metric,
            profile=person.id,
            properties=properties,
            cents=cents,
            attribution=attribution,
        )
        self.events.append(event)
        return event

    def flip_fold(self) -> None:
        """Start a new chain of events: choose the first or second of two repeated hours."""
        self.fold = self.rng.getrandbits(1)

    def runs_of(self, hour: int) -> int:
        """How often an hour of this day happens: twice if the clocks go back over it."""
        wall = datetime.combine(self.day, time(hour), tzinfo=self._zone)
        return 2 if wall.replace(fold=1).timestamp() > wall.timestamp() else 1

    def moment(self) -> datetime:
        """Some time of this day, in the evening rather than at night."""
        hour = self.rng.choices(_HOUR_RANGE, _HOURS)[0]
        second = int(self.rng.random() * 3600)
        return datetime.combine(self.day, time(hour)) + timedelta(seconds=second)

    def after(self, wall: datetime, mean: timedelta, most: timedelta) -> datetime:
        """A later time: usually soon, exponentially rarer, never later than `most`."""
        wait = self.rng.expovariate(1 / mean.total_seconds())
        return wall + timedelta(seconds=int(1 + wait % most.total_seconds()))

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.rng.random() < probability

    def credit(
        self, event: Event, campaign_id: str | None, occasion: str = "attribution"
    ) -> Attribution:
        """Credit for what comes of a touch of a message; no campaign means a flow.

        Every order has an attribution of its own: another `occasion` for each that rests on the
        same touch.
        """
        return Attribution(
            id=uuid_text(event.id, occasion).replace("-", ""),
            event_id=event.id,
            channel="sms" if event.metric.startswith("sms") else "email",
            message_id=str(event.properties["$message"]),
            variation_id=str(event.properties.get("$variation", "")),
            campaign_id=campaign_id,
            flow_id=event.properties.get("$flow"),
        )

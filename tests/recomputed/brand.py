"""A brand as Klaviyo knows it: what happened, and what was read of it when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from decimal import Decimal

DAY = timedelta(days=1)
ATTRIBUTED = "$attributed_message,$attributed_flow"
Series = tuple[str, str]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Metric:
    """A metric; `key` says whose it is."""

    name: str
    key: str


@dataclass(frozen=True)
class Message:
    """A campaign's message, or a flow's, with the channels it goes out over."""

    ident: str
    kind: str
    parent: str
    channels: tuple[str, ...]
    status: str = "sent"
    sent_at: datetime | None = None


@dataclass(frozen=True)
class FlowPlan:
    """What Klaviyo says of the brand's flow.

    Attributes:
        kind: Kind of its trigger; None if its definition was not read.
        trigger: The metric that starts it, if one does.
        statuses: Those of its steps that send something.
        changed: When it last changed.
    """

    changed: datetime
    status: str = "live"
    kind: str | None = None
    trigger: str = ""
    has_filter: bool = False
    statuses: tuple[str, ...] = ()

    def changed_on(self, brand: Brand) -> date:
        """The local day of its last change."""
        return brand.day(self.changed)


@dataclass(frozen=True)
class Event:
    """Something that happened at a time (UTC, without a zone).

    Attributes:
        person: Empty where the profile was deleted.
        phase: The reading, 1 or 2, by which Klaviyo knows of it.
        is_counted_only: In the aggregates and not among the events.
        is_gone: Among the events of the first reading, not of the second.
        later: Properties that it has in the second reading, if others.
    """

    ident: str
    metric: str
    at: datetime
    person: str
    properties: dict[str, Any]
    value: Decimal | None = None
    currency: str | None = None
    attributions: tuple[dict[str, str], ...] = ()
    phase: int = 1
    is_counted_only: bool = False
    is_gone: bool = False
    later: dict[str, Any] | None = None

    def told(self, name: str) -> str:
        """A property as text, empty without one."""
        return str(self.properties.get(name) or "")


@dataclass(frozen=True)
class Group:
    """What Klaviyo counts of one group of a series on one day."""

    dimensions: dict[str, str]
    count: int
    people: int
    amount: Decimal


@dataclass
class Answer:
    """A series' groups on a day, by its last reading, and whether the day was over by then."""

    groups: list[Group]
    is_whole: bool
    phase: int


@dataclass(frozen=True)
class Run:
    """A row of the log of runs."""

    run_id: str
    stream: str
    status: str
    error: str | None
    started_at: datetime
    finished_at: datetime
    span: Span | None
    shard: str | None = None


@dataclass
class Brand:
    """An account with all that was read of it.

    Attributes:
        currencies: Since which local day (None: ever) it has had which currency, in order.
        until: The time up to which each reading came.
        answers: What Klaviyo answered, by series and local day; a day that is not there was not
            read.
        event_spans: Spans of time whose events runs have read to their end.
        events: Those that are loaded and still true.
        reports: Rows of Klaviyo's own reports of campaigns and of flows that are still true.
    """

    account: str
    zone: str
    currencies: list[tuple[date | None, str]]
    first_day: date
    until: tuple[datetime, datetime]
    metrics: dict[str, Metric] = field(default_factory=dict)
    mapped: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    flow_plan: FlowPlan = FlowPlan(datetime.min)  # noqa: DTZ901
    truth: list[Event] = field(default_factory=list)
    answers: dict[Series, dict[date, Answer]] = field(default_factory=dict)
    event_spans: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    campaign_reports: list[dict[str, Any]] = field(default_factory=list)
    flow_reports: list[dict[str, Any]] = field(default_factory=list)
    _days: dict[datetime, date] = field(default_factory=dict)
    _midnights: dict[date, datetime] = field(default_factory=dict)

    @property
    def client(self) -> str:
        """The agency's name for it."""
        return self.account.lower()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def day(self, moment: datetime) -> date:
        """The local day of a timestamp."""
        if moment not in self._days:
            self._days[moment] = moment.replace(tzinfo=UTC).astimezone(self._zone).date()
        return self._days[moment]

    def utc(self, local: datetime) -> datetime:
        """A time of the brand's own clock in UTC."""
        return local.replace(tzinfo=self._zone).astimezone(UTC).replace(tzinfo=None)

    def midnight(self, day: date) -> datetime:
        """The timestamp at which a local day begins."""
        if day not in self._midnights:
            self._midnights[day] = self.utc(datetime(day.year, day.month, day.day))  # noqa: DTZ001
        return self._midnights[day]

    def currency(self, day: date) -> str:
        """The currency of a local day."""
        return [code for since, code in self.currencies if since is None or since <= day][-1]

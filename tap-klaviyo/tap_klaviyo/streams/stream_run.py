"""One stream of one account during one run: all that its `read` needs."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import timedelta

from tap_klaviyo.run.isolation import Subject, convert_each, isolate
from tap_klaviyo.streams.items import Checkpoint

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.http import PageCodec, Params
    from tap_klaviyo.run.isolation import Part
    from tap_klaviyo.run.read_ahead import ReadAheadBudget
    from tap_klaviyo.run.run_stats import StreamStats
    from tap_klaviyo.streams.state import StateSnapshot

T = t.TypeVar("T")


class RunContext(t.NamedTuple):
    """What all streams of a run share.

    Attributes:
        config: The tap's settings.
        start_date: Where an account's first run begins.
        until: The end of this run's windows.
        read_ahead: Divides the time slices in flight between the accounts.
    """

    config: Mapping[str, t.Any]
    start_date: datetime
    until: datetime
    read_ahead: ReadAheadBudget


@dataclass(frozen=True)
class StreamRun:
    """Client, statistics and state of one stream and account.

    It is built on the main thread and used in the thread of its job, which therefore touches
    neither the SDK nor any other account.

    Attributes:
        account: The account that is read.
        stream: Name of the stream.
        endpoint: Its endpoint; the run log has none.
        context: What all streams of the run share.
        state: Where the last run ended.
        selected: Names of the selected streams among those read together.
        keys: Primary keys of all streams read together, by name.
        is_passed_through: Whether records leave the tap unchanged; see `KlaviyoStream`.
    """

    account: Account
    stream: str
    endpoint: Endpoint
    context: RunContext
    state: StateSnapshot
    selected: frozenset[str]
    keys: Mapping[str, t.Sequence[str]]
    is_passed_through: bool

    @property
    def stats(self) -> StreamStats:
        """The statistics of this stream and account."""
        return self.account.stats.of(self.stream)

    def member(self, stream: str) -> StreamRun:
        """The same run for a stream that is read along: requests count as its own."""
        return replace(self, stream=stream)

    def is_selected(self, stream: str) -> bool:
        """Whether a stream that is read along is selected."""
        return stream in self.selected

    # Where to begin

    @property
    def until(self) -> datetime:
        """The end of this run's windows."""
        return self.context.until

    def since(self, look_back: timedelta) -> datetime:
        """Where to begin; see `StateSnapshot.since`."""
        return self.state.since(look_back)

    def look_back(self, setting: str) -> timedelta:
        """A look-back from the settings, in days."""
        return timedelta(days=self.context.config[setting])

    # Requests, counted in `stats`

    def get(self, endpoint: Endpoint, params: Params | None = None) -> dict[str, t.Any]:
        """GET one document; see `KlaviyoClient.get`."""
        return self.account.http.get(self.stats, endpoint, params)

    def post(
        self, endpoint: Endpoint, body: dict[str, t.Any], params: Params | None = None
    ) -> dict[str, t.Any]:
        """POST a query; see `KlaviyoClient.post`."""
        return self.account.http.post(self.stats, endpoint, body, params)

    def pages(self, endpoint: Endpoint, params: Params | None = None) -> Iterator[dict[str, t.Any]]:
        """GET a listing page by page, with as many records per page as the endpoint allows."""
        return self.account.http.pages(self.stats, endpoint, _paged(endpoint, params))

    def decoded_pages(self, endpoint: Endpoint, params: Params, codec: PageCodec[T]) -> Iterator[T]:
        """GET a listing as `pages` does, decoded by the caller's codec."""
        http = self.account.http
        return http.decoded_pages(self.stats, endpoint, _paged(endpoint, params), codec)

    # Responses

    def convert(
        self,
        items: Iterable[t.Any] | None,
        convert: Callable[[t.Any], T],
        subject: Subject | None = None,
        retry: str | None = None,
    ) -> list[T]:
        """Convert every item of a response; leave out and report those that fail.

        Args:
            items: The items; null counts as none.
            convert: Turns one item into the wanted result.
            subject: What they are, if not the stream's own records.
            retry: Id to request again in the next run, if not the item's own.
        """
        return convert_each(self.stats, subject or self.own_records, items, convert, retry)

    def isolate(
        self, subject: Subject, name: str, retry: str | None = None
    ) -> AbstractContextManager[Part]:
        """Leave out and report a part that cannot be read; see `isolation.isolate`."""
        return isolate(self.stats, subject, name, retry)

    def end(self, *, tagged: bool = False) -> Checkpoint:
        """The checkpoint at the end of a listing: keeps what the next run requests again.

        Args:
            tagged: Whether tags were asked for; see `StateSnapshot.lists_all`.
        """
        kept = {"left_out": sorted(self.stats.retry_next_run), "tagged": tagged}
        return Checkpoint(self.until, kept)

    @property
    def own_records(self) -> Subject:
        """The stream's own records, as a subject."""
        return Subject(self.stream, self.endpoint.path)


def _paged(endpoint: Endpoint, params: Params | None) -> Params | None:
    if endpoint.page_size is None:
        return params
    return {"page[size]": str(endpoint.page_size), **(params or {})}

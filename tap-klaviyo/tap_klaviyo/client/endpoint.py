"""An endpoint of Klaviyo's API, as a stream declares it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tap_klaviyo.client.rate_limit_headers import DAY, MINUTE, SECOND


@dataclass(frozen=True)
class Endpoint:
    """Where to send requests, and how many of them.

    The rate limits are those Klaviyo documents, per account. They apply until a response
    announces others.

    Attributes:
        path: Path below the API's address; `{id}` is filled in by `of`.
        burst: Requests per second.
        steady: Requests per minute.
        daily: Requests per day; None if only the other two are limited.
        page_size: The most records per page, sent as `page[size]`; None if the endpoint
            takes no page size.
        scope: The scope a key needs to call it.
        kind: What it returns, if its path ends in an id.
    """

    path: str
    burst: int
    steady: int
    daily: int | None = None
    page_size: int | None = None
    scope: str | None = None
    kind: str | None = None

    @property
    def name(self) -> str:
        """Its last path segment that is no id: names it, and identifies its rate limits."""
        return self.kind or self.path.rpartition("/")[2]

    @property
    def windows(self) -> dict[int, int]:
        """Requests allowed, by the window's length in seconds."""
        windows = {SECOND: self.burst, MINUTE: self.steady}
        return windows if self.daily is None else {**windows, DAY: self.daily}

    def of(self, parent_id: str) -> Endpoint:
        """The endpoint below one resource: `flows/{id}/flow-actions` of a flow."""
        return replace(self, path=self.path.format(id=parent_id))

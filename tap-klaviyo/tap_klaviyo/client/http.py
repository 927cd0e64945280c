"""The HTTP client of one account: one document, or a listing page by page."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

import requests

from tap_klaviyo.client.errors import StreamFailed
from tap_klaviyo.client.jsonapi import decode
from tap_klaviyo.client.paging import PageLoopGuard, next_url
from tap_klaviyo.client.retries import Call, RetryingSession

if t.TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.retries import Decode
    from tap_klaviyo.run.run_stats import StreamStats

T = t.TypeVar("T")
Params = dict[str, str]


class ClientOptions(t.NamedTuple):
    """Settings that the clients of all accounts share.

    Attributes:
        api_url: Klaviyo's address, without a slash at the end.
        revision: The API revision of every request.
        max_retry_wait: Seconds to wait for one request at most, all retries together.
        in_flight: Limits the requests in flight over all accounts.
    """

    api_url: str
    revision: str
    max_retry_wait: float
    in_flight: threading.Semaphore


@dataclass(frozen=True)
class PageCodec(t.Generic[T]):
    """How to decode a page, and how to find the address of the next one in it."""

    decode: Decode[T]
    next_url: Callable[[T], str | None]


class KlaviyoClient:
    """Reads Klaviyo's API for one account."""

    def __init__(self, options: ClientOptions, client: str, api_key: str) -> None:
        """Prepare the session; nothing is sent yet. The log names the account `client`."""
        self._api_url = options.api_url
        self._session = RetryingSession(options, client, api_key)

    def get(
        self, stats: StreamStats, endpoint: Endpoint, params: Params | None = None
    ) -> dict[str, t.Any]:
        """GET one document.

        Args:
            stats: Where the request is counted.
            endpoint: Where to send it.
            params: Query parameters.

        Returns:
            The decoded JSON:API document.

        Raises:
            KlaviyoError: See `errors.py`.
        """
        request = requests.Request("GET", self._url(endpoint), params=params)
        return self._session.send(Call(stats, endpoint, request, decode))

    def post(
        self,
        stats: StreamStats,
        endpoint: Endpoint,
        body: dict[str, t.Any],
        params: Params | None = None,
    ) -> dict[str, t.Any]:
        """POST a query and return the document of the response; raises as `get` does."""
        url = self._url(endpoint)
        request = requests.Request("POST", url, params=params, data=json.dumps(body))
        return self._session.send(Call(stats, endpoint, request, decode))

    def pages(
        self, stats: StreamStats, endpoint: Endpoint, params: Params | None = None
    ) -> Iterator[dict[str, t.Any]]:
        """GET a listing page by page, following `links.next` unchanged."""
        return self.decoded_pages(stats, endpoint, params, PageCodec(decode, next_url))

    def decoded_pages(
        self,
        stats: StreamStats,
        endpoint: Endpoint,
        params: Params | None,
        codec: PageCodec[T],
    ) -> Iterator[T]:
        """GET a listing page by page, decoded by the caller's codec.

        Raises:
            StreamFailed: The next page was already read, or is outside the API.
            KlaviyoError: See `errors.py`.
        """
        request = requests.Request("GET", self._url(endpoint), params=params)
        loop_guard = PageLoopGuard(endpoint.path, str(request.prepare().url))
        while True:
            page = self._session.send(Call(stats, endpoint, request, codec.decode))
            yield page
            url = codec.next_url(page)
            if not url:
                return
            if not url.startswith(self._api_url):
                msg = (
                    f"{endpoint.path}: the next page is outside {self._api_url}: "
                    "not followed. Check the setting `api_url`; else report this."
                )
                raise StreamFailed(msg)
            loop_guard.check(url)
            request = requests.Request("GET", url)

    def daily_quota(self, endpoint: Endpoint) -> int:
        """Requests per day to an endpoint with a daily limit, as announced or documented."""
        return self._session.limiter.daily_quota(endpoint)

    def on_response(self, callback: Callable[[requests.Response], None]) -> None:
        """Call back with every response, as it arrives."""
        self._session.on_response(callback)

    def _url(self, endpoint: Endpoint) -> str:
        return f"{self._api_url}/{endpoint.path}"

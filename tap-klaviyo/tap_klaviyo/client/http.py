"""Requests to Klaviyo for one account: signed, paced, repeated where that helps, counted."""

from __future__ import annotations

import json
import logging
import random
import time
import typing as t

import requests
from requests.adapters import HTTPAdapter

from tap_klaviyo.client.errors import StreamDeferred, StreamFailed, Unreadable
from tap_klaviyo.client.paging import CarriesErrors, Followed, decode, following
from tap_klaviyo.client.rate_limits import Limit, Pace, TooLong
from tap_klaviyo.client.responses import Retry, judge, judge_errors

if t.TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from tap_klaviyo.run.run_stats import Tally

logger = logging.getLogger("tap-klaviyo")

T = t.TypeVar("T")

Decode = t.Callable[[bytes, "Tally"], T]
Reading = tuple[Decode[T], t.Callable[[T], "str | None"]]
"""How to decode a page, and how to find the address of the next one in it."""

JSON_API = "application/vnd.api+json"
TIMEOUT = (10, 120)  # seconds to connect, seconds without a byte
CHUNK = 1 << 20  # bytes read at once
PAUSES = (1, 2, 4, 8, 16, 32, 64)  # seconds between tries where Klaviyo names none


class Connection(t.NamedTuple):
    """What all accounts of a run share.

    Attributes:
        api_url: Klaviyo's address, without a slash at the end.
        revision: The API revision every request asks for.
        max_retry_wait: Seconds we are ready to wait for one request in all.
        in_flight: Bounds the requests under way over all accounts.
    """

    api_url: str
    revision: str
    max_retry_wait: float
    in_flight: threading.Semaphore


class Transport:
    """The HTTP side of one account."""

    def __init__(self, connection: Connection, client: str, api_key: str) -> None:
        """Prepare the headers; nothing is sent yet. The log calls the account by `client`."""
        self._connection = connection
        self._client = client
        self._pace = Pace()
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=64))
        self._session.headers.update(
            {
                "Authorization": f"Klaviyo-API-Key {api_key}",
                "revision": connection.revision,
                "Accept": JSON_API,
                "Content-Type": JSON_API,
                "User-Agent": "tap-klaviyo",
            }
        )

    def get(
        self, tally: Tally, limit: Limit, path: str, params: dict[str, str] | None = None
    ) -> dict[str, t.Any]:
        """GET one document.

        Args:
            tally: Where the request is counted.
            limit: The endpoint's rate limit.
            path: Path below the API.
            params: Query parameters.

        Returns:
            The decoded JSON:API document.

        Raises:
            KlaviyoError: See `errors.py`.
        """
        url = f"{self._connection.api_url}/{path}"
        return self._answer(tally, limit, requests.Request("GET", url, params=params), decode)

    def post(
        self, tally: Tally, limit: Limit, path: str, body: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        """POST a query and read the document it answers with; raises as `get` does."""
        url = f"{self._connection.api_url}/{path}"
        request = requests.Request("POST", url, data=json.dumps(body))
        return self._answer(tally, limit, request, decode)

    def pages(
        self, tally: Tally, limit: Limit, path: str, params: dict[str, str] | None = None
    ) -> Iterator[dict[str, t.Any]]:
        """GET a collection page by page, following `links.next` to the letter."""
        return self.decoded_pages(tally, limit, path, params, (decode, following))

    def decoded_pages(
        self,
        tally: Tally,
        limit: Limit,
        path: str,
        params: dict[str, str] | None,
        reading: Reading[T],
    ) -> Iterator[T]:
        """GET a collection page by page, each page decoded in the caller's own way.

        Raises:
            StreamFailed: The next page is one that was read already, or lies elsewhere.
            KlaviyoError: See `errors.py`.
        """
        decode_page, following_of = reading
        request = requests.Request("GET", f"{self._connection.api_url}/{path}", params=params)
        followed = Followed(path, str(request.prepare().url))
        while True:
            page = self._answer(tally, limit, request, decode_page)
            yield page
            url = following_of(page)
            if not url:
                return
            if not url.startswith(self._connection.api_url):
                msg = f"Klaviyo's next page lies outside {self._connection.api_url}: not followed."
                raise StreamFailed(msg)
            followed.add(url)
            request = requests.Request("GET", url)

    def daily_quota(self, limit: Limit) -> int:
        """Requests a day that an endpoint with a daily limit allows, as announced or documented."""
        return self._pace.daily_quota(limit)

    def _answer(
        self, tally: Tally, limit: Limit, request: requests.Request, decode: Decode[T]
    ) -> T:
        waited, reason = 0.0, ""
        for pause in (*PAUSES, None):
            patience = self._connection.max_retry_wait - waited
            response = self._attempt(tally, limit, request, patience)
            outcome = response if isinstance(response, Retry) else _decoded(response, decode, tally)
            if not isinstance(outcome, Retry):
                return outcome
            reason = outcome.reason
            if outcome.after is not None:
                self._pace.close(limit, outcome.after)
            if pause is None:
                break
            wait = outcome.after if outcome.after is not None else pause
            wait += random.uniform(0, 1 + pause / 2)  # noqa: S311 - spreads load, guards nothing
            waited += wait
            if waited > self._connection.max_retry_wait:
                raise StreamDeferred(self._too_long(limit, outcome, wait))
            story = "%s, %s: %s, trying again in %.0f s"
            logger.info(story, self._client, limit.name, outcome.reason, wait)
            tally.add(retries=1, throttled_seconds=wait)
            time.sleep(wait)
        tries = f"{len(PAUSES) + 1} tries, the last: {reason}"
        msg = f"{limit.name}: gave up after {tries}. The next run resumes here."
        raise StreamFailed(msg)

    def _attempt(
        self, tally: Tally, limit: Limit, request: requests.Request, patience: float
    ) -> requests.Response | Retry:
        closed = self._wait_for_place(tally, limit, patience)
        if closed:
            return Retry("the quota is used up", closed.seconds)
        tally.add(requests=1)
        try:
            with self._connection.in_flight:
                response = self._send(request)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            return Retry(f"no whole answer ({type(error).__name__})", None)
        self._pace.learn(limit, response.headers)
        return judge(response) or response

    def _wait_for_place(self, tally: Tally, limit: Limit, patience: float) -> TooLong | None:
        """Sleep until a request may be sent; `TooLong` at once where patience would run out.

        Another answer may close the endpoint meanwhile: then there is a second wait.
        """
        for _ in range(2):
            wait = self._pace.reserve(limit, patience)
            if isinstance(wait, TooLong):
                return wait
            if wait > 0:
                tally.add(throttled_seconds=wait)
                time.sleep(wait)
            if not self._pace.is_closed(limit):
                break
        return None

    def _send(self, request: requests.Request) -> requests.Response:
        """Send with the proxies and certificates that the environment names; read it all."""
        prepared = self._session.prepare_request(request)
        settings = self._session.merge_environment_settings(
            prepared.url, {}, stream=True, verify=None, cert=None
        )
        response = self._session.send(prepared, timeout=TIMEOUT, **settings)
        # `content` alone would read 10 KB at a time, and threads would wait for each other.
        response._content = b"".join(response.iter_content(CHUNK))  # noqa: SLF001
        return response

    def _too_long(self, limit: Limit, outcome: Retry, wait: float) -> str:
        return (
            f"{limit.name}: {outcome.reason}, Klaviyo asks to wait {wait:.0f} s, longer than "
            f"max_retry_wait_seconds ({self._connection.max_retry_wait:.0f}). "
            "The next run resumes where this one stopped."
        )


def _decoded(response: requests.Response, decode: Decode[T], tally: Tally) -> T | Retry:
    try:
        return decode(response.content, tally)
    except ValueError:
        return Retry("the answer is not JSON", None)
    except CarriesErrors:
        return judge_errors(response)
    except Unreadable as error:
        path = response.request.path_url.partition("?")[0]
        msg = f"{path}: {error}"
        raise Unreadable(msg) from error

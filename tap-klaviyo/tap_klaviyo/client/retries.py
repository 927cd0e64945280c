"""Sending a request until there is a response to use: rate limits, retries, backoff."""

from __future__ import annotations

import logging
import random
import time
import typing as t
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter

from tap_klaviyo.client.errors import StreamDeferred, StreamFailed, Unreadable
from tap_klaviyo.client.jsonapi import DocumentHasErrors
from tap_klaviyo.client.rate_limits import RateLimiter, WaitTooLong
from tap_klaviyo.client.responses import Retry, classify, classify_errors
from tap_klaviyo.run.concurrency import CONNECTIONS_PER_ACCOUNT

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.http import ClientOptions
    from tap_klaviyo.run.run_stats import StreamStats

logger = logging.getLogger("tap-klaviyo")

T = t.TypeVar("T")
Decode = t.Callable[[bytes, "StreamStats"], T]

JSON_API = "application/vnd.api+json"
TIMEOUT = (10, 120)  # seconds to connect, seconds without a byte
CHUNK_BYTES = 1 << 20  # bytes read at a time
BACKOFF_SECONDS = (1, 2, 4, 8, 16, 32, 64)  # before each retry, unless Klaviyo names a time


@dataclass(frozen=True)
class Call(t.Generic[T]):
    """A request to an endpoint, how to decode its response, and where to count it."""

    stats: StreamStats
    endpoint: Endpoint
    request: requests.Request
    decode: Decode[T]


class RetryingSession:
    """The connections, the credentials and the rate limits of one account."""

    def __init__(self, options: ClientOptions, client: str, api_key: str) -> None:
        """Prepare the session; nothing is sent yet. The log names the account `client`."""
        self.limiter = RateLimiter()
        self._options = options
        self._client = client
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS_PER_ACCOUNT))
        self._session.headers.update(
            {
                "Authorization": f"Klaviyo-API-Key {api_key}",
                "revision": options.revision,
                "Accept": JSON_API,
                "Content-Type": JSON_API,
                "User-Agent": "tap-klaviyo",
            }
        )

    def on_response(self, callback: Callable[[requests.Response], None]) -> None:
        """Call back with every response, as it arrives."""
        self._session.hooks["response"].append(lambda response, *_, **__: callback(response))

    def send(self, call: Call[T]) -> T:
        """Send a request, again where that helps, and decode its response.

        Raises:
            KlaviyoError: See `errors.py`.
        """
        waited = 0.0
        for backoff in BACKOFF_SECONDS:
            outcome = self._attempt(call, waited)
            if not isinstance(outcome, Retry):
                return outcome
            waited += self._wait_before_retry(call, outcome, backoff, waited)
        outcome = self._attempt(call, waited)
        if not isinstance(outcome, Retry):
            return outcome
        msg = (
            f"{call.endpoint.name}: gave up after {len(BACKOFF_SECONDS) + 1} attempts, "
            f"the last: {outcome.reason}. The next run resumes here."
        )
        raise StreamFailed(msg)

    def _attempt(self, call: Call[T], waited: float) -> T | Retry:
        """Wait for the rate limits, send the request once and decode the response."""
        response = self._send_when_allowed(call, self._options.max_retry_wait - waited)
        outcome = _decoded(call, response)
        if isinstance(outcome, Retry) and outcome.after is not None:
            self.limiter.pause(call.endpoint, outcome.after)
        return outcome

    def _wait_before_retry(
        self, call: Call[T], retry: Retry, backoff: float, waited: float
    ) -> float:
        """Sleep before the next attempt; returns the seconds slept.

        Raises:
            StreamDeferred: With what was `waited` already, it would be too long.
        """
        wait = retry.after if retry.after is not None else backoff
        wait += random.uniform(0, 1 + backoff / 2)  # noqa: S311 - spreads load, guards nothing
        limit = self._options.max_retry_wait
        if waited + wait > limit:
            msg = (
                f"{call.endpoint.name}: {retry.reason}; waiting {wait:.0f} s, after {waited:.0f} s "
                f"so far, would exceed max_retry_wait_seconds ({limit:.0f}). "
                "The next run resumes where this one stopped."
            )
            raise StreamDeferred(msg)
        fmt = "%s, %s: %s, retrying in %.0f s"
        logger.info(fmt, self._client, call.endpoint.name, retry.reason, wait)
        call.stats.count_requests(retries=1, throttled_seconds=wait)
        time.sleep(wait)
        return wait

    def _send_when_allowed(self, call: Call[T], max_wait: float) -> requests.Response | Retry:
        too_long = self._wait_for_rate_limit(call, max_wait)
        if too_long:
            return Retry("the quota is used up", too_long.seconds)
        call.stats.count_requests(requests=1)
        try:
            with self._options.in_flight:
                response = self._send(call.request)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            return Retry(f"no complete response ({type(error).__name__})", None)
        self.limiter.update_from_headers(call.endpoint, response.headers)
        return classify(response) or response

    def _wait_for_rate_limit(self, call: Call[T], max_wait: float) -> WaitTooLong | None:
        """Sleep until the request may be sent; `WaitTooLong`, without sleeping, if too long.

        Another response may pause the endpoint meanwhile: then there is a second wait.
        """
        for _ in range(2):
            wait = self.limiter.reserve(call.endpoint, max_wait)
            if isinstance(wait, WaitTooLong):
                return wait
            if wait > 0:
                call.stats.count_requests(throttled_seconds=wait)
                time.sleep(wait)
            if not self.limiter.is_paused(call.endpoint):
                break
        return None

    def _send(self, request: requests.Request) -> requests.Response:
        """Send with the environment's proxies and certificates; read the whole body."""
        prepared = self._session.prepare_request(request)
        settings = self._session.merge_environment_settings(
            prepared.url, {}, stream=True, verify=None, cert=None
        )
        response = self._session.send(prepared, timeout=TIMEOUT, **settings)
        # `content` alone would read 10 KB at a time, and threads would wait for each other.
        response._content = b"".join(response.iter_content(CHUNK_BYTES))  # noqa: SLF001
        return response


def _decoded(call: Call[T], response: requests.Response | Retry) -> T | Retry:
    if isinstance(response, Retry):
        return response
    try:
        return call.decode(response.content, call.stats)
    except ValueError:
        return Retry("the response is not JSON", None)
    except DocumentHasErrors:
        return classify_errors(response)
    except Unreadable as error:
        path = response.request.path_url.partition("?")[0]
        msg = f"{path}: {error}"
        raise Unreadable(msg) from error

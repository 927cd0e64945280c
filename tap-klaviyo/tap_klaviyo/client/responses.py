"""What an answer of Klaviyo means for what we do next: one table, used by one function.

| answer                                   | what happens next                                  |
|------------------------------------------|----------------------------------------------------|
| 2xx, JSON:API document                   | read                                               |
| 2xx, a document with `errors`            | retry, or what the status they name leads to       |
| 2xx, JSON of another shape               | `Unreadable`: the part it is about is left out     |
| 2xx, not JSON, or half a body            | retry                                              |
| 400, 405, 409, 415                       | `RequestRefused` with Klaviyo's detail and pointer |
| 401                                      | `AccountFailed`: the key is wrong or revoked       |
| 403, JSON                                | `StreamSkipped`: a scope or plan is missing        |
| 403, HTML or `cf-mitigated` (a challenge) | retry                                             |
| 404                                      | `NotFound`                                         |
| 410                                      | `RevisionRetired`                                  |
| 429                                      | retry after `Retry-After` seconds                  |
| 429, `Retry-After` over the longest wait | `StreamDeferred`: the next run goes on             |
| 408, 425, any 5xx                        | retry                                              |
| connection refused, reset, timed out     | retry (see `http.py`)                              |
| anything else                            | `StreamFailed`                                     |

A retry that Klaviyo gives no time for backs off exponentially with jitter.
"""

from __future__ import annotations

import json
import math
import typing as t
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from tap_klaviyo.client.errors import (
    AccountFailed,
    KlaviyoError,
    NotFound,
    RequestRefused,
    RevisionRetired,
    StreamFailed,
    StreamSkipped,
)

if t.TYPE_CHECKING:
    import requests

RETRIED = frozenset({408, 425, 429, *range(500, 600)})
ANSWERED = range(200, 300)
REFUSED = frozenset({400, 405, 409, 415})


class Retry(t.NamedTuple):
    """The request should be sent again.

    Attributes:
        reason: Why, for the log.
        after: Seconds Klaviyo asks us to wait; None when it does not say.
    """

    reason: str
    after: float | None


def judge(response: requests.Response) -> Retry | None:
    """Decide what an answer means.

    Returns:
        None when the body can be read, a `Retry` when the request should be repeated.

    Raises:
        KlaviyoError: One of the errors of the table above.
    """
    if response.status_code in ANSWERED:
        return None
    return _judge_status(response.status_code, response)


def judge_errors(response: requests.Response) -> Retry:
    """Decide what a document with `errors` means; raises as `judge` does."""
    errors = json.loads(response.content)["errors"]
    try:
        status = int(errors[0]["status"])
    except (LookupError, TypeError, ValueError):
        status = 0
    if status < HTTPStatus.BAD_REQUEST:
        return Retry(f"errors in the answer ({_describe(response)})", _retry_after(response))
    return _judge_status(status, response)


def _judge_status(status: int, response: requests.Response) -> Retry:
    if status in RETRIED or (status == HTTPStatus.FORBIDDEN and _is_challenge(response)):
        return Retry(f"HTTP {status}", _retry_after(response))
    detail = _describe(response).replace(_key_of(response.request), "(the key)")
    raise _error_for(status, detail, response.request.path_url.partition("?")[0])


def _error_for(status: int, detail: str, path: str) -> KlaviyoError:
    if status == HTTPStatus.UNAUTHORIZED:
        return AccountFailed(
            f"Klaviyo does not accept this account's API key (401: {detail}). "
            "Make a private key in Klaviyo (Settings > API keys) and put it into `accounts` "
            "(TAP_KLAVIYO_ACCOUNTS)."
        )
    if status == HTTPStatus.FORBIDDEN:
        return StreamSkipped(
            f"The key may not read {path} (403: {detail}). "
            "Give the private key the missing read scope, or deselect the stream."
        )
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(f"{path} does not exist (404: {detail}).")
    if status == HTTPStatus.GONE:
        return RevisionRetired(
            f"Klaviyo has retired this API revision or {path} (410: {detail}). "
            "Upgrade tap-klaviyo or set a newer `revision`."
        )
    if status in REFUSED:
        return RequestRefused(f"Klaviyo refuses the request to {path} ({status}: {detail}).")
    return StreamFailed(f"Unexpected answer from {path} (HTTP {status}: {detail}).")


def _key_of(request: requests.PreparedRequest) -> str:
    """The key that was sent: whoever answers might quote it."""
    return str(request.headers["Authorization"]).rpartition(" ")[2]


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, or seconds until a date; rubbish counts as not said."""
    said = response.headers.get("Retry-After", "")
    try:
        seconds = float(said)
    except ValueError:
        seconds = _seconds_until(said)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - datetime.now(timezone.utc)).total_seconds()


def _is_challenge(response: requests.Response) -> bool:
    """Whether Cloudflare, in front of Klaviyo, asks for a browser; it is over after a while."""
    is_json = "json" in response.headers.get("Content-Type", "").lower()
    return not is_json or "cf-mitigated" in response.headers


def _describe(response: requests.Response) -> str:
    """Klaviyo's own words: detail and pointer of each error, or the status line."""
    try:
        errors = json.loads(response.content)["errors"]
        return "; ".join(_one_error(error) for error in errors) or response.reason
    except (ValueError, KeyError, TypeError, AttributeError):
        return response.reason or "no details given"


def _one_error(error: dict[str, t.Any]) -> str:
    source = error.get("source") or {}
    where = source.get("pointer") or source.get("parameter")
    text = str(error.get("detail") or error.get("title") or error.get("code"))
    return f"{text} at {where}" if where else text

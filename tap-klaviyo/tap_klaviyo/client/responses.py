"""What happens after each response of Klaviyo: one table, applied by `classify`.

| response                                 | what happens next                                  |
|------------------------------------------|----------------------------------------------------|
| 2xx, JSON:API document                   | read                                               |
| 2xx, a document with `errors`            | retry, or as for the status they name              |
| 2xx, JSON of an undocumented structure   | `Unreadable`: what it is about is left out         |
| 2xx, not JSON, or an incomplete body     | retry                                              |
| 400, 405, 409, 415                       | `RequestRefused` with Klaviyo's detail and pointer |
| 401                                      | `AccountFailed`: the key is wrong or revoked       |
| 403, JSON                                | `StreamSkipped`: a scope or plan is missing        |
| 403, HTML or `cf-mitigated` (a challenge) | retry                                             |
| 404                                      | `NotFound`                                         |
| 410                                      | `RevisionRetired`                                  |
| 429                                      | retry after `Retry-After` seconds                  |
| 429, `Retry-After` over the longest wait | `StreamDeferred`: the next run goes on             |
| 408, 425, any 5xx                        | retry                                              |
| connection refused, reset, timed out     | retry (see `retries.py`)                           |
| anything else                            | `StreamFailed`                                     |

A retry without a `Retry-After` backs off exponentially with jitter.
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

SUCCESS = range(200, 300)
RETRYABLE = frozenset({408, 425, 429, *range(500, 600)})
REFUSED = (400, 405, 409, 415)

ERRORS: dict[int, tuple[type[KlaviyoError], str]] = {
    401: (
        AccountFailed,
        (
            "Klaviyo rejects this account's API key ({status}: {detail}). Create a private key in "
            "Klaviyo (Settings > API keys) and put it into `accounts` (TAP_KLAVIYO_ACCOUNTS)."
        ),
    ),
    403: (
        StreamSkipped,
        (
            "The key may not read {path} ({status}: {detail}). "
            "Give the private key the missing read scope, or deselect the stream."
        ),
    ),
    404: (
        NotFound,
        (
            "{path} does not exist ({status}: {detail}). "
            "It was probably deleted after it was listed; nothing needs to be done."
        ),
    ),
    410: (
        RevisionRetired,
        (
            "Klaviyo has retired this API revision or {path} ({status}: {detail}). "
            "Upgrade tap-klaviyo or set a newer `revision`."
        ),
    ),
    **dict.fromkeys(
        REFUSED,
        (
            RequestRefused,
            (
                "Klaviyo rejects the request to {path} ({status}: {detail}). "
                "Check the tap's settings and this machine's clock; otherwise upgrade tap-klaviyo."
            ),
        ),
    ),
}
"""Error and message by status: what happened, then the remedy."""

OTHER_ERROR = (
    StreamFailed,
    (
        "Unexpected response from {path} (HTTP {status}: {detail}). "
        "The next run tries again; report this if it persists."
    ),
)


class Retry(t.NamedTuple):
    """The request should be sent again.

    Attributes:
        reason: Why, for the log.
        after: Seconds Klaviyo asks us to wait; None if it does not.
    """

    reason: str
    after: float | None


def classify(response: requests.Response) -> Retry | None:
    """Decide what a response leads to, by its status and headers.

    Returns:
        None if the body can be read, a `Retry` if the request should be repeated.

    Raises:
        KlaviyoError: One of the errors of the table above.
    """
    if response.status_code in SUCCESS:
        return None
    return _classify_status(response.status_code, response)


def classify_errors(response: requests.Response) -> Retry:
    """Decide what a document with `errors` leads to; raises as `classify` does."""
    errors = json.loads(response.content)["errors"]
    try:
        status = int(errors[0]["status"])
    except (LookupError, TypeError, ValueError):
        status = 0
    if status < HTTPStatus.BAD_REQUEST:
        return Retry(f"errors in the response ({_describe(response)})", _retry_after(response))
    return _classify_status(status, response)


def _classify_status(status: int, response: requests.Response) -> Retry:
    if status in RETRYABLE or (status == HTTPStatus.FORBIDDEN and _is_challenge(response)):
        return Retry(f"HTTP {status}", _retry_after(response))
    detail = _describe(response).replace(_key_of(response.request), "(the key)")
    raise _error_for(status, detail, response.request.path_url.partition("?")[0])


def _error_for(status: int, detail: str, path: str) -> KlaviyoError:
    error, message = ERRORS.get(status, OTHER_ERROR)
    return error(message.format(status=status, detail=detail, path=path))


def _key_of(request: requests.PreparedRequest) -> str:
    """The key that was sent: a response might quote it."""
    return str(request.headers["Authorization"]).rpartition(" ")[2]


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, or seconds until a date; an invalid value counts as absent."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        timestamp = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    if timestamp.tzinfo is None:
        timestamp = timestamp.replace(tzinfo=timezone.utc)
    return (timestamp - datetime.now(timezone.utc)).total_seconds()


def _is_challenge(response: requests.Response) -> bool:
    """Whether Cloudflare, in front of Klaviyo, demands a browser; that passes after a while."""
    is_json = "json" in response.headers.get("Content-Type", "").lower()
    return not is_json or "cf-mitigated" in response.headers


def _describe(response: requests.Response) -> str:
    """Detail and pointer of each error in Klaviyo's own words, or the status line."""
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

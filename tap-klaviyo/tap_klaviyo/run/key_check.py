"""Checks keys before a run: one small request to each endpoint that the run would read."""

from __future__ import annotations

import logging
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from tap_klaviyo.account import ACCOUNTS, METRICS
from tap_klaviyo.client.errors import KlaviyoError, RevisionRetired, StreamFailed
from tap_klaviyo.client.filters import greater_or_equal
from tap_klaviyo.run.threads import in_threads
from tap_klaviyo.streams import ALL
from tap_klaviyo.streams.events import Events
from tap_klaviyo.times import UTC

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import requests

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.run.summary import Line

RECENT = timedelta(hours=1)  # of events; without a filter Klaviyo would search all of them


@dataclass
class KeyCheck:
    """The result of checking a key.

    Attributes:
        refused: Why nothing can be read with the key; None if something can.
        resource: Klaviyo's account, once it is known.
        metrics: Metrics of the account.
        mapped_metrics: The meanings the account has mapped them to.
        lacking: By scope, why its streams would be skipped or fail.
        limits: By endpoint, the `RateLimit-Limit` header of its responses.
    """

    client: str
    refused: KlaviyoError | None = None
    resource: Resource | None = None
    metrics: list[Resource] = field(default_factory=list)
    mapped_metrics: list[Resource] = field(default_factory=list)
    lacking: dict[str, KlaviyoError] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)


class Probe(t.NamedTuple):
    """The endpoint that shows whether a key has a scope, and the stream that declares it."""

    stream: str
    endpoint: Endpoint


def needed_scopes(selected: Collection[str]) -> dict[str, Probe]:
    """The scopes that the selected streams need, each with the first endpoint that has it.

    A stream that is read along needs the scope of the stream that reads it.
    """
    readers = {stream.read_with or stream.name for stream in ALL if stream.name in selected}
    endpoints = {stream.name: getattr(stream, "endpoint", None) for stream in ALL}
    probes: dict[str, Probe] = {}
    needed = set()
    for name, endpoint in endpoints.items():
        if endpoint and endpoint.scope:
            probes.setdefault(endpoint.scope, Probe(name, endpoint))
            needed |= {endpoint.scope} if name in readers else set()
    return {scope: probe for scope, probe in probes.items() if scope in needed}


def check_keys(
    accounts: Sequence[Account],
    selected: Collection[str],
    known_ids: dict[str, str],
    seconds: float | None = None,
) -> Iterator[KeyCheck]:
    """Check all keys concurrently.

    Args:
        accounts: The configured accounts.
        selected: Streams that the run would read; empty to ask only whose key it is.
        known_ids: The account each client's key belonged to in earlier runs.
        seconds: A check that takes longer is reported as `refused` for that reason.

    Yields:
        In the order of the settings.

    Raises:
        RevisionRetired: No key can work.
    """

    def check(account: Account) -> KeyCheck:
        return check_key(account, selected, known_ids.get(account.client))

    done = dict(in_threads(check, accounts, len(accounts), seconds))
    late = StreamFailed(
        f"Klaviyo did not answer within {seconds:.0f} s. Try again later." if seconds else ""
    )
    for account in accounts:
        yield done.get(account, KeyCheck(account.client, refused=late))


def report(checks: Sequence[KeyCheck]) -> Iterator[Line]:
    """The results as log lines: what each key lacks, then the total."""
    for check in checks:
        if check.refused:
            yield logging.ERROR, f"{check.client}: {check.refused}"
            continue
        yield logging.INFO, f"{check.client}: {describe_account(check)}"
        for scope, error in check.lacking.items():
            yield logging.WARNING, f"{check.client}, {scope}: {error}"
    works = sum(check.refused is None for check in checks)
    level = logging.INFO if works == len(checks) else logging.WARNING
    yield level, f"{works} of {len(checks)} keys work"


def describe_account(check: KeyCheck) -> str:
    """The account a key belongs to, its name, time zone and currency."""
    resource = t.cast("Resource", check.resource)
    attributes = resource["attributes"]
    name = (attributes.get("contact_information") or {}).get("organization_name")
    parts = (name, attributes.get("timezone"), attributes.get("preferred_currency"))
    return ", ".join([f"account {resource['id']}", *(str(part) for part in parts if part)])


def check_key(account: Account, selected: Collection[str], known_id: str | None) -> KeyCheck:
    """Ask whose key it is, and which of the selected streams it may read."""
    check = KeyCheck(account.client)
    account.http.on_response(lambda response: _record_limit(check, response))
    try:
        account.open(known_id)
        check.resource = account.resource
        _ = account.zone
    except RevisionRetired:
        raise
    except KlaviyoError as error:
        check.refused = error
        return check
    for scope, probe in needed_scopes(selected).items():
        if probe.endpoint is not ACCOUNTS:  # which was just read
            _try(check, scope, partial(_request, account, check, probe))
    return check


def _try(check: KeyCheck, scope: str, request: Callable[[], None]) -> None:
    try:
        request()
    except RevisionRetired:
        raise
    except KlaviyoError as error:
        check.lacking[scope] = error


def _request(account: Account, check: KeyCheck, probe: Probe) -> None:
    """Send one small request; metrics are read completely, since the result shows them."""
    if probe.endpoint is METRICS:
        check.metrics = account.metrics()
        check.mapped_metrics = account.mapped_metrics()
        return
    params = {"page[size]": "1"} if probe.endpoint.page_size else {}
    if probe.endpoint is Events.endpoint:
        params["filter"] = greater_or_equal("datetime", datetime.now(UTC) - RECENT)
    account.http.get(account.stats.of(probe.stream), probe.endpoint, params)


def _record_limit(check: KeyCheck, response: requests.Response) -> None:
    announced = response.headers.get("RateLimit-Limit")
    if announced:
        endpoint = urlsplit(response.url).path.rpartition("/")[2]
        check.limits[endpoint] = announced

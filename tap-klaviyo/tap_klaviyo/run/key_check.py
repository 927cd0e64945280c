"""Trying a key before a run: one cheap request to each endpoint that the run would read."""

from __future__ import annotations

import logging
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tap_klaviyo.client.errors import KlaviyoError, RevisionRetired, StreamFailed
from tap_klaviyo.client.filters import greater_or_equal
from tap_klaviyo.run.threads import in_threads
from tap_klaviyo.streams.campaigns import CAMPAIGNS
from tap_klaviyo.streams.collections import TAGS, Forms, Lists, Segments, Templates
from tap_klaviyo.streams.events.stream import EVENTS
from tap_klaviyo.streams.flows import FLOWS
from tap_klaviyo.streams.profiles import PROFILES
from tap_klaviyo.streams.usage import BILLING_USAGE
from tap_klaviyo.times import UTC

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import requests

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.client.rate_limits import Limit
    from tap_klaviyo.run.summary import Line

LATELY = timedelta(hours=1)  # of events, which have no other bound


class Probe(t.NamedTuple):
    """A request that needs one scope.

    Attributes:
        streams: What the same scope is needed for, reports included.
    """

    streams: tuple[str, ...]
    limit: Limit
    path: str
    is_paged: bool = True


PROBES = {
    "events:read": Probe(("events",), EVENTS, "events"),
    "campaigns:read": Probe(("campaigns", "campaign_values"), CAMPAIGNS, "campaigns"),
    "flows:read": Probe(("flows", "flow_series"), FLOWS, "flows"),
    "lists:read": Probe(("lists",), Lists.limit, "lists"),
    "segments:read": Probe(("segments", "segment_series"), Segments.limit, "segments"),
    "forms:read": Probe(("forms", "form_series"), Forms.limit, "forms"),
    "tags:read": Probe(("tags",), TAGS, "tags"),
    "usage:read": Probe(("billing_usage",), BILLING_USAGE, "billing-usage", is_paged=False),
    "profiles:read": Probe(("profiles",), PROFILES, "profiles"),
    "templates:read": Probe(("templates",), Templates.limit, "templates"),
}
"""By scope. Metrics are read whole, and whose key it is has been asked before."""

METRICS = ("metrics", "mapped_metrics", "metric_aggregates")


@dataclass
class Trial:
    """What trying a key has shown.

    Attributes:
        refused: Why nothing can be read with it; None if something can.
        resource: Klaviyo's account, once it is known.
        metrics: Metrics of the account.
        mapped_metrics: Which of them means what.
        lacking: By scope, why its streams would be skipped or fail.
        limits: By endpoint, the windows that `RateLimit-Limit` announces.
    """

    client: str
    refused: KlaviyoError | None = None
    resource: Resource | None = None
    metrics: list[Resource] = field(default_factory=list)
    mapped_metrics: list[Resource] = field(default_factory=list)
    lacking: dict[str, KlaviyoError] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)


def try_keys(
    brands: Sequence[Account],
    selected: Collection[str],
    known: dict[str, str],
    seconds: float | None = None,
) -> Iterator[Trial]:
    """Try all keys side by side.

    Args:
        brands: The accounts of the settings.
        selected: Streams that the run would read; empty to ask only whose key it is.
        known: Which account each client's key belonged to in earlier runs.
        seconds: After so long, a key that has not been tried to its end is `refused` for that.

    Yields:
        In the order of the settings.

    Raises:
        RevisionRetired: No key would do.
    """

    def attempt(brand: Account) -> Trial:
        return try_key(brand, selected, known.get(brand.client))

    done = dict(in_threads(attempt, brands, len(brands), seconds))
    late = StreamFailed(f"Klaviyo did not answer within {seconds:.0f} s." if seconds else "")
    for brand in brands:
        yield done.get(brand, Trial(brand.client, refused=late))


def report(trials: Sequence[Trial]) -> Iterator[Line]:
    """What trying the keys has shown, for a log: what each lacks, then all together."""
    for trial in trials:
        if trial.refused:
            yield logging.ERROR, f"{trial.client}: {trial.refused}"
            continue
        yield logging.INFO, f"{trial.client}: {described(trial)}"
        for scope, error in trial.lacking.items():
            yield logging.WARNING, f"{trial.client}, {scope}: {error}"
    works = sum(trial.refused is None for trial in trials)
    level = logging.INFO if works == len(trials) else logging.WARNING
    yield level, f"{works} of {len(trials)} keys work"


def described(trial: Trial) -> str:
    """The account a key belongs to, its name, zone and currency."""
    resource = t.cast("Resource", trial.resource)
    attributes = resource["attributes"]
    name = (attributes.get("contact_information") or {}).get("organization_name")
    parts = (name, attributes.get("timezone"), attributes.get("preferred_currency"))
    return ", ".join([f"account {resource['id']}", *(str(part) for part in parts if part)])


def try_key(brand: Account, selected: Collection[str], known_id: str | None) -> Trial:
    """Ask whose key it is, and what it may read of the selected streams."""
    trial = Trial(brand.client)
    brand.on_answer(lambda response: _note_limit(trial, response))
    try:
        brand.open(known_id)
        trial.resource = brand.resource
        _ = brand.zone
    except RevisionRetired:
        raise
    except KlaviyoError as error:
        trial.refused = error
        return trial
    if any(stream in selected for stream in METRICS):
        _try(trial, "metrics:read", lambda: _read_metrics(brand, trial))
    for scope, probe in PROBES.items():
        if any(stream in selected for stream in probe.streams):
            _try(trial, scope, lambda probe=probe: _send(brand, probe))  # type: ignore[misc]
    return trial


def _try(trial: Trial, scope: str, ask: Callable[[], None]) -> None:
    try:
        ask()
    except RevisionRetired:
        raise
    except KlaviyoError as error:
        trial.lacking[scope] = error


def _read_metrics(brand: Account, trial: Trial) -> None:
    trial.metrics = brand.metrics()
    trial.mapped_metrics = brand.mapped_metrics()


def _send(brand: Account, probe: Probe) -> None:
    params = {"page[size]": "1"} if probe.is_paged else {}
    if probe.path == "events":
        params["filter"] = greater_or_equal("datetime", datetime.now(UTC) - LATELY)
    brand.get(probe.streams[0], probe.limit, probe.path, params)


def _note_limit(trial: Trial, response: requests.Response) -> None:
    announced = response.headers.get("RateLimit-Limit")
    if announced:
        endpoint = urlsplit(response.url).path.rpartition("/")[2]
        trial.limits[endpoint] = announced

"""A Klaviyo account during a run: its key, its id, and what several of its streams need."""

from __future__ import annotations

import re
import threading
import typing as t
from functools import cached_property
from zoneinfo import ZoneInfo

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.errors import AccountFailed
from tap_klaviyo.client.http import KlaviyoClient
from tap_klaviyo.client.jsonapi import data_of, related_id, valid_resource
from tap_klaviyo.run.isolation import Subject, convert_each, isolate
from tap_klaviyo.run.run_stats import AccountStats
from tap_klaviyo.zones import ZoneNames, find_zone

if t.TYPE_CHECKING:
    from tap_klaviyo.client.http import ClientOptions
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.run.run_stats import StreamStats
    from tap_klaviyo.streams.aggregates.digests import DayDigests

ACCOUNTS = Endpoint("accounts", burst=1, steady=15, scope="accounts:read")
METRICS = Endpoint("metrics", burst=10, steady=150, scope="metrics:read")
MAPPED_METRICS = Endpoint("mapped-metrics", burst=3, steady=60, scope="metrics:read")


class MappedMetric(t.NamedTuple):
    """What the account has mapped to a meaning: a metric, a custom metric or nothing."""

    metric_id: str | None
    custom_metric_id: str | None


class Account:
    """One Klaviyo account.

    Attributes:
        client: The agency's own short name for the account's owner.
        id: Klaviyo's account id; `client:<client>` until `open` has asked for it.
        http: Sends its requests.
        stats: The statistics of its streams.
        day_digests: What this run's metric aggregates say of each day; None until they are read.
        reads_tags: Whether tags are requested with what has them; not once they were refused.
    """

    def __init__(self, client: str, api_key: str, options: ClientOptions) -> None:
        """Keep the key; nothing is sent before `open`."""
        self.client = client
        self.id = f"client:{client}"
        self.stats = AccountStats()
        self.day_digests: DayDigests | None = None
        self.reads_tags = True
        self.http = KlaviyoClient(options, client, api_key.strip())
        self._has_key = re.fullmatch("[!-~]+", api_key.strip()) is not None
        self._lock = threading.RLock()

    @property
    def context(self) -> dict[str, str]:
        """The Singer context (state partition) of this account."""
        return {"account_id": self.id}

    def open(self, known_id: str | None) -> None:
        """Ask Klaviyo which account the key belongs to.

        Args:
            known_id: The account this client's key belonged to in earlier runs, if any.

        Raises:
            AccountFailed: The key is rejected, or belongs to another account than before.
            KlaviyoError: Klaviyo did not answer.
        """
        if known_id:
            self.id = known_id
        if not self._has_key:
            msg = (
                f"The key of client {self.client!r} is empty or contains characters that no key "
                "has. Copy it from Klaviyo (Settings > API keys) into `accounts` again."
            )
            raise AccountFailed(msg)
        found = self.resource["id"]
        if known_id and found != known_id:
            msg = (
                f"The key of client {self.client!r} belongs to Klaviyo account {found}, in earlier "
                f"runs to {known_id}. Put the right key into `accounts`, or give the new account "
                "a new client name."
            )
            raise AccountFailed(msg)
        self.id = found

    @cached_property
    def resource(self) -> Resource:
        """`GET /accounts`: the one account the key belongs to."""
        data = self.http.get(self.stats.of("accounts"), ACCOUNTS)["data"]
        if not data:
            msg = (
                f"Klaviyo returns no account for the key of client {self.client!r}. "
                "Create a new private key in Klaviyo (Settings > API keys)."
            )
            raise AccountFailed(msg)
        return t.cast("Resource", data[0])

    @cached_property
    def zone(self) -> ZoneInfo:
        """The account's time zone, which its days are cut in; UTC if it is unknown."""
        return find_zone(self.timezone) or ZoneInfo("UTC")

    @property
    def timezone(self) -> str:
        """The zone's name as Klaviyo has it; empty if it has none."""
        attributes = self.resource.get("attributes") or {}
        return str(attributes.get("timezone") or "")

    @cached_property
    def zone_names(self) -> ZoneNames:
        """The zone's names for the aggregates endpoint."""
        return ZoneNames(self.zone)

    def warn_unknown_zone(self, stats: StreamStats) -> None:
        """Report, for a stream that has days, that they are those of UTC if the zone is unknown."""
        if find_zone(self.timezone) is None:
            name = f"an unknown time zone, {self.timezone!r}" if self.timezone else "no time zone"
            stats.record_problem(
                "partial",
                f"The account has {name}: days are those of UTC. Choose another "
                "zone in Klaviyo (Settings > Account), then re-read with `--full-refresh`.",
            )

    def metrics(self) -> list[Resource]:
        """`GET /metrics`: every metric of the account, requested once per run."""
        with self._lock:
            return self._metrics

    def mapped_metrics(self) -> list[Resource]:
        """`GET /mapped-metrics`: what counts as revenue, refund, …; requested once per run."""
        with self._lock:
            return self._mapped_metrics

    def mapped_metric(self, stats: StreamStats, meaning: str) -> MappedMetric:
        """The metric that has a meaning for the account, if one has.

        Args:
            stats: Those of the stream that needs it; they record it if Klaviyo sends no mappings.
            meaning: Such as `revenue`.
        """
        with isolate(stats, Subject("mappings", MAPPED_METRICS.path), meaning):
            mapping = next((one for one in self.mapped_metrics() if one["id"] == meaning), {})
            return MappedMetric(related_id(mapping, "metric"), related_id(mapping, "custom-metric"))
        return MappedMetric(None, None)

    @cached_property
    def _metrics(self) -> list[Resource]:
        return self._all("metrics", METRICS)

    @cached_property
    def _mapped_metrics(self) -> list[Resource]:
        params = {"include": "metric,custom-metric"}
        return self._all("mapped_metrics", MAPPED_METRICS, params)

    def _all(
        self, stream: str, endpoint: Endpoint, params: dict[str, str] | None = None
    ) -> list[Resource]:
        """All valid resources of a listing, counted for its own stream: several streams use it."""
        stats, subject = self.stats.of(stream), Subject(stream, endpoint.path)
        pages = self.http.pages(stats, endpoint, params)
        return [
            resource
            for page in pages
            for resource in convert_each(stats, subject, data_of(page), valid_resource)
        ]

"""A brand: its key, who Klaviyo says it is, and what all its streams need to know of it."""

from __future__ import annotations

import re
import threading
import typing as t
from collections import defaultdict
from functools import cached_property
from zoneinfo import ZoneInfo

from tap_klaviyo.client.errors import AccountFailed
from tap_klaviyo.client.http import Transport
from tap_klaviyo.client.jsonapi import data_of, related_id, sound
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each, part
from tap_klaviyo.run.run_stats import Tally
from tap_klaviyo.zones import ZoneNames, zone_called

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

    from tap_klaviyo.client.http import Connection, Reading
    from tap_klaviyo.client.jsonapi import Resource

ACCOUNTS = Limit("accounts", burst=1, steady=15)
METRICS = Limit("metrics", burst=10, steady=150)
MAPPED_METRICS = Limit("mapped-metrics", burst=3, steady=60)

T = t.TypeVar("T")


class Mapped(t.NamedTuple):
    """What the account has mapped to a meaning: a metric, a custom metric or nothing."""

    metric_id: str | None
    custom_metric_id: str | None


class Account:
    """One Klaviyo account during a run.

    Attributes:
        client: The agency's own short name for the brand.
        id: Klaviyo's account id; `client:<client>` until `open` has learnt it.
        tallies: What each stream has cost so far, by stream name.
    """

    def __init__(self, client: str, api_key: str, connection: Connection) -> None:
        """Remember the key; nothing is sent before `open`."""
        self.client = client
        self.id = f"client:{client}"
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self._has_key = re.fullmatch("[!-~]+", api_key.strip()) is not None
        self._transport = Transport(connection, client, api_key.strip())
        self._lock = threading.RLock()

    @property
    def context(self) -> dict[str, str]:
        """The Singer context (state partition) of this account."""
        return {"account_id": self.id}

    def open(self, known_id: str | None) -> None:
        """Ask Klaviyo whose key this is.

        Args:
            known_id: The account this client's key belonged to in earlier runs, if any.

        Raises:
            AccountFailed: The key is refused, or belongs to another account than before.
            KlaviyoError: Klaviyo could not be asked.
        """
        if known_id:
            self.id = known_id
        if not self._has_key:
            msg = (
                f"The key of client {self.client!r} is empty or holds characters that no key "
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
        data = self.get("accounts", ACCOUNTS, "accounts")["data"]
        if not data:
            msg = f"Klaviyo names no account for the key of client {self.client!r}."
            raise AccountFailed(msg)
        return t.cast("Resource", data[0])

    @cached_property
    def zone(self) -> ZoneInfo:
        """The account's time zone: the one its days are cut in; UTC if nobody knows it."""
        return zone_called(self.timezone) or ZoneInfo("UTC")

    @property
    def timezone(self) -> str:
        """The zone's name as Klaviyo has it; empty if it has none."""
        attributes = self.resource.get("attributes") or {}
        return str(attributes.get("timezone") or "")

    @cached_property
    def zone_names(self) -> ZoneNames:
        """What the zone is called where aggregates are asked for."""
        return ZoneNames(self.zone)

    def tell_zone(self, tally: Tally) -> None:
        """Say of a stream that has days what its days are, if nobody knows the account's zone."""
        if zone_called(self.timezone) is None:
            name = (
                f"a time zone nobody knows, {self.timezone!r}" if self.timezone else "no time zone"
            )
            tally.trouble(
                "partial",
                f"Klaviyo names {name}: days are those of UTC. Choose another "
                "zone in Klaviyo (Settings > Account), then read again with `--full-refresh`.",
            )

    def on_answer(self, look: Callable[[requests.Response], None]) -> None:
        """Let `look` see every answer of Klaviyo's to this account, as it comes."""
        hooks = self._transport._session.hooks  # noqa: SLF001
        hooks["response"].append(lambda response, *_, **__: look(response))

    def metrics(self) -> list[Resource]:
        """`GET /metrics`: every metric of the account, asked for once a run."""
        with self._lock:
            return self._metrics

    def mapped_metrics(self) -> list[Resource]:
        """`GET /mapped-metrics`: what counts as revenue, refund, …; asked for once a run."""
        with self._lock:
            return self._mapped_metrics

    def mapped(self, tally: Tally, meaning: str) -> Mapped:
        """The metric that has a meaning for the account, if one has.

        Args:
            tally: That of the stream that needs it; told when Klaviyo does not say.
            meaning: Such as `revenue`.
        """
        with part(tally, "mappings", "mapped-metrics", meaning):
            mapping = next((one for one in self.mapped_metrics() if one["id"] == meaning), {})
            return Mapped(related_id(mapping, "metric"), related_id(mapping, "custom-metric"))
        return Mapped(None, None)

    @cached_property
    def _metrics(self) -> list[Resource]:
        pages = self.pages("metrics", METRICS, "metrics")
        return [metric for page in pages for metric in self._sound("metrics", page)]

    @cached_property
    def _mapped_metrics(self) -> list[Resource]:
        params = {"include": "metric,custom-metric"}
        pages = self.pages("mapped_metrics", MAPPED_METRICS, "mapped-metrics", params)
        return [mapping for page in pages for mapping in self._sound("mapped_metrics", page)]

    def _sound(self, stream: str, page: dict[str, t.Any]) -> list[Resource]:
        """The resources of a page that have what every resource has; many streams need them."""
        path = stream.replace("_", "-")
        return each(self.tallies[stream], stream, path, data_of(page), sound)

    def get(
        self, stream: str, limit: Limit, path: str, params: dict[str, str] | None = None
    ) -> dict[str, t.Any]:
        """GET one document on behalf of a stream; see `Transport.get`."""
        return self._transport.get(self.tallies[stream], limit, path, params)

    def post(
        self, stream: str, limit: Limit, path: str, body: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        """POST a query on behalf of a stream; see `Transport.post`."""
        return self._transport.post(self.tallies[stream], limit, path, body)

    def daily_quota(self, limit: Limit) -> int:
        """Requests a day that an endpoint with a daily limit allows."""
        return self._transport.daily_quota(limit)

    def pages(
        self, stream: str, limit: Limit, path: str, params: dict[str, str] | None = None
    ) -> Iterator[dict[str, t.Any]]:
        """GET a collection on behalf of a stream; see `Transport.pages`."""
        return self._transport.pages(self.tallies[stream], limit, path, params)

    def decoded_pages(
        self,
        stream: str,
        limit: Limit,
        path: str,
        params: dict[str, str],
        reading: Reading[T],
    ) -> Iterator[T]:
        """GET a collection on behalf of a stream; see `Transport.decoded_pages`."""
        return self._transport.decoded_pages(self.tallies[stream], limit, path, params, reading)

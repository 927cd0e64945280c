"""A seeded story: the shops live on, their past changes, and the tap runs into trouble."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sandbox import Sandbox, World
from sandbox.account.account import Account
from sandbox.account.event import Event

BRANDS = ("acme", "koala", "nord", "fjord")
LOOK_BACK = {"events": timedelta(days=7), "metric_aggregates": timedelta(days=8)}
PATHS = ("/events", "/metric-aggregates", "/campaigns", "/metrics", "/flows", "/accounts")
HTML = {"body": b"<html>", "headers": {"Content-Type": "text/html"}}
PASSING: tuple[dict[str, Any], ...] = (
    {"status": 503},
    {"status": 524, **HTML},
    {"status": 429, "headers": {"Retry-After": "0"}, "times": 2},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"drop": True},
    {"status": 403, **HTML},
    {"status": 200, **HTML},
    {"status": 200, "body": b'{"data": [{"id": '},
)
LASTING: tuple[dict[str, Any], ...] = (
    {"status": 429, "headers": {"Retry-After": "70000"}},
    {"status": 400, "body": {"errors": [{"detail": "No", "source": {"pointer": "/data"}}]}},
    {"status": 404, "body": {"errors": [{"detail": "Gone"}]}},
    {"status": 418, "body": b"short and stout"},
    {"status": 200, "body": {"surprise": True}},
    {"status": 200, "body": {"data": [{"surprise": True}]}},
)
SCOPES = ("events:read", "metrics:read", "campaigns:read", "flows:read")


class Story:
    """What happens, drawn from a seed; the tap's clock and Klaviyo's are `now`."""

    def __init__(self, seed: int, days: int = 14) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a story, no secret
        # Days on which clocks change somewhere are among these.
        self.now = datetime.fromisoformat("2026-03-25T06:00:00Z") + timedelta(
            hours=self.random.randrange(24 * 220)
        )
        self.begin = self.now - timedelta(days=days)
        self.start_date = (self.begin - timedelta(days=1)).date().isoformat()
        world = World.invent(
            seed=seed, until=self._happened, clients=BRANDS[:2], first_day=self.begin.date()
        )
        self.sandbox = Sandbox(world, rate_factor=1000, clock=lambda: self.now)
        self.sandbox.loosen(seed)
        self.gone: set[str] = set()
        self.locked: dict[str, set[str]] = {}
        self.counts: Counter[str] = Counter()

    @property
    def accounts(self) -> dict[str, Account]:
        return self.sandbox.world.accounts

    @property
    def _happened(self) -> datetime:
        return self.now - timedelta(minutes=5)

    def go_on(self, state: dict[str, Any]) -> None:
        """Let time pass, and then a few things happen that the next runs have to find."""
        self.wait(timedelta(minutes=self.random.randint(2, 40 * 60)))
        for _ in range(self.random.randint(1, 6)):
            client = self.random.choice(list(self.accounts))
            self._something(client, self._found_again_from(client, state))

    def wait(self, span: timedelta) -> None:
        self.now += span
        self.sandbox.advance(self._happened)

    def _something(self, client: str, since: datetime) -> None:
        happen = self.random.choices(
            (self._late, self._ties, self._future, self._change, self._rename, self._access),
            (4, 2, 2, 8, 1, 1),
        )[0]
        happen(client, since)

    def _found_again_from(self, client: str, state: dict[str, Any]) -> datetime:
        """What lies before this is not promised: the look-backs will not reach it."""
        found = self.begin
        for stream, look_back in LOOK_BACK.items():
            for partition in state.get("bookmarks", {}).get(stream, {}).get("partitions", []):
                if partition["context"] == {"account_id": self.accounts[client].id}:
                    bookmark = datetime.fromisoformat(partition["replication_key_value"])
                    found = max(found, bookmark - look_back)
        return found

    def _wall(self, client: str, at: datetime) -> datetime:
        return at.astimezone(self.accounts[client].brand.zone).replace(tzinfo=None, microsecond=0)

    def _late(self, client: str, since: datetime) -> None:
        seconds = int((self.now - since).total_seconds()) - 1
        at = since + timedelta(seconds=1 + self.random.choice((0, self.random.randrange(seconds))))
        self._order(client, at)
        self.counts["late event"] += 1

    def _ties(self, client: str, since: datetime) -> None:
        """Several at one second, often the very second at which the last window ended."""
        last_end = since + LOOK_BACK["events"]
        at = self.random.choice((last_end, self.now - timedelta(minutes=30)))
        for _ in range(self.random.randint(2, 4)):
            self._order(client, max(at, since) + timedelta(seconds=1))
        self.counts["events at one second"] += 1

    def _future(self, client: str, _: datetime) -> None:
        self._order(client, self.now + timedelta(minutes=self.random.randint(1, 9 * 24 * 60)))
        self.counts["future event"] += 1

    def _order(self, client: str, at: datetime) -> None:
        account = self.accounts[client]
        clicks = [e.id for e in account.by_metric["clicked"] if e.id not in self.gone]
        self.sandbox.add_event(
            client,
            account.metrics["order"].name,
            self._wall(client, at),
            cents=self.random.randrange(100, 90_000),
            credited_to=self.random.choice([None, *clicks[-20:]]),
        )

    def _change(self, client: str, since: datetime) -> None:
        """An order within reach is credited otherwise, corrected, or vanishes."""
        account = self.accounts[client]
        reach = (since.timestamp(), self.now.timestamp())
        orders = [e for e in account.by_metric["order"] if reach[0] <= e.at < reach[1]]
        if not orders:
            return
        order = self.random.choice(orders)
        what = self.random.choice(("restated", "corrected", "vanished"))
        if what == "restated":
            self.sandbox.restate(client, order.id, self.random.choice(self._others(client, order)))
        elif what == "corrected":
            self.sandbox.change_value(client, order.id, self.random.randrange(100, 90_000))
        else:
            self.sandbox.remove_event(client, order.id)
            self.gone.add(order.id)
        self.counts[f"{what} order"] += 1

    def _others(self, client: str, order: Event) -> list[str | None]:
        """What else it can be credited to: another click on the same message shows in no number."""
        known = order.attribution.message_id if order.attribution else None
        clicks = self.accounts[client].by_metric["clicked"]
        others = [one.id for one in clicks if str(one.properties["$message"]) != known]
        return [*others[-20:], *([None] if known else [])]

    def _rename(self, client: str, _: datetime) -> None:
        metric = self.random.choice(list(self.accounts[client].metrics.values()))
        self.sandbox.rename_metric(client, metric.name, f"{metric.name}*")
        self.counts["renamed metric"] += 1

    def _access(self, client: str, _: datetime) -> None:
        """A key is revoked, loses a scope, or works again; or a brand is added."""
        new = [brand for brand in BRANDS if brand not in self.accounts]
        if client in self.locked:
            self.unlock(client)
        elif new and self.random.random() < 1 / 2:
            self.sandbox.add_client(new[0])
            self.counts["new account"] += 1
        elif self.random.random() < 1 / 2:
            self.sandbox.revoke(client)
            self.locked[client] = {"everything"}
            self.counts["revoked key"] += 1
        else:
            scope = self.random.choice(SCOPES)
            self.sandbox.deny_scope(client, scope)
            self.locked[client] = {scope}
            self.counts["denied scope"] += 1

    def unlock(self, client: str) -> None:
        self.sandbox.restore(client)
        del self.locked[client]
        self.counts["restored key"] += 1

    def trouble(self) -> set[str]:
        """Let requests go wrong; returns the clients that cannot be read whole for it."""
        hit = set()
        for _ in range(self.random.choice((0, 0, 1, 3))):
            fault = self.random.choice(PASSING)
            client = self.random.choice(list(self.accounts))
            self.sandbox.fault(self.random.choice(PATHS), client=client, **fault)
            self.counts["passing fault"] += 1
        if self.random.random() < 1 / 4:
            client = self.random.choice(list(self.accounts))
            fault = self.random.choice(LASTING)
            self.sandbox.fault(self.random.choice(PATHS), client=client, times=None, **fault)
            self.counts["lasting fault"] += 1
            hit.add(client)
        return hit

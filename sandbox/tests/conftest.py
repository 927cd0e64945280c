"""One season that is read by many tests, and small ones that each test may change."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

import pytest
import requests

from sandbox import Sandbox, World

# Seven weeks in which the clocks change in Sydney, Copenhagen and New York.
FIRST_DAY = date(2026, 10, 1)
UNTIL = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
REVISION = "2026-10-15"
CLIENTS = ("acme", "nord", "koala")


@dataclass
class Reader:
    """Asks a sandbox with one brand's key."""

    sandbox: Sandbox
    key: str

    def ask(
        self, method: str, path: str, headers: dict[str, str | None] | None = None, **how: Any
    ) -> requests.Response:
        """Ask once; a header of None is left out."""
        usual = {"Authorization": f"Klaviyo-API-Key {self.key}", "revision": REVISION}
        wanted = {**usual, **(headers or {})}
        sent = {name: value for name, value in wanted.items() if value is not None}
        return requests.request(
            method, self.sandbox.api_url + path, headers=sent, timeout=30, **how
        )

    def get(self, path: str, **params: Any) -> Any:
        """The body of a good answer."""
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """All pages, by their own links."""
        page = self.get(path, **params)
        yield page
        while page["links"]["next"]:
            page = self.get(page["links"]["next"].removeprefix(self.sandbox.api_url))
            yield page

    def all(self, path: str, **params: Any) -> list[Any]:
        """The resources of all pages."""
        return [item for page in self.pages(path, **params) for item in page["data"]]

    def post(self, path: str, kind: str, **attributes: Any) -> requests.Response:
        """Put a question in a body."""
        body = json.dumps({"data": {"type": kind, "attributes": attributes}})
        headers = {"Content-Type": "application/vnd.api+json"}
        return self.ask("POST", path, headers=headers, data=body)

    def report(self, kind: str, **attributes: Any) -> Any:
        """The attributes of a good report."""
        answer = self.post(f"/{kind}s", kind, **attributes)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["attributes"]


@pytest.fixture(scope="session")
def world() -> World:
    return World.invent(until=UNTIL, clients=CLIENTS, first_day=FIRST_DAY)


@pytest.fixture(scope="session")
def sandbox(world: World) -> Iterator[Sandbox]:
    """Serves the shared season, without limits; no test changes it."""
    with Sandbox(world, rate_factor=1000, clock=lambda: UNTIL) as sandbox:
        yield sandbox


def _reader_of(sandbox: Sandbox) -> Callable[[str], Reader]:
    keys = {account["client"]: account["api_key"] for account in sandbox.accounts}
    return lambda client: Reader(sandbox, keys[client])


@pytest.fixture(scope="session")
def reader(sandbox: Sandbox) -> Callable[[str], Reader]:
    """`reader("acme")` asks the shared season."""
    return _reader_of(sandbox)


@pytest.fixture(scope="session")
def ask() -> Callable[[Sandbox, str], Reader]:
    """`ask(sandbox, "acme")` asks any sandbox."""
    return lambda sandbox, client: _reader_of(sandbox)(client)


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def own() -> Iterator[Sandbox]:
    """Ten days of acme that the test may change."""
    world = World.invent(until=UNTIL, clients=("acme",), first_day=date(2026, 11, 10))
    with Sandbox(world, rate_factor=1000, clock=lambda: UNTIL) as sandbox:
        yield sandbox


@pytest.fixture
def acme(own: Sandbox) -> Reader:
    """Asks the test's own sandbox with acme's key."""
    return _reader_of(own)("acme")

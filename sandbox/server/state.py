"""What the server remembers besides the world: keys, scopes, faults, and every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from sandbox.server.contract import NEWEST, RETIRED_UP_TO, SUPPORTED
from sandbox.server.endpoints import SCOPES
from sandbox.server.errors import ApiError
from sandbox.server.limits import RateLimiter
from sandbox.server.looseness import Looseness

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.account.account import Account
    from sandbox.account.world import World
    from sandbox.server.contract import Endpoint

_SCHEME = "Klaviyo-API-Key "


@dataclass(frozen=True)
class SeenRequest:
    """A request that was answered.

    Attributes:
        path: Path below /api.
        query: The raw query string.
        client: Whose key it carried, '' for an unknown or missing key.
        status: HTTP status.
        time: When the answer began, seconds since the epoch.
    """

    method: str
    path: str
    query: str
    client: str
    status: int
    time: float


@dataclass
class Fault:
    """Something that goes wrong on purpose.

    Attributes:
        match: Beginning of the path below /api.
        client: Only requests with this brand's key; None for all.
        status: Answer with this status instead of the real answer; None leaves the answer.
        drop: Cut the connection in the middle of the body.
        delay: Seconds to wait before answering.
        times: How often it still happens; None for ever.
    """

    match: str = "/"
    client: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False
    delay: float = 0.0
    times: int | None = 1

    def strikes(self, path: str, client: str) -> bool:
        """Whether this request is hit; counts it if so."""
        if self.times == 0 or not path.startswith(self.match):
            return False
        if self.client is not None and self.client != client:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def real_now() -> datetime:
    """The real time; what 'in the future' is measured by."""
    return datetime.now(timezone.utc)


class State:
    """Everything a request is judged by."""

    def __init__(
        self,
        world: World,
        rate_factor: float = 1.0,
        clock: Callable[[], datetime] = real_now,
        report_rows: int = 100,
        daily_quota: int | None = None,
    ) -> None:
        """Serve a world; see `Sandbox` for the arguments."""
        self.world = world
        self.clock = clock
        self.report_rows = report_rows
        self.limiter = RateLimiter(rate_factor, daily_quota=daily_quota)
        self.looseness = Looseness(None)
        self.requests: list[SeenRequest] = []
        self.faults: list[Fault] = []
        self.revoked: set[str] = set()
        self.denied: set[tuple[str, str]] = set()

    def client_of(self, authorization: str) -> str:
        """Whose key an Authorization header carries; '' if unknown."""
        key = authorization.removeprefix(_SCHEME)
        for client, account in self.world.accounts.items():
            if account.api_key == key and authorization.startswith(_SCHEME):
                return client
        return ""

    def struck_by(self, path: str, client: str) -> Fault | None:
        """The first fault that hits a request."""
        return next((fault for fault in self.faults if fault.strikes(path, client)), None)

    def authenticate(self, authorization: str | None) -> Account:
        """The account a key belongs to; 401 without a valid key."""
        if not authorization:
            raise ApiError(
                401, "not_authenticated", "Authentication credentials were not provided.",
                detail="Missing or invalid authorization scheme.",
                source={"pointer": "/data/"},
            )  # fmt: skip
        client = self.client_of(authorization)
        if not client or client in self.revoked:
            raise ApiError(
                401, "authentication_failed", "Incorrect authentication credentials.",
                detail="Missing or invalid private key.",
                source={"pointer": "/data/"},
            )  # fmt: skip
        return self.world.accounts[client]

    def authorize(self, account: Account, scope: str) -> None:
        """403 if the key lacks a scope."""
        if (account.brand.client, scope) in self.denied:
            raise ApiError(
                403, "permission_denied",
                "You do not have permission to perform this action.",
                detail=f"The API key is missing the required scope: {scope}",
                source={"pointer": "/data/"},
            )  # fmt: skip

    def deny(self, client: str, scope: str) -> None:
        """Take a scope from a brand's key; ValueError for a scope no endpoint asks for."""
        if scope not in SCOPES:
            message = f"no endpoint asks for {scope}; known: {sorted(SCOPES)}"
            raise ValueError(message)
        self.denied.add((client, scope))


def check_revision(revision: str | None, endpoint: Endpoint) -> None:
    """400 for a missing or unknown revision, 410 for a retired one."""
    if revision is None:
        raise ApiError(
            400, "invalid", "Missing revision header.",
            detail=f"The 'revision' header is required, e.g. {NEWEST}",
            source={"pointer": "/data/"},
        )  # fmt: skip
    if revision <= RETIRED_UP_TO:
        raise ApiError(
            410, "gone", "Revision retired.",
            detail=f"Revision {revision} is retired, use {NEWEST}",
            source={"pointer": "/data/"},
        )  # fmt: skip
    if revision not in SUPPORTED or revision < endpoint.since:
        raise ApiError(
            400, "invalid", "Invalid revision.",
            detail=f"Revision '{revision}' is not available for this endpoint",
            source={"pointer": "/data/"},
        )  # fmt: skip

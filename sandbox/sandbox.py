"""The sandbox as a running server, and everything one can do to it meanwhile."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn

from sandbox.server.app import build_app
from sandbox.server.looseness import Looseness
from sandbox.server.state import Fault, State, real_now

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from typing_extensions import Self

    from sandbox.account.event import Event
    from sandbox.account.world import World
    from sandbox.server.state import SeenRequest

_T = TypeVar("_T")
_START_SECONDS = 10


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready and hands out its loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening."""
        import asyncio  # noqa: PLC0415 - only the server's thread needs it

        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()


class Sandbox:
    """A mock Klaviyo in a thread of this process.

    All methods may be called from any thread while requests are being served; each change is
    made between two requests.
    """

    def __init__(  # noqa: PLR0913 - how it is to behave
        self,
        world: World,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        rate_factor: float = 1.0,
        clock: Callable[[], datetime] = real_now,
        report_rows: int = 100,
        daily_quota: int | None = None,
    ) -> None:
        """Prepare to serve a world.

        Args:
            world: The brands.
            host: Address to listen on.
            port: Port, 0 for any free one.
            rate_factor: Multiplies all rate limits; 1 is what Klaviyo documents.
            clock: Aware present time, which tells what lies in the future.
            report_rows: Groups on one page of a report; Klaviyo documents no number.
            daily_quota: Requests a day to each report; None for 225 times `rate_factor`.
        """
        self.world = world
        self._state = State(world, rate_factor, clock, report_rows, daily_quota)
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        """Start serving; returns when the first request can be made."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self.stop()

    def start(self) -> None:
        """Start serving; returns when the first request can be made."""
        self._socket = socket.create_server(self._address, backlog=256)
        config = uvicorn.Config(
            build_app(self._state), log_level="critical", access_log=False, lifespan="off",
            http="h11", loop="asyncio", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            message = f"the sandbox did not start within {_START_SECONDS} s"
            raise RuntimeError(message)

    def stop(self) -> None:
        """Finish what is being answered and stop; does nothing if not serving."""
        if self._server is None or self._thread is None or self._socket is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
        self._server = self._thread = self._socket = None

    @property
    def api_url(self) -> str:
        """What to give a client as base address, ending in /api."""
        if self._socket is None:
            message = "the sandbox is not serving"
            raise RuntimeError(message)
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}/api"

    @property
    def accounts(self) -> list[dict[str, str]]:
        """Client and private key of every brand, as the tap's `accounts` setting takes them."""
        return [
            {"client": client, "api_key": account.api_key}
            for client, account in self.world.accounts.items()
        ]

    @property
    def requests(self) -> list[SeenRequest]:
        """Every request answered so far, in order; clear it to restart the count."""
        return self._state.requests

    def add_client(self, client: str) -> str:
        """Open another brand's account; returns its private key."""
        return self._change(lambda: self.world.add_client(client)).api_key

    def revoke(self, client: str) -> None:
        """Make a brand's key invalid."""
        self._change(lambda: self._state.revoked.add(client))

    def restore(self, client: str) -> None:
        """Make a revoked key valid again and give back all its scopes."""
        self._change(lambda: self._restore(client))

    def _restore(self, client: str) -> None:
        self._state.revoked.discard(client)
        self._state.denied = {pair for pair in self._state.denied if pair[0] != client}

    def deny_scope(self, client: str, scope: str) -> None:
        """Take a scope, e.g. 'campaigns:read', from a brand's key."""
        self._change(lambda: self._state.deny(client, scope))

    def announce_limits(self, client: str, form: str) -> None:
        """Choose the form of a brand's `RateLimit-*` headers: see `server/limit_headers.py`."""
        account = self.world.accounts[client]
        self._change(lambda: self._state.limiter.announce(account.id, form))

    def loosen(self, seed: int) -> None:
        """Vary the form of every answer at random: see `server/looseness.py`."""
        self._state.looseness = Looseness(seed)

    def advance(self, until: datetime) -> None:
        """Let time pass: see `World.advance`."""
        self._change(lambda: self.world.advance(until))

    def add_event(self, client: str, metric: str, wall: datetime, **more: Any) -> Event:  # noqa: ANN401
        """A late or a future event: see `World.add_event`."""
        return self._change(lambda: self.world.add_event(client, metric, wall, **more))

    def restate(
        self,
        client: str,
        event_id: str,
        credited_to: str | None,
        shown_from: datetime | None = None,
    ) -> None:
        """Credit an order otherwise: see `World.restate`."""
        self._change(lambda: self.world.restate(client, event_id, credited_to, shown_from))

    def change_value(self, client: str, event_id: str, cents: int) -> None:
        """Correct an event's money: see `World.change_value`."""
        self._change(lambda: self.world.change_value(client, event_id, cents))

    def remove_event(self, client: str, event_id: str) -> None:
        """Make an event disappear: see `World.remove_event`."""
        self._change(lambda: self.world.remove_event(client, event_id))

    def rename_metric(self, client: str, old: str, new: str) -> None:
        """Give a metric another name: see `World.rename_metric`."""
        self._change(lambda: self.world.rename_metric(client, old, new))

    def fault(
        self,
        match: str = "/",
        *,
        body: object = b"",
        **how: Any,  # noqa: ANN401 - the fields of Fault
    ) -> Fault:
        """Let requests go wrong on purpose; see `Fault` for what can be asked.

        Args:
            match: Beginning of the path below /api, e.g. '/events'.
            body: Bytes or text, or anything else to be sent as JSON.
            **how: Fields of `Fault`: client, status, headers, drop, delay, times.

        Returns:
            The fault; its `times` tells how often it will still happen.
        """
        if isinstance(body, str):
            body = body.encode()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fault = Fault(match=match, body=data, **how)
        self._change(lambda: self._state.faults.append(fault))
        return fault

    def heal(self) -> None:
        """Call off all faults."""
        self._change(self._state.faults.clear)

    def _change(self, change: Callable[[], _T]) -> _T:
        """Make a change between two requests, in the server's own thread."""
        if self._server is None or self._server.loop is None:
            return change()
        done: Future[_T] = Future()

        def run() -> None:
            try:
                done.set_result(change())
            except Exception as error:  # noqa: BLE001 - handed to the caller
                done.set_exception(error)

        self._server.loop.call_soon_threadsafe(run)
        return done.result()

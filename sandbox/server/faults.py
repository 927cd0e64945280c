"""The gate every request comes through: it writes requests down and lets faults happen."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from sandbox.server.state import SeenRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.server.state import Fault, State


class Gate:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        """Guard an application."""
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it go wrong as ordered."""
        path = _path(scope)
        client = self._state.client_of(_header(scope, b"authorization"))
        fault = self._state.struck_by(path, client)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        seen = partial(self._write_down, scope, client)
        answer = _Answer(send, seen, is_cut=fault is not None and fault.drop)
        if fault is not None and fault.status is not None:
            await _instead(fault, answer)
        else:
            await self._app(scope, receive, answer)

    def _write_down(self, scope: Scope, client: str, status: int) -> None:
        self._state.requests.append(
            SeenRequest(
                method=scope["method"],
                path=_path(scope),
                query=scope["query_string"].decode(),
                client=client,
                status=status,
                time=time.time(),
            )
        )


class _Answer:
    """Passes an answer on, reports its status, and cuts its body if it is to be cut."""

    def __init__(self, send: Send, write_down: Callable[[int], None], *, is_cut: bool) -> None:
        self._send = send
        self._write_down = write_down
        self._is_cut = is_cut

    async def __call__(self, message: Message) -> None:
        """Send one ASGI message; a body that is never finished makes the server hang up."""
        if message["type"] == "http.response.start":
            self._write_down(message["status"])
        elif self._is_cut:
            half = message["body"][: len(message["body"]) // 2]
            message = {"type": "http.response.body", "body": half, "more_body": True}
        await self._send(message)


async def _instead(fault: Fault, send: Send) -> None:
    given = {name.lower(): value for name, value in fault.headers.items()}
    headers = {"content-type": "application/vnd.api+json"} | given
    await send({
        "type": "http.response.start",
        "status": fault.status,
        "headers": [
            *((name.encode(), value.encode()) for name, value in headers.items()),
            (b"content-length", str(len(fault.body)).encode()),
        ],
    })  # fmt: skip
    await send({"type": "http.response.body", "body": fault.body})


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix("/api")


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")

"""The gate every request comes through: it writes requests down and lets faults happen."""

from __future__ import annotations

import asyncio
import time
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
        path = str(scope["path"]).removeprefix("/api")
        client = self._state.client_of(_header(scope, b"authorization"))
        fault = self._state.struck_by(path, client)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)

        def write_down(status: int) -> None:
            self._state.requests.append(
                SeenRequest(
                    method=scope["method"],
                    path=path,
                    query=scope["query_string"].decode(),
                    client=client,
                    status=status,
                    time=time.time(),
                )
            )

        answer = _Answer(send, write_down, is_cut=fault is not None and fault.drop)
        if fault is not None and fault.status is not None:
            await _instead(fault, answer)
        else:
            await self._app(scope, receive, answer)


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


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")

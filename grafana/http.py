"""Grafana's HTTP API, as far as workspaces and the smoke test need it."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any

_TIMEOUT = 30.0
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


class GrafanaRefused(RuntimeError):
    """Grafana answered with an error; `status` is its HTTP status."""

    def __init__(self, status: int, what: str, message: str) -> None:
        """Say what was asked and what the answer was; never the password."""
        super().__init__(f"{what}: Grafana answers {status}: {message}")
        self.status = status


class Grafana:
    """A Grafana and the administrator who talks to it."""

    def __init__(self, url: str, user: str, password: str, org: int | None = None) -> None:
        """Name the server's address and the login.

        Args:
            url: Address, with a path if Grafana is served under one.
            user: Server administrator: organisations can be made by no one else.
            password: Their password.
            org: Organisation that the requests are about; None for the user's own.
        """
        self._url, self._user, self._password, self._org = url.rstrip("/"), user, password, org

    def within(self, org: int) -> Grafana:
        """The same login, for another organisation."""
        return Grafana(self._url, self._user, self._password, org)

    def get(self, path: str) -> Any:  # noqa: ANN401 (any JSON value)
        """Ask; GrafanaRefused if the answer is an error."""
        return self._send("GET", path)

    def find(self, path: str) -> Any:  # noqa: ANN401 (any JSON value)
        """Ask for something that may not be there; None if it is not."""
        try:
            return self._send("GET", path)
        except GrafanaRefused as refused:
            if refused.status == 404:  # noqa: PLR2004
                return None
            raise

    def post(self, path: str, body: Any) -> Any:  # noqa: ANN401 (any JSON value)
        """Make something."""
        return self._send("POST", path, body)

    def put(self, path: str, body: Any) -> Any:  # noqa: ANN401 (any JSON value)
        """Replace something."""
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        login = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        headers = {**_JSON, "Authorization": f"Basic {login}"}
        if self._org is not None:
            headers["X-Grafana-Org-Id"] = str(self._org)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 (the address is the administrator's own)
            self._url + path, data, headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            message = error.read().decode(errors="replace")[:300]
            raise GrafanaRefused(error.code, f"{method} {path}", message) from None

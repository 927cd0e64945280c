"""`python -m grafana.preview` draws the dashboards; `… build` and `… browser` install for it."""

from __future__ import annotations

import os
import socket
import sys
import threading
import webbrowser

import psycopg
import uvicorn

from grafana.preview.npm import PAGE, ROOT, build_page, unpack_browser
from grafana.preview.server import Preview
from grafana.semantics.source import Source
from sandbox import Postgres
from sandbox.postgres_programs import PostgresError

HOST, PORT = "127.0.0.1", "3001"
_SCHEMAS = "analytics,analytics_audit"


def serve() -> str | None:
    """Draw the dashboards over the demo's database, or the one that PGHOST and its like name."""
    port = os.environ.get("PREVIEW_PORT", PORT)
    try:
        # Taken before a browser is sent there: what answers there is ours.
        place = socket.create_server((HOST, int(port)))
    except (OSError, ValueError, OverflowError) as error:
        return f"Port {port} cannot be had ({error}). Another one: make preview PREVIEW_PORT=3002"
    try:
        source = Source(_dsn(), _SCHEMAS)
        with psycopg.connect(source.dsn) as connection:
            connection.execute("select 1 from analytics.clients limit 1")
    except (psycopg.Error, PostgresError) as error:
        return f"There is no loaded database to draw: say `make demo` first.\n{error}"
    address = f"http://{HOST}:{port}/"
    print(f"The dashboards are at {address}  (Ctrl-C ends it)", flush=True)  # noqa: T201
    threading.Timer(1, webbrowser.open, [address]).start()
    app = Preview(source, PAGE).app
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[place])
    return None


def _dsn() -> str:
    if os.environ.get("PGHOST"):
        return ""  # libpq reads the rest from the environment too
    demo = Postgres(ROOT / ".demo" / "postgres")
    if not demo.directory.exists():
        message = f"{demo.directory} is not there"
        raise PostgresError(message)
    demo.start()
    return demo.dsn


if __name__ == "__main__":
    commands = {(): serve, ("build",): build_page, ("browser",): unpack_browser}
    command = commands.get(tuple(sys.argv[1:]))
    sys.exit(command() if command else "python -m grafana.preview [build|browser]")

"""Targets to load into: a small one in memory, and the real one in front of Postgres.

Both keep what a target promises: a record replaces the one with its key, and a state counts
only when every record before it is in.
"""

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from demo.pipeline import ROOT
from sandbox import target_settings

Row = dict[str, Any]
TARGET = ROOT / ".meltano/loaders/target-postgres/venv/bin/klaviyo-loader"


class Memory:
    """Tables as dicts."""

    def __init__(self) -> None:
        self.state: Row = {}
        self._tables: dict[str, dict[tuple, Row]] = defaultdict(dict)
        self._keys: dict[str, list[str]] = {}

    def rows(self, stream: str) -> list[Row]:
        return list(self._tables[stream].values())

    def load(self, lines: list[str], *, is_killed: bool) -> None:
        """Take in what the tap wrote; a killed target loses what came after the last state."""
        waiting: list[tuple[str, Row]] = []
        for line in lines:
            message = json.loads(line)
            if message["type"] == "SCHEMA":
                self._keys[message["stream"]] = message["key_properties"]
            elif message["type"] == "RECORD":
                waiting.append((message["stream"], message["record"]))
            elif message["type"] == "STATE":
                self._write(waiting)
                waiting.clear()
                self.state = message["value"]
        if not is_killed:
            self._write(waiting)

    def _write(self, records: list[tuple[str, Row]]) -> None:
        for stream, record in records:
            key = tuple(record[name] for name in self._keys[stream])
            self._tables[stream][key] = record


class Postgres:
    """The standard target as a process, with the settings of meltano.yml."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.state: Row = {}
        self._dsn = psycopg.conninfo.make_conninfo(
            host=env["PGHOST"], port=env["PGPORT"], user=env["PGUSER"],
            password=env["PGPASSWORD"], dbname=env["PGDATABASE"],
        )  # fmt: skip
        config = {
            **target_settings(env),
            "default_target_schema": "tap_klaviyo", "use_copy": True,
            "validate_records": False, "batch_size_rows": 500, "add_record_metadata": True,
            "activate_version": False, "hard_delete": False,
        }  # fmt: skip
        self._config = folder / "target.json"
        self._config.write_text(json.dumps(config))

    def rows(self, stream: str) -> list[Row]:
        with psycopg.connect(self._dsn, row_factory=dict_row) as connection:
            query = sql.SQL("select to_jsonb(t) as row from tap_klaviyo.{} as t")
            found = connection.execute(query.format(sql.Identifier(stream))).fetchall()
        return [row["row"] for row in found]

    def load(self, lines: list[str], *, is_killed: bool) -> None:
        """Take in what the tap wrote; the killed target has read two thirds of it."""
        end = len(lines) * 2 // 3 if is_killed else len(lines)
        with subprocess.Popen(
            [TARGET, "--config", self._config],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as target:  # fmt: skip
            if is_killed:
                target.stdin.write("".join(lines[:end]))
                target.stdin.flush()
                target.kill()
                states = target.stdout.read()
            else:
                states, log = target.communicate("".join(lines))
                assert target.returncode == 0, log[-3000:]
        whole = [line for line in states.splitlines(keepends=True) if line.endswith("\n")]
        if whole:
            self.state = json.loads(whole[-1])

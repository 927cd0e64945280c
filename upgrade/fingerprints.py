"""What the rows of a model rest on, as a digest: the model's SQL, its macros, all models it reads.

dbt writes only the newest days of an incremental model. If what its rows rest on has changed, the
older days have to be computed again, and so have those of every model that reads it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql

from check.database import exists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

    Session = psycopg.Connection[Any]

Manifest = dict[str, Any]
DECIDING = ("materialized", "incremental_strategy", "unique_key", "meta")
"""Configuration on which a model's rows depend."""

NAME = "model_fingerprints"
TABLE = """
create table if not exists {table} (
    schema_name text not null,
    table_name text not null,
    digest text not null,
    stored_at timestamptz not null default now(),
    primary key (schema_name, table_name)
)
"""


class Relation(NamedTuple):
    """A table or view that dbt makes, by its place in the database."""

    schema: str
    name: str


class Models:
    """The models of a project, as its manifest describes them."""

    def __init__(self, manifest: Manifest) -> None:
        """Take what `dbt parse` wrote."""
        self._nodes: dict[str, Any] = manifest["nodes"]
        self._macros: dict[str, Any] = manifest["macros"]
        self._project = manifest["metadata"]["project_name"]
        self._digests: dict[str, str] = {}

    def names(self) -> dict[Relation, str]:
        """The name of each model, by its relation."""
        return {_relation(node): node["name"] for _, node in self._models()}

    def digests(self) -> dict[Relation, str]:
        """The digest of each model, by its relation."""
        return {_relation(node): self._digest(key) for key, node in self._models()}

    @property
    def home(self) -> str:
        """The schema of the staging models, where the digests are kept."""
        schemas = {node["schema"] for _, node in self._models() if node["fqn"][1] == "staging"}
        (schema,) = schemas
        return str(schema)

    def _models(self) -> Iterator[tuple[str, Any]]:
        for key, node in self._nodes.items():
            if node["resource_type"] == "model":
                yield key, node

    def _digest(self, key: str) -> str:
        if key not in self._digests:
            node = self._nodes[key]
            read = [one for one in node["depends_on"]["nodes"] if one.startswith("model.")]
            parts = [
                node["raw_code"],
                {name: node["config"].get(name) for name in DECIDING},
                sorted(self._macro_texts(node["depends_on"]["macros"])),
                sorted(self._digest(one) for one in read),
            ]
            text = json.dumps(parts, sort_keys=True)
            self._digests[key] = hashlib.sha256(text.encode()).hexdigest()
        return self._digests[key]

    def _macro_texts(self, keys: list[str]) -> set[str]:
        """The project's own macros behind these, and those that they call."""
        found: dict[str, str] = {}
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in found and key.startswith(f"macro.{self._project}."):
                found[key] = self._macros[key]["macro_sql"]
                waiting += self._macros[key]["depends_on"]["macros"]
        return set(found.values())


def _relation(node: Mapping[str, Any]) -> Relation:
    return Relation(node["schema"], node["alias"])


def stored(session: Session, home: str) -> dict[Relation, str]:
    """The digests of the last upgrade; none before the first one."""
    if not exists(session, home, NAME):
        return {}
    table = sql.Identifier(home, NAME)
    query = sql.SQL("select schema_name, table_name, digest from {}").format(table)
    return {Relation(schema, name): digest for schema, name, digest in session.execute(query)}


def store(session: Session, home: str, digests: Mapping[Relation, str]) -> list[Relation]:
    """Keep the digests.

    Returns:
        The relations of the last upgrade that no model makes any more. Their rows are not touched.
    """
    table = sql.Identifier(home, NAME)
    insert = sql.SQL("insert into {} (schema_name, table_name, digest) values (%s, %s, %s)")
    with session.transaction(), session.cursor() as cursor:
        cursor.execute(sql.SQL(TABLE).format(table=table))
        gone = sorted(stored(session, home).keys() - digests.keys())
        cursor.execute(sql.SQL("delete from {}").format(table))
        rows = [(*relation, digest) for relation, digest in digests.items()]
        cursor.executemany(insert.format(table), rows)
    return gone

"""The standard sink, with a fast path for plain records of plain streams."""

from __future__ import annotations

import contextlib
import typing as t
from functools import partial

import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from target_postgres.sinks import PostgresSink

from klaviyo_loader.database import Connector
from klaviyo_loader.fields import Field, NotPlainError, field_of
from klaviyo_loader.merge import Merge
from klaviyo_loader.rows import METADATA, OF_THE_RUN, Metadata, Rows

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_sdk.metrics import Timer

    from klaviyo_loader.loader import Loader
    from klaviyo_loader.rows import Envelope

KEEPS_UNCHANGED = "x-keep-unchanged"
"""In a stream's schema: a row that a record would not change may stay as it is, with the `_sdc_`
columns of the run that wrote it. For streams whose liveness is told elsewhere."""
BATCH_BYTES = 12_000_000
"""A full batch; up to three are in memory: pending, queued, being written."""

ONE_AT_A_TIME = sa.text(
    "select pg_advisory_xact_lock(hashtext('klaviyo-reporting'), hashtext('tables'))"
)
"""Until its transaction ends: the standard sink first looks, then creates. Shards that start on a
new database would all find nothing, and all but one would fail."""


class Sink(PostgresSink):
    """One stream's sink.

    A batch takes one path as a whole: while records of the standard path are pending, plain ones
    join them. Before the standard path writes, the writer has stored everything that came earlier.
    """

    connector_class = Connector
    _rows: Rows | None = None
    _is_empty = False

    def __init__(self, target: Loader, **kwargs: t.Any) -> None:  # noqa: ANN401 - the standard's
        """See the standard sink."""
        super().__init__(target=target, **kwargs)
        self._writer = target.writer

    def setup(self) -> None:
        """Create or widen the table as the standard sink does, then check whether it is plain."""
        with self.connector._connect() as connection, connection.begin():  # noqa: SLF001
            connection.execute(ONE_AT_A_TIME)
            super().setup()
            self._is_empty = self._has_no_row(connection)
        self._rows = self._new_rows()

    @property
    def is_plain(self) -> bool:
        """Whether the stream's records may take the fast path."""
        return self._rows is not None

    @property
    def is_full(self) -> bool:
        """Whether the batch has reached its limit of rows or bytes."""
        return super().is_full or (self._rows is not None and self._rows.size >= BATCH_BYTES)

    @property
    def batch_processing_timer(self) -> Timer:
        """The standard timer; the writer thread times plain batches itself."""
        if self._rows:
            return t.cast("Timer", contextlib.nullcontext())
        return super().batch_processing_timer

    def take(self, message: Envelope) -> bool:
        """Add a record to the plain batch; false if it must take the standard path."""
        if self._rows is None or self._pending_batch is not None:
            return False
        try:
            self._rows.add(message)
        except NotPlainError:
            return False
        self.tally_record_read()
        return True

    def process_batch(self, context: dict[str, t.Any]) -> None:
        """Queue plain records; write others here, after everything queued before them."""
        self._hand_over()
        if "records" in context:
            self._writer.wait()
            super().process_batch(context)
            if self._rows is not None:  # the SDK may have warned of more properties
                self._rows = self._new_rows()

    def activate_version(self, new_version: int) -> None:
        """Activate a version once everything before it is stored."""
        self._hand_over()
        self._writer.wait()
        super().activate_version(new_version)

    def _get_context(self, record: dict[str, t.Any]) -> dict[str, t.Any]:
        """Called for each record of the standard path; queues pending plain records first."""
        self._hand_over()
        return super()._get_context(record)

    def _hand_over(self) -> None:
        if not self._rows:
            return
        self.record_counter_metric.increment(self.current_size)
        self.mark_drained()
        names, keys = self._rows.names, self.key_properties
        merge = Merge(self._table, names, keys, self.temp_table_name, self._compared(names))
        self._writer.give(partial(self._write, merge, self._rows.take()))

    def _compared(self, names: Sequence[str]) -> list[str] | None:
        """The columns that decide whether a row is written, or None if it always is."""
        if not self.schema.get(KEEPS_UNCHANGED, False):
            return None
        return [name for name in names if name not in {*self.key_properties, *OF_THE_RUN}]

    def _write(self, merge: Merge, lines: list[bytes]) -> None:
        """Store a batch; straight into the table as long as each key in it is new.

        A table without rows at the beginning is loaded for the first time.
        """
        with self.get_batch_processing_timer(), self.connector._connect() as connection:  # noqa: SLF001
            if self._is_empty:
                try:
                    return merge.copy(connection, lines)
                except UniqueViolation:
                    self._is_empty = False
            return merge.run(connection, lines)

    def _has_no_row(self, connection: sa.Connection) -> bool:
        table = sa.table(self.table_name, schema=self.schema_name)
        return connection.scalar(sa.select(~sa.exists(sa.select(1).select_from(table)))) is True

    @property
    def _table(self) -> tuple[str, ...]:
        return (self.schema_name, self.table_name) if self.schema_name else (self.table_name,)

    def _new_rows(self) -> Rows | None:
        """An empty plain batch, or None if the stream is not plain."""
        fields = self._fields() if self._may_be_quick() else None
        if fields is None:
            return None
        metadata = self.include_sdc_metadata_properties
        return Rows(
            fields, self._ignored(fields), Metadata(self.sync_started_at) if metadata else None
        )

    def _may_be_quick(self) -> bool:
        config = self.config
        return bool(
            config["quick"]
            and config["use_copy"]
            and self.key_properties
            and not self.validate_schema
            and not config.get("sanitize_null_text_characters")
            and self.connector._engine.dialect.driver == "psycopg"  # noqa: SLF001
            and self._has_its_key()
        )

    def _has_its_key(self) -> bool:
        inspector = sa.inspect(self.connector._engine)  # noqa: SLF001
        found = inspector.get_pk_constraint(self.table_name, self.schema_name)
        return set(found["constrained_columns"]) == set(self.key_properties)

    def _fields(self) -> list[Field] | None:
        """One field per column that the tap fills, or None if a column is not plain."""
        own = set(METADATA) if self.include_sdc_metadata_properties else set()
        stored = self._stored_types()
        fields = [
            field_of(
                column,
                stored.get(column.name),
                self.schema["properties"][column.name],
                is_key=column.name in self.key_properties,
            )
            for column in self.column_representation(self.schema)
        ]
        plain = [field for field in fields if field is not None]
        if len(plain) < len(fields) or own.intersection(self.key_properties):
            return None
        return [field for field in plain if field.name not in own]

    def _stored_types(self) -> dict[str, str]:
        """Postgres' names of the types of the table's columns."""
        engine = self.connector._engine  # noqa: SLF001
        found = sa.inspect(engine).get_columns(self.table_name, self.schema_name)
        return {
            column["name"]: column["type"].compile(engine.dialect)
            for column in found
            if not isinstance(column["type"], sa.types.NullType)
        }

    def _ignored(self, fields: list[Field]) -> set[str] | None:
        """Properties without a column that the SDK drops, or has warned about already."""
        if self.schema.get("additionalProperties", False):
            return None
        known = {*METADATA, "_sdc_deleted_at", *self._warned_missing_fields}
        return known - {field.name for field in fields}

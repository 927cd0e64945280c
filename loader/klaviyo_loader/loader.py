"""The standard target with a fast path, and a run log that survives interrupted runs."""

from __future__ import annotations

import sys
import typing as t
from copy import deepcopy
from functools import cached_property

import msgspec
from singer_sdk import typing as th
from singer_sdk.mapper import SameRecordTransform
from target_postgres.target import TargetPostgres

from klaviyo_loader.database import ERRORS, PARTS, reason
from klaviyo_loader.lines import Lines, skip_to_a_pause
from klaviyo_loader.reader import Reader
from klaviyo_loader.rows import Envelope
from klaviyo_loader.sink import Sink
from klaviyo_loader.writer import Writer

if t.TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

    from singer_sdk.sinks import Sink as AnySink

RUN_LOG = "sync_log"
QUICK = th.PropertiesList(
    th.Property(
        "quick",
        th.BooleanType,
        default=True,
        description=(
            "Load plain records through COPY and ON CONFLICT, without parsing them into objects. "
            "If false, all records take the standard path; the tables are the same either way. "
            "Needs `use_copy: true` and `validate_records: false`."
        ),
    )
).to_dict()

_envelope = msgspec.json.Decoder(Envelope).decode


class Loader(TargetPostgres):
    """Loads plain records through the fast path, and stores the run log first and last.

    When a run begins, the tap emits every stream as failed. This is stored immediately, so that it
    is there even if every process of the run is killed. The tap's last rows are stored after all
    records: a run that the log calls good has its records in the database.
    """

    default_sink_class = Sink
    config_jsonschema: t.ClassVar[dict[str, t.Any]] = deepcopy(TargetPostgres.config_jsonschema)
    del config_jsonschema["properties"]["port"]["default"]  # PGPORT may say another
    config_jsonschema["properties"].update(QUICK["properties"])
    _MAX_RECORD_AGE_IN_MINUTES = 1.0
    _is_announced = False
    _signal = 0
    _told: dict[str, t.Any] | None = None

    @classmethod
    def invoke(cls, **options: t.Any) -> None:  # noqa: ANN401 - as the SDK has it
        """Load; where the database refuses, say why in one line."""
        try:
            super().invoke(**options)
        except ERRORS as error:
            cls.logger.critical(reason(error))
            skip_to_a_pause()
            sys.exit(1)

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:  # noqa: ANN401 - the standard's
        """See the standard target."""
        super().__init__(*args, **kwargs)
        self._plain: dict[str, Sink] = {}
        self.message_reader: Reader = Reader(
            self._take, Lines(self._look, lambda: bool(self._signal))
        )

    @cached_property
    def writer(self) -> Writer:
        """The thread that stores the plain batches of all streams."""
        return Writer()

    def get_sink(
        self,
        stream_name: str,
        *,
        record: dict[str, t.Any] | None = None,
        schema: dict[str, t.Any] | None = None,
        key_properties: t.Sequence[str] | None = None,
    ) -> AnySink:
        """The sink of a stream; drains that of a superseded schema before using its successor."""
        before = self._sinks_active.get(stream_name)
        sink = super().get_sink(
            stream_name, record=record, schema=schema, key_properties=key_properties
        )
        if before is not None and before is not sink:
            self.drain_one(before)
        return sink

    def process_endofpipe(self) -> None:
        """Store everything, and the end of the run log after everything else.

        Raises:
            SystemExit: It was told to stop, so the run is no success.
        """
        run_log = self._sinks_active.pop(RUN_LOG, None)
        super().process_endofpipe()
        if run_log is not None:
            self._store(run_log)
            run_log.clean_up()
        if self._signal:
            sys.exit(128 + self._signal)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Let the login be incomplete, which the standard target refuses."""
        errors = super()._validate_config(raise_errors=raise_errors)
        for part in PARTS:
            self._config.setdefault(part, "")
        return errors

    def _take(self, line: bytes) -> bool:
        """Take a plain record; false for any other line."""
        if not self._plain:
            return False
        try:
            message = _envelope(line)
        except (msgspec.MsgspecError, UnicodeError):
            return False
        sink = self._plain.get(message.stream)
        if sink is None or not sink.take(message):
            return False
        if sink.is_full:
            self.logger.info("Target sink for '%s' is full. Draining...", message.stream)
            self.drain_one(sink)
        return True

    def _look(self) -> None:
        """Raise a failure of the writer, and drain once a minute if there is anything to store."""
        self.writer.check()
        if self._latest_state is not self._told or any(
            sink.current_size for sink in self._sinks_active.values()
        ):
            self._handle_max_record_age()

    def _process_schema_message(self, message_dict: dict[str, t.Any]) -> None:
        """See the standard target; then decide whether the stream may take the fast path."""
        super()._process_schema_message(message_dict)
        stream = message_dict["stream"]
        sink = self._sinks_active.get(stream)
        if isinstance(sink, Sink) and sink.is_plain and self._is_unchanged(stream):
            self._plain[stream] = sink
        else:
            self._plain.pop(stream, None)

    def _is_unchanged(self, stream: str) -> bool:
        """Whether no stream map changes the records of a stream."""
        maps = self.mapper.stream_maps[stream]
        return (
            len(maps) == 1
            and type(maps[0]) is SameRecordTransform
            and not maps[0].flattening_enabled
            and maps[0].stream_alias == stream
        )

    def _process_state_message(self, message_dict: dict[str, t.Any]) -> None:
        """Store the beginning of the run log when the first state tells that it is whole."""
        super()._process_state_message(message_dict)
        if not self._is_announced and RUN_LOG in self._sinks_active:
            self._is_announced = True
            self._store(self._sinks_active[RUN_LOG])

    def _store(self, sink: AnySink) -> None:
        self.drain_one(sink)
        self.writer.wait()

    def _drain_all(self, sink_list: Iterable[AnySink], parallelism: int) -> None:
        """Return once everything is committed; the SDK emits the state next."""
        super()._drain_all(sink_list, parallelism)
        self.writer.wait()

    def _write_state_message(self, state: dict[str, t.Any]) -> None:
        super()._write_state_message(state)
        self._told = self._latest_state

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Go on until the tap has ended, which gets the same signal.

        The standard target drains in the signal handler: on the signal of a terminal, and again,
        in the middle of that, on the one that Meltano sends. Both then fail in part.
        """
        self.logger.warning("Signal %d: storing what the tap has read.", signum)
        self._signal = signum

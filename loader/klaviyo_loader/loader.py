"""The target of the standard loader, with a run log that holds whatever stops a run."""

from __future__ import annotations

import sys
import typing as t
from copy import deepcopy

from singer_sdk.io_base import SingerReader
from target_postgres.target import TargetPostgres

from klaviyo_loader.database import ERRORS, PARTS, Sink, reason
from klaviyo_loader.lines import Lines, skip_to_a_pause

if t.TYPE_CHECKING:
    from types import FrameType

RUN_LOG = "sync_log"


class Reader(SingerReader):
    """Reads messages from standard input."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.default_input = Lines()


class Loader(TargetPostgres):
    """Stores the run log first and last, and ends when the tap has ended.

    The tap says at the beginning that no stream has been read to its end. That is stored at once,
    so that a run of which every process is killed has left it behind. What it says at the end is
    stored when all records are: a run that calls itself good has its records in the database.
    """

    message_reader_class = Reader
    default_sink_class = Sink
    config_jsonschema: t.ClassVar[dict[str, t.Any]] = deepcopy(TargetPostgres.config_jsonschema)
    del config_jsonschema["properties"]["port"]["default"]  # PGPORT may say another
    _is_announced = False
    _signal = 0

    @classmethod
    def invoke(cls, **options: t.Any) -> None:  # noqa: ANN401 - as the SDK has it
        """Load; where the database refuses, say why in one line."""
        try:
            super().invoke(**options)
        except ERRORS as error:
            cls.logger.critical(reason(error))
            skip_to_a_pause()
            sys.exit(1)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Let the login be incomplete, which the standard target refuses."""
        errors = super()._validate_config(raise_errors=raise_errors)
        for part in PARTS:
            self._config.setdefault(part, "")
        return errors

    def _process_state_message(self, message_dict: dict[str, t.Any]) -> None:
        """Store the beginning of the run log when the first state tells that it is whole."""
        super()._process_state_message(message_dict)
        if not self._is_announced and RUN_LOG in self._sinks_active:
            self._is_announced = True
            self.drain_one(self._sinks_active[RUN_LOG])

    def process_endofpipe(self) -> None:
        """Store everything, and the end of the run log after everything else.

        Raises:
            SystemExit: It was told to stop, so the run is no success.
        """
        run_log = self._sinks_active.pop(RUN_LOG, None)
        super().process_endofpipe()
        if run_log is not None:
            self.drain_one(run_log)
            run_log.clean_up()
        if self._signal:
            sys.exit(128 + self._signal)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Go on until the tap has ended, which whoever stops a run has told to stop as well.

        The standard target empties itself on the spot: on the signal of a terminal, and once more
        on the one that Meltano sends after it, amid the first time. Both then fail in part.
        """
        self.logger.warning("Signal %d: storing what the tap has read.", signum)
        self._signal = signum
        self.message_reader.default_input.is_stopped = True

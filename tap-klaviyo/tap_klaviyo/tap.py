"""The tap: its settings, its streams and the course of a run."""

from __future__ import annotations

import signal
import sys
import threading
import typing as t
import uuid
from datetime import datetime, timedelta
from functools import cached_property

from singer_sdk.exceptions import ConfigValidationError

from tap_klaviyo import streams
from tap_klaviyo.account import Account
from tap_klaviyo.cli import CommandLine
from tap_klaviyo.client.errors import AccountFailed
from tap_klaviyo.client.http import ClientOptions
from tap_klaviyo.config import schema, validation
from tap_klaviyo.config.shards import Shard
from tap_klaviyo.run.key_check import check_keys, report
from tap_klaviyo.run.opening import open_accounts
from tap_klaviyo.run.output import buffer_output
from tap_klaviyo.run.read_ahead import ReadAheadBudget
from tap_klaviyo.run.runner import Runner
from tap_klaviyo.run.summary import summarize
from tap_klaviyo.streams.stream_run import RunContext
from tap_klaviyo.times import UTC, parse

if t.TYPE_CHECKING:
    from types import FrameType

    from tap_klaviyo.streams.base import KlaviyoStream
    from tap_klaviyo.streams.sync_log import SyncLog

DEFAULT_HISTORY = timedelta(days=364)  # its whole local days still fit into one year
CLOCK_MARGIN = timedelta(minutes=1)  # Klaviyo rejects windows that end in the future by its clock
SHUTDOWN_SECONDS = 5  # a stopped run may take so long to write its log and state


class TapKlaviyo(CommandLine):
    """Singer tap for Klaviyo: many accounts in one run."""

    name = "tap-klaviyo"
    package_name = "tap-klaviyo"
    config_jsonschema = schema.SETTINGS.to_dict()
    _runner: Runner | None = None

    @cached_property
    def until(self) -> datetime:
        """The end of this run's windows: a minute before the run began, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0) - CLOCK_MARGIN

    @cached_property
    def start_date(self) -> datetime:
        """Where an account's first run begins."""
        configured = self.config.get("start_date")
        start = parse(configured) if configured else self.until - DEFAULT_HISTORY
        return start.replace(microsecond=0)

    @cached_property
    def run_context(self) -> RunContext:
        """What all streams of the run share."""
        return RunContext(dict(self.config), self.start_date, self.until, ReadAheadBudget())

    @cached_property
    def run_id(self) -> str:
        """Id of this run in `sync_log`, shared by the shards of a day; sorts by time."""
        if configured := self.config.get("run_id"):
            return str(configured)
        return f"{self.until + CLOCK_MARGIN:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"

    def discover_streams(self) -> list[KlaviyoStream]:
        """Every stream; needs neither key nor network."""
        return [stream(self) for stream in streams.ALL]

    @cached_property
    def configured_accounts(self) -> list[Account]:
        """The accounts of the settings that this shard reads, not yet opened."""
        options = ClientOptions(
            api_url=self.config["api_url"].rstrip("/"),
            revision=self.config["revision"],
            max_retry_wait=self.config["max_retry_wait_seconds"],
            in_flight=threading.Semaphore(self.config["concurrency"]),
        )
        client = self.config.get("client") or "default"
        only = {"client": client, "api_key": self.config.get("api_key")}
        entries = self.config.get("accounts") or [only]
        return [
            Account(entry["client"], entry["api_key"], options)
            for entry in entries
            if self.shard is None or self.shard.has(entry["client"])
        ]

    @cached_property
    def shard(self) -> Shard | None:
        """The part of the accounts that this run reads; None for all of them."""
        text = self.config.get("shard")
        return Shard.parse(text) if text else None

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts whose keys work; the others are logged and left out.

        Raises:
            AccountFailed: None of the keys works.
        """
        accounts = open_accounts(
            self.configured_accounts,
            self._account_ids(),
            self.streams,
            threads=self.config["concurrency"],
        )
        self._save_account_ids(accounts)
        return accounts

    def sync_all(self) -> None:  # type: ignore[misc]
        """Read everything that is new for every account.

        The SDK's own loop reads one stream of one account at a time. This one writes the same
        messages for the same streams, but reads them concurrently (docs/decisions/).

        Raises:
            AccountFailed: No account could be read.
        """
        if not self.configured_accounts:
            self.logger.info("Shard %s has none of the accounts: nothing to read.", self.shard)
            return
        self.logger.info("Run %s reads %d accounts.", self.run_id, len(self.configured_accounts))
        buffer_output()
        self._reset_state_progress_markers()
        selected = [t.cast("KlaviyoStream", s) for s in self.streams.values() if s.selected]
        for stream in selected:
            stream._write_schema_message()  # noqa: SLF001 - as the SDK's loop does
        log = t.cast("SyncLog", self.streams["sync_log"])
        streams = [stream for stream in selected if stream is not log]
        known = self._known_accounts()
        log.emit(known)
        try:
            log.emit([account for account in self.accounts if account not in known])
            self.state_writer.write_state(self.state)
            self._runner = Runner(self)
            self._runner.run(streams, self.accounts)
        finally:
            log.emit(self.configured_accounts)
            self.state_writer.write_state(self.state)
            leaders = [stream.leader.name for stream in streams]
            for level, text in summarize(self.configured_accounts, leaders):
                self.logger.log(level, "%s", text)

    def run_connection_test(self) -> bool:  # type: ignore[misc]
        """Check every key for what a run would read; the log has what each lacks.

        Raises:
            AccountFailed: None of the keys works.
        """
        selected = [stream.name for stream in self.streams.values() if stream.selected]
        checks = list(check_keys(self.configured_accounts, selected, self._account_ids()))
        for level, text in report(checks):
            self.logger.log(level, "%s", text)
        if checks and all(check.refused for check in checks):
            msg = "No key works; the log has the reason for each of them."
            raise AccountFailed(msg)
        return True

    def _known_accounts(self) -> list[Account]:
        """The accounts listed in the state; they get their ids before they are opened."""
        ids = self._account_ids()
        known = [account for account in self.configured_accounts if account.client in ids]
        for account in known:
            account.id = ids[account.client]
        return known

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End a run that was stopped, never with success.

        The SDK exits with status 0: Meltano would take the run for complete and go on to the next
        step of the job. Meltano sends a second signal after Ctrl-C, which must not interrupt the
        shutdown; and if the reader is gone, writing blocks forever.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if hasattr(signal, "alarm"):
            signal.alarm(SHUTDOWN_SECONDS)
        self.logger.warning("Stopped by signal %d.", signum)
        if self._runner is None:
            sys.exit(128 + signum)
        self._runner.stop(128 + signum)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check all settings before anything is read; no message contains a key.

        Raises:
            ConfigValidationError: Something is wrong; its message says what, on one line.
        """
        self._config = schema.normalize(self._config)
        errors = []
        try:
            super()._validate_config(raise_errors=True)
        except ConfigValidationError as error:
            errors = schema.without_own_settings(error.errors)
        problems = validation.problems(self._config)
        errors += [f"`{name}`: {problem}" for name, problem in problems.items()]
        if errors and raise_errors:
            raise ConfigValidationError("; ".join(errors), errors=errors)
        return errors

    @property
    def _env_var_config(self) -> dict[str, t.Any]:
        """The settings in the environment."""
        try:
            return t.cast("dict[str, t.Any]", super()._env_var_config)
        except ValueError as error:
            msg = f"A setting in the environment (TAP_KLAVIYO_…) has the wrong format: {error}"
            raise ConfigValidationError(msg, errors=[msg]) from None

    def _account_ids(self) -> dict[str, str]:
        """The account each client's key belongs to, as the state has it."""
        bookmarks = self.state.setdefault("bookmarks", {})
        clients = bookmarks.setdefault("accounts", {}).setdefault("clients", {})
        return t.cast("dict[str, str]", clients)

    def _save_account_ids(self, accounts: list[Account]) -> None:
        self._account_ids().update({account.client: account.id for account in accounts})

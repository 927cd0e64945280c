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
from tap_klaviyo.client.errors import AccountFailed, KlaviyoError, RevisionRetired
from tap_klaviyo.client.http import Connection
from tap_klaviyo.config import schema, validation
from tap_klaviyo.run.isolation import described
from tap_klaviyo.run.key_check import report, try_keys
from tap_klaviyo.run.output import buffer_output
from tap_klaviyo.run.runner import Conductor, status_of
from tap_klaviyo.run.summary import last_words
from tap_klaviyo.run.threads import in_threads
from tap_klaviyo.run.time_slices import Share
from tap_klaviyo.times import UTC, parse

if t.TYPE_CHECKING:
    from types import FrameType

    from tap_klaviyo.streams.base import KlaviyoStream
    from tap_klaviyo.streams.sync_log import SyncLog

DEFAULT_REACH = timedelta(days=364)  # whole local days of it still fit into one year
SETTLING = timedelta(minutes=1)  # Klaviyo refuses windows that end in the future, by its clock
FAREWELL_SECONDS = 5  # a stopped run has so long to write its log and state
JOBS = 512  # streams of accounts under way at once; nearly all wait for a limit of Klaviyo's


class TapKlaviyo(CommandLine):
    """Singer tap for Klaviyo: many accounts in one run."""

    name = "tap-klaviyo"
    package_name = "tap-klaviyo"
    config_jsonschema = schema.SETTINGS.to_dict()
    _conductor: Conductor | None = None

    @cached_property
    def until(self) -> datetime:
        """The end of this run's windows: a minute ago when the run began, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0) - SETTLING

    @cached_property
    def start_date(self) -> datetime:
        """Where an account's first run begins."""
        configured = self.config.get("start_date")
        start = parse(configured) if configured else self.until - DEFAULT_REACH
        return start.replace(microsecond=0)

    @cached_property
    def share(self) -> Share:
        """Divides what is read ahead of events between the accounts."""
        return Share()

    @cached_property
    def run_id(self) -> str:
        """Names this run in `sync_log`; sorts by time."""
        return f"{self.until + SETTLING:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"

    def discover_streams(self) -> list[KlaviyoStream]:
        """Every stream; needs neither key nor network."""
        return [stream(self) for stream in streams.ALL]

    @cached_property
    def brands(self) -> list[Account]:
        """The accounts of the settings, not yet opened."""
        connection = Connection(
            api_url=self.config["api_url"].rstrip("/"),
            revision=self.config["revision"],
            max_retry_wait=self.config["max_retry_wait_seconds"],
            in_flight=threading.Semaphore(self.config["concurrency"]),
        )
        client = self.config.get("client") or "default"
        only = {"client": client, "api_key": self.config.get("api_key")}
        entries = self.config.get("accounts") or [only]
        return [Account(entry["client"], entry["api_key"], connection) for entry in entries]

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts whose keys work; the others are logged and left out.

        Raises:
            AccountFailed: Not one key works.
        """
        works = dict(in_threads(self._open, self.brands, self.config["concurrency"]))
        opened = [brand for brand in self.brands if works[brand]]
        accounts = self._without_twins(opened)
        if not accounts:
            msg = "No account could be read; the log says why for each of them."
            raise AccountFailed(msg)
        self._remember(accounts)
        return accounts

    def sync_all(self) -> None:  # type: ignore[misc]
        """Read everything that is new for every account.

        The SDK's own loop reads one stream of one account at a time. This one writes the same
        messages for the same streams, but reads them side by side (docs/decisions/).

        Raises:
            AccountFailed: Not one account could be read.
        """
        self.logger.info("Run %s reads %d accounts.", self.run_id, len(self.brands))
        buffer_output()
        self._reset_state_progress_markers()
        selected = [t.cast("KlaviyoStream", s) for s in self.streams.values() if s.selected]
        for stream in selected:
            stream._write_schema_message()  # noqa: SLF001 - what the SDK's loop does
        log = t.cast("SyncLog", self.streams["sync_log"])
        streams = [stream for stream in selected if stream is not log]
        known = self._known_brands()
        log.emit(known)
        try:
            accounts = self.accounts
            log.emit([account for account in accounts if account not in known])
            self.state_writer.write_state(self.state)
            self._conductor = Conductor(self, JOBS)
            self._conductor.run(streams, accounts)
        finally:
            log.emit(self.brands)
            self.state_writer.write_state(self.state)
            for level, text in last_words(self.brands, [s.leader.name for s in streams]):
                self.logger.log(level, "%s", text)

    def run_connection_test(self) -> bool:  # type: ignore[misc]
        """Try every key on what a run would read; the log says what each lacks.

        Raises:
            AccountFailed: No key works.
        """
        selected = [stream.name for stream in self.streams.values() if stream.selected]
        trials = list(try_keys(self.brands, selected, self._clients_state()))
        for level, text in report(trials):
            self.logger.log(level, "%s", text)
        if all(trial.refused for trial in trials):
            msg = "No key works."
            raise AccountFailed(msg)
        return True

    def _known_brands(self) -> list[Account]:
        """The brands whose accounts the state names; they bear their ids before they are opened."""
        known = self._clients_state()
        brands = [brand for brand in self.brands if brand.client in known]
        for brand in brands:
            brand.id = known[brand.client]
        return brands

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End a run that was told to stop, and never as a success.

        The SDK ends with status 0, which Meltano takes for a whole run and goes on to the next
        step of the job. Meltano sends a second signal after Ctrl-C, which must not break off the
        farewell; and when nobody reads what the tap writes any more, writing it never ends.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if hasattr(signal, "alarm"):
            signal.alarm(FAREWELL_SECONDS)
        self.logger.warning("Stopped by signal %d.", signum)
        if self._conductor is None:
            sys.exit(128 + signum)
        self._conductor.stop(128 + signum)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check all settings before anything is read; no message shows a key.

        Raises:
            ConfigValidationError: Something is wrong; its message is one line that says what.
        """
        self._config = schema.tidy(self._config)
        errors = []
        try:
            super()._validate_config(raise_errors=True)
        except ConfigValidationError as error:
            errors = schema.of_the_sdk(error.errors)
        errors += [
            f"`{name}`: {words}" for name, words in validation.problems(self._config).items()
        ]
        if errors and raise_errors:
            raise ConfigValidationError("; ".join(errors), errors=errors)
        return errors

    @property
    def _env_var_config(self) -> dict[str, t.Any]:
        """The settings in the environment."""
        try:
            return t.cast("dict[str, t.Any]", super()._env_var_config)
        except ValueError as error:
            msg = f"A setting in the environment (TAP_KLAVIYO_…) is not of its form: {error}"
            raise ConfigValidationError(msg, errors=[msg]) from None

    def _open(self, brand: Account) -> bool:
        """Whether the account can be read; an answer nobody foresaw costs this brand alone."""
        known = self._clients_state().get(brand.client)
        try:
            brand.open(known)
        except RevisionRetired:
            raise
        except KlaviyoError as error:
            self._give_up(brand, error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this brand's alone
            msg = f"Unforeseen {described(error)}. Please report this."
            self._give_up(brand, AccountFailed(msg))
            return False
        return True

    def _without_twins(self, opened: list[Account]) -> list[Account]:
        """Leave out accounts that an earlier entry already reads."""
        by_id: dict[str, Account] = {}
        for account in opened:
            twin = by_id.setdefault(account.id, account)
            if twin is not account:
                message = (
                    f"The key of client {account.client!r} belongs to the account of client "
                    f"{twin.client!r}: remove one of them from `accounts`."
                )
                account.id = f"client:{account.client}"
                self._give_up(account, AccountFailed(message))
        return list(by_id.values())

    def _give_up(self, account: Account, error: KlaviyoError) -> None:
        self.logger.error("%s is left out of this run: %s", account.client, error)
        for stream in self.streams:
            tally = account.tallies[stream]
            tally.trouble(status_of(error), str(error))
            tally.started_at = tally.finished_at = datetime.now(UTC)

    def _clients_state(self) -> dict[str, str]:
        """Which account each client's key belonged to, from the state."""
        bookmarks = self.state.setdefault("bookmarks", {})
        clients = bookmarks.setdefault("accounts", {}).setdefault("clients", {})
        return t.cast("dict[str, str]", clients)

    def _remember(self, accounts: list[Account]) -> None:
        self._clients_state().update({account.client: account.id for account in accounts})

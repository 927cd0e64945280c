"""The tap: its settings, its streams and the course of a run."""

from __future__ import annotations

import io
import signal
import sys
import threading
import typing as t
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property

from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError

from tap_klaviyo import settings, streams
from tap_klaviyo.account import Account
from tap_klaviyo.conductor import Conductor, status_of
from tap_klaviyo.errors import AccountFailed, KlaviyoError, RevisionRetired
from tap_klaviyo.pieces import Share
from tap_klaviyo.times import UTC, parse
from tap_klaviyo.transport import Connection

if t.TYPE_CHECKING:
    from types import FrameType

    from tap_klaviyo.streams.base import KlaviyoStream, Records

DEFAULT_REACH = timedelta(days=364)  # whole local days of it still fit into one year
SETTLING = timedelta(minutes=1)  # Klaviyo refuses windows that end in the future, by its clock
FAREWELL_SECONDS = 5  # a stopped run has so long to write its log and state
JOBS = 512  # streams of accounts under way at once; nearly all wait for a limit of Klaviyo's


class TapKlaviyo(Tap):
    """Singer tap for Klaviyo: many accounts in one run."""

    name = "tap-klaviyo"
    package_name = "tap-klaviyo"
    config_jsonschema = settings.SETTINGS.to_dict()
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
        entries = self.config.get("accounts") or [_only_account(self.config)]
        _check_clients([entry["client"] for entry in entries])
        return [Account(entry["client"], entry["api_key"], connection) for entry in entries]

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts whose keys work; the others are logged and left out.

        Raises:
            AccountFailed: Not one key works.
        """
        with ThreadPoolExecutor(self.config["concurrency"]) as pool:
            works = list(pool.map(self._open, self.brands))
        opened = [brand for brand, ok in zip(self.brands, works, strict=True) if ok]
        accounts = self._without_twins(opened)
        if not accounts:
            msg = "No account could be read; the log says why for each of them."
            raise AccountFailed(msg)
        self._remember(accounts)
        return accounts

    @classmethod
    def invoke(cls, **options: t.Any) -> None:  # noqa: ANN401 - the options of the command line
        """Run the command line; trouble that has a name ends it with a message, no traceback."""
        try:
            super().invoke(**options)
        except KlaviyoError as error:
            cls.logger.critical("%s", error)
            sys.exit(1)

    def sync_all(self) -> None:  # type: ignore[misc]
        """Read everything that is new for every account.

        The SDK's own loop reads one stream of one account at a time. This one writes the same
        messages for the same streams, but reads them side by side (docs/decisions/).

        Raises:
            AccountFailed: Not one account could be read.
        """
        self.logger.info("Run %s reads %d accounts.", self.run_id, len(self.brands))
        _buffer_output()
        self._reset_state_progress_markers()
        selected = [t.cast("KlaviyoStream", s) for s in self.streams.values() if s.selected]
        for stream in selected:
            stream._write_schema_message()  # noqa: SLF001 - what the SDK's loop does
        log = [stream for stream in selected if stream.name == "sync_log"]
        try:
            accounts = self.accounts
            self._conductor = Conductor(self, JOBS)
            self._conductor.run([stream for stream in selected if stream not in log], accounts)
        finally:
            self._report_changes()
            self._report_unread(selected)
            for stream in log:
                for brand in self.brands:
                    for item in stream.read(brand):
                        stream.write(t.cast("Records", item))
            self.state_writer.write_state(self.state)

    def _report_changes(self) -> None:
        """Say what had to be changed because no database could hold it, once per kind."""
        for brand in self.brands:
            for stream, tally in brand.tallies.items():
                for kind, times in tally.changes.items():
                    self.logger.warning("%s, %s: %d %s", brand.client, stream, times, kind)

    def _report_unread(self, selected: list[KlaviyoStream]) -> None:
        """Book what a run that was stopped did not come to, or to the end of, as failed."""
        leaders = {stream.leader.name for stream in selected if stream.name != "sync_log"}
        for brand in self.brands:
            for tally in (brand.tallies[name] for name in leaders):
                if tally.finished_at is None:
                    tally.trouble("failed", "The run was stopped; the next one goes on from here.")
                    tally.finished_at = datetime.now(UTC)

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
        """Check the settings, `accounts` as JSON text too; no message shows what they hold."""
        self._config.update(settings.decoded(self._config))
        try:
            return super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            errors = [settings.without_value(text) for text in error.errors]
            raise ConfigValidationError(str(error), errors=errors, schema=error.schema) from None

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
        except Exception as error:
            self.logger.exception("Unforeseen error, please report it")
            self._give_up(brand, AccountFailed(f"Unforeseen {type(error).__name__}: {error}"))
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


def _buffer_output() -> None:
    """Give the output a buffer where `PYTHONUNBUFFERED` took it away.

    Without one, Python drops the rest of a line whose writing a signal interrupts.
    """
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.FileIO):
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")


def _only_account(config: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The one-account form of the settings, as an entry of `accounts`."""
    if not config.get("api_key"):
        msg = "There is no key to read with: set `accounts` (a list of client and api_key)."
        raise ConfigValidationError(msg, errors=[msg])
    return {"client": config.get("client") or "default", "api_key": config["api_key"]}


def _check_clients(clients: list[str]) -> None:
    twice = sorted({client for client in clients if clients.count(client) > 1})
    if twice:
        msg = (
            f"`accounts` names {', '.join(twice)} more than once: every client needs its own name."
        )
        raise ConfigValidationError(msg, errors=[msg])

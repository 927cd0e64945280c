"""Opening accounts: which key belongs to which account, and which accounts are left out."""

from __future__ import annotations

import logging
import typing as t
from datetime import datetime
from functools import partial

from tap_klaviyo.client.errors import AccountFailed, KlaviyoError, RevisionRetired
from tap_klaviyo.run.isolation import describe
from tap_klaviyo.run.run_stats import status_of
from tap_klaviyo.run.threads import in_threads
from tap_klaviyo.times import UTC

if t.TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tap_klaviyo.account import Account

logger = logging.getLogger("tap-klaviyo")


def open_accounts(
    accounts: Sequence[Account],
    known_ids: Mapping[str, str],
    streams: Collection[str],
    threads: int,
) -> list[Account]:
    """Ask Klaviyo for every account; returns those that can be read, in the same order.

    Args:
        accounts: The configured accounts.
        known_ids: The account each client's key belonged to in earlier runs.
        streams: Names of all streams: for an account that is left out, all of them failed.
        threads: The most accounts opened concurrently.

    Raises:
        RevisionRetired: No account can be read.
        AccountFailed: None of the accounts could be read.
    """
    open_one = partial(_open, known_ids, streams)
    is_open = dict(in_threads(open_one, accounts, threads))
    opened = _drop_duplicates([account for account in accounts if is_open[account]], streams)
    if not opened:
        msg = "No account could be read; the log has the reason for each of them."
        raise AccountFailed(msg)
    return opened


def _open(known_ids: Mapping[str, str], streams: Collection[str], account: Account) -> bool:
    """Whether the account can be read; an unexpected error affects only this account."""
    try:
        account.open(known_ids.get(account.client))
    except RevisionRetired:
        raise
    except KlaviyoError as error:
        _fail_account(account, error, streams)
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, other accounts are not affected
        msg = f"Unexpected {describe(error)}. Please report this."
        _fail_account(account, AccountFailed(msg), streams)
        return False
    return True


def _drop_duplicates(opened: list[Account], streams: Collection[str]) -> list[Account]:
    """Leave out accounts that an earlier entry already reads."""
    by_id: dict[str, Account] = {}
    for account in opened:
        first = by_id.setdefault(account.id, account)
        if first is not account:
            msg = (
                f"The key of client {account.client!r} belongs to the account of client "
                f"{first.client!r}: remove one of them from `accounts`."
            )
            account.id = f"client:{account.client}"
            _fail_account(account, AccountFailed(msg), streams)
    return list(by_id.values())


def _fail_account(account: Account, error: KlaviyoError, streams: Collection[str]) -> None:
    """Log that an account is left out, and record all of its streams as failed."""
    logger.error("%s is left out of this run: %s", account.client, error)
    for stream in streams:
        stats = account.stats.of(stream)
        stats.record_problem(status_of(error), str(error))
        stats.started_at = stats.finished_at = datetime.now(UTC)

"""Validation of the settings before anything is read: what is wrong, and what to write instead.

No message contains a key, or any value in the place of a key.
"""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from datetime import date, datetime
from urllib.parse import urlsplit

from tap_klaviyo.config.privacy import ACTIONS, NEEDED
from tap_klaviyo.config.shards import Shard
from tap_klaviyo.times import UTC, parse

Config = t.Mapping[str, t.Any]

DATE_OR_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
RUN_ID = re.compile(r"\d{8}T\d{6}Z-[\w.-]{1,60}", re.ASCII)
REVISION = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\w+)?", re.ASCII)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # Klaviyo accepts no earlier events

RANGES = {
    "events_lookback_days": (0, 3650),
    "aggregates_lookback_days": (0, 3650),
    "max_retry_wait_seconds": (0, 604_800),
    "concurrency": (1, 1000),
}
"""Settings that are whole numbers: their minimum and maximum."""


def problems(config: Config) -> dict[str, str]:
    """What is wrong, by setting; empty if all of them are valid."""
    found = {name: _number(name, config.get(name)) for name in RANGES}
    found["accounts"] = _accounts(config)
    found["start_date"] = _start_date(config.get("start_date"))
    found["revision"] = _revision(config.get("revision"))
    found["api_url"] = _api_url(config.get("api_url"))
    found["breakdowns"] = _breakdowns(config.get("breakdowns"))
    found["private_properties"] = _private_properties(config.get("private_properties"))
    found["events_reread"] = _events_reread(config.get("events_reread"))
    found["shard"] = _shard(config.get("shard"))
    found["run_id"] = _run_id(config.get("run_id"))
    return {name: problem for name, problem in found.items() if problem}


def _number(name: str, value: object) -> str:
    least, largest = RANGES[name]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if value is None or (is_whole and least <= t.cast("int", value) <= largest):
        return ""
    return f"must be a whole number from {least} to {largest}, not {value!r}"


def _start_date(value: object) -> str:
    if value is None:
        return ""
    form = "write a date such as 2026-01-31, or a date and time such as 2026-01-31T00:00:00Z"
    if not isinstance(value, str) or not DATE_OR_TIME.fullmatch(value):
        return f"{value!r} is not a date: {form}"
    try:
        timestamp = parse(value.replace(",", "."))
    except (ValueError, OverflowError):
        return f"{value!r} is a date or time that does not exist: {form}"
    if timestamp > datetime.now(UTC):
        return f"{value} is in the future, so nothing would be read: choose an earlier date"
    if timestamp < EARLIEST:
        return f"{value} is before 2000, when Klaviyo has no data: choose a later date"
    return ""


def _revision(value: object) -> str:
    found = REVISION.fullmatch(value) if isinstance(value, str) else None
    problem = f"{value!r} is not an API revision: write its date, such as 2026-10-15"
    try:
        return "" if value is None or (found and date.fromisoformat(found[1])) else problem
    except ValueError:
        return problem


def _api_url(value: object) -> str:
    problem = "must be an address such as https://a.klaviyo.com/api"
    if value is None:
        return ""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # the port is not a number
        return problem
    whole = is_address and not parts.query and not parts.fragment and not parts.username
    return "" if whole and not re.search(r"\s", str(value)) else problem


def _events_reread(value: object) -> str:
    return "" if value in (None, "changed", "all") else f"must be `changed` or `all`, not {value!r}"


def _shard(value: object) -> str:
    if value is None:
        return ""
    try:
        Shard.parse(str(value))
    except ValueError as error:
        return str(error)
    return ""


def _run_id(value: object) -> str:
    """Ids of runs sort by time: the newest run is the one with the largest id."""
    if value is None or (isinstance(value, str) and RUN_ID.fullmatch(value)):
        return ""
    form = "20261127T051500Z-daily: the time in UTC, and a word"
    return f"{value!r} is not the id of a run: write one such as {form}"


def _breakdowns(value: object) -> str:
    problem = (
        'must be a list such as [{"metric": "Placed Order", "by": ["URL"]}]: '
        "a metric by name or id, and at least one dimension as Klaviyo names it"
    )
    right = isinstance(value, list) and all(_is_breakdown(rule) for rule in value)
    return "" if value is None or right else problem


def _private_properties(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, dict) or any(action not in ACTIONS for action in value.values()):
        return 'must be an object such as {"BillingAddress": "drop", "Email": "hash"}'
    needed = sorted(NEEDED & value.keys())
    return f"must not hide {', '.join(needed)}: numbers would be wrong" if needed else ""


def _is_breakdown(rule: object) -> bool:
    if not isinstance(rule, dict) or rule.keys() != {"metric", "by"}:
        return False
    by = rule["by"]
    return _is_word(rule["metric"]) and isinstance(by, list) and bool(by) and all(map(_is_word, by))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _accounts(config: Config) -> str:
    entries = config.get("accounts")
    if entries is None or entries == []:
        return _only_account(config)
    if isinstance(entries, str):
        return "is text, but not JSON: write a list of client and api_key, in straight quotes"
    if not isinstance(entries, list):
        return "must be a list of client and api_key"
    wrong = (f"entry {n} {why}" for n, e in enumerate(entries, 1) if (why := _entry(e)))
    first = next(wrong, None)
    return first or _duplicates([entry["client"] for entry in entries])


def _duplicates(clients: list[str]) -> str:
    names = sorted(client for client, times in Counter(clients).items() if times > 1)
    problem = f"has {', '.join(names)} more than once: every client needs its own name"
    return problem if names else ""


def _entry(entry: object) -> str:
    if not isinstance(entry, dict):
        return "must have the fields client and api_key"
    if not _is_word(entry.get("client")):
        return "has no client: give the account a short name of its own"
    return "" if isinstance(entry.get("api_key"), str) else "has no api_key that is text"


def _only_account(config: Config) -> str:
    if config.get("api_key") is None:
        return "there is no API key: set `accounts` (a list of client and api_key)"
    if not isinstance(config["api_key"], str):
        return "api_key must be text"
    client = config.get("client")
    return "" if client is None or _is_word(client) else "client must be a name"

"""The settings as Meltano finds them: the environment, then a file; secrets also in files."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml
from dotenv import dotenv_values
from singer_sdk.exceptions import ConfigValidationError
from tap_klaviyo.tap import TapKlaviyo

from check.finding import Finding, fatal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TAP_KLAVIYO_"
NEEDED = ("PGHOST", "PGUSER", "PGDATABASE")
STATE = "MELTANO_DATABASE_URI"
SECRETS = (
    f"{PREFIX}ACCOUNTS",
    f"{PREFIX}API_KEY",
    "PGPASSWORD",
    "TARGET_POSTGRES_PASSWORD",
    "REPORT_SMTP_PASSWORD",
    STATE,
)
"""Settings that may be in a file named by the setting with `_FILE` behind it."""
SHORTEST_SECRET = 4  # what is shorter hides nothing, and would blot out half a message


def read(env_file: Path) -> dict[str, str]:
    """Every setting by its name in the environment; what is empty there is not set."""
    filed = dotenv_values(env_file)
    env = {name: value for name, value in {**filed, **os.environ}.items() if value}
    secret = from_files(env)
    env |= secret
    raw = {**dotenv_values(env_file, interpolate=False), **os.environ}
    if (uri := raw.get(STATE)) and STATE not in secret:
        env[STATE] = Template(uri).safe_substitute(defaultdict(str, env))
    return env


def for_meltano(env_file: Path) -> dict[str, str]:
    """What Meltano does not do with the settings: secrets in files, and references to them.

    Meltano resolves `${PGPASSWORD}` in a value of `.env`, but not in one of the environment.
    """
    env = read(env_file)
    return {**from_files(env), **({STATE: env[STATE]} if STATE in env else {})}


def from_files(env: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are in files, as containers and systemd provide them, by their names.

    A file without a usable value is left out; `check` names it.
    """
    found = {name: in_file(env[f"{name}_FILE"]) for name in SECRETS if f"{name}_FILE" in env}
    return {name: value for name, (value, _) in found.items() if value}


def in_file(path: str) -> tuple[str, str]:
    """The value in a file, or why there is none."""
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        return "", f"cannot be read from {path}: {error.strerror}."
    except ValueError:
        return "", f"cannot be read from {path}: it is not UTF-8 text."
    return value, "" if value else f"is missing: {path} is empty."


def secrets(env: Mapping[str, str]) -> list[str]:
    """What must not be printed, longest first."""
    found = {env.get(name, "") for name in SECRETS}
    try:
        accounts = json.loads(env.get(f"{PREFIX}ACCOUNTS", "[]"))
        found |= {str(account["api_key"]).strip() for account in accounts}
    except (ValueError, TypeError, KeyError):
        pass  # the tap says what is wrong with them, and quotes nothing
    return sorted((text for text in found if len(text) >= SHORTEST_SECRET), key=len, reverse=True)


def check(env: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the settings, without asking anyone."""
    yield from _check_files(env)
    advice = "Put it into .env; .env.example has a line about each."
    for name in NEEDED:
        if name not in env:
            why = "is not set" + (", and dbt reads no PGSERVICE" if "PGSERVICE" in env else "")
            yield fatal(name, why, advice)
    try:
        tap(env, 0)
    except ConfigValidationError as error:
        for text in error.errors or [str(error)]:
            yield fatal("TAP_KLAVIYO_…", text, advice)


def _check_files(env: Mapping[str, str]) -> Iterator[Finding]:
    for name in SECRETS:
        _, problem = in_file(env[f"{name}_FILE"]) if f"{name}_FILE" in env else ("", "")
        if problem:
            yield fatal(name, problem, f"Correct {name}_FILE.")


def tap(env: Mapping[str, str], longest_wait: int) -> TapKlaviyo:
    """The tap of a run, which waits no longer than so many seconds for Klaviyo's leave.

    Raises:
        ConfigValidationError: Its settings are wrong.
    """
    config = {
        name: _typed(env[PREFIX + name.upper()], schema)
        for name, schema in TapKlaviyo.config_jsonschema["properties"].items()
        if PREFIX + name.upper() in env
    }
    made = TapKlaviyo(config={**config})
    made._config["max_retry_wait_seconds"] = longest_wait  # noqa: SLF001 - not the run's own
    _ = made.configured_accounts
    return made


def clients(env: Mapping[str, str]) -> frozenset[str]:
    """The clients that a run with these settings reads; none if the settings are wrong."""
    try:
        return frozenset(account.client for account in tap(env, 0).configured_accounts)
    except ConfigValidationError:
        return frozenset()


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    """As Meltano hands it on; what has another form is left to the tap, which refuses it."""
    kinds = schema.get("type", [])
    if "integer" in kinds or "array" in kinds:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def selected_streams() -> set[str]:
    """The streams that `meltano.yml` selects."""
    plugins = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"]
    (extractor,) = (one for one in plugins["extractors"] if one["name"] == "tap-klaviyo")
    off = {rule[1:].partition(".")[0] for rule in extractor["select"] if rule.startswith("!")}
    return set(TapKlaviyo(validate_config=False).streams) - off

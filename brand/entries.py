"""The list of accounts in the settings, and how an entry is added to it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from dotenv import dotenv_values, set_key

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNTS = "TAP_KLAVIYO_ACCOUNTS"
FILE = f"{ACCOUNTS}_FILE"
SINGLE = "TAP_KLAVIYO_API_KEY"
PLACEHOLDER = "pk_..."  # the keys of .env.example


class Entry(TypedDict):
    """An account as the setting `accounts` has it."""

    client: str
    api_key: str


class EntriesError(Exception):
    """The settings are not in a form to which an entry can be added; says what to do."""


def present(env: Mapping[str, str]) -> list[Entry]:
    """The accounts in the settings, without the examples of `.env.example`.

    Raises:
        EntriesError: They are not a list of accounts.
    """
    if SINGLE in env:
        message = f"{SINGLE} is set: move that key into {ACCOUNTS}, a list, and try again."
        raise EntriesError(message)
    try:
        entries = json.loads(env.get(ACCOUNTS, "[]"))
        return [entry for entry in entries if entry["api_key"] != PLACEHOLDER]
    except (ValueError, TypeError, KeyError):
        message = f"{ACCOUNTS} is not a JSON list of client and api_key: correct it first."
        raise EntriesError(message) from None


def write(entries: list[Entry], env_file: Path, env: Mapping[str, str]) -> Path:
    """Replace the list of accounts where the settings have it, atomically.

    Args:
        entries: The whole list.
        env_file: Where the settings are, if the list is not in a file of its own.
        env: The settings.

    Returns:
        The file that was written.

    Raises:
        EntriesError: The list is in an environment variable, which no file can change.
        OSError: The file cannot be written; it is as it was.
    """
    if FILE in env:
        return _replace(Path(env[FILE]), json.dumps(entries, indent=1, ensure_ascii=False))
    if ACCOUNTS in os.environ and os.environ[ACCOUNTS] != dotenv_values(env_file).get(ACCOUNTS):
        message = f"{ACCOUNTS} is set in the environment and hides {env_file}: change it there."
        raise EntriesError(message)
    # A shell may read the file as well, and has no escape for a quote within single quotes.
    value = json.dumps(entries, ensure_ascii=False).replace("'", r"\u0027")
    set_key(env_file, ACCOUNTS, value, follow_symlinks=True)
    return env_file


def _replace(path: Path, text: str) -> Path:
    path = path.resolve()
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(f"{text}\n")
    Path(file.name).chmod(path.stat().st_mode & 0o777)
    Path(file.name).replace(path)
    return path

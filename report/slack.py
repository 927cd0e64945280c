"""A report's summary to Slack, by an incoming webhook. Such webhooks take no files."""

from __future__ import annotations

import requests
from urllib3.exceptions import NewConnectionError

from report.mail import DoubtError, RefusedError

_SECONDS = 30
_OK = 200


def send(webhook: str, text: str) -> None:
    """Post a text.

    Raises:
        RefusedError: Slack has not taken it.
        DoubtError: The connection ended without an answer.
    """
    try:
        answer = requests.post(webhook, json={"text": text}, timeout=_SECONDS)
    except requests.RequestException as error:
        kind = RefusedError if _was_never_connected(error) else DoubtError
        raise kind(type(error).__name__) from None  # its words would show the address
    if answer.status_code != _OK:
        message = f"Slack answered {answer.status_code}"
        raise RefusedError(message)


def _was_never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def escaped(text: str) -> str:
    """A text without markup of Slack's."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

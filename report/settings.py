"""How reports are sent: the settings that begin with `REPORT_`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from check.settings import ROOT, in_file

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which one, and never its value."""


@dataclass(frozen=True)
class Smtp:
    """A mail server, and who sends."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None
    sender: str


def smtp(env: Mapping[str, str]) -> Smtp:
    """The mail server of the settings.

    Raises:
        SettingsError: One of them is missing or wrong.
    """
    for name in ("REPORT_SMTP_HOST", "REPORT_FROM"):
        if name not in env:
            message = f"A report has recipients, and {name} is not set."
            raise SettingsError(message)
    host, security = env["REPORT_SMTP_HOST"], env.get("REPORT_SMTP_SECURITY", "starttls")
    if security not in PORTS or (security == "none" and not _is_loopback(host)):
        message = "REPORT_SMTP_SECURITY is starttls or tls; none only for this machine itself."
        raise SettingsError(message)
    port = env.get("REPORT_SMTP_PORT", str(PORTS[security]))
    if not port.isdigit():
        message = "REPORT_SMTP_PORT is not a number."
        raise SettingsError(message)
    user, password = env.get("REPORT_SMTP_USER"), env.get("REPORT_SMTP_PASSWORD")
    return Smtp(host, int(port), security, user, password, env["REPORT_FROM"])


def webhook(env: Mapping[str, str], name: str) -> str:
    """The address of a Slack webhook: the setting of that name, or the file that it names.

    Raises:
        SettingsError: It is missing, or no https address.
    """
    found = in_file(env[f"{name}_FILE"])[0] if f"{name}_FILE" in env else env.get(name, "")
    if not found.startswith(("https://", "http://127.0.0.1:")):
        message = f"{name}, which client_reports names, is not set to an https address."
        raise SettingsError(message)
    return found


def folder(env: Mapping[str, str]) -> Path:
    """Where reports are written."""
    return Path(env.get("REPORT_FOLDER", ROOT / ".reports"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

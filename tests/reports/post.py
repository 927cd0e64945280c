"""A mail server on loopback: TLS as in the wild, and a hand on the process that talks to it."""

from __future__ import annotations

import os
import signal
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

STEPS = ("EHLO", "MAIL", "RCPT", "begin", "end")
PASSWORD = "only-for-this-test"


@dataclass
class Post:
    """What the server was given, and what it does when a step is reached."""

    authority: Path
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    at: dict[str, Callable[[], None]] = field(default_factory=dict)
    refuses: str = ""

    def reached(self, step: str) -> None:
        self.at.pop(step, lambda: None)()

    # What aiosmtpd calls, by these names.

    async def handle_EHLO(self, _s: Any, session: Any, _e: Any, name: str, answers: Any) -> Any:
        if session.ssl:
            self.reached("EHLO")
        session.host_name = name
        return answers

    async def handle_MAIL(self, _s: Any, _session: Any, envelope: Any, sender: str, _o: Any) -> str:
        self.reached("MAIL")
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, to: str, _o: Any) -> str:
        self.reached("RCPT")
        if to == self.refuses:
            return "550 No such person"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.reached("end")
        return "250 Taken"

    def login(self, *parts: Any) -> AuthResult:
        secret = parts[-1]
        self.logins.append(secret.password.decode())
        return AuthResult(success=secret.password.decode() == PASSWORD)


def controller(post: Post, certificate: trustme.LeafCert) -> Controller:
    """The server, which wants TLS and a login before anything else."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)

    class Server(SMTP):
        async def smtp_DATA(self, arg: str) -> None:
            post.reached("begin")
            await super().smtp_DATA(arg)

    class Serving(Controller):
        def _trigger_server(self) -> None:
            """The port is the system's choice."""
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

        def factory(self) -> SMTP:
            return Server(
                post, tls_context=context, require_starttls=True, auth_required=True,
                authenticator=post.login, data_size_limit=2**25,
            )  # fmt: skip

    return Serving(post, hostname="127.0.0.1", port=0)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)

"""A report by email, so that the step in doubt is one line long."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from report.settings import Smtp

_SECONDS = 60
_READY, _TAKEN = 354, 250
_LINE_OF_DOTS = re.compile(rb"(?m)^\.")


class RefusedError(Exception):
    """The server has not taken the message, certainly; it may be sent again."""


class DoubtError(Exception):
    """The server was handed the message and its answer is not known."""


def message_id(sender: str, *parts: str) -> str:
    """The same for the same report, so that a mailbox can tell a repeated one."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    return f"<report-{digest}@{parseaddr(sender)[1].rpartition('@')[2]}>"


def compose(  # noqa: PLR0913 - the parts of a mail
    *, sender: str, recipients: Sequence[str], ident: str, subject: str, text: str,
    attachment: tuple[str, bytes],
) -> EmailMessage:  # fmt: skip
    """A mail with a PDF."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), subject
    mail["Date"], mail["Message-ID"] = formatdate(), ident
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    name, data = attachment
    mail.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return mail


def send(server: Smtp, mail: EmailMessage, recipients: Sequence[str],
         before_end: Callable[[], None]) -> list[str]:  # fmt: skip
    """Hand a mail over.

    Args:
        server: Where to.
        mail: The mail.
        recipients: Whom it is for.
        before_end: Called right before the line that makes it the server's.

    Returns:
        Recipients that the server refused, with its words.

    Raises:
        RefusedError: The server has not taken it.
        DoubtError: The connection ended without an answer to the last line.
    """
    try:
        session = _connect(server)
    except (OSError, smtplib.SMTPException) as error:
        raise RefusedError(_words(error)) from None
    try:
        refused = _begin(session, server, mail, recipients)
        before_end()
        answer = _end(session)
    except (OSError, smtplib.SMTPException) as error:
        raise RefusedError(_words(error)) from None
    finally:
        session.close()
    if answer[0] != _TAKEN:
        raise RefusedError(_words(answer))
    return refused


def _connect(server: Smtp) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_SECONDS, context=context
        )
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    session.ehlo()
    if server.security == "starttls":
        session.starttls(context=context)
        session.ehlo()
    if server.user and server.password:
        session.login(server.user, server.password)
    return session


def _begin(session: smtplib.SMTP, server: Smtp, mail: EmailMessage,
           recipients: Sequence[str]) -> list[str]:  # fmt: skip
    """Everything but the line that ends the message; without that, a server drops it."""
    _expect(session.mail(parseaddr(server.sender)[1]), _TAKEN)
    answers = {one: session.rcpt(one) for one in recipients}
    refused = [
        f"{one}: {_words(answer)}" for one, answer in answers.items() if answer[0] not in (250, 251)
    ]
    if len(refused) == len(recipients):
        raise smtplib.SMTPException("; ".join(refused))
    _expect(session.docmd("DATA"), _READY)
    body = _LINE_OF_DOTS.sub(b"..", mail.as_bytes())
    session.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    return refused


def _end(session: smtplib.SMTP) -> tuple[int, bytes]:
    try:
        session.send(b".\r\n")
        return session.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise DoubtError(_words(error)) from None


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPException(_words(answer))


def _words(answer: object) -> str:
    if isinstance(answer, tuple):
        code, text = answer
        return f"{code} {text.decode('ascii', 'replace')}"
    return " ".join(str(answer).split()) or type(answer).__name__

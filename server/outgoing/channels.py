"""How a text reaches somebody outside: one small interface, with mail as the one that is there.

SMS and chat are a class with `send` and a line in `channels`.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol

from server.outgoing.models import Letter
from server.settings import Settings

TIMEOUT_S = 10


class NotSent(Exception):
    """The text did not go out; `for_good` where it never will."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Channel(Protocol):
    """One way to the outside. May be asked to send the same letter twice; never loses one silently."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises NotSent."""


class Mail:
    """Mail by SMTP; encrypted wherever the settings say so."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, letter: Letter) -> None:
        """One message; its id is the letter's, so a mailbox that has it already can tell."""
        ours = self._settings
        message = EmailMessage()
        message["From"] = ours.mail_from
        message["To"] = letter.address
        message["Subject"] = letter.subject
        message["Date"] = formatdate(letter.written_at.timestamp(), localtime=False)
        message["Message-ID"] = f"<{letter.id}@{Address(addr_spec=ours.mail_from).domain}>"
        message.set_content(letter.text)
        try:
            with self._connection() as server:
                if ours.smtp_user:
                    server.login(ours.smtp_user, ours.smtp_password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotSent(f"refused {code}", for_good=code >= 500) from error  # noqa: PLR2004  # RFC 5321
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__) from error

    def _connection(self) -> smtplib.SMTP:
        ours = self._settings
        if ours.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                ours.smtp_host,
                ours.smtp_port,
                timeout=TIMEOUT_S,
                context=ssl.create_default_context(),
            )
        server = smtplib.SMTP(ours.smtp_host, ours.smtp_port, timeout=TIMEOUT_S)
        if ours.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server


def channels(settings: Settings) -> Mapping[str, Channel]:
    """The ways that this installation has; mail only where a server is named."""
    return {"mail": Mail(settings)} if settings.smtp_host else {}

"""Alerts by mail: one server that the settings name, in a thread, because smtplib waits."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from bot.outside.message import SEND_WITHIN, Message


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. `tls`: from the first byte on; else as soon as it is offered."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = None


class Mail:
    """One server, one sender, those who are told."""

    def __init__(self, server: Server, *, sender: str, recipients: tuple[str, ...]) -> None:
        self._server = server
        self._sender = sender
        self._recipients = recipients

    async def send(self, message: Message, *, now: datetime) -> str | None:
        """As `Way.send`."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, ", ".join(self._recipients)
        mail["Subject"], mail["Date"] = message.subject, format_datetime(now)
        # A second copy after a try whose end nobody knows has the same name.
        mail["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        try:
            async with asyncio.timeout(2 * SEND_WITHIN):
                await asyncio.to_thread(self._hand_in, mail)
        except smtplib.SMTPResponseException as error:
            return f"the mail server answered {error.smtp_code}"
        except smtplib.SMTPException:
            return "the mail server did not take it"
        except TimeoutError:
            return "no answer from the mail server"
        except OSError:
            return "no connection to the mail server"
        return None

    def _hand_in(self, mail: EmailMessage) -> None:
        server, context = self._server, ssl.create_default_context()
        with self._connected(context) as smtp:
            if not server.tls:
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=context if server.password else _unverified())
                elif server.password:
                    raise smtplib.SMTPNotSupportedError("a password would travel in the open")
            if server.user and server.password:
                smtp.login(server.user, server.password)
            smtp.send_message(mail)

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        server = self._server
        if server.tls:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=SEND_WITHIN, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=SEND_WITHIN)


def _unverified() -> ssl.SSLContext:
    """For a server that asks no password, often one beside us with a certificate of its own
    making: read by nobody on the way is better than in the open, and nothing secret is said.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

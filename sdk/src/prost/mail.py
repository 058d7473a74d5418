"""Mail by SMTP: one message to one person, within a time, with refusals told from what is worth another try.

ProstError
├── UpstreamFailed 502
│   └── MailRefused     this mail will never be taken: its address, or what it says
└── Unavailable 503
    └── MailDelayed     the server is away, slow, busy or not as it was configured: later is right
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

from opentelemetry.trace import SpanKind

from prost import telemetry
from prost.errors import FieldError, Unavailable, UpstreamFailed
from prost.settings import Settings, SettingsError

__all__ = ["Mail", "MailDelayed", "MailRefused", "Mailer"]

_PORTS = {"smtp": 587, "smtps": 465}
_PERMANENT = 500
_TIMEOUT = 20.0
_MAX_ADDRESS = 254
_ADDRESS = re.compile(r"""([^\s@<>()\[\],;:\\"]+)@([^\s@<>()\[\],;:\\"]+)""")


class MailRefused(UpstreamFailed):
    """This mail will never be taken; `reason`, for logs, has the server's own words."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__("The mail was refused.")
        self.reason = reason


class MailDelayed(Unavailable):
    """The mail could not be handed over now; `reason`, for logs, has what was said or seen."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__("The mail could not be sent now.")
        self.reason = reason


@dataclass(frozen=True)
class Mail:
    """A message to one person, in text and, if given, in HTML.

    `id` becomes its Message-ID: a mail that is sent again has the same one, so that it is shown once. Raises
    MailRefused for an address or a subject that no header could hold.
    """

    to: str
    subject: str
    text: str
    html: str | None = None
    id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        """Refuse what would break out of its header."""
        _address(self.to)
        if not self.subject.isprintable():
            raise MailRefused("the subject has characters that no header has")


class Mailer:
    """Hands mails to the server of PROST_MAIL_URL, each over a connection of its own.

    `smtps://` is TLS from the start, and `smtp://` becomes TLS where the server offers it (STARTTLS). Where
    it does not, nothing is sent in production, unless the URL ends in `?starttls=optional`, and a password
    never is. The certificate has to be right in any case.
    """

    def __init__(self, settings: Settings, *, timeout: float = _TIMEOUT) -> None:
        """Take server and sender from the settings; `timeout` is the seconds for one mail, all in all.

        Raises SettingsError without a server.
        """
        if settings.mail_url is None:
            raise SettingsError([FieldError("PROST_MAIL_URL", "is needed to send mail")])
        url = urlsplit(settings.mail_url.get_secret_value())
        self._implicit_tls = url.scheme == "smtps"
        self._host = url.hostname or ""
        self._port = url.port or _PORTS[url.scheme]
        self._user = unquote(url.username or "")
        self._password = unquote(url.password or "")
        usual = "required" if settings.env == "production" else "optional"
        starttls = parse_qs(url.query).get("starttls", [usual])
        if starttls not in (["required"], ["optional"]):
            raise SettingsError([FieldError("PROST_MAIL_URL", "starttls is required or optional")])
        self._requires_tls = starttls == ["required"] or bool(self._user)
        self._sender = sender_address(settings.mail_from)
        self._timeout = timeout

    @classmethod
    def from_settings(cls, settings: Settings) -> "Mailer":
        """Make the mailer of a process. Raises SettingsError without a server."""
        return cls(settings)

    def send(self, mail: Mail) -> None:
        """Hand a mail over; the server has taken it when this returns. Raises MailRefused and MailDelayed."""
        message = self._message(mail)
        recipient = _address(mail.to).addr_spec
        with telemetry.span("send mail", kind=SpanKind.CLIENT), _refusals_told_apart():
            kind = smtplib.SMTP_SSL if self._implicit_tls else smtplib.SMTP
            server = kind(local_hostname=socket.gethostname(), timeout=self._timeout)
            # Only its constructor would tell smtplib whose certificate to look for, and connect at once.
            server._host = self._host  # type: ignore[attr-defined]  # noqa: SLF001
            with _ended_after(self._timeout, server):
                server.connect(self._host, self._port)
                self._introduce(server)
                if not recipient.isascii() and not server.has_extn("smtputf8"):
                    raise MailRefused("the server takes no address with such letters")
                server.send_message(message, self._sender.addr_spec, [recipient])
                # It has the mail; whatever comes now must not have it sent again.
                with contextlib.suppress(OSError):
                    server.quit()

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._implicit_tls:
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif self._requires_tls:
                raise MailDelayed("the server offers no TLS")
        if self._user:
            server.login(self._user, self._password)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = _address(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = f"<{mail.id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="quoted-printable")
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        return message


def sender_address(text: str) -> Address:
    """Return the address of "Prost <shop@prost.example>". Raises MailRefused for what is none."""
    name, bracket, rest = text.rpartition("<")
    address = _address(rest.removesuffix(">") if bracket else text)
    return Address(name.strip(), address.username, address.domain)


def _address(text: str) -> Address:
    match = _ADDRESS.fullmatch(text)
    if match is None or not text.isprintable() or len(text) > _MAX_ADDRESS:
        raise MailRefused("this is not an address")
    try:
        return Address(username=match[1], domain=match[2].encode("idna").decode())
    except ValueError:
        raise MailRefused("this is not an address") from None


@contextlib.contextmanager
def _refusals_told_apart() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _told(code, said) from error
    except smtplib.SMTPDataError as error:
        raise _told(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise MailDelayed(f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except OSError as error:
        raise MailDelayed(f"{type(error).__name__}: {error}") from error


def _told(code: int, said: bytes | str) -> MailRefused | MailDelayed:
    kind = MailRefused if code >= _PERMANENT else MailDelayed
    return kind(f"{code} {_text(said)}")


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


@contextlib.contextmanager
def _ended_after(seconds: float, server: smtplib.SMTP) -> Iterator[None]:
    """Let a conversation go on for so long: smtplib's own timeout begins anew with each byte."""

    def hang_up() -> None:
        if server.sock is not None:
            # Not the method of a TLS socket, which must not be called while another thread reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(server.sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        server.close()

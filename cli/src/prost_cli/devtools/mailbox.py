"""The SMTP inbox: every mail that the stack sends ends here, and is taken apart only to be looked at."""

from __future__ import annotations

import email
import email.policy
import logging
import re
import sqlite3
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import orjson

from prost_cli.devtools.records import Mail, clip
from prost_cli.devtools.store import StoreBusyError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from prost_cli.devtools.store import Store

T = TypeVar("T")

MAX_MAIL = 8 << 20
_MAX_PARTS = 200
_MAX_BODY_TEXT = 1 << 20
_LINK = re.compile(r"https?://[^\s<>\"'`\\]{1,2000}", re.ASCII)
_MAX_LINKS = 50

log = logging.getLogger(__name__)


class Inbox:
    """An aiosmtpd handler that keeps what it is given."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        """Keep a mail; 250 means that it outlives this process."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = Mail(
            sender=clip(envelope.mail_from or "", 512),
            recipients=orjson.dumps([clip(address, 512) for address in envelope.rcpt_tos]).decode(),
            subject=clip(header(parse(raw), "subject"), 998),
            raw=raw,
        )
        try:
            await self._store.add([mail])
        except (StoreBusyError, sqlite3.Error) as error:
            log.warning("a mail was not kept: %s", error)
            return "451 4.3.0 Not kept, try again"
        return "250 2.0.0 Kept"

    def protocol(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        """Return a protocol for one connection; for `loop.create_server`."""
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415 -- for the first mail

        return SMTP(
            self,
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Prost",
            timeout=60,
            loop=loop,
        )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is offered for download; `index` counts the mail's parts depth first."""

    index: int
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail taken apart; `html` is as hostile as its sender, `headers` and `text` are plain text."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def parse(raw: bytes) -> EmailMessage:
    """Return the message in `raw`; whatever the bytes are, it has one."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def header(message: EmailMessage, name: str) -> str:
    """Return a header as one line of text, even one that breaks every rule."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name), "")
    value = _leniently(lambda: str(message.get(name, "")), str(raw))
    return " ".join(clip(value, 4096).split())


def open_letter(raw: bytes) -> Letter:
    """Take a mail apart for display."""
    message = parse(raw)
    text, html, attachments = "", "", []
    for index, part in enumerate(_parts(message)):
        kind, name = _content_type(part), _file_name(part)
        if kind == "text/plain" and not name and not text:
            text = _text(part)
        elif kind == "text/html" and not name and not html:
            html = _text(part)
        elif not kind.startswith("multipart/"):
            size = len(_payload(part))
            attachments.append(Attachment(index, name or f"part-{index}", kind, size))
    links = dict.fromkeys(
        link.rstrip(".,;:!?)]}") for link in _LINK.findall(f"{text}\n{html}"[:_MAX_BODY_TEXT])
    )
    names = ("from", "to", "cc", "reply-to", "subject", "date", "message-id")
    headers = tuple((name, value) for name in names if (value := header(message, name)))
    return Letter(headers, text, html, tuple(links)[:_MAX_LINKS], tuple(attachments))


def attachment(raw: bytes, index: int) -> tuple[Attachment, bytes] | None:
    """Return one part of a mail with its content, or None when there is no such part."""
    for position, part in enumerate(_parts(parse(raw))):
        if position == index:
            content = _payload(part)
            name = _file_name(part) or f"part-{index}"
            return Attachment(index, name, _content_type(part), len(content)), content
    return None


def _parts(message: EmailMessage) -> list[EmailMessage]:
    return _leniently(lambda: list(islice(message.walk(), _MAX_PARTS)), [message])


def _content_type(part: EmailMessage) -> str:
    return _leniently(part.get_content_type, "application/octet-stream")


def _file_name(part: EmailMessage) -> str:
    name = _leniently(lambda: part.get_filename() or "", "attachment")
    return "".join(c for c in clip(str(name), 128) if c.isprintable() and c not in '/\\"')


def _payload(part: EmailMessage) -> bytes:
    if part.is_multipart():
        return b""
    content: object = _leniently(lambda: part.get_payload(decode=True), None)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    content = _payload(part)
    utf8 = content.decode("utf-8", "replace")
    charset = _leniently(lambda: part.get_content_charset() or "utf-8", "utf-8")
    return clip(_leniently(lambda: content.decode(charset, "replace"), utf8), _MAX_BODY_TEXT)


def _leniently(read: Callable[[], T], fallback: T) -> T:
    try:
        return read()
    except Exception:  # noqa: BLE001 -- the standard library's parser raises what it likes on hostile mail
        return fallback

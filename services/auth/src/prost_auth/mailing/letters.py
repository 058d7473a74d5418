"""What a mail says, as text and as HTML, in the reader's language."""

import html
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from prost_auth.domain.links import OneTimeTokens
from prost_auth.use_cases.mails import Letter

__all__ = ["Written", "pages", "render", "texts"]

_TOKEN: Final = "?token={token}"  # noqa: S105 - where it goes
_PAGES: Final = {
    "verify-email": f"verify{_TOKEN}",
    "change-email": f"verify{_TOKEN}",
    "reset-password": f"reset-password{_TOKEN}",
    "account-exists": "login",
    "password-changed": "login",
    "roles-changed": "login",
    "email-change-asked": "account/security",
    "second-factor-on": "account/security",
    "second-factor-off": "account/security",
    "second-factor-reset": "account/security",
    "external-linked": "account/security",
    "external-unlinked": "account/security",
}
"""The page of the shop that a mail's button leads to."""

_HTML: Final = """\
<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{subject}</title></head>
<body style="margin:0;padding:24px;background:#f6f1e7;color:#2b2118;font:16px/1.5 Georgia,serif">
<div style="max-width:34em;margin:0 auto;padding:28px;background:#ffffff;border-radius:12px">
<p style="margin:0 0 20px;font-size:24px;font-weight:bold;color:#8a4b08">Prost</p>
{body}
</div>
<p style="max-width:34em;margin:16px auto 0;font-size:13px;color:#6d5f50">{footer}</p>
</body>
</html>
"""
_PARAGRAPH: Final = '<p style="margin:0 0 16px">{}</p>'
_BUTTON: Final = (
    '<p style="margin:24px 0"><a href="{url}" style="display:inline-block;padding:12px 20px;'
    'border-radius:8px;background:#8a4b08;color:#ffffff;text-decoration:none">{label}</a></p>'
    '<p style="margin:0 0 16px;font-size:13px;color:#6d5f50">{hint}<br><a href="{url}">{url}</a></p>'
)


@dataclass(frozen=True)
class Written:
    """A mail as it is sent."""

    subject: str
    text: str
    html: str


@cache
def texts() -> Mapping[str, Any]:
    """Return all that mails say, by template and language."""
    return tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))


def pages() -> Mapping[str, str]:
    """Return where the buttons of mails lead, by template."""
    return _PAGES


def render(letter: Letter, public_url: str, tokens: OneTimeTokens) -> Written:
    """Write a mail; a link's token is made only now, and kept nowhere."""
    language = letter.language
    said: Mapping[str, Any] = texts()[letter.template][language]
    common = {name: texts()[name][language] for name in ("greeting", "link", "footer")}
    paragraphs = [common["greeting"].format(name=letter.values["name"]), *said["text"]]
    url = _url(letter, public_url, tokens)
    text = [*paragraphs, f"{said['button']}:\n{url}"] if url else paragraphs
    body = [_PARAGRAPH.format(html.escape(paragraph)) for paragraph in paragraphs]
    if url:
        parts = {"url": url, "label": said["button"], "hint": common["link"]}
        body.append(_BUTTON.format(**{name: html.escape(part) for name, part in parts.items()}))
    return Written(
        subject=said["subject"],
        text="\n\n".join([*text, f"-- \n{common['footer']}"]) + "\n",
        html=_HTML.format(
            language=language,
            subject=html.escape(said["subject"]),
            body="\n".join(body),
            footer=html.escape(common["footer"]),
        ),
    )


def _url(letter: Letter, public_url: str, tokens: OneTimeTokens) -> str | None:
    page = _PAGES.get(letter.template)
    if page is None:
        return None
    token_id = letter.values.get("token_id")
    token = tokens.token(UUID(token_id)) if token_id else ""
    return f"{public_url}/{letter.language}/{page.format(token=token)}"

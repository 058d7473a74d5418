"""The shop's own pages, to which the provider sends browsers: there the cookie counts."""

from urllib.parse import urlencode

from falcon.asgi import Request

from prost_auth.domain.accounts import LANGUAGES


def page(public_url: str, language: str, name: str, **parameters: str) -> str:
    """Return the address of a page of the shop."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"{public_url}/{language}/{name}{query}"


def language_of(req: Request, wanted: str = "") -> str:
    """Return the first language of the shop that a client or a browser asks for; German without any."""
    accepted = req.get_header("Accept-Language") or ""
    for tag in [*wanted.split(), *accepted.split(",")]:
        name = tag.strip()[:2].lower()
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]

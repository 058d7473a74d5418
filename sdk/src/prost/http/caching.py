"""Whole answers kept as bytes, and the validators that let a client keep its own copy."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import falcon.asgi

from prost.errors import PreconditionFailed, PreconditionRequired

__all__ = ["Entry", "PublicCache", "etag_of", "matches", "require_match"]

_ETAG_LENGTH = 26
# A key is made of the request target, so this bounds what one request can make the cache keep.
_MAX_KEY = 2048


@dataclass(frozen=True)
class PublicCache:
    """How the answers of an anonymous GET are kept, as whole bytes, by path and raw query.

    `max_age` and `stale_while_revalidate` are seconds for the client and for shared caches; `ttl` is how long
    the service itself keeps the bytes when nothing invalidates `namespace` before. `version` gives a string
    that makes older entries unreachable when it changes; it is called for each request, with the resource.
    Only a 200 is kept, and of it only body and content type: a cached operation sets no other headers.
    """

    namespace: str
    max_age: int
    stale_while_revalidate: int = 0
    version: Callable[[Any], str] | None = None
    ttl: int = 300

    @cached_property
    def cache_control(self) -> str:
        """The Cache-Control header of a kept answer."""
        stale = self.stale_while_revalidate
        return f"public, max-age={self.max_age}" + (f", stale-while-revalidate={stale}" if stale else "")

    def key(self, resource: object, path: str, query: bytes) -> str | None:
        """Return where the answer to a request target is kept, or None when it is too long to be."""
        if len(path) + len(query) > _MAX_KEY:
            return None
        # A decoded path may hold a question mark of its own; its length says where it ends.
        target = f"{len(path)}{path}?{query.decode('latin-1')}" if query else path
        return target if self.version is None else f"{self.version(resource)}:{target}"


class Entry(NamedTuple):
    """One kept answer: a strong ETag, the content type and the body."""

    etag: bytes
    content_type: bytes
    body: bytes

    @classmethod
    def of(cls, body: bytes, content_type: str) -> "Entry":
        """Make the entry of an answer."""
        return cls(etag_of(body).encode(), content_type.encode("latin-1"), body)

    def encode(self) -> bytes:
        """Return the form in which the cache keeps it: ETag, content type, line feed, body."""
        return b"%b%b\n%b" % self

    @classmethod
    def decode(cls, data: bytes) -> "Entry":
        """Read what encode() wrote."""
        end = data.index(b"\n", _ETAG_LENGTH)
        return cls(data[:_ETAG_LENGTH], data[_ETAG_LENGTH:end], data[end + 1 :])


def etag_of(content: bytes) -> str:
    """Return a strong ETag, quotes included."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def matches(condition: str, etag: str) -> bool:
    """Tell whether an If-Match or If-None-Match header lists an ETag, be it marked as weak or not.

    A gateway that compresses an answer weakens its ETag, so a writer who read it that way sends `W/"..."`.
    """
    wanted = etag.removeprefix("W/")
    tags = (candidate.strip().removeprefix("W/") for candidate in condition.split(","))
    return condition.strip() == "*" or wanted in tags


def require_match(req: falcon.asgi.Request, etag: str) -> None:
    """Let a write go on when its If-Match names the current version.

    Raises PreconditionRequired without the header and PreconditionFailed when the resource has changed.
    """
    condition = req.get_header("If-Match")
    if condition is None:
        raise PreconditionRequired("Send the ETag that you read in an If-Match header.")
    if not matches(condition, etag):
        raise PreconditionFailed("It was changed since you read it.", headers={"ETag": etag})

"""The version that a writer has read, and who may write."""

import re
from typing import Final

from falcon.asgi import Request, Response

from prost.errors import PreconditionRequired
from prost_catalog.domain import StaleVersion

EDITORS: Final = ("catalog-manager", "admin")
"""The roles of those who keep the catalogue."""

# The gateway weakens the ETag of an answer that it compresses.
_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"')


def version_read(req: Request) -> int | None:
    """Return the version in If-Match, None for `*`; a gateway that compresses marks it as weak.

    Raises:
        PreconditionRequired: there is no If-Match.
        StaleVersion: it names no version that a product can have.
    """
    condition = req.get_header("If-Match")
    if condition is None:
        raise PreconditionRequired("Send the ETag that you read in an If-Match header.")
    if condition.strip() == "*":
        return None
    found = _VERSION.fullmatch(condition.strip())
    if found is None:
        raise StaleVersion("The ETag in If-Match is none of a product.")
    return int(found[1])


def tag(resp: Response, version: int) -> None:
    """Answer with the ETag of a version, for the next If-Match."""
    resp.set_header("ETag", f'"{version}"')
    resp.set_header("Cache-Control", "no-store")

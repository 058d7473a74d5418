"""Access tokens from the running stack's own issuer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from prost_cli.dev.control import NotRunningError
from prost_cli.dev.servers import devtools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prost_cli.dev.stack import Stack

_TIMEOUT = 5.0


def request_token(stack: Stack, subject: str, roles: Sequence[str]) -> str:
    """Return an access token that speaks for `subject` with `roles`.

    Raises:
        NotRunningError: the issuer does not answer.
    """
    request = urllib.request.Request(  # noqa: S310  loopback, by http
        f"{devtools.issuer(stack)}/token",
        data=json.dumps({"sub": subject, "roles": list(roles)}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  see above
            return str(json.load(response)["access_token"])
    except urllib.error.URLError as error:
        raise NotRunningError(stack) from error

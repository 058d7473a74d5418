"""Access tokens of the running stack and the accounts that it was seeded with, asked of its devtools."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from prost_cli.dev.control import NotRunningError
from prost_cli.dev.servers import devtools
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prost_cli.dev.stack import Stack

_TIMEOUT = 30.0


def request_token(
    stack: Stack,
    subject: str,
    roles: Sequence[str] | None = None,
    *,
    audience: str | None = None,
    expires_in: int | None = None,
    claims: Mapping[str, object] | None = None,
) -> str:
    """Return an access token that speaks for `subject`, which may be the address of a seeded account.

    Without `roles` an account has its own. A negative `expires_in` gives a token that has expired, `claims`
    are added to those that every token has.

    Raises:
        NotRunningError: nobody answers.
        CliError: the token is refused.
    """
    asked = {"sub": subject, "roles": roles, "audience": audience, "expires_in": expires_in, "claims": claims}
    body = {name: value for name, value in asked.items() if value is not None}
    return str(_ask(stack, "/issuer/token", json.dumps(body).encode())["access_token"])


def request_accounts(stack: Stack) -> dict[str, Any]:
    """Return the seeded accounts as the dashboard shows them; see `State.accounts`.

    Raises:
        NotRunningError: nobody answers.
        CliError: they cannot be read.
    """
    found = _ask(stack, "/api/accounts")
    if found["problem"]:
        raise CliError(f"The accounts cannot be read: {found['problem']}.", remedy="See `prost dev ps`.")
    return found


def _ask(stack: Stack, path: str, body: bytes | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    url = f"{devtools.dashboard(stack)}{path}"
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  loopback, by http
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  see above
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        with error:
            raise CliError(f"It was refused: {json.load(error)['detail']}.") from error
    except urllib.error.URLError as error:
        raise NotRunningError(stack) from error

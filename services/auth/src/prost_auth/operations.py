"""Commands for operators: `python -m prost_auth.operations COMMAND`, in the environment of the service."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from prost import telemetry
from prost.db import configure as configure_database
from prost.errors import ProstError
from prost.settings import SettingsError
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import OneTimeTokens
from prost_auth.keys import configure, ring
from prost_auth.seed import seeded_accounts
from prost_auth.settings import Settings
from prost_auth.use_cases.first_admin import invite_first_admin
from prost_auth.use_cases.keys import request_rotation, revoke_keys
from prost_auth.use_cases.made_up_tokens import make_up_token
from prost_auth.use_cases.staff import reset_by_operator

__all__ = ["main"]

_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="prost_auth.operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_token, _rotate_keys, _accounts, _first_admin, _reset_second_factor):
        add(commands)
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    # Whoever calls this as a function has decided already where logs go.
    if __name__ == "__main__":
        telemetry.configure_logs(settings)
    configure_database(settings)
    configure(settings)
    run: Callable[[argparse.Namespace], str] = chosen.run
    sys.stdout.write(f"{run(chosen)}\n")
    return 0


def _token(commands: Any) -> None:
    command = commands.add_parser("token", help="print an access token; not in production")
    command.add_argument(
        "--subject", required=True, help="an account's id, which opens a session, or any text"
    )
    command.add_argument("--roles", default="", help="separated by commas")
    command.add_argument("--audience", help="whom it is for; everybody who serves people, if not given")
    command.add_argument("--expires-in", type=int, default=600, help="seconds; negative: it is over already")
    command.add_argument("--claims", type=json.loads, default={}, help="a JSON object of further claims")
    command.set_defaults(run=_print_token)


def _print_token(given: argparse.Namespace) -> str:
    if ring.settings.env not in {"dev", "test"}:
        sys.stderr.write("Outside development and tests nobody makes tokens up.\n")
        raise SystemExit(_REFUSED)
    roles = [role for role in given.roles.split(",") if role]
    return make_up_token(given.subject, roles, given.audience, given.expires_in, given.claims)


def _rotate_keys(commands: Any) -> None:
    command = commands.add_parser("rotate-keys", help="publish the key that signs next")
    command.add_argument(
        "--revoke", action="store_true", help="a key was stolen: forget all, and refuse what they signed"
    )
    command.set_defaults(run=lambda given: (revoke_keys() if given.revoke else request_rotation(None)).kid)


def _accounts(commands: Any) -> None:
    command = commands.add_parser("accounts", help="print the seeded accounts, a JSON object a line")
    command.set_defaults(run=lambda _given: "\n".join(map(json.dumps, seeded_accounts(ring.settings))))


def _first_admin(commands: Any) -> None:
    command = commands.add_parser(
        "first-admin", help="print the link that makes the first admin; for one use"
    )
    command.add_argument("--email", required=True)
    command.set_defaults(run=_print_first_admin)


def _print_first_admin(given: argparse.Namespace) -> str:
    settings = ring.settings
    token_id = _for_address(invite_first_admin, given.email)
    token = OneTimeTokens(settings.secret()).token(token_id)
    return f"{settings.public_url}/de/reset-password?token={token}"


def _reset_second_factor(commands: Any) -> None:
    command = commands.add_parser(
        "reset-second-factor",
        help="take the second factor of somebody who lost it, and whom no admin can help",
    )
    command.add_argument("--email", required=True)
    command.set_defaults(run=lambda given: str(_for_address(reset_by_operator, given.email)))


def _for_address(call: Callable[[EmailAddress], UUID], email: str) -> UUID:
    """Return what a use case makes of an address, or end with what it says against it."""
    try:
        return call(EmailAddress.parse(email, "--email"))
    except ProstError as error:
        reasons = [f"{problem.field} {problem.message}" for problem in error.errors]
        sys.stderr.write("\n".join(reasons or [error.detail]) + "\n")
        raise SystemExit(_REFUSED) from None


if __name__ == "__main__":
    sys.exit(main())

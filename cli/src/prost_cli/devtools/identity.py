"""The stack's identity provider, asked by its own commands: its tokens, and its seeded accounts."""

from __future__ import annotations

import asyncio
import base64
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prost_cli.devtools.config import Operations

PERIOD = 30
"""Seconds for which a one-time code is the current one."""

_DIGITS = 6
_TIMEOUT = 20.0
_REMEMBERED_FOR = 30.0


class ProviderError(Exception):
    """The provider's command failed; the message ends with what it said."""


@dataclass(frozen=True, slots=True)
class Account:
    """A seeded account; `totp_secret` is what its authenticator app would be given, None without one."""

    id: str
    email: str
    roles: tuple[str, ...]
    totp_secret: str | None

    def code(self, now: float) -> str | None:
        """Return the one-time code at a Unix time."""
        return one_time_code(self.totp_secret, now) if self.totp_secret else None


def one_time_code(secret: str, now: float) -> str:
    """Return the code of RFC 6238 for a base32 secret, as every authenticator app shows it."""
    counter = int(now // PERIOD).to_bytes(8)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


class Provider:
    """Runs the provider's commands; `operations` says how at this moment, None while there is no provider."""

    def __init__(self, operations: Callable[[], Operations | None]) -> None:
        self._operations = operations
        self._accounts: tuple[Account, ...] = ()
        self._read_for: Operations | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    @property
    def is_there(self) -> bool:
        """Whether a service provides identity."""
        return self._operations() is not None

    @property
    def password(self) -> str:
        """The password of all seeded accounts; empty without a provider."""
        operations = self._operations()
        return operations.env.get("PROST_DEV_PASSWORD", "") if operations else ""

    async def token(
        self,
        subject: str,
        roles: Iterable[str],
        *,
        audience: str | None,
        expires_in: int | None,
        claims: Mapping[str, object] | None,
    ) -> str:
        """Have a token signed with the live key. Raises ProviderError."""
        asked = ["--subject", subject, "--roles", ",".join(roles)]
        asked += ["--audience", audience] if audience is not None else []
        # With "=", or a negative number would be taken for an option.
        asked += [f"--expires-in={expires_in}"] if expires_in is not None else []
        asked += ["--claims", orjson.dumps(claims).decode()] if claims else []
        return (await self._run("token", *asked)).strip()

    async def accounts(self) -> tuple[Account, ...]:
        """List the seeded accounts, read again every half minute. Raises ProviderError."""
        operations = self._operations()
        if operations is None:
            return ()
        async with self._reading:
            is_recent = time.monotonic() - self._read_at < _REMEMBERED_FOR
            if not self._accounts or operations != self._read_for or not is_recent:
                lines = (await self._run("accounts")).splitlines()
                self._accounts = tuple(map(_account, lines))
                self._read_for, self._read_at = operations, time.monotonic()
            return self._accounts

    async def account(self, email: str) -> Account | None:
        """Find a seeded account by its address. Raises ProviderError."""
        return next((account for account in await self.accounts() if account.email == email), None)

    async def _run(self, *arguments: str) -> str:
        operations = self._operations()
        if operations is None:
            raise ProviderError("no service of this stack provides identity")
        process = await asyncio.create_subprocess_exec(
            *operations.argv,
            *arguments,
            cwd=operations.cwd,
            env=dict(operations.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_TIMEOUT):
                said, complained = await process.communicate()
        except TimeoutError as error:
            raise ProviderError(f"the provider did not answer within {_TIMEOUT:.0f} s") from error
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            last = complained.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise ProviderError(f"the provider cannot tell: {last[0]}")
        return said.decode()


def _account(line: str) -> Account:
    try:
        told: dict[str, Any] = orjson.loads(line)
        return Account(told["id"], told["email"], tuple(told["roles"]), told.get("totp_secret"))
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"the provider's answer is not understood: {line[:200]}") from error

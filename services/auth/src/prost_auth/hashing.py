"""Passwords hashed with argon2id, in threads of their own and never more at once than there is memory for."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_hex
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from prost.errors import Unavailable
from prost_auth.settings import Settings

__all__ = ["Hasher", "Verdict"]

T = TypeVar("T")

#: Calls that may wait for a thread, for each thread there is.
QUEUE_PER_THREAD: Final = 12
#: Seconds after which a call that still waits is refused instead of done late.
MAX_WAIT: Final = 5.0


@dataclass(frozen=True)
class Verdict:
    """Whether a password is right; `rehash` is the new hash of one that was kept in an older form."""

    right: bool
    rehash: str | None = None


class Hasher:
    """Hashes and verifies passwords. A dependency of the process.

    argon2 lets go of the interpreter's lock, so threads suffice; they are not the database's, so a rush of
    sign-ins takes no connection away from those who are signed in. `work` counts what was computed.
    """

    name = "password-hashing"
    required = True

    def __init__(self, settings: Settings) -> None:
        """Take the parameters from the settings; nothing is computed yet."""
        self._argon2 = PasswordHasher(
            time_cost=settings.password_passes,
            memory_cost=settings.password_memory_kib,
            parallelism=settings.password_lanes,
        )
        self._threads = settings.password_threads
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="auth-hash")
        self._slots = threading.BoundedSemaphore(self._threads * (1 + QUEUE_PER_THREAD))
        self._decoy: str | None = None
        self.work = 0

    async def start(self) -> None:
        """Hash what passwords of unknown accounts are compared with."""
        self._decoy = await self._run(self._new_decoy)

    async def stop(self) -> None:
        """Finish what is in hand."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Return always: there is nothing outside the process that could be away."""

    async def hash(self, password: str) -> str:
        """Return the encoded hash of a password. Raises Unavailable when too many wait."""
        return await self._run(lambda: self._hash(password))

    async def verify(self, kept: str | None, password: str) -> Verdict:
        """Compare a password with what is kept of it, None for nobody's, which takes as long.

        Raises:
            Unavailable: too many wait.
        """
        return await self._run(lambda: self._verify(kept, password))

    def hash_now(self, password: str) -> str:
        """Return the encoded hash, in this very thread: for commands."""
        return self._hash(password)

    def _verify(self, kept: str | None, password: str) -> Verdict:
        if self._decoy is None:
            self._decoy = self._new_decoy()
        try:
            right: bool = self._argon2.verify(kept or self._decoy, password)
        except VerificationError:
            right = False
        except InvalidHashError:
            return Verdict(right=False)
        self.work += 1
        if not right or kept is None:
            return Verdict(right=False)
        stale = self._argon2.check_needs_rehash(kept)
        return Verdict(right=True, rehash=self._hash(password) if stale else None)

    def _new_decoy(self) -> str:
        return self._argon2.hash(token_hex())

    def _hash(self, password: str) -> str:
        self.work += 1
        return self._argon2.hash(password)

    async def _run(self, call: Callable[[], T]) -> T:
        if not self._slots.acquire(blocking=False):
            raise _overloaded()
        try:
            future = self._pool.submit(_in_time, call, time.monotonic() + MAX_WAIT)
        except BaseException:
            self._slots.release()
            raise
        future.add_done_callback(lambda _: self._slots.release())
        return await asyncio.wrap_future(future)


def _in_time(call: Callable[[], T], latest_start: float) -> T:
    if time.monotonic() > latest_start:
        raise _overloaded()
    return call()


def _overloaded() -> Unavailable:
    return Unavailable("Too many are signing in at this moment.", headers={"Retry-After": "2"})

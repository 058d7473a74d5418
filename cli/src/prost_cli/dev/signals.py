"""A thing to wait for that happens again and again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Signal:
    """Wakes everyone who waits each time it is fired."""

    def __init__(self) -> None:
        self._next: asyncio.Future[None] | None = None

    def fire(self) -> None:
        """Wake those who wait now."""
        if self._next is not None and not self._next.done():
            self._next.set_result(None)
        self._next = None

    async def wait(self) -> None:
        """Return at the next firing."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._next)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return as soon as `holds` does, asked now and after every firing."""
        while not holds():
            await self.wait()

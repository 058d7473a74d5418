"""The ring buffer as the event loop sees it: writes in batches by one thread, reads by two others.

A write is answered after its transaction is committed to the write-ahead log, so what was acknowledged
outlives a killed process.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from prost_cli.devtools.ring import Ring, connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path
    from typing import Concatenate

    from prost_cli.devtools.config import Retention
    from prost_cli.devtools.records import Record

P = ParamSpec("P")
T = TypeVar("T")

MAX_PENDING_BYTES = 64 << 20
_BATCH_BYTES = 4 << 20
_READERS = 2


class StoreBusyError(Exception):
    """More is waiting to be written than memory should hold; try again in a second."""


@dataclass(slots=True)
class _Write:
    apply: Callable[[Ring], None]
    bytes: int
    done: asyncio.Future[None]


class Store:
    """The ring buffer in the file at `path`; start it inside the event loop that will await it."""

    def __init__(self, path: Path, retention: Retention) -> None:
        self._path = path
        self._retention = retention
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._pending = 0
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._writer = threading.Thread(target=self._run, name="store-write", daemon=True)
        self._changed = asyncio.Event()
        self._closed = False

    async def start(self) -> None:
        """Open the file, or put a damaged one aside and begin anew."""
        self._loop = asyncio.get_running_loop()
        self._ring = await asyncio.to_thread(Ring, self._path, self._retention)
        self._writer.start()

    async def stop(self) -> None:
        """Write what is waiting and close."""
        self.release()
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._ring.close()

    def release(self) -> None:
        """Take no more writes and end every `changes()`, so that those who follow can leave."""
        self._closed = True
        self._changed.set()

    async def add(self, records: Sequence[Record]) -> None:
        """Keep `records`, all or none; returns when they are committed.

        Raises:
            StoreBusyError: Writing lags too far behind.
            sqlite3.Error: They could not be written, for example because the disk is full.

        """
        if records:
            await self._write(lambda ring: ring.insert(records), sum(record.size() for record in records))

    async def remove_mails(self, mail_id: int | None = None) -> None:
        """Delete one mail, or all of them."""
        await self._write(lambda ring: ring.remove_mails(mail_id), 0)

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `query` with a read-only connection in a reader thread."""

        def run() -> T:
            if not hasattr(self._local, "connection"):
                self._local.connection = connect(self._path, query_only=True)
            return query(self._local.connection, *args, **kwargs)

        return await self._loop.run_in_executor(self._readers, run)

    async def changes(self, at_most: float = 15.0) -> AsyncIterator[bool]:
        """Yield True after each commit, and False whenever `at_most` seconds pass without one."""
        changed = self._changed
        while not self._closed:
            try:
                await asyncio.wait_for(changed.wait(), at_most)
            except TimeoutError:
                yield False
            else:
                # Taken before yielding: a commit while the caller works must not be missed.
                changed = self._changed
                yield True

    def usage(self) -> dict[str, dict[str, int]]:
        """Return bytes held and allowed, by table."""
        sizes = self._ring.sizes
        return {table: {"bytes": sizes[table], "limit": limit} for table, limit in self._ring.limits.items()}

    async def _write(self, apply: Callable[[Ring], None], size: int) -> None:
        if self._closed or (self._pending and self._pending + size > MAX_PENDING_BYTES):
            raise StoreBusyError("more comes in than can be written")
        self._pending += size
        write = _Write(apply, size, self._loop.create_future())
        write.done.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._queue.put(write)
        # A client that hangs up must not cancel what the writer is about to resolve.
        await asyncio.shield(write.done)

    def _run(self) -> None:
        last = False
        while not last:
            batch, last = self._gather()
            error: Exception | None = None
            try:
                if batch:
                    with self._ring.transaction():
                        for write in batch:
                            write.apply(self._ring)
            except (sqlite3.Error, ArithmeticError, ValueError) as failure:
                error = failure
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._finish, batch, error)

    def _gather(self) -> tuple[list[_Write], bool]:
        """Wait for a write and take those behind it; the flag tells that none will follow."""
        batch: list[_Write] = []
        size = 0
        while size < _BATCH_BYTES:
            try:
                write = self._queue.get(block=not batch)
            except queue.Empty:
                break
            if write is None:
                return batch, True
            batch.append(write)
            size += write.bytes
        return batch, False

    def _finish(self, batch: Sequence[_Write], error: Exception | None) -> None:
        for write in batch:
            self._pending -= write.bytes
            if error is None:
                write.done.set_result(None)
            else:
                write.done.set_exception(error)
        if error is None and not self._closed:
            self._changed.set()
            self._changed = asyncio.Event()

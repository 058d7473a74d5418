"""Keeps the index in step with PostgreSQL: one process per state directory follows the feed of cards."""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import select
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import psycopg2

from prost_catalog.search.feed import Feed
from prost_catalog.use_cases.cards import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0

# The allocator of some systems keeps no more than it needs, and has no such call.
_TRIM: Final = getattr(ctypes.CDLL(None), "malloc_trim", None)


class Follower(threading.Thread):
    """A thread that leads the index in a folder whenever no other process does."""

    def __init__(self, folder: Path, database_url: str) -> None:
        """Prepare to keep the index in `folder` in step with the database."""
        super().__init__(name="search-follower", daemon=True)
        self._folder = folder
        self._database_url = database_url
        self._stopping = threading.Event()
        self._wake, self._waker = os.pipe()

    def run(self) -> None:
        """Follow until stopped; a database that is away is waited for."""
        while not self._stopping.is_set():
            try:
                with self._leadership() as leading:
                    if leading:
                        self._follow()
            except psycopg2.Error as error:
                logger.warning("search index cannot follow: %s", str(error).strip())
            except Exception:
                # Readers go on with what they have; the next attempt starts from the last commit.
                logger.exception("search index could not be written")
            self._stopping.wait(POLL_SECONDS)

    def stop(self) -> None:
        """Finish the batch in hand and end the thread."""
        self._stopping.set()
        os.write(self._waker, b".")
        self.join()
        os.close(self._wake)
        os.close(self._waker)

    @contextmanager
    def _leadership(self) -> Iterator[bool]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "leader.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _follow(self) -> None:
        with closing(psycopg2.connect(self._database_url, application_name="catalog-search")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(f"LISTEN {CHANNEL}")
            feed = Feed(self._folder, cursor)
            wrote = False
            while not self._stopping.is_set():
                if feed.catch_up():
                    wrote = True
                    continue
                if wrote:
                    _release_memory()
                    wrote = False
                select.select([connection.fileno(), self._wake], [], [], POLL_SECONDS)
                connection.poll()
                connection.notifies.clear()


def _release_memory() -> None:
    """Give back what writing has left behind: this process goes on to serve pages for days."""
    if _TRIM is not None:
        _TRIM(0)

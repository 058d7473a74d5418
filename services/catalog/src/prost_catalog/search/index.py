"""The search index as a dependency of the application."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from prost.errors import Unavailable
from prost_catalog.search.documents import FORMAT, make_schema
from prost_catalog.search.feed import STATE_FILE, open_columns, open_index, read_state
from prost_catalog.search.follower import Follower
from prost_catalog.search.snapshot import Shelves, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tantivy import Index

    from prost_catalog.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

LOOK_SECONDS: Final = 0.2
"""How often a process looks whether the leader has published; a look is one stat of a file."""

THREADS: Final = 2


class SearchIndex:
    """The read side of the catalogue: derived from PostgreSQL, kept in a folder, shared by its processes.

    Every process reads the folder's index and one of them, whichever takes the lock, writes it. Reads
    need neither PostgreSQL nor Redis.
    """

    name = "search"
    required = True

    def __init__(self, settings: Settings) -> None:
        """Prepare an index in the settings' folder; nothing is opened before `start`.

        Raises:
            ValueError: PROST_DATABASE_URL is not set.
        """
        if settings.database_url is None:
            raise ValueError("PROST_DATABASE_URL is not set, and the index is made of what is there.")
        self._folder = settings.search_folder
        self._database_url = settings.database_url.get_secret_value()
        self._snapshot: Snapshot | None = None
        self._index: Index | None = None
        self._seen: tuple[int, int] | None = None
        self._follower: Follower | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._threads: ThreadPoolExecutor | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The newest state that this process has seen.

        Raises:
            Unavailable: the index is being built for the first time.
        """
        if self._snapshot is None:
            raise Unavailable("The catalogue is being read in.", headers={"Retry-After": "2"})
        return self._snapshot

    @property
    def version(self) -> str:
        """The version of the snapshot, `none` before the first."""
        return "none" if self._snapshot is None else self._snapshot.version

    async def start(self) -> None:
        """Open what is there, begin to follow the feed and to look for what the leader publishes."""
        if self._watcher is not None:
            return
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="search")
        self.look()
        self._follower = Follower(self._folder, self._database_url)
        self._follower.start()
        self._watcher = asyncio.create_task(self._watch(), name="search watcher")

    async def stop(self) -> None:
        """Stop looking and following; a batch in hand is finished."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        if self._follower is not None:
            await asyncio.to_thread(self._follower.stop)
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._watcher = self._follower = self._threads = None

    async def check(self) -> None:
        """Return when there is a catalogue to read.

        Raises:
            Unavailable: the index is being built for the first time.
        """
        _ = self.snapshot

    async def ask(self, question: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a snapshot's method beside the event loop; over many products it takes milliseconds."""
        call = asyncio.get_running_loop().run_in_executor
        return await call(self._threads, lambda: question(*args, **kwargs))

    def look(self) -> None:
        """Take up what the leader has published since the last look."""
        try:
            found = (self._folder / STATE_FILE).stat()
        except FileNotFoundError:
            return
        seen = (found.st_ino, found.st_mtime_ns)
        if seen == self._seen:
            return
        state = read_state(self._folder)
        if state is None or state["format"] != FORMAT:
            return
        if self._index is None:
            self._index = open_index(self._folder, make_schema())
        try:
            columns = open_columns(self._folder, state)
        except FileNotFoundError:
            return
        self._index.reload()
        # The index may be newer than the state that was read, never older, so nothing stale can be cached
        # under the state's version.
        self._snapshot = Snapshot(self._index, columns, state["seq"], Shelves(**state["shelves"]))
        self._seen = seen

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

"""The bounded threads in which coroutines have their database work done."""

import asyncio
import contextvars
import functools
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import peewee
from opentelemetry import trace

from prost.db._connection import configure, database
from prost.errors import Unavailable
from prost.settings import Settings

__all__ = ["Database", "in_db"]

P = ParamSpec("P")
T = TypeVar("T")

#: Calls that may wait for a thread, for each thread there is.
QUEUE_PER_THREAD = 16
#: Seconds after which a call that still waits is refused instead of done late.
MAX_WAIT = 5.0
#: Seconds within which the server answers a health check.
CHECK_DEADLINE = 2.0

logger = logging.getLogger(__name__)
_tracer = trace.get_tracer("prost.db")


class _Threads:
    """A thread pool with a bounded queue; each thread keeps its connection until the pool is closed."""

    def __init__(self, size: int, name: str) -> None:
        self.pool = ThreadPoolExecutor(size, thread_name_prefix=name)
        self.slots = threading.BoundedSemaphore(size * (1 + QUEUE_PER_THREAD))

    def submit(self, call: Callable[[], T]) -> Future[T]:
        if not self.slots.acquire(blocking=False):
            raise _overloaded()
        try:
            future = self.pool.submit(_run, call, time.monotonic() + MAX_WAIT)
        except BaseException:
            self.slots.release()
            raise
        future.add_done_callback(self._release)
        return future

    def _release(self, _future: Future[T]) -> None:
        self.slots.release()

    def close(self) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)


_size = 8
_threads: _Threads | None = None


def resize(size: int) -> None:
    """Use `size` threads from the next call on; work in hand is finished first."""
    global _size  # noqa: PLW0603 - one executor per process is the point.
    shut_down()
    _size = size


def shut_down() -> None:
    """Finish what is in hand and let go of the threads and their connections."""
    global _threads
    threads, _threads = _threads, None
    if threads is not None:
        threads.close()


def _forget_threads() -> None:
    global _threads  # noqa: PLW0603 - a child has none of its parent's threads.
    _threads = None


os.register_at_fork(after_in_child=_forget_threads)


async def in_db(fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn` in a database thread and return what it returns; context variables are carried over.

    `fn` does database work only. What it raises is raised here, except that a server that does not answer,
    a lock not granted in time or a deadlock becomes `Unavailable`; `peewee.IntegrityError` stays what it is,
    for the use case to say what it means.

    Raises:
        Unavailable: the database or its queue cannot take this now; `Retry-After` says when to come back.
    """
    global _threads  # noqa: PLW0603 - one executor per process is the point.
    if _threads is None:
        _threads = _Threads(_size, "prost-db")
    context = contextvars.copy_context()
    call = functools.partial(context.run, functools.partial(_traced, fn, *args, **kwargs))
    return await asyncio.wrap_future(_threads.submit(call))


def _traced(fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    if not trace.get_current_span().is_recording():
        return fn(*args, **kwargs)
    with _tracer.start_as_current_span(f"db {getattr(fn, '__name__', 'call')}"):
        return fn(*args, **kwargs)


def _run(call: Callable[[], T], latest_start: float) -> T:
    if time.monotonic() > latest_start:
        raise _overloaded()
    database.refresh()
    try:
        return call()
    except (peewee.OperationalError, peewee.InterfaceError) as error:
        logger.warning("database call failed: %s", str(error).strip())
        raise Unavailable("The database is not answering.", headers={"Retry-After": "1"}) from error
    finally:
        if database.in_transaction():
            # Only a transaction opened by hand can get here; the next call must not continue it.
            database.discard()


def _overloaded() -> Unavailable:
    return Unavailable("Too many requests are waiting for the database.", headers={"Retry-After": "1"})


class Database:
    """The process's database as a dependency of an application.

    `check` asks the server on a connection of its own, so a busy service is not taken for a broken one.
    """

    name = "postgres"
    required = True

    def __init__(self, settings: Settings | None = None) -> None:
        """Configure the process's `database` from the settings, when they are given."""
        if settings is not None:
            configure(settings)
        self._checker: ThreadPoolExecutor | None = None

    async def start(self) -> None:
        """Nothing is connected ahead of the first call: a service starts while its database restarts."""

    async def stop(self) -> None:
        """Finish what is in hand and close the connections."""
        checker, self._checker = self._checker, None
        if checker is not None:
            checker.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(shut_down)

    async def check(self) -> None:
        """Return when the server answers.

        Raises:
            Unavailable: it does not, within two seconds.
        """
        if self._checker is None:
            self._checker = ThreadPoolExecutor(1, thread_name_prefix="prost-db-check")
        answer = asyncio.wrap_future(self._checker.submit(_run, _ping, time.monotonic() + CHECK_DEADLINE))
        try:
            await asyncio.wait_for(answer, CHECK_DEADLINE)
        except TimeoutError as error:
            raise Unavailable("The database did not answer in time.") from error


def _ping() -> None:
    database.execute_sql("SELECT 1")

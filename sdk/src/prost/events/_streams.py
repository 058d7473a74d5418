"""Events on Redis or Valkey: one stream for all, and a consumer group per service.

A group's entry stays pending until it is acknowledged, from the very moment it is handed out. kombu's Redis
transport pops a message first and notes it down afterwards: killing its consumer lost messages.
"""

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from prost.events._broker import EXCHANGE, BrokerDown, Deliver, Delivery, Publication

__all__ = ["StreamBroker"]

#: Entries that a consumer takes at once.
BATCH = 32
#: Seconds for connecting and for each answer, and how long a read waits for news.
TIMEOUT = 5.0
BLOCK = 0.5
#: Seconds in which what follows is gathered: a busy stream need not wake every service for each entry.
GATHER = 0.04
#: Entries that the stream holds at most, and for how long what every group has seen is kept for newcomers.
MAX_LENGTH = 500_000
KEEP_SECONDS = 24 * 3600
#: Seconds between looks at what silent consumers left undone.
TIDY_INTERVAL = 5.0
#: The key that is gone when the server was emptied, and the stream with it.
MEMORY = f"{EXCHANGE}.memory"

_Entry = tuple[bytes, dict[bytes, bytes], int]


class StreamBroker:
    """A broker over one stream."""

    def __init__(self, url: str, *, visibility_timeout: float) -> None:
        """Remember `url`; the first call connects."""
        self._visibility_timeout = visibility_timeout
        self._consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._client: Redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            health_check_interval=30,
            # A publication that was repeated in here would be a duplicate that the relay knows nothing of.
            retry=Retry(NoBackoff(), 0),
        )

    def publish(self, batch: Sequence[Publication]) -> None:
        """Append the events; the server's answer is the confirm."""
        with _telling(), self._client.pipeline(transaction=True) as pipeline:
            for publication in batch:
                fields: dict[Any, Any] = {"type": publication.type, "body": publication.body}
                pipeline.xadd(EXCHANGE, fields, maxlen=MAX_LENGTH, approximate=True)
            pipeline.execute()

    def memory(self) -> str | None:
        """Return a name that whoever asked first has made up since the server was emptied last."""
        with _telling(), self._client.pipeline(transaction=False) as pipeline:
            pipeline.set(MEMORY, secrets.token_hex(8), nx=True)
            pipeline.get(MEMORY)
            _, name = pipeline.execute()
        return None if name is None else str(name.decode())

    def declare(self, queue: str, types: Iterable[str]) -> None:  # noqa: ARG002 - a group sees every type.
        """Make the service's group, which begins with what the stream still holds."""
        with _telling():
            try:
                self._client.xgroup_create(EXCHANGE, queue, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def consume(self, queue: str, types: Iterable[str], deliver: Deliver, stop: Flag) -> None:
        """Deliver the entries of these types and pass over the others."""
        wanted = frozenset(event_type.encode() for event_type in types)

        def hand_over(entries: Sequence[_Entry]) -> None:
            deliveries = [
                Delivery(fields.get(b"body", b""), attempts)
                for _, fields, attempts in entries
                if fields.get(b"type") in wanted
            ]
            if deliveries:
                deliver(deliveries)
            if entries:
                self._client.xack(EXCHANGE, queue, *(entry_id for entry_id, _, _ in entries))

        self.declare(queue, types)
        tidy_at = 0.0
        with _telling():
            while not stop.is_set():
                if time.monotonic() >= tidy_at:
                    tidy_at = time.monotonic() + min(TIDY_INTERVAL, self._visibility_timeout / 2)
                    self._take_over(queue, hand_over)
                    self._trim()
                answer: Any = self._client.xreadgroup(
                    queue, self._consumer, {EXCHANGE: ">"}, count=BATCH, block=int(BLOCK * 1000)
                )
                fresh = [(entry_id, fields, 1) for entry_id, fields in _entries(answer)]
                hand_over(fresh)
                if 0 < len(fresh) < BATCH:
                    stop.wait(GATHER)
            # Everything that was read has been answered, so the name holds nothing.
            self._client.xgroup_delconsumer(EXCHANGE, queue, self._consumer)

    def close(self) -> None:
        """Close the connections; an error on the way out changes nothing."""
        with contextlib.suppress(RedisError, OSError):
            self._client.close()

    def _take_over(self, queue: str, hand_over: Callable[[Sequence[_Entry]], None]) -> None:
        """Deliver what consumers that fell silent left pending, and forget those that are long gone.

        One by one: claiming counts, and what is behind an entry that ends its consumer is not to be blamed.
        """
        idle = int(self._visibility_timeout * 1000)
        start: Any = "-"
        while True:
            pending: Any = self._client.xpending_range(EXCHANGE, queue, start, "+", BATCH, idle=idle)
            if not pending:
                break
            for entry in pending:
                claimed: Any = self._client.xclaim(
                    EXCHANGE, queue, self._consumer, idle, [entry["message_id"]]
                )
                attempts = entry["times_delivered"] + 1
                hand_over([(entry_id, fields, attempts) for entry_id, fields in claimed])
            start = b"(" + pending[-1]["message_id"]
        consumers: Any = self._client.xinfo_consumers(EXCHANGE, queue)
        for consumer in consumers:
            gone = consumer["pending"] == 0 and consumer["idle"] > 10 * idle
            if gone and consumer["name"] != self._consumer.encode():
                self._client.xgroup_delconsumer(EXCHANGE, queue, consumer["name"])

    def _trim(self) -> None:
        """Drop what is old and what every group is done with; what a group has yet to do stays."""
        oldest = f"{int((time.time() - KEEP_SECONDS) * 1000)}-0"
        bounds = [_number(oldest)]
        groups: Any = self._client.xinfo_groups(EXCHANGE)
        for group in groups:
            bounds.append(_number(group["last-delivered-id"]))
            if group["pending"]:
                first: Any = self._client.xpending(EXCHANGE, group["name"])
                bounds.append(_number(first["min"]))
        milliseconds, number = min(bounds)
        self._client.xtrim(EXCHANGE, minid=f"{milliseconds}-{number}", approximate=True)


def _entries(answer: Any) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    # RESP2 answers with pairs and RESP3 with a map, whose entries lie one list deeper.
    streams = answer.items() if isinstance(answer, dict) else answer or ()
    for _, entries in streams:
        for entry in entries:
            yield from entry if isinstance(entry, list) else (entry,)


def _number(entry_id: bytes | str) -> tuple[int, int]:
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    milliseconds, _, number = text.partition("-")
    return int(milliseconds), int(number or 0)


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise BrokerDown(str(error) or type(error).__name__) from error

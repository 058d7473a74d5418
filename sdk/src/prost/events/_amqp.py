"""Events on RabbitMQ: a topic exchange, a quorum queue per service, and a place for what fits none."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event as Flag
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import KombuError, OperationalError
from kombu.message import Message
from kombu.messaging import Consumer
from kombu.utils.encoding import bytes_to_str

from prost.events._broker import EXCHANGE, BrokerDown, Deliver, Delivery, Publication

__all__ = ["AmqpBroker"]

#: Messages that a consumer holds at once.
PREFETCH = 16
#: Seconds for connecting, and for the broker's word that it has a message.
CONNECT_TIMEOUT = 3.0
CONFIRM_TIMEOUT = 5.0
HEARTBEAT = 60
#: Deliveries without an answer after which RabbitMQ itself sets a message aside. The inbox does so earlier.
DELIVERY_LIMIT = 30
#: How much of what no queue was bound to is kept, and for how many milliseconds.
MAX_UNROUTED = 100_000
KEEP_UNROUTED = 24 * 3600 * 1000
#: Of such events, how many are published with one wait for their confirms.
REPLAYED_AT_ONCE = 100
#: Seconds after its start at which a consumer looks for such events once more.
SECOND_LOOK = 10.0

_UNROUTED = Exchange("prost.unrouted", type="fanout", durable=True)
_UNROUTED_QUEUE = Queue(
    "prost.unrouted",
    _UNROUTED,
    durable=True,
    queue_arguments={
        "x-queue-type": "quorum",
        "x-max-length": MAX_UNROUTED,
        "x-message-ttl": KEEP_UNROUTED,
    },
)
_DEAD = Exchange("prost.dead", type="direct", durable=True)
# What no queue is bound to goes to the alternate exchange and is kept there.
_EVENTS = Exchange(EXCHANGE, type="topic", durable=True, arguments={"alternate-exchange": _UNROUTED.name})


class AmqpBroker:
    """A broker over kombu's AMQP transport, with publisher confirms."""

    def __init__(self, url: str) -> None:
        """Remember `url`; the first call connects."""
        self._url = url
        self._connection = Connection(
            url,
            connect_timeout=CONNECT_TIMEOUT,
            heartbeat=HEARTBEAT,
            transport_options={
                "read_timeout": 2 * HEARTBEAT,
                "write_timeout": CONFIRM_TIMEOUT,
            },
        )
        self._ready = False

    def publish(self, batch: Sequence[Publication]) -> None:
        """Publish persistently, all at once, and wait for the confirms."""
        with self._telling():
            self._prepare()
            with closing(self._connection.channel()) as channel:
                channel.confirm_select()
                confirms = _Confirms(len(batch))
                channel.events["basic_ack"].add(confirms.ack)
                channel.events["basic_nack"].add(confirms.nack)
                for publication in batch:
                    message = channel.prepare_message(
                        publication.body.encode(),
                        content_type="application/json",
                        content_encoding="binary",
                        properties={
                            "delivery_mode": 2,
                            "message_id": publication.id,
                            "type": publication.type,
                        },
                    )
                    channel.basic_publish(message, exchange=_EVENTS.name, routing_key=publication.type)
                latest = time.monotonic() + CONFIRM_TIMEOUT
                while confirms.missing:
                    self._connection.drain_events(timeout=max(0.01, latest - time.monotonic()))

    def memory(self) -> str | None:
        """Return None: what it has confirmed is on the disks of its queues."""
        return None

    def declare(self, queue: str, types: Iterable[str]) -> None:
        """Declare the service's quorum queue, its bindings and its queue of dead messages."""
        with self._telling():
            self._prepare()
            self._queue(queue, types)

    def consume(self, queue: str, types: Iterable[str], deliver: Deliver, stop: Flag) -> None:
        """Deliver one message after the other; unanswered ones return when the connection ends."""
        with self._telling():
            self._prepare()
            consumer = Consumer(
                self._connection.default_channel,
                queues=[self._queue(queue, types)],
                on_message=_answering(deliver),
                accept=["application/json"],
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            self._replay_unrouted()
            second_look: float | None = time.monotonic() + SECOND_LOOK
            with consumer:
                while not stop.is_set():
                    if second_look and time.monotonic() > second_look:
                        second_look = None
                        self._replay_unrouted()
                    with contextlib.suppress(TimeoutError):
                        self._connection.drain_events(timeout=0.5)
                    self._connection.heartbeat_check()

    def close(self) -> None:
        """Close the connection; an error on the way out changes nothing."""
        with contextlib.suppress(Exception):
            self._connection.release()

    def _prepare(self) -> None:
        if self._ready and self._connection.connected:
            return
        self._connection.ensure_connection(max_retries=1, interval_start=0, reraise_as_library_errors=True)
        channel = self._connection.default_channel
        for entity in (_UNROUTED, _UNROUTED_QUEUE, _DEAD, _EVENTS):
            entity(channel).declare()
        self._ready = True

    def _queue(self, name: str, types: Iterable[str]) -> Queue:
        channel = self._connection.default_channel
        dead = Queue(
            f"{name}.dead", _DEAD, routing_key=name, durable=True, queue_arguments={"x-queue-type": "quorum"}
        )
        dead(channel).declare()
        queue = Queue(
            name,
            durable=True,
            queue_arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": _DEAD.name,
                "x-dead-letter-routing-key": name,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )(channel)
        queue.queue_declare()
        for event_type in types:
            queue.bind_to(_EVENTS.name, routing_key=event_type)
        return queue

    def _replay_unrouted(self) -> None:
        """Publish what fitted no queue once more: it may be for the queue that was bound just now.

        What still fits none comes back to where it was. It has a connection of its own, on which no other
        message comes in between.
        """
        with closing(AmqpBroker(self._url)) as other:
            other.publish_unrouted()

    def publish_unrouted(self) -> None:
        """Publish what is kept for want of a queue, each event before it is taken from there."""
        with self._telling():
            self._prepare()
            channel = self._connection.default_channel
            waiting = channel.queue_declare(_UNROUTED_QUEUE.name, passive=True).message_count
            while waiting > 0:
                wanted = min(waiting, REPLAYED_AT_ONCE)
                taken = [channel.basic_get(_UNROUTED_QUEUE.name) for _ in range(wanted)]
                messages = [message for message in taken if message is not None]
                if not messages:
                    break
                self.publish([_published(message) for message in messages])
                channel.basic_ack(messages[-1].delivery_tag, multiple=True)
                waiting -= wanted

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn every way in which a connection can fail into `BrokerDown`, and start afresh next time."""
        errors = (
            *self._connection.connection_errors, *self._connection.channel_errors,
            KombuError, OperationalError, OSError, TimeoutError,
        )  # fmt: skip
        try:
            yield
        except errors as error:
            self._ready = False
            with contextlib.suppress(Exception):
                self._connection.release()
            raise BrokerDown(str(error) or type(error).__name__) from error


def _published(message: Any) -> Publication:
    event_id = message.properties.get("message_id", "")
    return Publication(event_id, message.delivery_info["routing_key"], bytes_to_str(message.body))


def _answering(deliver: Deliver) -> Callable[[Message], None]:
    def on_message(message: Message) -> None:
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        earlier = int(message.headers.get("x-delivery-count", 0))
        # What this raises ends the connection, which is how RabbitMQ learns that there is no answer.
        deliver([Delivery(body, attempts=earlier + 1)])
        message.ack()

    return on_message


class _Confirms:
    """The publications of one channel, numbered from 1, that the broker has not confirmed."""

    def __init__(self, count: int) -> None:
        self.missing = set(range(1, count + 1))

    def ack(self, tag: int, multiple: bool) -> None:
        self.missing -= {number for number in self.missing if number <= tag} if multiple else {tag}

    def nack(self, tag: int, multiple: bool) -> None:
        raise OperationalError(
            f"the broker refused publication {tag}{' and those before' if multiple else ''}"
        )

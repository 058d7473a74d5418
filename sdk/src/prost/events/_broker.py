"""What the relay and the consumers ask of a broker, whichever it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from typing import Protocol

__all__ = ["EXCHANGE", "Broker", "BrokerDown", "Deliver", "Delivery", "Publication", "connect"]

#: The topic exchange, or the stream, that all services share.
EXCHANGE = "prost.events"
#: Seconds after which Redis gives what a silent consumer left undone to another. RabbitMQ needs none: it sees
#: the consumer's connection end.
VISIBILITY_TIMEOUT = 15.0


class BrokerDown(Exception):
    """The broker cannot be reached, or did not confirm in time."""


@dataclass(frozen=True)
class Publication:
    """One event on its way out: `body` is the envelope's JSON."""

    id: str
    type: str
    body: str


@dataclass(frozen=True)
class Delivery:
    """One message that came in; `attempts` counts this delivery and those that ended without an answer."""

    body: bytes
    attempts: int = 1


#: Takes what came at once. All of it is acknowledged when this returns and delivered again when it raises.
Deliver = Callable[[Sequence[Delivery]], None]


class Broker(Protocol):
    """One connection, used by one thread. Every method raises `BrokerDown` when the broker is gone."""

    def publish(self, batch: Sequence[Publication]) -> None:
        """Return once the broker has all events safely, whether or not anyone listens to their types.

        After `BrokerDown` it may have some of them.
        """

    def memory(self) -> str | None:
        """Name what it remembers: under another name it has forgotten what it had. None: it never forgets."""

    def declare(self, queue: str, types: Iterable[str]) -> None:
        """Make the durable queue of one service, so that nothing of these types is missed from now on."""

    def consume(self, queue: str, types: Iterable[str], deliver: Deliver, stop: Flag) -> None:
        """Deliver what comes until `stop` is set, then finish what was begun.

        What `deliver` raises is raised here, and this broker is then to be closed.
        """

    def close(self) -> None:
        """Let go of the connection, whatever its state."""


def connect(url: str) -> Broker:
    """Return the broker at an `amqp(s)://` or `redis(s)://` URL, which is reached with the first call."""
    if url.startswith(("amqp://", "amqps://")):
        from prost.events._amqp import AmqpBroker  # noqa: PLC0415 - only one of the drivers is needed.

        return AmqpBroker(url)
    from prost.events._streams import StreamBroker  # noqa: PLC0415 - only one of the drivers is needed.

    return StreamBroker(url, visibility_timeout=VISIBILITY_TIMEOUT)

"""Events between services: none is lost, and each takes effect once.

The outbox writes an event in the transaction of its cause, the relay publishes it, the inbox records it in
the transaction of its effect. Handlers are a dict of event type and function.
"""

from prost.events._broker import BrokerDown
from prost.events._dead import DeadLetter, dead_letters, redrive
from prost.events._envelope import Envelope, Event
from prost.events._handlers import Handler, ordered
from prost.events._outbox import Outbox
from prost.events._relay import Relay
from prost.events._schedules import Schedule
from prost.events._worker import Worker

__all__ = [
    "BrokerDown",
    "DeadLetter",
    "Envelope",
    "Event",
    "Handler",
    "Outbox",
    "Relay",
    "Schedule",
    "Worker",
    "dead_letters",
    "ordered",
    "redrive",
]

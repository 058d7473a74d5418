"""Handlers of events: plain functions, and what can be read off them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel

from prost.events._envelope import Envelope

__all__ = ["Handler", "Subscription", "ordered", "subscriptions"]

#: Takes the envelope and its data, as the model that the second parameter is annotated with or as a dict. It
#: runs inside the transaction that also records the event as done, and does database work only.
Handler = Callable[[Envelope, Any], None]

F = TypeVar("F", bound=Handler)


def ordered(handler: F) -> F:
    """Mark a handler that has to see an aggregate's events in their order, each one once.

    An early event waits for the ones before it, among the types that ordered handlers of this consumer read;
    a late one is dropped.
    """
    handler.__prost_ordered__ = True  # type: ignore[attr-defined] # a mark, read below.
    return handler


@dataclass(frozen=True)
class Subscription:
    """One handler, ready to be called."""

    handler: Handler
    model: type[BaseModel] | None
    ordered: bool

    def handle(self, envelope: Envelope) -> None:
        """Validate the data and handle the event."""
        data = envelope.data if self.model is None else self.model.model_validate(envelope.data)
        self.handler(envelope, data)


def subscriptions(handlers: Mapping[str, Handler]) -> dict[str, Subscription]:
    """Read each handler's wishes off its signature and its marks.

    Raises:
        TypeError: a handler does not take an envelope and the data.
    """
    return {event_type: _subscription(event_type, handler) for event_type, handler in handlers.items()}


def _subscription(event_type: str, handler: Handler) -> Subscription:
    parameters = list(inspect.signature(handler).parameters.values())
    if len(parameters) != 2 or inspect.iscoroutinefunction(handler):  # noqa: PLR2004 - the envelope and the data.
        raise TypeError(f"the handler of {event_type} has to be a plain function of an envelope and its data")
    hint = get_type_hints(handler).get(parameters[1].name)
    model = hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None
    return Subscription(handler, model, getattr(handler, "__prost_ordered__", False))

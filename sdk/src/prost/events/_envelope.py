"""What an event is, and the envelope that it travels in."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Envelope", "Event"]


class Event(BaseModel):
    """A fact in the past, such as `OrderConfirmed`; its fields are the `data` of its envelope.

    `type` is also its routing key: `<service>.<fact>.v<n>`. A consumer declares the fields that it reads and
    ignores the others, so that the publisher may add some.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]

    def aggregate_id(self) -> UUID:
        """Return the id of the thing whose events are numbered in order, say, the order's."""
        raise NotImplementedError(f"{type(self).__name__} does not say which aggregate it belongs to.")


class Envelope(BaseModel):
    """An event under way: who it is, where it belongs in time, and its `data`.

    `sequence` counts an aggregate's events from 1. `before` has, by event type, the sequence of the
    aggregate's latest event of that type before this one: a consumer that reads some types only can still
    tell whether it has missed one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    type: str
    occurred_at: datetime
    aggregate_id: UUID
    sequence: int = Field(ge=1)
    before: dict[str, int] = {}
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None
    data: dict[str, Any]

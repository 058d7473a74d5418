"""The moment by which the work at hand has to be done, carried from a request to the calls that it makes."""

import time
from contextvars import ContextVar

__all__ = ["HEADER", "remaining", "set_deadline"]

HEADER = "Prost-Deadline-Ms"

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float) -> None:
    """Give the current task, and those that it starts, this much time from now."""
    _deadline.set(time.monotonic() + seconds)


def remaining() -> float | None:
    """Return the seconds that are left, never below 0, or None when nobody waits."""
    moment = _deadline.get()
    return None if moment is None else max(0.0, moment - time.monotonic())

"""The two values that every row starts with: an id and a time."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

_COUNTER_BITS = 42
_lock = threading.Lock()
_last_ms = 0
_counter = 0


def _system_clock() -> datetime:
    return datetime.now(UTC)


_clock: Callable[[], datetime] = _system_clock


def utcnow() -> datetime:
    """Return the time now, aware and in UTC; tests stop it with the `clock` fixture."""
    return _clock()


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """Let `utcnow` read `clock`, or the system's clock again for None."""
    global _clock  # noqa: PLW0603 - one clock per process is the point.
    _clock = clock or _system_clock


def uuid7() -> UUID:
    """Return an RFC 9562 version 7 UUID, greater than every one that this process made before.

    48 bits of Unix milliseconds, then a 42 bit counter that starts anywhere in its lower half each
    millisecond (RFC 9562, section 6.2, method 1), then 32 random bits.
    """
    global _last_ms, _counter  # noqa: PLW0603 - the sequence belongs to the process.
    now = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    with _lock:
        if now > _last_ms:
            _last_ms = now
            _counter = random >> 32 & (1 << _COUNTER_BITS - 1) - 1
        else:
            # The clock stood still or went back: count on, and borrow the next millisecond when full.
            _counter += 1
            if _counter >> _COUNTER_BITS:
                _last_ms += 1
                _counter = random >> 32 & (1 << _COUNTER_BITS - 1) - 1
        milliseconds, counter = _last_ms, _counter
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | counter >> 30 << 64
        | 0b10 << 62
        | (counter & (1 << 30) - 1) << 32
        | random & 0xFFFFFFFF
    )


# A child that shared its parent's lock or counter could block for ever or repeat the parent's sequence.
def _forget_sequence() -> None:
    global _lock, _last_ms  # noqa: PLW0603 - the child begins its own sequence.
    _lock = threading.Lock()
    _last_ms = 0


os.register_at_fork(after_in_child=_forget_sequence)

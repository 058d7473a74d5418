"""A clock that moves when a test says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from prost.db._values import set_clock

__all__ = ["FakeClock", "clock"]


class FakeClock:
    """A time that stands still. Call it for the time; `advance` moves it on."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`, which has a timezone."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """Stop the clock that `prost.db.utcnow` reads at noon of 2030-01-01 UTC."""
    fake = FakeClock(datetime(2030, 1, 1, 12, tzinfo=UTC))
    set_clock(fake)
    yield fake
    set_clock(None)

"""A circuit breaker: who fails again and again is left alone for a moment."""

import random
import time

__all__ = ["CircuitBreaker"]


class CircuitBreaker:
    """Opens after `threshold` failures in a row and lets one call through every `pause` seconds to see."""

    def __init__(self, threshold: int = 5, pause: float = 5.0) -> None:
        """Begin closed."""
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._failures >= self._threshold

    def admit(self) -> bool:
        """Tell whether a call may be made now."""
        if not self.is_open:
            return True
        if time.monotonic() < self._next_try:
            return False
        self._next_try = time.monotonic() + self._pause
        return True

    def succeeded(self) -> None:
        """Close."""
        self._failures = 0

    def failed(self) -> None:
        """Count a failure. The pause varies by a fifth, so that callers do not come back all at once."""
        self._failures += 1
        if self.is_open:
            self._next_try = time.monotonic() + self._pause * random.uniform(0.8, 1.2)  # noqa: S311

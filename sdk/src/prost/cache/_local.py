"""The part of the byte cache that is in this process's memory."""

import time
from collections import OrderedDict
from typing import NamedTuple

__all__ = ["LocalCache"]

#: Bytes that an entry takes beside its key and its value.
OVERHEAD = 250


class _Entry(NamedTuple):
    value: bytes
    expires: float
    born: int


class LocalCache:
    """A bounded map that forgets a namespace at once, and everything when it may have missed news.

    Each event that can make entries stale moves `now` on. A load remembers the moment at which it began, and
    what it brings is kept only when nothing relevant happened since.
    """

    def __init__(self, max_bytes: int) -> None:
        """Hold at most `max_bytes`, keys and overhead included."""
        self.max_bytes = max_bytes
        self.bytes = 0
        self.now = 0
        self.trusted_until = 0.0
        self._entries: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._cleared = 0
        self._invalidated: dict[str, int] = {}

    def get(self, namespace: str, key: str) -> bytes | None:
        """Return what is held and may be trusted now, else None."""
        name = (namespace, key)
        entry = self._entries.get(name)
        if entry is None:
            return None
        now = time.monotonic()
        if now >= self.trusted_until:
            return None
        if now >= entry.expires or entry.born < self.horizon(namespace):
            self._drop(name)
            return None
        self._entries.move_to_end(name)
        return entry.value

    def put(self, namespace: str, key: str, value: bytes, *, ttl: float, born: int) -> None:
        """Hold `value` for `ttl` seconds, unless it is too large or something happened since `born`."""
        size = len(key) + len(value) + OVERHEAD
        if born < self.horizon(namespace) or size > self.max_bytes // 8:
            return
        name = (namespace, key)
        self._drop(name)
        self._entries[name] = _Entry(value, time.monotonic() + ttl, born)
        self.bytes += size
        while self.bytes > self.max_bytes:
            self._drop(next(iter(self._entries)))

    def horizon(self, namespace: str) -> int:
        """Return the moment that a load of the namespace has to be younger than."""
        return self._invalidated.get(namespace, self._cleared)

    def invalidate(self, namespace: str) -> None:
        """Forget one namespace, whatever its size."""
        self.now += 1
        self._invalidated[namespace] = self.now

    def clear(self) -> None:
        """Forget everything and trust nothing until told again."""
        self.now += 1
        self._cleared = self.now
        self._invalidated.clear()
        self._entries.clear()
        self.bytes = 0
        self.trusted_until = 0.0

    def _drop(self, name: tuple[str, str]) -> None:
        entry = self._entries.pop(name, None)
        if entry is not None:
            self.bytes -= len(name[1]) + len(entry.value) + OVERHEAD

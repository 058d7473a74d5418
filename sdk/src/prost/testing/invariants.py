"""What a service's worker measures of its invariants."""

from typing import Any

import pytest

__all__ = ["invariants_measured"]


class _Gauge:
    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def set(self, value: int, attributes: dict[str, Any]) -> None:
        self.values[attributes["invariant"]] = value


@pytest.fixture
def invariants_measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Give the violations that were measured last, by invariant."""
    gauge = _Gauge()
    monkeypatch.setattr("prost.invariants._violations", gauge)
    return gauge.values

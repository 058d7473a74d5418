"""The local stack: seconds to healthy and to its end, memory by process, a new service's first answer."""

import statistics
import time
from collections import deque
from typing import Any
from urllib.error import HTTPError

from stack import ROOT, Bench, bench

_PATIENCE = 60.0
# What a start leaves behind goes back within a minute: Go's collector and its scavenger take their time.
_SETTLING = 120.0
_LOOK_EVERY = 5.0
_LOOKS = 6
_SETTLED = 0.01


def run(rounds: int) -> None:
    """Measure and print the figures of the whole landscape, and of a stack with the catalogue alone."""
    print("all services")
    made = Bench(ROOT)
    try:
        _measure(made, rounds)
    finally:
        made.prost("dev", "reset", "--yes", "--stack", "bench")
    print("the catalogue alone")
    with bench([ROOT / "services" / "catalog"]) as other:
        for folder in ("templates", ".git"):
            (other.root / folder).symlink_to(ROOT / folder)
        _measure(other, rounds)
        other.up()
        _print("new-service to its first 200 through the gateway", [_new_service(other)])


def _measure(made: Bench, rounds: int) -> None:
    """Start and end a stack again and again. The first start, with initdb and seeds, is not counted."""
    made.up()
    made.await_done("catalog:backfill", 600)
    ups, downs = [], []
    for _ in range(rounds):
        downs.append(made.down())
        ups.append(made.up())
    status = _settled(made)
    made.down()
    _print_memory(status)
    _print("dev up --detach, warm", ups)
    _print("dev down", downs)


def _settled(made: Bench) -> dict[str, Any]:
    """Return the stack's processes once their memory has stayed what it is for half a minute."""
    deadline = time.monotonic() + _SETTLING
    looks = deque[dict[str, Any]]([made.ps()], maxlen=_LOOKS)
    while time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
        looks.append(made.ps())
        sizes = [status["memory"] for status in looks]
        if len(sizes) == _LOOKS and max(sizes) - min(sizes) < _SETTLED * max(sizes):
            break
    return looks[-1]


def _new_service(made: Bench) -> float:
    began = time.perf_counter()
    made.prost("new-service", "bonus")
    while True:
        try:
            made.get("/api/bonus/entries")
        except HTTPError:
            if time.perf_counter() - began > _PATIENCE:
                raise
            time.sleep(0.05)
        else:
            return time.perf_counter() - began


def _print(what: str, seconds: list[float]) -> None:
    print(f"{what}: {statistics.median(seconds):.1f} s ({', '.join(f'{one:.1f}' for one in seconds)})")


def _print_memory(status: dict[str, Any]) -> None:
    parts = {unit["name"]: unit["memory"] / 2**20 for unit in status["units"] if unit["memory"]}
    print(f"proportional set size: {status['memory'] / 2**20:.0f} MiB")
    print("  " + ", ".join(f"{name} {size:.0f}" for name, size in sorted(parts.items(), key=lambda x: -x[1])))

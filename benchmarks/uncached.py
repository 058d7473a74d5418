"""Lists and searches that nobody asked before, over growing catalogues: latency and CPU per request."""

import random
import subprocess
import sys
import time
from urllib.parse import urlencode

from measure import cpu_seconds, wrk
from stack import LIKE_PRODUCTION, ROOT, Bench, bench

_CONNECTIONS = 2
_WORDS = "pils helles weissbier riesling silvaner gin rum apfelsaft cola tonic mate bockbier merlot".split()
_CATEGORIES = ["bier", "wein", "spirituosen", "saefte", "limonaden", "wasser", "schaumwein"]


def run(sizes: list[int], seconds: int) -> None:
    """Measure each size on an empty stack of its own and print a table of them."""
    print(f"\n{'products':>10}{'work':>9}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'CPU s/1k':>11}")
    for size in sizes:
        with bench([ROOT / "services" / "catalog"]) as made:
            made.up(*LIKE_PRODUCTION)
            _fill(made, size)
            pids = made.pids()
            trees = [pid for name in ("catalog:web", "postgres", "valkey", "gateway") for pid in pids[name]]
            for work, paths in {"list": _lists(20_000), "search": _searches(20_000)}.items():
                before = cpu_seconds(trees)
                load = wrk(made.gateway, paths, seconds, _CONNECTIONS)
                cpu = (cpu_seconds(trees) - before) / load.requests * 1000
                latencies = f"{load.p50:>9.1f}{load.p99:>9.1f}"
                print(f"{size:>10}{work:>9}{load.rate:>9.0f}{latencies}{load.bad:>6}{cpu:>11.1f}", flush=True)


def _fill(made: Bench, size: int) -> None:
    """Fill the catalogue and wait until its index has everything."""
    environment = made.environment("catalog")
    command = [sys.executable, "-m", "prost_catalog.bulk", "--products", str(size)]
    subprocess.run(command, cwd=ROOT / "services" / "catalog", env=environment, check=True, stdout=sys.stderr)
    while made.get("/api/catalog/products?page_size=1")["total"] < size:
        time.sleep(1)


def _lists(count: int) -> list[str]:
    chance = random.Random(1)
    return [f"/api/catalog/products?{urlencode(_filters(chance, number))}" for number in range(count)]


def _searches(count: int) -> list[str]:
    chance = random.Random(2)
    return [
        f"/api/catalog/products?{urlencode({'q': chance.choice(_WORDS), **_filters(chance, number)})}"
        for number in range(count)
    ]


def _filters(chance: random.Random, number: int) -> dict[str, str]:
    """Give a query like a visitor's: none to three filters, and a price bound that makes it new."""
    chosen = {"category": chance.choice(_CATEGORIES), "alcohol_free": "false", "deposit": "reusable"}
    names = chance.sample(sorted(chosen), chance.choice([0, 1, 1, 2, 3]))
    return {**{name: chosen[name] for name in names}, "max_price": f"{10 + number / 100:.2f}"}

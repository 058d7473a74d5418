"""Lists and searches that nobody asked before, over growing catalogues: latency and CPU per request."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from urllib.parse import urlencode

import reads
from measure import Load, measure, wrk
from stack import LIKE_PRODUCTION, ROOT, Bench, bench

_PRODUCTS = "/api/catalog/products"
_CONNECTIONS = 2
#: More queries than a load gets through, so that none of them comes twice.
_EACH = 40_000
_WORDS = "pils helles weißbier riesling silvaner gin rum apfelsaft cola tonic mate bockbier merlot".split()
_CATEGORIES = ["bier", "wein", "spirituosen", "saefte", "limonaden", "wasser", "schaumwein"]


def run(sizes: list[int], seconds: int, rounds: int) -> None:
    """Measure each size on an empty stack of its own and print a table of them."""
    titles = f"{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'CPU s/1k':>11}{'others':>9}"
    print(f"\n{'products':>10} {'work':<7}{titles}", flush=True)
    for size in sizes:
        with bench([ROOT / "services" / "catalog"]) as made:
            made.up(*LIKE_PRODUCTION)
            made.await_done("catalog:backfill", 600)
            _fill(made, size)
            trees = {name: pids for name, pids in made.pids().items() if name in reads.TREES}
            works = {
                "list": _load(made.gateway, _queries(), seconds),
                "search": _load(made.gateway, _queries(_WORDS), seconds),
            }
            for row in measure(works, trees, rounds):
                latencies = f"{row.rate:>9.0f}{row.p50:>9.1f}{row.p99:>9.1f}{row.bad:>6}"
                parts = ", ".join(f"{name} {cpu:.2f}" for name, cpu in row.cpu.items())
                cpu = f"{row.total:>11.2f}{row.others:>9.2f}  {parts}"
                print(f"{size:>10} {row.work:<7}{latencies}{cpu}", flush=True)


def _fill(made: Bench, size: int) -> None:
    """Add to the shop's own products until there are `size`, and wait until the index has them."""
    missing = size - _total(made)
    command = [sys.executable, "-m", "prost_catalog.bulk", "--products", str(missing)]
    environment = made.environment("catalog")
    subprocess.run(command, cwd=ROOT / "services" / "catalog", env=environment, check=True, stdout=sys.stderr)
    while _total(made) < size:
        time.sleep(1)


def _total(made: Bench) -> int:
    return int(made.get(f"{_PRODUCTS}?page_size=1")["total"])


def _load(base: str, queries: Iterator[str], seconds: int) -> Callable[[], Load]:
    return lambda: wrk(base, list(islice(queries, _EACH)), seconds, _CONNECTIONS)


def _queries(words: list[str] | None = None) -> Iterator[str]:
    """Give queries like a visitor's: up to three filters, perhaps a word, and prices that make it new."""
    chance = random.Random(1)
    for number in count():
        chosen = {"category": chance.choice(_CATEGORIES), "alcohol_free": "false", "deposit": "reusable"}
        names = chance.sample(sorted(chosen), chance.choice([0, 1, 1, 2, 3]))
        query = {"max_price": f"{5 + number % 4000 / 100:.2f}", "min_price": f"{number // 4000 / 100:.2f}"}
        query |= {name: chosen[name] for name in names}
        if words:
            query["q"] = chance.choice(words)
        yield f"{_PRODUCTS}?{urlencode(query)}"

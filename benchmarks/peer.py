"""Prost's reads beside those of another shop, in one run: rate, latency, and CPU with the databases'."""

from functools import partial

import reads
from measure import Row, measure, wrk
from stack import LIKE_PRODUCTION, ROOT, bench
from vendure_shop import Vendure, vendure

_WORKS = ("list", "detail", "search")


def run(seconds: int, rounds: int) -> None:
    """Measure and print the table; each round goes through the works of both shops in turn."""
    with vendure() as peer, bench([ROOT / "services" / "catalog"]) as made:
        made.up(*LIKE_PRODUCTION)
        made.await_done("catalog:backfill", 600)
        ours, theirs = reads.asks(made), peer.reads()
        works = {}
        for work in _WORKS:
            works[f"{work} vendure"] = partial(wrk, peer.base, theirs[work], seconds)
            works[f"{work} prost"] = partial(wrk, made.gateway, ours[work], seconds)
        trees = {name: pids for name, pids in made.pids().items() if name in reads.TREES} | peer.pids
        for warm_up in works.values():
            warm_up()
        rows = {row.work: row for row in measure(works, trees, rounds)}
    print(f"\n{'work':<16}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'CPU s/1k':>11}{'others':>9}")
    for work in works:
        _print(rows[work], _cpu(rows[work], peer))
    for work in _WORKS:
        own, other = rows[f"{work} prost"], rows[f"{work} vendure"]
        cpu = _cpu(other, peer) / _cpu(own, peer)
        print(f"{work}: {own.rate / other.rate:.0f} times the requests, {cpu:.0f} times less CPU each")


def _cpu(row: Row, peer: Vendure) -> float:
    """CPU seconds per 1,000 requests of the shop's own processes, its PostgreSQL included."""
    return sum(cpu for name, cpu in row.cpu.items() if (name in peer.pids) == ("vendure" in row.work))


def _print(row: Row, cpu: float) -> None:
    latencies = f"{row.p50:>9.2f}{row.p99:>9.2f}"
    print(f"{row.work:<16}{row.rate:>9.1f}{latencies}{row.bad:>6}{cpu:>11.3f}{row.others:>9.2f}")

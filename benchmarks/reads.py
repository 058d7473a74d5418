"""Reads through the gateway beside a bare Falcon hello, in one run: rate, latency, CPU per 1,000 requests."""

from functools import partial
from urllib.parse import quote

from measure import Row, measure, wrk
from stack import LIKE_PRODUCTION, ROOT, Bench, bench

#: The process trees that a read can cost.
TREES = ("gateway", "postgres", "valkey", "catalog:web", "catalog:worker")
_TERMS = ["weissbier", "riesling", "apfel", "cola", "mate", "helles", "gin", "kaffee"]


def run(seconds: int, rounds: int) -> None:
    """Measure and print the table."""
    with bench([ROOT / "services" / "catalog", ROOT / "benchmarks" / "hello"]) as made:
        made.up(*LIKE_PRODUCTION)
        made.await_done("catalog:backfill", 600)
        rows = measure_reads(made, seconds, rounds)
    hello = next(row for row in rows if row.work == "hello")
    titles = f"{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'CPU s/1k':>11}{'x hello':>9}{'others':>9}"
    print(f"\n{'work':<10}{titles}")
    for row in rows:
        parts = ", ".join(f"{name} {cpu:.3f}" for name, cpu in row.cpu.items() if cpu >= 0.005)  # noqa: PLR2004
        print(
            f"{row.work:<10}{row.rate:>9.0f}{row.p50:>9.2f}{row.p99:>9.2f}{row.bad:>6}"
            f"{row.total:>11.3f}{row.total / hello.total:>9.2f}{row.others:>9.2f}  {parts}"
        )


def measure_reads(made: Bench, seconds: int, rounds: int) -> list[Row]:
    """Load hello, the list, the detail and the search in turn, at 16 connections."""
    paths = {"hello": ["/api/hello/"], **asks(made)}
    trees = {name: pids for name, pids in made.pids().items() if name in {*TREES, "hello:web"}}
    for work in paths.values():
        wrk(made.gateway, work, 2)
    return measure(
        {name: partial(wrk, made.gateway, work, seconds) for name, work in paths.items()}, trees, rounds
    )


def asks(made: Bench) -> dict[str, list[str]]:
    """Name what a visitor reads: ten pages, a hundred details, eight searches."""
    slugs = [item["slug"] for item in made.get("/api/catalog/products?page_size=100")["items"]]
    return {
        "list": [f"/api/catalog/products?page_size=20&{query}" for query in _lists(made)],
        "detail": [f"/api/catalog/products/{slug}" for slug in slugs],
        "search": [f"/api/catalog/products?page_size=20&q={quote(term)}" for term in _TERMS],
    }


def _lists(made: Bench) -> list[str]:
    """Name ten different pages, most of them of one list, turned by its tokens as a visitor would."""
    queries = ["sort=name"]
    for _ in range(7):
        page = made.get(f"/api/catalog/products?page_size=20&{queries[-1]}")
        queries.append(f"sort=name&page_token={page['next_page_token']}")
    return [*queries, "sort=price", "sort=-price"]

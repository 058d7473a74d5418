"""Adding to a cart and whole checkouts, cart to paid, beside another shop in one run."""

import asyncio
import json
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
from measure import Load, Post, Row, cpu_seconds, measure, wrk
from stack import LIKE_PRODUCTION, ROOT, Bench, bench
from vendure_shop import Vendure, vendure

_SERVICES = ("auth", "catalog", "inventory", "payments", "cart", "orders")
_BUYERS = 8
_STOCKED = 40
_PLENTY = 1_000_000
_ADDRESS = {
    "name": "Ada Lovelace",
    "street": "Lange Straße 1",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}
# CPU seconds in a second below which all that follows from an order has happened.
_SETTLED = 0.08
_SETTLING_SECONDS = 60

Buy = Callable[[aiohttp.ClientSession, int], Awaitable[None]]


class NotBought(RuntimeError):
    """A checkout that did not end paid."""


def run(seconds: int, rounds: int, *, beside_peer: bool = True) -> None:
    """Measure and print the table; each round goes through both works of both shops in turn."""
    with bench([ROOT / "services" / name for name in _SERVICES]) as made:
        _lift_limits(made)
        made.up(*LIKE_PRODUCTION)
        made.await_done("catalog:backfill", 600)
        variants = _fill_shelves(made)
        if beside_peer:
            with vendure() as peer:
                _measure(made, variants, seconds, rounds, peer)
        else:
            _measure(made, variants, seconds, rounds, None)


def _measure(made: Bench, variants: list[str], seconds: int, rounds: int, peer: Vendure | None) -> None:
    own = {name: pids for name, pids in made.pids().items() if not name.startswith("storefront")}
    adds = [Post("/api/cart/add", json.dumps({"variant_id": one, "quantity": 1})) for one in variants]
    works: dict[str, Callable[[], Load]] = {
        "add prost": partial(wrk, made.gateway, adds, seconds),
        "checkout prost": partial(_checkouts, made.gateway, partial(_buy, variants), seconds, own),
    }
    if peer is not None:
        works = {
            "add vendure": partial(wrk, peer.base, peer.adds(), seconds),
            "checkout vendure": partial(_checkouts, peer.base, peer.buy, seconds, peer.pids),
            **works,
        }
    trees = own | (peer.pids if peer else {})
    for warm_up in works.values():
        warm_up()
    rows = {row.work: row for row in measure(works, trees, rounds)}
    print(f"\n{'work':<18}{'each s':>9}{'p50 ms':>9}{'p99 ms':>9}{'bad':>6}{'CPU s/1k':>11}{'others':>9}")
    for row in rows.values():
        _print(row, peer)
    if peer is not None:
        for work in ("add", "checkout"):
            ours, theirs = rows[f"{work} prost"], rows[f"{work} vendure"]
            cpu = _cpu(theirs, peer) / _cpu(ours, peer)
            print(f"{work}: {ours.rate / theirs.rate:.0f} times as many, {cpu:.0f} times less CPU each")


def _print(row: Row, peer: Vendure | None) -> None:
    latencies = f"{row.p50:>9.1f}{row.p99:>9.1f}"
    print(
        f"{row.work:<18}{row.rate:>9.1f}{latencies}{row.bad:>6}{_cpu(row, peer):>11.2f}{row.others:>9.2f}  ",
        ", ".join(
            f"{name} {cpu:.2f}"
            for name, cpu in sorted(row.cpu.items(), key=lambda item: -item[1])
            if cpu >= 0.02 and _is_own(name, row, peer)  # noqa: PLR2004
        ),
    )


def _cpu(row: Row, peer: Vendure | None) -> float:
    """CPU seconds per 1,000 of the shop's own processes, its databases and broker included."""
    return sum(cpu for name, cpu in row.cpu.items() if _is_own(name, row, peer))


def _is_own(name: str, row: Row, peer: Vendure | None) -> bool:
    return (peer is not None and name in peer.pids) == row.work.endswith("vendure")


def _lift_limits(made: Bench) -> None:
    """All buyers have one address here; the limits per address would tell them to come back later."""
    settings = made.root / "services" / "gateway" / "gateway.toml"
    settings.write_text(settings.read_text().replace("rate_limits = true", "rate_limits = false"))


def _fill_shelves(made: Bench) -> list[str]:
    """Put plenty of some items that can be bought on the shelves, and return their variants."""
    token = made.prost("dev", "token", "--role", "admin", "--stack", "bench").strip()
    products = made.get(f"/api/catalog/products?page_size={_STOCKED}&sort=name")["items"]
    found = []
    for item in products:
        variant = made.get(f"/api/catalog/products/{item['slug']}")["variants"][0]
        if not variant["available"]:
            continue
        body = json.dumps({"on_hand": _PLENTY, "reason": "for measuring"}).encode()
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
        }
        path = f"/api/inventory/stock/{variant['sku']}/adjustments"
        request = Request(made.gateway + path, body, headers)  # noqa: S310
        with urlopen(request):  # noqa: S310
            found.append(variant["id"])
    return found


async def _buy(variants: list[str], session: aiohttp.ClientSession, number: int) -> None:
    """Put one thing into a fresh cart and buy it as a guest."""
    line = {"variant_id": variants[number % len(variants)], "quantity": 1}
    await _ask(session, "POST", "/api/cart/add", line)
    order = await _ask(
        session,
        "POST",
        "/api/orders",
        {
            "shipping_address": _ADDRESS,
            "shipping_method": "standard",
            "payment_method": "pm_card_visa",
            "age_confirmed": True,
            "email": f"ada{number}@bench.example",
        },
        {"Idempotency-Key": secrets.token_hex(16)},
    )
    while order["state"] in {"PLACED", "RESERVED", "AUTHORIZED", "AWAITING_PAYMENT"}:
        await asyncio.sleep(0.02)
        order = await _ask(session, "GET", f"/api/orders/{order['id']}")
    if order["state"] != "CONFIRMED":
        raise NotBought(str(order))


async def _ask(
    session: aiohttp.ClientSession, method: str, path: str, body: Any = None, headers: Any = None
) -> Any:
    async with session.request(method, path, json=body, headers=headers) as answer:
        document = await answer.json(content_type=None)
        if answer.status >= 300:  # noqa: PLR2004
            raise NotBought(f"{method} {path}: {answer.status} {document}")
        return document


def _checkouts(base: str, buy: Buy, seconds: int, trees: dict[str, list[int]]) -> Load:
    """Let eight buyers buy for so long; then wait until what follows from their orders has happened."""
    load = asyncio.run(_crowd(base, buy, seconds))
    _settle([pid for pids in trees.values() for pid in pids])
    return load


async def _crowd(base: str, buy: Buy, seconds: int) -> Load:
    latencies: list[float] = []
    failures: list[RuntimeError] = []
    end = time.perf_counter() + seconds

    async def buyer(number: int) -> None:
        # The connections stay, as those of browsers do; a cookie is the visitor's.
        async with aiohttp.TCPConnector() as connector:
            while (began := time.perf_counter()) < end:
                async with aiohttp.ClientSession(
                    base,
                    connector=connector,
                    connector_owner=False,
                    cookie_jar=aiohttp.CookieJar(unsafe=True),
                ) as session:
                    try:
                        await buy(session, number)
                    except RuntimeError as failure:
                        failures.append(failure)
                    else:
                        latencies.append(1000 * (time.perf_counter() - began))
                number += _BUYERS

    began = time.perf_counter()
    first = secrets.randbelow(1_000_000_000) * _BUYERS
    await asyncio.gather(*(buyer(first + one) for one in range(_BUYERS)))
    lasted = time.perf_counter() - began
    if failures:
        print(f"{len(failures)} not bought, such as: {failures[0]}")
    if len(latencies) < 2:  # noqa: PLR2004
        raise SystemExit("nobody could buy")
    percentiles = statistics.quantiles(latencies, n=100)
    return Load(len(latencies), len(latencies) / lasted, percentiles[49], percentiles[98], len(failures))


def _settle(pids: list[int]) -> None:
    for _ in range(_SETTLING_SECONDS):
        before = cpu_seconds(pids)
        time.sleep(1)
        if cpu_seconds(pids) - before < _SETTLED:
            return

"""Vendure, the peer: installed from npm, filled once, run beside a PostgreSQL of its own."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import aiohttp
from measure import Post
from stack import ROOT

from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import PostmasterReady
from prost_cli.dev.servers.postgres import Postgres
from prost_cli.dev.stack import Stack
from prost_cli.workspace import Workspace

_SOURCES = Path(__file__).parent / "vendure"
_FOLDER = ROOT / ".prost" / "cache" / "peer"
_API = "/shop-api"
_LIST = """query ($term: String, $skip: Int) {
  search(input: {take: 20, skip: $skip, term: $term, groupByProduct: true}) { totalItems items {
    productId productName slug inStock currencyCode productAsset { preview }
    priceWithTax { ... on PriceRange { min max } ... on SinglePrice { value } }
  } }
}"""
_DETAIL = """query ($slug: String) { product(slug: $slug) {
  id name slug description featuredAsset { preview } assets { preview } collections { slug name }
  variants { id sku name priceWithTax currencyCode stockLevel options { code name } }
}}"""
_ADD = """mutation ($variant: ID!) { addItemToOrder(productVariantId: $variant, quantity: 1) {
  __typename ... on Order { id code totalWithTax lines { id quantity } }
  ... on ErrorResult { errorCode message }
} }"""
_CUSTOMER = """mutation ($email: String!) {
  setCustomerForOrder(input: {firstName: "Ada", lastName: "Lovelace", emailAddress: $email}) {
    __typename ... on ErrorResult { errorCode message }
  }
}"""
_SHIPPING_ADDRESS = """mutation { setOrderShippingAddress(input: {
  fullName: "Ada Lovelace", streetLine1: "1 Road", city: "London", postalCode: "N1 1AA", countryCode: "GB"
}) { __typename ... on ErrorResult { errorCode message } } }"""
_METHODS = "{ eligibleShippingMethods { id priceWithTax } }"
_METHOD = """mutation ($method: [ID!]!) { setOrderShippingMethod(shippingMethodId: $method) {
  __typename ... on Order { totalWithTax } ... on ErrorResult { errorCode message }
} }"""
_ARRANGE = """mutation { transitionOrderToState(state: "ArrangingPayment") {
  __typename ... on OrderStateTransitionError { errorCode transitionError }
} }"""
_PAY = """mutation { addPaymentToOrder(input: {method: "standard-payment", metadata: {}}) {
  __typename ... on Order { code state totalWithTax } ... on ErrorResult { errorCode message }
} }"""
_PAID = {"PaymentSettled", "PaymentAuthorized"}
_TERMS = ["laptop", "camera", "chair", "plant", "tablet", "shoe", "table", "bike"]


@dataclass(frozen=True)
class Vendure:
    """A running peer: where it listens, and its process trees."""

    base: str
    pids: dict[str, list[int]]

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data that the shop API answers. Raises SystemExit when it tells of errors."""
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.base}{_API}", _post(query, **variables).body.encode(), headers)  # noqa: S310
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            found = json.load(answer)
        if found.get("errors"):
            raise SystemExit(f"the peer answered {found['errors']}")
        return found["data"]

    def reads(self) -> dict[str, list[Post]]:
        """Name the list's ten pages, a hundred details and eight searches that find something."""
        pages = [self.ask(_LIST, skip=20 * page)["search"]["items"] for page in range(10)]
        if any(len(page) != 20 for page in pages):  # noqa: PLR2004
            raise SystemExit("the peer's list is not filled: prost dev reset --yes --stack peer")
        if not all(self.ask(_LIST, term=term)["search"]["totalItems"] for term in _TERMS):
            raise SystemExit("the peer's search finds nothing: prost dev reset --yes --stack peer")
        slugs = [item["slug"] for page in pages for item in page][:100]
        return {
            "list": [_post(_LIST, skip=20 * page) for page in range(10)],
            "detail": [_post(_DETAIL, slug=slug) for slug in slugs],
            "search": [_post(_LIST, term=term) for term in _TERMS],
        }

    def adds(self) -> list[Post]:
        """Name the variants of a hundred products, each to be put into a cart of its own."""
        return [_post(_ADD, variant=variant) for variant in self._variants]

    async def buy(self, session: aiohttp.ClientSession, number: int) -> None:
        """Put one thing into a fresh cart and buy it as a guest. Raises RuntimeError when it is refused."""
        variant = self._variants[number % len(self._variants)]
        await _mutate(session, _ADD, variant=variant)
        await _mutate(session, _CUSTOMER, email=f"ada{number}@bench.example")
        await _mutate(session, _SHIPPING_ADDRESS)
        methods = (await _mutate(session, _METHODS))["eligibleShippingMethods"]
        await _mutate(session, _METHOD, method=[methods[0]["id"]])
        await _mutate(session, _ARRANGE)
        paid = (await _mutate(session, _PAY))["addPaymentToOrder"]
        if paid["state"] not in _PAID:
            raise RuntimeError(f"the peer answered {paid}")

    @cached_property
    def _variants(self) -> list[str]:
        found = self.ask("{ products(options: {take: 100}) { items { variants { id } } } }")
        return [variant["id"] for item in found["products"]["items"] for variant in item["variants"]]


async def _mutate(session: aiohttp.ClientSession, query: str, **variables: Any) -> Any:
    """Return the data that the shop API answers. Raises RuntimeError when it tells of errors."""
    headers = {"Content-Type": "application/json"}
    async with session.post(_API, data=_post(query, **variables).body, headers=headers) as answer:
        found = await answer.json()
    if found.get("errors"):
        raise RuntimeError(f"the peer answered {found['errors']}")
    for name, said in found["data"].items():
        if isinstance(said, dict) and "errorCode" in said:
            raise RuntimeError(f"the peer answered {name}: {said}")
    return found["data"]


def _post(query: str, **variables: Any) -> Post:
    return Post(_API, json.dumps({"query": " ".join(query.split()), "variables": variables}))


@contextmanager
def vendure() -> Iterator[Vendure]:
    """Install, fill and run the peer; its files and its database stay for the next time."""
    stack = Stack.open(Workspace(ROOT), "peer")
    stack.make_folders()
    postgres = Postgres.of(stack)
    port = stack.port("vendure")
    environment = {
        **os.environ,
        "NODE_ENV": "production",
        "PEER_PORT": str(port),
        "PEER_SECRET": stack.secret("vendure"),
        "PEER_DATABASE": postgres.url("vendure", stack.secret("vendure")),
    }
    stack.save()
    _install()
    with _running_postgres(postgres) as database:
        _fill(postgres, environment)
        log = (stack.logs / "vendure.log").open("wb")
        shop = subprocess.Popen(["node", "shop.js"], cwd=_FOLDER, env=environment, stdout=log, stderr=log)
        try:
            made = Vendure(f"http://{LOOPBACK}:{port}", {"vendure": [shop.pid], "its postgres": [database]})
            _await_answer(made)
            yield made
        finally:
            shop.terminate()
            shop.wait()


def _install() -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = (_SOURCES / "package.json").read_bytes()
    installed = _FOLDER / "node_modules" / ".installed"
    for file in _SOURCES.iterdir():
        shutil.copyfile(file, _FOLDER / file.name)
    if not installed.exists() or installed.read_bytes() != wanted:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=_FOLDER, check=True)
        installed.write_bytes(wanted)


@contextmanager
def _running_postgres(postgres: Postgres) -> Iterator[int]:
    create, server = postgres.units()
    asyncio.run(create.step())
    account = server.account
    process = subprocess.Popen(
        server.argv,
        env=dict(server.env),
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=account and account.uid,
        group=account and account.gid,
    )
    ready = PostmasterReady(postgres.data)
    try:
        _await(lambda: asyncio.run(ready(process.pid)), FileNotFoundError)
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _fill(postgres: Postgres, environment: dict[str, str]) -> None:
    """Fill the database, unless an earlier time came to its end."""
    if asyncio.run(postgres.run_sql("SELECT 1 FROM pg_database WHERE datname = 'filled'")):
        return
    secret = environment["PEER_SECRET"]
    asyncio.run(postgres.run_sql("DROP DATABASE IF EXISTS vendure"))
    asyncio.run(postgres.ensure_database("vendure", secret))
    subprocess.run(["node", "populate.js"], cwd=_FOLDER, env=environment, check=True)
    asyncio.run(postgres.run_sql("CREATE DATABASE filled"))


def _await_answer(made: Vendure) -> None:
    _await(lambda: made.ask("{ activeChannel { id } }"), URLError)


def _await(done: Callable[[], Any], failure: type[Exception]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(failure):
            if done():
                return
        time.sleep(0.2)
    raise SystemExit("the peer does not start: see .prost/stacks/peer/logs")

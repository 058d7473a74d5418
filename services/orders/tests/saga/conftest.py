"""The neighbours of orders as their contracts say, served over HTTP, and failing when a test wants it."""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from hashlib import sha256
from socketserver import ThreadingMixIn
from uuid import UUID, uuid5
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import falcon
import pytest
from falcon.testing import ASGIConductor

from prost.db import database as db
from prost.db import uuid7
from prost_orders.app import create_app
from prost_orders.worker import create_runner

ANNA = "01990000-0000-7000-8000-00000000000a"
BORIS = "01990000-0000-7000-8000-00000000000b"
HELLES = UUID("01990000-0000-7000-8000-000000000001")
VODKA = UUID("01990000-0000-7000-8000-000000000002")
ADDRESS = {
    "name": "Anna Öztürk-Weiß",
    "street": "Schellingstraße 3",
    "postal_code": "80799",
    "city": "München",
    "country": "DE",
}
AMOUNTS = {"amount_minor", "captured_minor", "refunded_minor"}


class Refused(Exception):
    """A neighbour's problem document."""

    def __init__(self, status, code, **more):
        self.status, self.document = status, {"status": status, "code": code, **more}


def offer(variant_id, sku, price, deposit, age):
    return {
        "variant_id": str(variant_id),
        "product_id": str(uuid5(variant_id, "product")),
        "sku": sku,
        "slug": sku.lower(),
        "name": sku.title(),
        "variant": {"de": "0,5 l Flasche", "en": "0.5 l bottle"},
        "image": None,
        "price_minor": price,
        "deposit_minor": deposit,
        "deposit_kind": "reusable",
        "vat_rate": "19.00",
        "minimum_age": age,
        "volume_ml": 500,
        "pack_size": 1,
        "sellable": True,
    }


class Street:
    """What the neighbours know. `calls` counts what they were asked, `hang` and `fail` are for tests."""

    def __init__(self):
        self.lock = threading.RLock()
        self.forget()

    def forget(self):
        self.carts = {}
        self.offers = {
            str(HELLES): offer(HELLES, "HELLES", 129, 8, 16),
            str(VODKA): offer(VODKA, "VODKA", 1499, 0, 18),
        }
        self.stock = Counter({"HELLES": 100, "VODKA": 100})
        self.reservations = {}
        self.payments = {}
        self.attempts = {}
        self.methods = {
            "pm_card_visa": {"state": "AUTHORIZED"},
            "pm_card_chargeDeclined": {"state": "FAILED", "failure_code": "card_declined"},
            "pm_card_threeDSecureRequired": {
                "state": "ACTION_REQUIRED",
                "redirect_url": "http://127.0.0.1:8080/api/payments/challenges/abc",
            },
            "pm_unknown": {"state": "UNKNOWN"},
        }
        self.refunds = {}
        self.cleared = []
        self.bodies = []
        self.answers = []
        self.calls = Counter()
        self.faults = {}
        self.gates = {}

    def fail(self, path, when="before", times=1000):
        """Have a call answer 503, before it does anything or after it has done it."""
        self.faults[path] = [when] * times

    @contextmanager
    def held_up(self, path, when="before"):
        """Hold the calls of a path up until the block ends; gives what tells that one has come."""
        come, go = threading.Event(), threading.Event()
        self.gates[path] = (when, come, go)
        try:
            yield come
        finally:
            self.gates.pop(path, None)
            go.set()

    def fill(self, owner, *lines):
        self.carts[owner] = [
            {
                "variant_id": str(variant),
                "quantity": quantity,
                "price_minor": self.offers[str(variant)]["price_minor"],
            }
            for variant, quantity in lines
        ]

    def answer(self, name, body):
        self.calls[name] += 1
        self.bodies.append((name, body))
        fault = self.faults[name].pop(0) if self.faults.get(name) else None
        gate = self.gates.get(name)
        if gate and gate[0] == "before":
            gate[1].set()
            gate[2].wait(20)
        if fault == "before":
            raise Refused(503, "unavailable")
        with self.lock:
            done = getattr(self, name.rpartition("/")[2].replace("-", "_"))(body)
        self.answers.append((name, json.loads(json.dumps(done))))
        if gate and gate[0] == "after":
            gate[1].set()
            gate[2].wait(20)
        if fault == "after":
            raise Refused(503, "unavailable")
        return done

    def contents(self, body):
        token = body["cart_token"]
        owner = body["customer_id"] or sha256(token.encode()).hexdigest()
        return {"lines": self.carts.get(owner, [])}

    def checked_out(self, body):
        taken_out = body["order_id"] not in self.cleared
        if taken_out:
            self.cleared.append(body["order_id"])
            self.carts.pop(body["customer_id"] or body["cart_token_hash"], None)
        return {"order_id": body["order_id"], "taken_out": taken_out}

    def offered(self, body):
        return {"items": [self.offers[each] for each in body["variant_ids"] if each in self.offers]}

    def reserve(self, body):
        order, lines = body["order_id"], {each["sku"]: each["quantity"] for each in body["lines"]}
        known = self.reservations.get(order)
        if known is None:
            short = [
                {"sku": sku, "requested": n, "available": self.stock[sku]}
                for sku, n in lines.items()
                if self.stock[sku] < n
            ]
            if short:
                raise Refused(409, "out-of-stock", shortages=short)
            self.stock.subtract(lines)
            known = self.reservations[order] = {"state": "HELD", "lines": lines, "back": {}}
        if known["state"] == "RELEASED":
            raise Refused(409, "reservation-released")
        return {"order_id": order, "state": known["state"], "expires_at": "2030-01-01T12:15:00Z"}

    def expire(self, order):
        """Let a hold go, as inventory's clock does."""
        self.release({"order_id": str(order), "reason": "expired"})

    def release(self, body):
        nothing = {"state": "RELEASED", "lines": {}, "back": {}}
        known = self.reservations.setdefault(body["order_id"], nothing)
        if known["state"] == "COMMITTED":
            raise Refused(409, "reservation-committed")
        if known["state"] == "HELD":
            self.stock.update(known["lines"])
        known["state"] = "RELEASED"
        return {"order_id": body["order_id"], "state": "RELEASED"}

    def deduct(self, body):
        known = self.reservations.get(body["order_id"])
        if known is None:
            raise Refused(404, "reservation-not-found")
        if known["state"] == "RELEASED":
            if not known["lines"] or any(self.stock[sku] < n for sku, n in known["lines"].items()):
                raise Refused(409, "hold-lost", shortages=[])
            self.stock.subtract(known["lines"])
        known["state"] = "COMMITTED"
        return {"order_id": body["order_id"], "state": "COMMITTED"}

    def restock(self, body):
        known = self.reservations[body["order_id"]]
        if known["state"] != "COMMITTED":
            raise Refused(409, "not-sold")
        if body["return_id"] not in known["back"]:
            back = Counter({each["sku"]: each["quantity"] for each in body["lines"]})
            if any(n > known["lines"].get(sku, 0) for sku, n in sum(known["back"].values(), back).items()):
                raise Refused(409, "more-than-sold", excess=[])
            known["back"][body["return_id"]] = back
            self.stock.update(back)
        return {key: body[key] for key in ("order_id", "return_id", "disposition")}

    def payment(self, order, **more):
        return {
            "payment_id": str(uuid7()),
            "order_id": order,
            "state": "CREATED",
            "amount_minor": 0,
            "captured_minor": 0,
            "refunded_minor": 0,
            "redirect_url": None,
            "failure_code": None,
            **more,
        }

    def charge(self, body):
        order, method = body["order_id"], body["payment_method"]
        if method not in self.methods:
            raise Refused(422, "invalid", errors=[{"field": "body.payment_method"}])
        known, attempts = self.payments.get(order), self.attempts.setdefault(order, [])
        if known is None or (known["state"] == "FAILED" and body["attempt"] > attempts[-1][0]):
            known = self.payments[order] = self.payment(order, amount_minor=body["amount_minor"])
            known |= self.methods[method]
            attempts.append((body["attempt"], method))
        if known["state"] == "VOIDED":
            raise Refused(409, "payment-voided")
        return known

    def by_order(self, body):
        if body["order_id"] not in self.payments:
            raise Refused(404, "payment-not-found")
        return self.payments[body["order_id"]]

    def capture(self, body):
        known = self.payments[body["order_id"]]
        if known["state"] not in {"AUTHORIZED", "CAPTURED"}:
            raise Refused(409, "not-authorized", state=known["state"])
        known |= {"state": "CAPTURED", "captured_minor": known["amount_minor"]}
        return known

    def void(self, body):
        known = self.payments.setdefault(body["order_id"], self.payment(body["order_id"]))
        if known["captured_minor"]:
            raise Refused(409, "payment-captured")
        known |= {"state": "VOIDED", "redirect_url": None}
        return known

    def refund(self, body):
        known = self.payments[body["order_id"]]
        refunds = self.refunds.setdefault(body["order_id"], {})
        refunds.setdefault(body["refund_id"], body["amount_minor"])
        refunded = sum(refunds.values())
        if refunded > known["captured_minor"]:
            raise Refused(409, "refund-exceeds", refundable_minor=0)
        is_all = refunded == known["captured_minor"]
        known |= {"refunded_minor": refunded, "state": "REFUNDED" if is_all else "PARTIALLY_REFUNDED"}
        return known

    def settle(self, order, state, **more):
        """Let the provider tell the outcome of a payment."""
        self.payments[str(order)] |= {"state": state, "redirect_url": None, **more}


class Door:
    """One operation of a neighbour."""

    def __init__(self, street, name):
        self.street, self.name = street, name

    def on_post(self, req, resp, **path):
        self._answer(req, resp, req.get_media())

    def on_get(self, req, resp, **path):
        self._answer(req, resp, path)

    def _answer(self, req, resp, body):
        if not (req.auth or "").startswith("Bearer "):
            raise falcon.HTTPUnauthorized
        try:
            resp.media = self.street.answer(self.name, body)
        except Refused as refusal:
            resp.status = refusal.status
            resp.content_type = "application/problem+json"
            resp.text = json.dumps(refusal.document)


PATHS = {
    "/carts/contents": "carts/contents",
    "/carts/checked-out": "carts/checked-out",
    "/offers": "catalog/offered",
    "/inventory/reserve": "inventory/reserve",
    "/inventory/release": "inventory/release",
    "/inventory/deduct": "inventory/deduct",
    "/inventory/restock": "inventory/restock",
    "/payments/charge": "payments/charge",
    "/payments/capture": "payments/capture",
    "/payments/void": "payments/void",
    "/payments/refund": "payments/refund",
    "/payments/by-order/{order_id}": "payments/by-order",
}


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        """Say nothing: a test's output is its own."""


@pytest.fixture(scope="session")
def _served():
    street = Street()
    app = falcon.App()
    for path, name in PATHS.items():
        app.add_route(path, Door(street, name))
    server = make_server("127.0.0.1", 0, app, _Threads, _Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield street, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def street(_served, environment, monkeypatch):
    """Give the neighbours, as they are when a shop opens."""
    street, url = _served
    for name in ("CART", "CATALOG", "INVENTORY", "PAYMENTS"):
        monkeypatch.setenv(f"PROST_SERVICE_{name}_URL", url)
    street.forget()
    street.fill(ANNA, (HELLES, 6))
    return street


@pytest.fixture
async def shop(street, client_of):
    """Give a client of the running application."""
    async with client_of() as client:
        yield client


@pytest.fixture
def client_of(street):
    """Return a function that makes the application anew, as a process of its own would."""
    return lambda: ASGIConductor(create_app())


@pytest.fixture
def as_anna(token):
    """Give Anna's headers."""
    return {"Authorization": f"Bearer {token('customer', subject=ANNA)}"}


@pytest.fixture
def buy(shop, as_anna):
    """Return a coroutine function that orders what is in a cart."""

    async def send(key="key-1", headers=None, client=None, **changes):
        body = {
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "payment_method": "pm_card_visa",
            "age_confirmed": True,
            "email": "anna@example.org",
            **changes,
        }
        headers = {**(as_anna if headers is None else headers), "Idempotency-Key": key}
        return await (client or shop).post("/orders", json=body, headers=headers)

    return send


@pytest.fixture
def pay_again(shop, as_anna):
    """Return a coroutine function that tries another payment of an order."""

    async def send(order, method="pm_card_visa", key="again-1", headers=None, query=""):
        headers = {**(as_anna if headers is None else headers), "Idempotency-Key": key}
        body = {"payment_method": method}
        return await shop.post(f"/orders/{order}/payment{query}", json=body, headers=headers)

    return send


@pytest.fixture
def recover(street, clock_of_sagas):
    """Return a coroutine function that resumes what waits, as a worker does when its time has come."""

    async def resume(later=60):
        clock_of_sagas(later)
        async with create_runner() as runner:
            return await runner.resume_due()

    return resume


@pytest.fixture
def clock_of_sagas(database):
    """Return a function that lets so many seconds go by for whatever waits."""

    def advance(seconds):
        db.execute_sql(
            "UPDATE order_sagas SET due_at = due_at - %s * interval '1 s',"
            " expires_at = expires_at - %s * interval '1 s'",
            (seconds, seconds),
        )

    return advance


def rows(statement, *values):
    return db.execute_sql(statement, values).fetchall()


@pytest.fixture
def states():
    """Return a function that tells the states of all orders and payments."""
    return lambda: rows("SELECT state, payment_state FROM orders ORDER BY id")


@pytest.fixture
def steps():
    """Return a function that tells what is left to be done for all orders."""
    return lambda: [step for (step,) in rows("SELECT step FROM order_sagas ORDER BY order_id")]

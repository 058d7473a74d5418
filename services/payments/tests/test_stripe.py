"""Stripe's provider against localstripe, over HTTP, and what Stripe announces."""

import json
import subprocess
import sys
import threading
import urllib.request
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
import stripe

from prost.db import database as db
from prost.db import uuid7
from prost.errors import MalformedRequest
from prost.testing.servers import free_port, wait_until
from prost_payments import domain, flows
from prost_payments.domain import Capture, ProviderEvent
from prost_payments.providers.stripe import StripeProvider
from prost_payments.settings import Settings
from prost_payments.use_cases import steps
from prost_payments.use_cases.incoming import store_event

from .conftest import Till

KEY = "sk_test_12345"
SECRET = "whsec_of_tests"
CARDS = {
    "good": "4242424242424242",
    "declined": "4000000000000341",
    "secure": "4000002500003155",
}


class Peer:
    """A localstripe, asked as the dashboard of Stripe would be."""

    def __init__(self, url):
        self.url = url

    def send(self, path, method="POST", **form):
        """Ask it something."""
        body = urlencode(form).encode() if method == "POST" else None
        credentials = b64encode(f"{KEY}:".encode()).decode()
        request = urllib.request.Request(
            self.url + path, body, {"Authorization": f"Basic {credentials}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def method(self, kind):
        """Make a method of payment, as Stripe's script in the browser does."""
        card = {"number": CARDS[kind], "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        fields = {f"card[{name}]": value for name, value in card.items()}
        return self.send("/v1/payment_methods", type="card", **fields)["id"]

    def intents(self):
        """List what was made."""
        return self.send("/v1/payment_intents?limit=100", method="GET")["data"]


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    """Run localstripe."""
    port = free_port()
    log = (tmp_path_factory.mktemp("localstripe") / "log").open("wb")
    script = Path(__file__).with_name("localstripe_peer.py")
    process = subprocess.Popen(
        [sys.executable, str(script), "--port", str(port), "--from-scratch"], stdout=log, stderr=log
    )
    found = Peer(f"http://127.0.0.1:{port}")

    def answers():
        try:
            found.intents()
        except HTTPError:
            return True
        except OSError:
            return False
        return True

    wait_until(answers, 30)
    yield found
    process.terminate()
    process.wait(30)
    log.close()


class Line(BaseHTTPRequestHandler):
    """Hands calls on to a peer, and hangs up on those whose answer is to be lost."""

    peer = ""
    losses = 0

    def hand_on(self):
        """Do what the peer says, and perhaps keep it back."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        request = urllib.request.Request(self.server.peer + self.path, body, headers, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, content = answer.status, answer.read()
        except HTTPError as error:
            status, content = error.code, error.read()
        if self.server.losses and self.command == "POST":
            self.server.losses -= 1
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = hand_on  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_arguments):
        """Say nothing: a test's output is its own."""


@pytest.fixture
def line(peer):
    """Give the line to the peer; it loses as many answers as its `losses` says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    server.peer, server.losses = peer.url, 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def settings_for(url):
    return Settings(
        service="payments",
        env="test",
        payment_provider="stripe",
        stripe_api_key=KEY,
        stripe_api_base=url,
        webhook_secret=SECRET,
    )


@pytest.fixture
def account(line):
    """Give the provider, which talks over the line."""
    return StripeProvider(settings_for(f"http://127.0.0.1:{line.server_port}"))


@pytest.fixture
def reconcile(account, clock):
    """Return a function that lets seconds pass, and then goes on with what stands still."""

    def run(seconds):
        clock.advance(seconds)
        flows.reconcile(account)

    return run


@pytest.fixture
def till(sound, clock, account):
    """Give what charges, captures, voids and refunds at Stripe."""
    return Till(account)


def test_money_is_authorized_captured_and_sent_back(till, order, peer):
    refund = uuid7()

    charged = till.charge(order, peer.method("good"))
    captured = till.capture(order)
    part = till.refund(order, 290, refund)
    again = till.refund(order, 290, refund)
    rest = till.refund(order, 1000)

    assert (charged["state"], captured["state"]) == ("AUTHORIZED", "CAPTURED")
    assert part == again
    assert (part["state"], part["refunded_minor"]) == ("PARTIALLY_REFUNDED", 290)
    assert rest["state"] == "REFUNDED"
    intent = peer.send(f"/v1/payment_intents/{ref_of(order)}", method="GET")
    assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 1290, "eur")
    assert intent["metadata"]["order_id"] == str(order)


def test_an_automatic_charge_is_captured_at_once(till, order, peer):
    assert till.charge(order, peer.method("good"), capture=Capture.AUTOMATIC)["state"] == "CAPTURED"


def test_a_declined_card_is_failed_and_another_one_is_tried(till, order, peer):
    declined = till.charge(order, peer.method("declined"))
    paid = till.charge(order, peer.method("good"), attempt=2)

    assert (declined["state"], declined["failure_code"]) == ("FAILED", "card-declined")
    assert paid["state"] == "AUTHORIZED"


def test_a_declined_card_is_tried_once_more_for_each_attempt(till, order, peer):
    card = peer.method("declined")
    first, again = till.charge(order, card), till.charge(order, card)

    second = [till.charge(order, card, attempt=2) for _ in range(2)]

    assert [paid["state"] for paid in (first, again, *second)] == ["FAILED"] * 4
    made = [intent["metadata"] for intent in peer.intents()]
    keys = [each["key"] for each in made if each.get("order_id") == str(order)]
    assert sorted(keys) == [f"prost-{order}-1", f"prost-{order}-2"]


def test_a_method_that_there_is_not_is_failed(till, order):
    failed = till.charge(order, "pm_of_nobody")

    assert failed["state"] == "FAILED"
    assert failed["failure_code"]


def test_a_void_cancels_what_is_held(till, order, peer):
    till.charge(order, peer.method("good"))

    voided = till.void(order)

    assert voided["state"] == "VOIDED"
    assert till.accounts() == {}
    assert peer.send(f"/v1/payment_intents/{ref_of(order)}", method="GET")["status"] == "canceled"


@pytest.mark.parametrize("is_right", ["true", "false"])
def test_a_customer_is_asked_by_their_bank(till, order, peer, reconcile, is_right):
    paid = till.charge(order, peer.method("secure"))
    intent = peer.send(f"/v1/payment_intents/{ref_of(order)}", method="GET")
    peer.send(
        f"/v1/payment_intents/{intent['id']}/_authenticate",
        client_secret=intent["client_secret"],
        success=is_right,
    )
    reconcile(15)

    assert paid["state"] == "ACTION_REQUIRED"
    assert paid["redirect_url"] == f"https://hooks.stripe.test/{intent['id']}"
    assert till.standing(order) == {"true": "AUTHORIZED", "false": "FAILED"}[is_right]


def test_a_question_that_nobody_answers_is_withdrawn(till, order, peer, reconcile):
    till.charge(order, peer.method("secure"))

    reconcile(900)

    assert till.standing(order) == "FAILED"
    assert peer.send(f"/v1/payment_intents/{ref_of(order)}", method="GET")["status"] == "canceled"


def test_an_answer_that_is_lost_on_the_line_is_asked_for_under_the_same_key(
    till, order, peer, line, reconcile
):
    method = peer.method("good")
    line.losses = 1

    unknown = till.charge(order, method)
    reconcile(1)

    assert (unknown["state"], till.standing(order)) == ("UNKNOWN", "AUTHORIZED")
    made = [intent for intent in peer.intents() if intent["metadata"].get("order_id") == str(order)]
    assert [intent["status"] for intent in made] == ["requires_capture"]


def test_a_capture_and_a_refund_whose_answers_are_lost_are_done_once(till, order, peer, line, clock):
    refund = uuid7()
    till.charge(order, peer.method("good"))

    line.losses = 1
    lost = till.capture(order)
    clock.advance(1)
    captured = till.capture(order)
    line.losses = 1
    till.refund(order, 290, refund)
    clock.advance(1)
    refunded = till.refund(order, 290, refund)

    assert (lost["state"], captured["state"]) == ("AUTHORIZED", "CAPTURED")
    assert refunded["refunded_minor"] == 290
    refunds = peer.send(f"/v1/refunds?payment_intent={ref_of(order)}", method="GET")["data"]
    assert [refund["amount"] for refund in refunds] == [290]


def test_a_key_of_nobody_is_no_answer(till, order, peer, unused_tcp_port):
    nowhere = StripeProvider(settings_for(f"http://127.0.0.1:{unused_tcp_port}"))

    paid = Till(nowhere).charge(order, "pm_whatever")

    assert paid["state"] == "UNKNOWN"


def test_what_was_captured_elsewhere_cannot_be_voided_and_goes_back(till, order, peer, account):
    till.charge(order, peer.method("good"))
    peer.send(f"/v1/payment_intents/{ref_of(order)}/capture")

    voided = till.void(order)

    assert voided["state"] == "VOIDED"
    assert till.accounts() == {"revenue": -1290, "refunds": 1290}


def test_an_authorization_that_stripe_cancels_has_failed_once_stripe_says_so(
    till, order, peer, account, reconcile
):
    till.charge(order, peer.method("good"))
    peer.send(f"/v1/payment_intents/{ref_of(order)}/cancel")
    canceled = event("payment_intent.canceled", order_id=str(order))

    store_event("stripe", signed(account, canceled))
    reconcile(0)

    assert steps.read_by_order(order)["failure_code"] == "canceled"
    assert till.standing(order) == "FAILED"
    assert till.accounts() == {}
    assert told_of(order) == ["payments.payment-authorized.v1", "payments.payment-failed.v1"]


def test_an_event_about_an_authorization_that_stands_has_it_looked_up_and_left_alone(
    till, order, peer, account, reconcile
):
    till.charge(order, peer.method("good"))

    store_event("stripe", signed(account, event("payment_intent.canceled", order_id=str(order))))
    reconcile(0)
    captured = till.capture(order)

    assert captured["state"] == "CAPTURED"
    assert told_of(order) == ["payments.payment-authorized.v1", "payments.payment-captured.v1"]


@pytest.fixture
def on_stripe(environment, line, monkeypatch):
    """Put the service where it takes money through Stripe."""
    monkeypatch.setenv("PROST_PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("PROST_STRIPE_API_KEY", KEY)
    monkeypatch.setenv("PROST_STRIPE_API_BASE", f"http://127.0.0.1:{line.server_port}")
    monkeypatch.setenv("PROST_WEBHOOK_SECRET", SECRET)


async def test_the_service_takes_money_through_stripe(on_stripe, client, as_orders, peer, order):
    charge = {
        "order_id": str(order),
        "amount_minor": 1290,
        "currency": "EUR",
        "payment_method": peer.method("good"),
        "return_url": "/de/checkout",
    }
    body = event(order_id=str(order))
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)

    charged = await client.post("/payments/charge", json=charge, headers=as_orders)
    captured = await client.post("/payments/capture", json={"order_id": str(order)}, headers=as_orders)
    announced = await client.post(
        "/payments/webhooks/stripe",
        body=body,
        headers={"Content-Type": "application/json", "Stripe-Signature": signature},
    )

    assert (charged.status_code, charged.json["state"]) == (200, "AUTHORIZED")
    assert (captured.status_code, captured.json["state"]) == (200, "CAPTURED")
    assert announced.status_code == 204
    stored = db.execute_sql("SELECT provider, id, order_id::text FROM provider_events").fetchall()
    assert stored == [("stripe", "evt_1", str(order))]


def event(kind="payment_intent.succeeded", /, **metadata):
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": kind,
            "data": {"object": {"id": "pi_1", "metadata": metadata}},
        }
    )


def signed(account, body, secret=SECRET, at=None):
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return account.verify_webhook(body.encode(), {"stripe-signature": header})


def test_an_event_of_stripe_names_its_order(account):
    order = uuid7()

    read = signed(account, event(order_id=str(order), key="prost-1"))

    assert read == ProviderEvent("evt_1", "payment_intent.succeeded", order)


@pytest.mark.parametrize("metadata", [{}, {"order_id": "4711"}])
def test_an_event_about_none_of_our_orders_has_none(account, metadata):
    assert signed(account, event(**metadata)).order_id is None


def test_an_event_that_stripe_did_not_sign_just_now_is_refused(account):
    for how in ({"secret": "whsec_forged"}, {"at": 1}):
        with pytest.raises(domain.SignatureRefused):
            signed(account, event(), **how)
    for header in ("", "t=1", "nonsense", "t=x,v1=00"):
        with pytest.raises(domain.SignatureRefused):
            account.verify_webhook(b"\xff{}", {"stripe-signature": header})


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": "evt_1"}'])
def test_a_signed_event_that_cannot_be_read_is_refused(account, body):
    with pytest.raises(MalformedRequest):
        signed(account, body)


def told_of(order):
    query = "SELECT type FROM outbox_events WHERE body::jsonb #>> '{data,order_id}' = %s ORDER BY sequence"
    return [kind for (kind,) in db.execute_sql(query, (str(order),)).fetchall()]


def ref_of(order):
    query = """
        SELECT a.ref FROM attempts a JOIN payments p ON p.id = a.payment_id
        WHERE p.order_id = %s AND a.ref IS NOT NULL ORDER BY a.number
    """
    return db.execute_sql(query, (order,)).fetchone()[0]

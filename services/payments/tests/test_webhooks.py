"""Events of the provider over HTTP: only those that it signed just now, each once."""

import json
import threading
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from prost.db import database as db
from prost.db import utcnow
from prost_payments import worker
from prost_payments.providers.fake_webhooks import send_webhooks
from prost_payments.providers.signatures import sign
from prost_payments.settings import DEV_SECRET, Settings

EVENT = {"id": "e-1", "type": "charge.succeeded", "order_id": "01990000-0000-7000-8000-000000000001"}


@pytest.fixture
def deliver(client):
    """Return a coroutine function that delivers an event as the provider does."""

    async def post(event, *, secret=DEV_SECRET, age=0, provider="fake", signature=None):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        header = signature or sign(secret, body, int(utcnow().timestamp()) - age)
        headers = {"Content-Type": "application/json; charset=utf-8", "Prost-Signature": header}
        return await client.post(f"/payments/webhooks/{provider}", body=body, headers=headers)

    return post


def stored():
    return db.execute_sql("SELECT id, state FROM provider_events ORDER BY id").fetchall()


async def test_an_event_is_kept_once_however_often_it_comes(deliver):
    answers = [await deliver(EVENT) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert stored() == [("e-1", "RECEIVED")]


async def test_a_replay_of_an_event_that_was_processed_is_taken_and_left_alone(deliver, provider):
    await deliver(EVENT)
    db.execute_sql("UPDATE provider_events SET state = 'IGNORED'")

    again = await deliver(EVENT)

    assert again.status_code == 204
    assert stored() == [("e-1", "IGNORED")]


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another secret"},
        {"age": 301},
        {"age": -301},
        {"signature": "t=1,v1=00"},
        {"signature": "v1=00"},
        {"signature": f"t={10**30},v1=00"},
        {"signature": "nonsense"},
        {"signature": "t=,v1="},
        {"signature": "t=1,t=2,v1=00"},
    ],
    ids=str,
)
async def test_an_event_that_the_provider_did_not_sign_just_now_is_refused(deliver, clock, how):
    refused = await deliver(EVENT, **how)

    assert (refused.status_code, refused.json["code"]) == (401, "signature-refused")
    assert refused.headers["content-type"] == "application/problem+json"
    assert stored() == []


async def test_an_event_without_a_signature_is_refused(client):
    refused = await client.post("/payments/webhooks/fake", json=EVENT)

    assert refused.status_code == 401


async def test_what_was_signed_cannot_be_changed(deliver):
    header = sign(DEV_SECRET, json.dumps(EVENT).encode(), int(utcnow().timestamp()))

    refused = await deliver(EVENT | {"type": "charge.failed"}, signature=header)

    assert refused.status_code == 401


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"[",
        b"[]",
        b"\xff",
        {},
        EVENT | {"id": 201 * "x"},
        EVENT | {"id": ""},
        EVENT | {"id": "4111111111111111"},
        EVENT | {"id": "e\x00"},
        EVENT | {"order_id": "4711"},
    ],
    ids=repr,
)
async def test_a_signed_event_that_cannot_be_read_is_refused(deliver, event):
    refused = await deliver(event)

    assert refused.status_code == 400
    assert stored() == []


@pytest.mark.parametrize("provider", ["stripe", "FAKE", "nobody"])
async def test_events_of_other_providers_are_not_taken(deliver, provider):
    refused = await deliver(EVENT, provider=provider)

    assert refused.status_code == 404


async def test_more_than_half_a_megabyte_is_no_event(deliver):
    refused = await deliver(b"{" + 600_000 * b" ")

    assert refused.status_code == 413


@pytest.fixture
def gateway(served):
    """Put a door before the served application, under the prefix that it has outside."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state["refusals"]:
                state["refusals"] -= 1
                status = 503
            else:
                url = served + self.path.replace("/api/payments", "/payments", 1)
                request = urllib.request.Request(url, body, dict(self.headers), method="POST")
                with urllib.request.urlopen(request, timeout=10) as answer:
                    status = answer.status
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    state = {"refusals": 0}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", state
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_fake_sends_its_webhooks_to_the_served_service(till, order, gateway, clock):
    address, _state = gateway
    settings = Settings(service="payments", env="test", public_url=address)
    # The served process has a clock of its own, and looks at how old a signature is.
    clock.now = datetime.now(UTC)
    till.charge(order, "pm_late_webhook")
    clock.advance(5)

    sent = send_webhooks(settings)
    again = send_webhooks(settings)
    next(s for s in worker.schedules_of(settings) if s.name == "payments.reconcile").run()

    assert (sent, again) == (1, 0)
    assert [state for _id, state in stored()] == ["PROCESSED"]
    assert till.standing(order) == "AUTHORIZED"


def test_a_webhook_that_is_not_taken_is_sent_again_later(till, order, gateway, clock):
    address, state = gateway
    state["refusals"] = 1
    settings = Settings(service="payments", env="test", public_url=address)
    clock.now = datetime.now(UTC)
    till.charge(order, "pm_late_webhook")
    clock.advance(5)

    refused = send_webhooks(settings)
    clock.advance(4)
    too_early = send_webhooks(settings)
    clock.advance(1)
    taken = send_webhooks(settings)

    assert (refused, too_early, taken) == (0, 0, 1)


def test_a_webhook_to_nobody_is_kept(till, order, unused_tcp_port, clock):
    settings = Settings(service="payments", env="test", public_url=f"http://127.0.0.1:{unused_tcp_port}")
    till.charge(order, "pm_late_webhook")
    clock.advance(5)

    assert send_webhooks(settings) == 0
    assert db.execute_sql("SELECT tries, sent_at FROM fake_webhooks").fetchall() == [(1, None)]

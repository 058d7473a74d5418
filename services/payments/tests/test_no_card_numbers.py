"""No number of a card is kept, logged or traced, whatever is sent."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError

import pytest

from prost.db import database as db
from prost.db import uuid7
from prost.testing.servers import wait_until
from prost_payments.domain import has_card_number
from prost_payments.providers.fake import METHODS

CARD = "4111111111111111"


@pytest.fixture
def collector(monkeypatch):
    """Collect what the service exports, as it comes over the wire."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    yield received
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def send(collector, served, as_orders):
    """Return a function that posts as the service of orders does, and returns status and body."""

    def post(name, **body):
        headers = {**as_orders, "Content-Type": "application/json", "Idempotency-Key": CARD}
        request = urllib.request.Request(
            f"{served}/payments/{name}", json.dumps(body).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    return post


def charge(**change):
    return {
        "order_id": str(uuid7()),
        "amount_minor": 1290,
        "currency": "EUR",
        "payment_method": "pm_card_visa",
        "capture": "manual",
        "return_url": "http://127.0.0.1:8080/de/checkout",
        **change,
    }


def test_no_number_of_a_card_is_left_behind_after_a_run_of_all_methods(send, collector, tmp_path):
    taken = [send("charge", **charge(payment_method=method)) for method in METHODS]
    paid = charge()
    for call, body in (
        ("charge", paid),
        ("capture", {"order_id": paid["order_id"]}),
        ("void", {"order_id": str(uuid7()), "reason": "cancelled"}),
        (
            "refund",
            {
                "order_id": paid["order_id"],
                "refund_id": str(uuid7()),
                "amount_minor": 90,
                "reason": "returned",
            },
        ),
    ):
        taken.append(send(call, **body))
    refused = [
        send("charge", **charge(**change))
        for change in (
            {"payment_method": f"pm_{CARD}"},
            {"payment_method": CARD},
            {"return_url": f"http://127.0.0.1:8080/?card={CARD}"},
            {"email": f"{CARD}@x.org"},
            {"currency": CARD},
            {"capture": CARD},
            {"order_id": CARD},
            {"customer_id": CARD},
            {"card_number": CARD},
            {CARD: "1"},
        )
    ]
    refused += [
        send("void", order_id=str(uuid7()), reason=f"card {CARD}"),
        send("refund", order_id=paid["order_id"], refund_id=str(uuid7()), amount_minor=1, reason=CARD),
        send(f"webhooks/{CARD}", id=CARD),
    ]
    wait_until(lambda: b"/payments/webhooks" in b"".join(collector), 20)

    exported = b"".join(collector).decode("utf-8", "replace")
    logs = (tmp_path / "web.log").read_text()
    cells = [
        str(cell)
        for table in db.get_tables()
        for row in db.execute_sql(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - our own tables
        for cell in row
        if cell is not None
    ]

    assert {status for status, _body in taken} == {200}
    assert {status for status, _body in refused} <= {401, 404, 422}
    assert CARD not in exported
    assert CARD not in logs
    assert not [cell for cell in cells if CARD in cell]
    kept = db.execute_sql("SELECT method, return_url, reason, ref FROM payments").fetchall()
    assert not [text for row in kept for text in row if text and has_card_number(text)]

"""What clients see when something behind the gateway is away, breaks or changes."""

from __future__ import annotations

import copy
import http.client
import itertools
import threading
import time

from prost.spec import ServiceSpec
from prost_cli.gateway import write


def test_a_service_that_is_away_is_said_to_be_and_is_found_when_it_is_back(make_gateway, make_upstream):
    upstream = make_upstream()
    gateway = make_gateway(upstream)

    upstream.stop()
    away = [gateway.get("/api/catalog/products") for _ in range(8)]
    upstream.start()
    back = gateway.get("/api/catalog/products")

    assert {answer.status for answer in away} == {503}
    assert away[-1].headers["content-type"] == "application/problem+json"
    assert away[-1].headers["retry-after"] == "2"
    assert away[-1].json()["code"] == "unavailable"
    assert back.status == 200


def test_a_declared_service_without_an_address_is_unavailable(make_gateway, upstream):
    gateway = make_gateway(upstream, services={})

    assert gateway.get("/api/catalog/products").json()["code"] == "unavailable"


def test_a_read_whose_connection_breaks_is_tried_again(gateway, upstream):
    answer = gateway.get("/api/catalog/echo/read/once-broken")

    assert answer.status == 200
    assert answer.json() == {"attempts": 2}


def test_a_write_whose_connection_breaks_is_not(gateway, upstream):
    answer = gateway.send("POST", "/api/catalog/echo/write/once-broken")

    assert answer.status == 503
    assert upstream.attempts["/echo/write/once-broken"] == 1


def test_retries_end(gateway, upstream):
    answer = gateway.get("/api/catalog/echo/for-good/broken")

    assert answer.status == 503
    assert upstream.attempts["/echo/for-good/broken"] == 3


def test_tokens_that_cannot_be_checked_are_not_called_bad(
    make_gateway, make_upstream, upstream, identity_of, token
):
    issuer = make_upstream()
    issuer.stop()
    gateway = make_gateway(upstream, identity=identity_of(issuer))

    answer = gateway.get("/api/catalog/customer", authorization=token("customer"))

    assert answer.status == 503
    assert answer.json()["code"] == "unavailable"
    assert gateway.get("/api/catalog/products").status == 200


def test_tokens_are_checked_once_the_issuer_is_there(
    make_gateway, make_upstream, upstream, identity_of, token
):
    issuer = make_upstream()
    issuer.stop()
    gateway = make_gateway(upstream, identity=identity_of(issuer))

    issuer.start()

    assert gateway.get("/api/catalog/customer", authorization=token("customer")).status == 200


def test_keys_are_fetched_once_for_many_tokens(make_gateway, make_upstream, upstream, identity_of, token):
    issuer = make_upstream()
    gateway = make_gateway(upstream, identity=identity_of(issuer))

    statuses = {gateway.get("/api/catalog/customer", authorization=token()).status for _ in range(20)}

    assert statuses == {200}
    assert issuer.attempts["/jwks"] <= 2


def test_without_an_issuer_only_the_public_is_let_in(make_gateway, upstream, token):
    gateway = make_gateway(upstream, identity=None)

    assert gateway.get("/api/catalog/customer", authorization=token("admin")).status == 503
    assert gateway.get("/api/catalog/optional").status == 200
    assert gateway.get("/api/catalog/products").status == 200


def test_a_changed_declaration_is_taken_up_without_a_failed_request(make_gateway, make_upstream, declaration):
    old, new = make_upstream(), make_upstream()
    gateway = make_gateway(old)
    traffic = Traffic(gateway)
    document = copy.deepcopy(declaration)
    document["http"]["public"].insert(0, {"path": "/added", "auth": "anonymous"})
    moved = gateway.addresses.model_copy(update={"services": {"catalog": new.address}})

    with traffic:
        traffic.wait_for(200)
        changed = write(gateway.folder, [ServiceSpec.model_validate(document)], gateway.settings, moved)
        taken_up = gateway.wait_for("/api/catalog/added", 200)
        traffic.wait_for(200)
        write(gateway.folder, gateway.specs, gateway.settings, moved)
        removed = gateway.wait_for("/api/catalog/added", 404)
        traffic.wait_for(200)

    assert changed == {"clusters.json", "routes.json"}
    assert taken_up
    assert removed
    assert traffic.statuses == {200}
    assert traffic.seen_ports == {old.port, new.port}
    assert traffic.connections == 4


def test_changed_settings_replace_the_listener_without_a_failed_request(make_gateway, upstream):
    gateway = make_gateway(upstream)
    traffic = Traffic(gateway)
    tighter = gateway.settings.model_copy(update={"max_request_bytes": 1024})

    with traffic:
        traffic.wait_for(200)
        changed = write(gateway.folder, gateway.specs, tighter, gateway.addresses)
        taken_up = gateway.wait_for("/api/catalog/echo", 413, body=b"x" * 2000)
        traffic.wait_for(200)

    assert changed == {"listeners.json"}
    assert taken_up
    assert traffic.statuses == {200}


class Traffic:
    """Four clients that ask without a pause while the block runs, each on a kept connection."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.statuses, self.seen_ports = set(), set()
        self.connections = 0
        self.answers = itertools.count()
        self._count = 0
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(4)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more):
        """Wait until so many more answers have come."""
        target, deadline = self._count + more, time.monotonic() + 10
        while self._count < target:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _ask(self):
        connection = None
        while not self._end.is_set():
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=10)
                self.connections += 1
            try:
                # A write is never tried again, so nothing that fails is hidden.
                connection.request("POST", "/api/catalog/echo/quick")
                response = connection.getresponse()
                self.statuses.add(response.status)
                body = response.read()
                if response.status == 200:
                    self.seen_ports.add(int(body))
                if response.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.statuses.add(repr(error))
                connection.close()
                connection = None
            self._count = next(self.answers)
        if connection is not None:
            connection.close()

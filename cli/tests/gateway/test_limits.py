"""How much of anything the gateway lets through, and in what form."""

from __future__ import annotations

import socket

import pytest

from prost_cli.gateway import GatewaySettings


def test_a_body_of_the_largest_size_passes(gateway):
    assert gateway.send("POST", "/api/catalog/echo", body=b"x" * 65536).json()["body_size"] == 65536


def test_a_larger_body_is_refused_before_it_is_sent_on(gateway, upstream):
    before = len(upstream.seen)

    answer = gateway.send("POST", "/api/catalog/echo", body=b"x" * 65537)

    assert answer.status == 413
    assert answer.json()["code"] == "payload-too-large"
    assert len(upstream.seen) == before


def test_a_larger_body_of_unknown_length_is_refused(gateway):
    chunks = (b"x" * 16384 for _ in range(5))

    answer = gateway.send("POST", "/api/catalog/echo", body=chunks)

    assert answer.status == 413


@pytest.mark.parametrize(
    "headers", [{"X-Long": "x" * 40_000}, {f"X-{number}": "x" for number in range(120)}], ids=["long", "many"]
)
def test_too_large_header_fields_are_refused(gateway, headers):
    answer = gateway.send("GET", "/api/catalog/echo", headers)

    assert answer.status == 431
    assert answer.json()["code"] == "headers-too-large"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 3\r\nContent-Length: 30\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_request_of_ambiguous_length_is_refused(gateway, framing):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        request = b"POST /api/catalog/echo HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n0\r\n\r\n"
        connection.sendall(request)

        assert connection.recv(65536).startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))


def test_http2_is_spoken_without_an_upgrade(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        empty_settings = b"\0\0\0\4\0\0\0\0\0"
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + empty_settings)
        frame = connection.recv(9)

    assert frame[3] == 4


def test_over_the_rate_a_client_is_told_when_to_come_back(make_gateway, upstream):
    gateway = make_gateway(upstream)

    statuses = [gateway.get("/api/catalog/limited").status for _ in range(6)]
    answer = gateway.get("/api/catalog/limited")

    assert statuses == [200, 200, 200, 200, 200, 429]
    assert answer.json()["code"] == "too-many-requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 12
    assert gateway.get("/api/catalog/products").status == 200


def test_each_client_address_has_a_rate_of_its_own(make_gateway, upstream):
    settings = GatewaySettings(trusted_hops=1)
    gateway = make_gateway(upstream, settings=settings)

    first = [gateway.get("/api/catalog/limited", x_forwarded_for="203.0.113.1").status for _ in range(6)]
    second = [gateway.get("/api/catalog/limited", x_forwarded_for="203.0.113.2").status for _ in range(6)]

    assert first == second == [200, 200, 200, 200, 200, 429]


def test_a_client_cannot_choose_its_address(make_gateway, upstream):
    gateway = make_gateway(upstream)

    statuses = [
        gateway.get("/api/catalog/limited", x_forwarded_for=f"203.0.113.{number}").status
        for number in range(6)
    ]

    assert statuses == [200, 200, 200, 200, 200, 429]


def test_rates_can_be_switched_off(make_gateway, upstream):
    gateway = make_gateway(upstream, settings=GatewaySettings(rate_limits=False))

    assert {gateway.get("/api/catalog/limited").status for _ in range(9)} == {200}


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_data_is_compressed_as_the_client_asks(gateway, encoding):
    answer = gateway.get("/api/catalog/echo/large", accept_encoding=encoding)

    assert answer.headers["content-encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert len(answer.body) < 4000


def test_the_gateway_chooses_where_the_client_leaves_it_open(gateway, upstream):
    before = len(upstream.seen)

    answer = gateway.get("/api/catalog/echo/large", accept_encoding="gzip, deflate, br, zstd")

    assert answer.headers["content-encoding"] == "br"
    assert "accept-encoding" not in upstream.seen[before]["headers"]


def test_a_compressed_answer_has_a_weak_tag(gateway):
    plain = gateway.get("/api/catalog/echo/large")
    compressed = gateway.get("/api/catalog/echo/large", accept_encoding="gzip")

    assert plain.headers["etag"] == '"strong"'
    assert compressed.headers["etag"] == 'W/"strong"'


@pytest.mark.parametrize("path", ["/api/catalog/echo/small", "/media/catalog/0af3/picture", "/picture"])
def test_what_is_small_or_compressed_already_is_left_alone(gateway, path):
    answer = gateway.get(path, accept_encoding="br, gzip")

    assert answer.status == 200
    assert "content-encoding" not in answer.headers


def test_a_slow_service_is_waited_for_until_the_timeout(gateway):
    answer = gateway.get("/api/catalog/echo/slow")

    assert answer.status == 504
    assert answer.json()["code"] == "deadline-exceeded"


def test_an_event_stream_outlasts_the_timeout_and_is_not_held_back(gateway):
    answer = gateway.get("/api/catalog/echo/stream", accept="text/event-stream", accept_encoding="br")

    assert answer.headers["content-type"] == "text/event-stream"
    assert "content-encoding" not in answer.headers
    assert answer.body.endswith(b"data: 7\n\n")

"""What the gateway lets through, and what it makes of it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from prost.spec import ServiceSpec

WHOLE = ServiceSpec.model_validate(
    {
        "service": {"name": "whole", "summary": "Shows everything that it has."},
        "http": {"prefix": "/api/whole", "public": [{"path": "/**", "auth": "anonymous"}]},
    }
)

_NOSNIFF = "x-content-type-options"


def test_a_declared_path_reaches_the_service_without_the_prefix(gateway):
    answer = gateway.get("/api/catalog/products?page_size=5&q=a%20b")

    assert answer.status == 200
    assert answer.json()["target"] == "/products?page_size=5&q=a%20b"


def test_two_stars_cover_what_is_below_and_the_path_itself(gateway):
    assert gateway.get("/api/catalog/echo").json()["target"] == "/echo"
    assert gateway.get("/api/catalog/echo/a/b").json()["target"] == "/echo/a/b"


def test_cookies_reach_a_service_that_declares_them_and_no_other(gateway):
    cookie = {"cookie": "prost-refresh=secret"}

    assert gateway.get("/api/auth/login", **cookie).json()["headers"]["cookie"] == "prost-refresh=secret"
    assert "cookie" not in gateway.get("/api/catalog/products", **cookie).json()["headers"]


def test_a_redirect_that_sets_cookies_passes_as_it_is(gateway):
    answer = gateway.get("/api/auth/redirect")

    assert (answer.status, answer.headers["location"]) == (303, "/de/login")
    assert answer.cookies == ["a=1; HttpOnly", "b=2"]


def test_a_service_that_declares_no_cookies_sets_none(gateway):
    answer = gateway.get("/api/catalog/echo/redirect")

    assert answer.status == 303
    assert answer.cookies == []


def test_the_credentials_of_a_client_of_the_issuer_pass_untouched(gateway):
    basic = {"Authorization": "Basic b3JkZXJzOnNlY3JldA=="}

    answer = gateway.send("POST", "/api/auth/token", basic, body="grant_type=client_credentials")

    assert answer.json()["target"] == "/auth/token"
    assert answer.json()["headers"]["authorization"] == "Basic b3JkZXJzOnNlY3JldA=="


@pytest.mark.parametrize(
    "path",
    [
        "/api/whole/internal",
        "/api/whole/internal/stock",
        "/api/whole//internal/stock",
        "/api/whole/x/../internal/stock",
        "/api/whole/%69nternal/stock",
        "/api/whole/internal%2Fstock",
        "/api/whole/internal%5Cstock",
        "/api/whole/./internal/stock?x",
    ],
)
def test_what_is_for_services_is_out_of_reach_of_every_wildcard(make_gateway, make_upstream, path):
    upstream = make_upstream()
    gateway = make_gateway(upstream, specs=[WHOLE], services={"whole": upstream.address})

    answer = gateway.get(path)

    assert answer.status in {400, 404}
    assert "/internal" not in "".join(record["target"] for record in upstream.seen)


def test_one_star_covers_one_segment(gateway):
    assert gateway.get("/api/catalog/products/42/reviews?x=1").json()["target"] == "/products/42/reviews?x=1"


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/catalog",
        "/api/catalog/internal?token=secret",
        "/api/catalogue/products",
        "/api/other/products",
        "/api/catalog/limited/more",
        "/media/catalog",
        "/media/other/picture",
    ],
)
def test_what_no_declaration_lists_is_not_there(gateway, path):
    answer = gateway.get(path)

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem.pop("request_id")
    assert problem == {
        "type": "urn:prost:problem:not-found",
        "title": "Not found",
        "status": 404,
        "code": "not-found",
        "detail": "There is nothing at this address.",
        "instance": path.partition("?")[0],
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/catalog/echo/../internal", 404),
        ("/api/catalog/echo/%2e%2e/internal", 404),
        ("/api/catalog/echo/.%2E/internal", 404),
        ("/api/catalog/echo/..//internal", 404),
        ("/api/catalog/echo//../../internal", 404),
        ("/api/catalog/echo/..%2finternal", 400),
        ("/api/catalog/echo/%2e%2e%2finternal", 400),
        ("/api/catalog/echo/..%5cinternal", 400),
        ("/api/catalog/echo/..\\..\\internal", 404),
        ("/api/catalog/products/x/reviews/../../../internal", 404),
        ("/media/catalog/../secret-bucket/key", 404),
        ("/media/catalog/%2e%2e/%2e%2e/media/secret-bucket/key", 404),
        ("/media/catalog/..%2fsecret-bucket/key", 400),
    ],
)
def test_no_path_climbs_out_of_what_is_declared(gateway, upstream, path, status):
    before = len(upstream.seen)

    answer = gateway.get(path)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert not [record for record in upstream.seen[before:] if "internal" in record["target"]]
    assert not [record for record in upstream.seen[before:] if "secret" in record["target"]]


def test_a_twice_encoded_path_stays_one_segment(gateway):
    assert gateway.get("/api/catalog/echo/%252e%252e%252finternal").json()["target"].startswith("/echo/%252e")


def test_slashes_are_merged_before_a_route_is_chosen(gateway):
    assert gateway.get("//api///catalog//echo//a").json()["target"] == "/echo/a"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PURGE"])
def test_no_method_passes_that_a_declaration_cannot_list(default_gateway, method):
    assert default_gateway.send(method, "/api/catalog/echo").status == 405


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_listed_methods_pass_and_get_brings_head(gateway, method):
    assert gateway.send(method, "/api/catalog/products").status == 200


def test_another_method_is_answered_with_those_that_are_listed(gateway):
    answer = gateway.send("DELETE", "/api/catalog/products")

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert answer.json()["code"] == "method-not-allowed"


def test_answers_of_services_say_that_they_are_data(gateway):
    headers = gateway.get("/api/catalog/products").headers

    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["server"] == "prost"
    assert "x-envoy-upstream-service-time" not in headers


def test_the_gateway_tells_that_it_lives(gateway):
    answer = gateway.get("/health")

    assert answer.json() == {"service": "gateway", "status": "ok"}
    assert answer.headers["content-type"] == "application/json"


def test_media_come_from_the_bucket_and_may_be_kept_for_ever(gateway, upstream):
    before = len(upstream.seen)

    answer = gateway.get("/media/catalog/0af3/640.avif/leaky", authorization="Bearer x", cookie="session=1")

    sent = upstream.seen[before]
    assert answer.body == b"picture"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["server"] == "prost"
    assert not [name for name in answer.headers if name.startswith(("x-", "set-")) and name != _NOSNIFF]
    assert sent["target"] == "/catalog-media/0af3/640.avif/leaky"
    assert sent["headers"]["host"] == upstream.address
    assert "authorization" not in sent["headers"]
    assert "cookie" not in sent["headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/media/catalog/"),
        ("GET", "/media/catalog/0af3/"),
        ("GET", "/media/catalog/0af3/640.avif?acl"),
        ("GET", "/media/catalog/?list-type=2"),
        ("GET", "/media/catalog/.hidden"),
        ("PUT", "/media/catalog/0af3/640.avif"),
        ("DELETE", "/media/catalog/0af3/640.avif"),
        ("POST", "/media/catalog/0af3/640.avif?uploads"),
    ],
)
def test_a_bucket_is_neither_listed_nor_written(gateway, method, path):
    assert gateway.send(method, path).json()["code"] == "not-found"


def test_that_a_picture_is_missing_is_not_kept(gateway):
    answer = gateway.get("/media/catalog/0af3/missing")

    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


def test_everything_else_is_the_storefront_under_a_strict_policy(gateway):
    answer = gateway.get("/products/helles?apis=1")

    assert answer.json()["target"] == "/products/helles?apis=1"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    policy = answer.headers["content-security-policy"].split("; ")
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "strict-transport-security" not in answer.headers


def test_a_storefront_may_state_a_policy_of_its_own(gateway):
    assert gateway.get("/page").headers["content-security-policy"] == "script-src 'sha256-abc='"


def test_a_storefront_may_keep_compressed_copies(gateway):
    kept = gateway.get("/page", accept_encoding="gzip, br")
    compressed = gateway.get("/page", accept_encoding="gzip")

    assert kept.headers["content-encoding"] == "br"
    assert len(kept.body) == 3000
    assert compressed.headers["content-encoding"] == "gzip"
    assert len(compressed.body) < 200


def test_without_hot_reload_no_connection_is_upgraded(gateway):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}

    assert gateway.send("GET", "/socket", {**upgrade, "Sec-WebSocket-Key": "x" * 24}).status == 403


def test_with_hot_reload_the_storefront_gets_its_web_socket(make_gateway, upstream):
    gateway = make_gateway(upstream, storefront_hot_reload=True)

    async def talk():
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://{gateway.addresses.listen}/socket") as connection,
        ):
            await connection.send_str("changed")
            return await connection.receive_str()

    assert asyncio.run(talk()) == "echo changed"
    policy = gateway.get("/").headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy


def test_without_a_storefront_there_are_no_pages(make_gateway, upstream):
    gateway = make_gateway(upstream, storefront=None)

    assert gateway.get("/").json()["code"] == "not-found"
    assert gateway.get("/api/catalog/products").status == 200


def test_browsers_are_kept_on_tls_where_the_shop_has_it(make_gateway, upstream):
    gateway = make_gateway(upstream, public_url="https://shop.test")

    assert "max-age=31536000" in gateway.get("/").headers["strict-transport-security"]
    assert "max-age=31536000" in gateway.get("/api/catalog/products").headers["strict-transport-security"]

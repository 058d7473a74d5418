"""Who is let in, and what a service is told about them."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey

SUBJECT = "x-prost-subject"


def test_a_customer_gets_in_with_a_token_and_the_service_gets_both(gateway, token):
    credentials = token("customer")

    headers = gateway.get("/api/catalog/customer", authorization=credentials).json()["headers"]

    assert headers["authorization"] == credentials
    assert headers[SUBJECT] == "u-1"


@pytest.mark.parametrize("path", ["customer", "staff", "admin"])
def test_without_a_token_the_door_stays_shut(gateway, path):
    answer = gateway.get(f"/api/catalog/{path}")

    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("path", ["optional", "customer", "staff", "admin"])
@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"iss": "https://other.test"}, {"aud": "other"}, {"nbf": 4102444800}],
    ids=["expired", "other issuer", "other audience", "not yet valid"],
)
def test_a_bad_token_is_refused_wherever_tokens_count(gateway, token, path, claims):
    answer = gateway.get(f"/api/catalog/{path}", authorization=token("admin", **claims))

    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("path", ["optional", "customer", "staff"])
def test_a_token_signed_by_another_key_is_refused(gateway, token, path):
    stranger = ECKey.generate_key("P-256")

    assert gateway.get(f"/api/catalog/{path}", authorization=token("admin", key=stranger)).status == 401


@pytest.mark.parametrize("path", ["optional", "customer"])
@pytest.mark.parametrize("algorithm", ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9"], ids=["none", "HS256"])
def test_a_token_that_chooses_its_own_algorithm_is_refused(gateway, token, path, algorithm):
    _, payload, signature = token("admin").split(".")

    assert gateway.get(f"/api/catalog/{path}", authorization=f"Bearer {algorithm}.{payload}.").status == 401
    forged = f"Bearer {algorithm}.{payload}.{signature}"
    assert gateway.get(f"/api/catalog/{path}", authorization=forged).status == 401


def test_a_token_without_an_end_is_refused(gateway, token):
    assert gateway.get("/api/catalog/customer", authorization=token("customer", exp=None)).status == 401


def test_an_optional_token_may_be_missing(gateway):
    answer = gateway.get("/api/catalog/optional")

    assert answer.status == 200
    assert SUBJECT not in answer.json()["headers"]


def test_a_public_path_ignores_tokens(gateway, token):
    answer = gateway.get("/api/catalog/products", authorization=token("customer", exp=1))

    assert answer.status == 200
    assert SUBJECT not in answer.json()["headers"]


@pytest.mark.parametrize(
    ("roles", "path", "status"),
    [
        (["customer"], "customer", 200),
        (["customer"], "staff", 403),
        (["customer"], "admin", 403),
        (["support"], "staff", 200),
        (["catalog-manager"], "staff", 200),
        (["support", "catalog-manager"], "admin", 403),
        (["customer", "admin"], "staff", 200),
        (["admin"], "admin", 200),
        (["administrator"], "admin", 403),
        ([], "staff", 403),
    ],
)
def test_roles_open_the_doors_that_are_theirs(gateway, token, roles, path, status):
    assert gateway.get(f"/api/catalog/{path}", authorization=token(*roles)).status == status


def test_roles_that_are_not_a_list_open_nothing(gateway, token):
    assert gateway.get("/api/catalog/admin", authorization=token(roles="admin")).status == 403


@pytest.mark.parametrize("path", ["products", "optional", "customer"])
def test_what_only_the_gateway_may_say_is_stripped(gateway, token, path):
    credentials = {"Authorization": token("customer")} if path == "customer" else {}
    spoofed = {
        "X-Prost-Subject": "admin",
        "X-Prost-Roles": "admin",
        "X_Prost_Subject": "admin",
        "X-Envoy-Original-Path": "/spoofed",
        "X-Envoy-Upstream-Rq-Timeout-Ms": "1",
        "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "Baggage": "a=b",
        "Prost-Deadline-Ms": "1",
    }

    headers = gateway.send("GET", f"/api/catalog/{path}", {**spoofed, **credentials}).json()["headers"]

    assert headers.get(SUBJECT) == ("u-1" if path == "customer" else None)
    assert headers["x-envoy-original-path"] == f"/api/catalog/{path}"
    stripped = {"x-prost-roles", "x_prost_subject", "traceparent", "baggage", "prost-deadline-ms"}
    assert not stripped & headers.keys()


def test_scripts_of_a_listed_origin_may_call(gateway):
    asked = {"Origin": "https://a.test", "Access-Control-Request-Method": "POST"}

    preflight = gateway.send("OPTIONS", "/api/catalog/products", asked)
    answer = gateway.get("/api/catalog/products", origin="https://a.test")

    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == "https://a.test"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == "https://a.test"
    assert "etag" in answer.headers["access-control-expose-headers"]
    assert "Origin" in answer.headers["vary"]


def test_scripts_of_other_origins_may_not(gateway):
    answer = gateway.get("/api/catalog/products", origin="https://b.test")

    assert "access-control-allow-origin" not in answer.headers


def test_scripts_of_every_page_read_what_is_for_any(default_gateway):
    origin = {"Origin": "https://b.test"}

    preflight = default_gateway.send(
        "OPTIONS", "/api/catalog/keys", {**origin, "Access-Control-Request-Method": "GET"}
    )
    answer = default_gateway.send("GET", "/api/catalog/keys", origin)

    assert preflight.status == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD"
    assert {each.headers["access-control-allow-origin"] for each in (preflight, answer)} == {"*"}
    assert "access-control-allow-credentials" not in {*preflight.headers, *answer.headers}


def test_a_listed_origin_reads_what_is_for_any_as_well(gateway):
    answer = gateway.get("/api/catalog/keys", origin="https://a.test")

    assert answer.headers["access-control-allow-origin"] == "https://a.test"


def test_a_service_that_knows_its_origins_is_asked_itself(default_gateway):
    asked = {"Origin": "https://b.test", "Access-Control-Request-Method": "POST"}

    preflight = default_gateway.send("OPTIONS", "/api/catalog/tokens", asked)

    assert (preflight.status, preflight.json()["method"]) == (200, "OPTIONS")
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/catalog/products", "/api/catalog/customer"])
def test_what_is_for_the_shops_pages_only_answers_no_preflight(default_gateway, path):
    asked = {"Origin": "https://b.test", "Access-Control-Request-Method": "POST"}

    preflight = default_gateway.send("OPTIONS", path, asked)

    assert preflight.status == 405
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/auth/keys"), ("POST", "/api/auth/tokens")])
def test_no_cookie_passes_where_scripts_of_others_are_let_in(default_gateway, method, path):
    answer = default_gateway.send(method, path, {"Cookie": "prost-refresh=secret"})

    assert "cookie" not in answer.json()["headers"]

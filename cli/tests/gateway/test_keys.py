"""The issuer's keys come and go while tokens are checked."""

from __future__ import annotations

import time

import pytest

CUSTOMER = "/api/catalog/customer"


@pytest.fixture
def issuer(make_upstream):
    """Run an issuer of this test's own."""
    return make_upstream()


@pytest.fixture
def behind(make_gateway, upstream, issuer, identity_of):
    """Run a gateway that has the first keys of that issuer."""
    gateway = make_gateway(upstream, identity=identity_of(issuer))
    gateway.until(lambda: issuer.attempts["/jwks"] > 0)
    return gateway


@pytest.mark.parametrize("path", ["customer", "optional"])
def test_a_key_is_known_as_soon_as_it_is_published(behind, issuer, token, successor, path):
    issuer.keys = [*issuer.keys, successor]

    answer = behind.get(
        f"/api/catalog/{path}", authorization=token("customer", key=successor, kid=successor.kid)
    )

    assert answer.status == 200
    assert answer.json()["headers"]["x-prost-subject"] == "u-1"


def test_roles_of_a_token_with_a_new_key_count(behind, issuer, token, successor):
    issuer.keys = [*issuer.keys, successor]
    signed = {"key": successor, "kid": successor.kid}

    assert behind.get("/api/catalog/admin", authorization=token("admin", **signed)).status == 200
    assert behind.get("/api/catalog/admin", authorization=token("support", **signed)).status == 403


def test_tokens_of_the_old_key_pass_beside_those_of_the_new_one(behind, issuer, token, successor):
    issuer.keys = [*issuer.keys, successor]

    new = behind.get(CUSTOMER, authorization=token("customer", key=successor, kid=successor.kid))
    old = behind.get(CUSTOMER, authorization=token("customer"))

    assert (new.status, old.status) == (200, 200)


def test_tokens_of_keys_that_were_never_published_do_not_keep_the_issuer_busy(
    behind, issuer, token, successor
):
    strange = token("customer", key=successor, kid=successor.kid)
    before = issuer.attempts["/jwks"]

    statuses = {behind.get(CUSTOMER, authorization=strange).status for _ in range(50)}

    assert statuses == {401}
    assert issuer.attempts["/jwks"] - before <= 5


def test_known_keys_go_on_to_serve_while_the_issuer_is_away(behind, issuer, token, successor):
    issuer.stop()

    known = behind.get(CUSTOMER, authorization=token("customer"))
    unknown = behind.get(CUSTOMER, authorization=token("customer", key=successor, kid=successor.kid))

    assert known.status == 200
    assert unknown.status == 503


def test_a_token_that_passed_once_passes_no_longer_than_it_is_valid(behind, token):
    # Clocks may differ by half a minute.
    short = token("customer", exp=int(time.time()) - 28)
    assert behind.get(CUSTOMER, authorization=short).status == 200

    assert behind.until(lambda: behind.get(CUSTOMER, authorization=short).status == 401)


def test_a_token_that_passed_once_opens_no_door_of_another_role(behind, token):
    credentials = token("customer")

    assert [behind.get(CUSTOMER, authorization=credentials).status for _ in range(3)] == [200, 200, 200]
    assert behind.get("/api/catalog/staff", authorization=credentials).status == 403
    assert behind.get(CUSTOMER, authorization=credentials).json()["headers"]["x-prost-subject"] == "u-1"

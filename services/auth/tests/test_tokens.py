"""What is in the tokens that people, services and operators are known by."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jws import extract_compact

from prost.db import utcnow
from prost_auth.models.accounts import Account
from prost_auth.models.sessions import Session
from prost_auth.use_cases.sessions import open_session
from prost_auth.use_cases.tokens import issue_access_token, issue_service_token

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def admin():
    """Give an account of staff."""
    return Account.create(
        email="Ada@example.org",
        email_key="ada@example.org",
        email_verified_at=utcnow(),
        name="Ada",
        staff_roles=["admin"],
    )


def opened(account, *, amr=("pwd",), client_id=None, scope=""):
    """Return a new session of an account."""
    return open_session(
        account, amr=amr, client_id=client_id, scope=scope, device="test", ip="127.0.0.1"
    ).session


def claims_of(key_ring, token):
    """Return the claims of a token whose signature is right."""
    key_ring.read()
    return jwt.decode(token, key_ring.published, algorithms=["ES256"]).claims


def test_a_token_of_the_shop_says_who_signed_in_and_how(key_ring, admin, clock):
    session = opened(admin, amr=("pwd", "otp"))

    issued = issue_access_token(session, admin)

    claims = claims_of(key_ring, issued.token)
    assert issued.expires_in == 600
    assert len(claims.pop("jti")) == 22
    assert claims == {
        "iss": "http://127.0.0.1:8080/api/auth",
        "sub": str(admin.id),
        "aud": "prost",
        "iat": 1893499200,
        "exp": 1893499800,
        "sid": str(session.id),
        "scope": "",
        "roles": ["customer", "admin"],
        "email_verified": True,
        "amr": ["pwd", "otp"],
        "auth_time": 1893499200,
    }


def test_an_access_token_is_typed_as_one_and_names_its_key(key_ring, admin):
    issued = issue_access_token(opened(admin), admin)

    [key] = key_ring.published.keys
    header = extract_compact(issued.token.encode()).headers()
    assert header == {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}


def test_without_a_second_factor_staff_are_customers(key_ring, admin):
    issued = issue_access_token(opened(admin, amr=("pwd",)), admin)

    assert claims_of(key_ring, issued.token)["roles"] == ["customer"]


def test_another_client_than_the_shop_is_named_and_has_no_role(key_ring, admin):
    session = opened(admin, amr=("pwd", "otp"), client_id="notes", scope="openid")

    issued = issue_access_token(session, admin)

    claims = claims_of(key_ring, issued.token)
    assert (claims["client_id"], claims["scope"], claims["roles"]) == ("notes", "openid", [])


def test_a_token_ends_with_its_session(key_ring, admin, clock):
    session = opened(admin)
    clock.advance(timedelta(days=30).total_seconds() - 60)

    issued = issue_access_token(session, admin)

    assert issued.expires_in == 60
    assert claims_of(key_ring, issued.token)["exp"] == int(clock.now.timestamp()) + 60


def test_a_service_token_is_good_for_one_callee_and_carries_no_role(key_ring):
    issued = issue_service_token("orders", "cart")

    claims = claims_of(key_ring, issued.token)
    assert (claims["sub"], claims["aud"], claims["client_id"]) == ("service:orders", "cart", "orders")
    assert (claims["roles"], claims["scope"]) == ([], "")


@pytest.mark.usefixtures("environment")
def test_a_developer_gets_a_token_signed_with_the_live_key(key_ring):
    printed = operations("token", "--subject", "dev", "--roles", "customer,admin").stdout.strip()

    claims = claims_of(key_ring, printed)
    assert (claims["sub"], claims["roles"], claims["aud"]) == ("dev", ["customer", "admin"], "prost")
    assert (claims["amr"], claims["email_verified"]) == (["pwd", "otp"], True)


@pytest.mark.usefixtures("environment")
def test_a_developer_who_names_an_account_gets_a_session_of_it(key_ring, admin):
    printed = operations("token", "--subject", str(admin.id), "--roles", "customer").stdout.strip()

    session = Session.get()
    claims = claims_of(key_ring, printed)
    assert (claims["sub"], claims["sid"]) == (str(admin.id), str(session.id))
    assert session.account_id == admin.id


@pytest.mark.usefixtures("environment")
def test_a_developer_gets_tokens_that_are_refused(key_ring):
    options = ["--audience", "cart", "--expires-in", "-5", "--claims", '{"email_verified": false}']

    printed = operations("token", "--subject", "service:orders", *options).stdout.strip()

    claims = claims_of(key_ring, printed)
    assert (claims["sub"], claims["client_id"], claims["aud"]) == ("service:orders", "orders", "cart")
    assert claims["exp"] - claims["iat"] == 1
    assert claims["email_verified"] is False


@pytest.mark.usefixtures("environment")
def test_in_production_nobody_makes_tokens_up(monkeypatch):
    for name, value in {
        "ENV": "production",
        "PUBLIC_URL": "https://shop.example",
        "AUTH_JWKS_URL": "https://shop.example/api/auth/jwks.json",
        "DATABASE_URL": "postgresql://auth:4f1c9b@127.0.0.1:1/auth",
        "REDIS_URL": "redis://:4f1c9b@127.0.0.1:1",
        "BROKER_URL": "redis://:4f1c9b@127.0.0.1:1",
        "MAIL_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "shop@shop.example",
        "PASSWORD_MEMORY_KIB": "65536",
    }.items():
        monkeypatch.setenv(f"PROST_{name}", value)

    refused = operations("token", "--subject", "dev", "--roles", "admin", check=False)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "nobody makes tokens up" in refused.stderr


@pytest.mark.usefixtures("environment")
def test_an_operator_ends_a_stolen_key(key_ring):
    stolen = key_ring.sign({"sub": "anna"})

    kid = operations("rotate-keys", "--revoke").stdout.strip()
    key_ring.read()

    assert [key.kid for key in key_ring.published] == [kid]
    assert extract_compact(stolen.encode()).headers()["kid"] != kid


def operations(*arguments, check=True):
    """Run a command as an operator does."""
    command = [sys.executable, "-m", "prost_auth.operations", *arguments]
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=60, check=check)

"""A service that provides identity: its tokens, its accounts and their one-time codes on the dashboard."""

from __future__ import annotations

import sys
import time

import aiohttp
import pytest
from joserfc import jws

from prost_cli.devtools.config import Operations
from prost_cli.devtools.identity import Account, one_time_code

OPERATIONS = """\
import json, os, sys, time
from joserfc import jwt
from joserfc.jwk import ECKey

command, *arguments = sys.argv[1:]
if os.environ["MOOD"] == "bad":
    sys.exit("the database is away")
if command == "accounts":
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for account in (("a-1", "admin", secret), ("a-2", "customer", None)):
        told = {"id": account[0], "roles": [account[1]], "totp_secret": account[2]}
        print(json.dumps({**told, "email": account[1] + "@prost.test"}))
else:
    claims = {"exp": int(time.time()) + 600, "asked": arguments}
    print(jwt.encode({"alg": "ES256"}, claims, ECKey.generate_key("P-256")))
"""


@pytest.fixture
def provider(tmp_path):
    """Return how a small provider is run; its mood decides whether it answers."""
    (tmp_path / "operations.py").write_text(OPERATIONS)

    def run(mood="good"):
        environment = {"MOOD": mood, "PROST_DEV_PASSWORD": "a-long-secret"}
        return Operations((sys.executable, "operations.py"), str(tmp_path), environment)

    return run


@pytest.fixture
async def dashboard(serve, provider):
    """Give a client of a dashboard beside such a provider."""
    async with (
        serve(identity=provider()) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.http_port}") as session,
    ):
        yield session


async def issue(http, **asked):
    answer = await (await http.post("/issuer/token", json=asked)).json()
    return jws.extract_compact(answer["access_token"].encode()).payload.decode(), answer["expires_in"]


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(now, code):
    assert one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", now) == code


def test_an_account_without_a_secret_has_no_code():
    assert Account("a-2", "customer@prost.test", ("customer",), None).code(0) is None


async def test_a_token_is_signed_by_the_provider(dashboard):
    claims, seconds = await issue(dashboard, sub="a-2", roles=["support", "admin"])

    assert '"asked":["--subject","a-2","--roles","support,admin"]' in claims
    assert 598 <= seconds <= 600


async def test_audience_lifetime_and_claims_are_the_askers_choice(dashboard):
    asked = {"audience": "cart", "expires_in": -60, "claims": {"scope": "openid"}}

    claims, seconds = await issue(dashboard, sub="a-2", **asked)

    assert r'"--audience","cart","--expires-in=-60","--claims","{\"scope\":\"openid\"}"' in claims
    assert seconds == -60


async def test_an_address_stands_for_the_account_and_its_roles(dashboard):
    claims, _ = await issue(dashboard, sub="admin@prost.test")

    assert '"asked":["--subject","a-1","--roles","admin"]' in claims


async def test_the_roles_of_an_account_can_be_left_out(dashboard):
    claims, _ = await issue(dashboard, sub="admin@prost.test", roles=["customer"])

    assert '"asked":["--subject","a-1","--roles","customer"]' in claims


async def test_accounts_are_told_with_password_and_code(dashboard):
    before = time.time()
    found = await (await dashboard.get("/api/accounts")).json()

    admin, customer = found["accounts"]
    assert found["password"] == "a-long-secret"
    assert admin["code"] in {one_time_code(admin["totp_secret"], moment) for moment in (before, time.time())}
    assert (customer["email"], customer["code"]) == ("customer@prost.test", None)
    assert 1 <= found["code_changes_in"] <= 30


async def test_the_page_shows_the_accounts(dashboard):
    text = await (await dashboard.get("/accounts")).text()

    assert "admin@prost.test" in text
    assert "a-long-secret" in text


async def test_a_provider_that_fails_is_quoted(serve, provider):
    async with (
        serve(identity=provider("bad")) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.http_port}") as http,
    ):
        refused = await http.post("/issuer/token", json={"sub": "a"})
        page = await (await http.get("/accounts")).text()

        assert refused.status == 503
        assert "the database is away" in (await refused.json())["detail"]
        assert "the database is away" in page


async def test_without_a_provider_there_are_no_accounts(http):
    found = await (await http.get("/api/accounts")).json()

    assert (found["provided"], found["accounts"], found["password"]) == (False, [], "")

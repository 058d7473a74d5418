"""Development tokens: verifiable by anyone, given to this machine's own programs only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from prost_cli.devtools.tokens import KEY_FILE, load_key, mint, public_keys


def claims_of(token, keys):
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256"]).claims


def test_a_minted_token_verifies_against_the_published_keys(tmp_path):
    token = mint(tmp_path, issuer="http://issuer", subject="lena", roles=["admin"], audience="prost")

    claims = claims_of(token, public_keys(tmp_path))

    assert (claims["iss"], claims["sub"], claims["aud"]) == ("http://issuer", "lena", "prost")
    assert claims["roles"] == ["admin"]
    assert claims["exp"] - claims["iat"] == 3600


def test_the_key_is_its_owners_alone_and_never_published(tmp_path):
    keys = public_keys(tmp_path)

    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "d" not in keys["keys"][0]
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_starters_that_race_end_up_with_one_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: load_key(tmp_path).kid, range(16)))

    assert len(set(keys)) == 1


def test_extra_claims_cannot_replace_the_standard_ones(tmp_path):
    token = mint(tmp_path, issuer="i", subject="a", claims={"sub": "b", "email_verified": True})

    claims = claims_of(token, public_keys(tmp_path))

    assert (claims["sub"], claims["email_verified"]) == ("a", True)


@pytest.mark.parametrize("wrong", [{"subject": ""}, {"expires_in": 31 * 24 * 3600}])
def test_a_token_without_subject_or_end_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="token"):
        mint(tmp_path, **{"issuer": "i", "subject": "a", **wrong})


async def test_discovery_leads_to_keys_that_verify_an_issued_token(devtools, http):
    discovery = await (await http.get("/issuer/.well-known/openid-configuration")).json()
    keys = await (await http.get(discovery["jwks_uri"])).json()
    asked = {
        "sub": "jonas",
        "roles": ["customer"],
        "audience": "shop",
        "expires_in": -60,
        "claims": {"scope": "a"},
    }

    answer = await (await http.post(discovery["token_endpoint"], json=asked)).json()

    claims = claims_of(answer["access_token"], keys)
    assert discovery["issuer"] == claims["iss"] == f"http://127.0.0.1:{devtools.http_port}/issuer"
    assert (claims["sub"], claims["aud"], claims["roles"]) == ("jonas", "shop", ["customer"])
    assert (claims["scope"], claims["email_verified"]) == ("a", True)
    assert answer["expires_in"] == claims["exp"] - (claims["iat"] + 60) == -60


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:80"},
        {"Host": ""},
    ],
)
async def test_pages_of_other_origins_get_no_token(http, headers):
    answer = await http.post("/issuer/token", json={"sub": "a"}, headers=headers)

    assert answer.status in {400, 403}
    assert "access_token" not in await answer.text()


async def test_our_own_page_gets_a_token(devtools, http):
    headers = {"Origin": f"http://127.0.0.1:{devtools.http_port}", "Sec-Fetch-Site": "same-origin"}

    answer = await http.post("/issuer/token", json={"sub": "a"}, headers=headers)

    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_form_post_gets_no_token(http):
    answer = await http.post("/issuer/token", data={"sub": "a"})

    assert answer.status == 415


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ("{", 400, "JSON"),
        ("[]", 422, "object"),
        ("{}", 422, "sub"),
        ('{"sub": "a", "role": "admin"}', 422, "role"),
        ('{"sub": "a", "roles": "admin"}', 422, "roles"),
        ('{"sub": "a", "roles": [1]}', 422, "roles"),
        ('{"sub": "a", "expires_in": 1e99}', 422, "expires_in"),
        ('{"sub": "a", "expires_in": true}', 422, "expires_in"),
        ('{"sub": "a", "audience": ""}', 422, "audience"),
        ('{"sub": "a", "claims": []}', 422, "claims"),
        ("[" * 100_000, 400, "JSON"),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(http, body, status, named):
    answer = await http.post("/issuer/token", data=body, headers={"Content-Type": "application/json"})

    assert answer.status == status
    assert named in (await answer.json(content_type=None))["detail"]

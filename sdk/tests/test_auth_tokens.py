"""Tokens of every kind, as the fixtures sign them for a service's tests."""

import json
import time
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from prost.auth import Principal, TokenVerifier
from prost.client._tokens import ServiceToken
from prost.errors import Unauthenticated
from prost.settings import Settings
from prost.testing import Tokens


def encoded(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def part(document):
    return encoded(json.dumps(document).encode())


@pytest.fixture
def token(issuer):
    return Tokens(issuer, "cart")


@pytest.fixture
async def verifier(issuer):
    settings = Settings(service="cart", env="test", auth_issuer=issuer.url, auth_jwks_url=issuer.jwks_url)
    made = TokenVerifier(settings)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def kept(verifier):
    return verifier._verified._kept


async def test_a_persons_token_tells_who_they_are_and_how_they_signed_in(verifier, token):
    principal = await verifier.verify(
        token("customer", subject="ada", scope="openid", sid="s1", client_id="shop", amr=["pwd", "otp"])
    )

    assert principal == Principal(
        "ada",
        roles=frozenset({"customer"}),
        scopes=frozenset({"openid"}),
        email_verified=True,
        session_id="s1",
        client_id="shop",
        amr=frozenset({"pwd", "otp"}),
    )
    assert not principal.is_service


async def test_a_services_token_speaks_for_the_service_and_has_no_role(verifier, token):
    principal = await verifier.verify(token.of_service("orders"))

    assert principal == Principal("service:orders", client_id="orders")
    assert principal.is_service


async def test_a_service_under_test_is_given_tokens_in_its_own_name(verifier, issuer):
    asked = ServiceToken(issuer.token_url, "orders", "a secret of tests", "cart")

    principal = await verifier.verify(await asked.get())

    assert principal == Principal("service:orders", client_id="orders")


async def test_an_address_is_not_verified_unless_the_token_says_so(verifier, issuer):
    principal = await verifier.verify(issuer.sign({"sub": "ada"}))

    assert not principal.email_verified


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "has expired"),
        ("for_others", "claim: aud"),
        ("of_another_issuer", "claim: iss"),
        ("forged", "is not valid"),
        ("unsigned", "is not valid"),
        ("id_token", "is not an access token"),
    ],
)
async def test_a_token_of_another_kind_lets_nobody_in(verifier, token, kind, reason):
    with pytest.raises(Unauthenticated, match=reason):
        await verifier.verify(getattr(token, kind)("admin"))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "prost"},
        {"aud": "orders"},
        {"aud": ["cart", "stock"]},
        {"aud": ["cart", "prost"]},
        {"roles": ["admin"]},
        {"client_id": "payments"},
        {"client_id": None},
        {"sub": "service:"},
    ],
)
async def test_a_services_token_is_for_one_callee_and_says_who_calls_and_nothing_more(
    verifier, token, changes
):
    with pytest.raises(Unauthenticated):
        await verifier.verify(token.of_service("orders", **changes))


async def test_a_person_is_not_let_in_by_a_token_for_the_service_alone(verifier, token):
    with pytest.raises(Unauthenticated, match="claim: aud"):
        await verifier.verify(token("customer", aud="cart"))


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_an_access_token_says_so_in_any_spelling(verifier, issuer, typ):
    assert (await verifier.verify(issuer.sign({"sub": "ada"}, typ=typ))).subject == "ada"


@pytest.mark.parametrize("typ", ["JWT", "logout+jwt", "at", ""])
async def test_what_does_not_say_that_it_is_an_access_token_is_none(verifier, issuer, typ):
    with pytest.raises(Unauthenticated, match="is not an access token"):
        await verifier.verify(issuer.sign({"sub": "ada"}, typ=typ))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "b64"])
async def test_a_token_that_brings_keys_or_extensions_is_refused(verifier, token, issuer, name):
    values = {"jwk": issuer.key.as_dict(private=False), "x5c": ["AA"], "crit": ["exp"], "b64": False}
    header = {"alg": "ES256", "kid": "test", "typ": "at+jwt", name: values.get(name, "https://id.example")}
    signed = ".".join([part(header), token("customer").split(".")[1]]).encode()
    signature = issuer.key.get_op_key("sign").sign(signed, ECDSA(SHA256()))
    numbers = b"".join(number.to_bytes(32) for number in decode_dss_signature(signature))

    with pytest.raises(Unauthenticated, match="is not valid"):
        await verifier.verify(f"{signed.decode()}.{encoded(numbers)}")


async def test_a_token_is_verified_once(verifier, token, kept):
    signed = token("customer", subject="ada")

    first = await verifier.verify(signed)
    second = await verifier.verify(signed)

    assert second is first
    assert len(kept) == 1


async def test_what_was_verified_once_expires_all_the_same(verifier, token, kept, monkeypatch):
    signed = token("customer")
    await verifier.verify(signed)
    later = time.time() + 600
    monkeypatch.setattr("time.time", lambda: later)

    with pytest.raises(Unauthenticated, match="has expired"):
        await verifier.verify(signed)

    assert not kept


async def test_what_was_verified_once_is_verified_again_with_other_keys(verifier, token):
    signed = token("customer")
    await verifier.verify(signed)
    other = ECKey.generate_key("P-256", {"kid": "test"})

    verifier.use_keys({"keys": [other.as_dict(private=False)]})

    with pytest.raises(Unauthenticated):
        await verifier.verify(signed)


async def test_the_same_keys_again_take_nothing_away(verifier, issuer, token, kept):
    await verifier.verify(token("customer"))

    verifier.use_keys({"keys": [issuer.key.as_dict(private=False)]})
    await verifier.verify(token("customer", subject="bob"))

    assert len(kept) == 2


async def test_what_is_refused_is_not_kept(verifier, token, kept):
    with pytest.raises(Unauthenticated):
        await verifier.verify(token.expired("customer"))

    assert not kept


async def test_the_token_that_was_not_seen_for_longest_is_forgotten_first(verifier, token, kept, monkeypatch):
    monkeypatch.setattr("prost.auth._verifier._KEPT_TOKENS", 2)
    ada, bob, eve = (token("customer", subject=name) for name in ("ada", "bob", "eve"))
    for signed in (ada, bob, ada, eve):
        await verifier.verify(signed)

    assert [principal.subject for _expires_at, principal in kept.values()] == ["ada", "eve"]

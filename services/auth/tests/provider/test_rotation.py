"""A rotation of the signing key, seen by those who verify: no token is refused on its way."""

import asyncio
import time
from hashlib import sha256

import orjson
import pytest
import requests

from prost.auth import TokenVerifier, _keys
from prost.db import in_db
from prost_auth.models.keys import SigningKey
from prost_auth.use_cases.keys import advance_keys, publish_next_key, revoke_keys

SECRET = "the-secret-of-orders"
CLIENTS = {"orders": {"secret_sha256": sha256(SECRET.encode()).hexdigest(), "audiences": ["cart"]}}


@pytest.fixture
def settings(settings):
    """Publish keys for three seconds instead of ten minutes."""
    return settings.model_copy(update={"key_published_ahead": 3})


@pytest.fixture
def issuer(serve):
    """Serve the issuer, which signs for services."""
    return serve(SERVICE_CLIENTS=orjson.dumps(CLIENTS).decode(), KEY_PUBLISHED_AHEAD="3")


@pytest.fixture
async def verifier(issuer, settings, monkeypatch):
    """Give what verifies tokens in the cart's process, with its times as much shorter as the issuer's."""
    monkeypatch.setattr(_keys, "_REFRESH_EVERY", 1.5)
    monkeypatch.setattr(_keys, "_REFRESH_AT_MOST_EVERY", 0.05)
    told = {"service": "cart", "auth_issuer": issuer, "auth_jwks_url": f"{issuer}/jwks.json"}
    verifier = TokenVerifier(settings.model_copy(update=told))
    await verifier.start()
    yield verifier
    await verifier.stop()


async def token_of(issuer):
    """Have a token for the cart signed."""
    answer = await asyncio.to_thread(
        requests.post,
        f"{issuer}/token",
        data={"grant_type": "client_credentials", "audience": "cart"},
        auth=("orders", SECRET),
        timeout=10,
    )
    return answer.json()["access_token"]


async def test_every_token_is_good_all_through_a_rotation(issuer, verifier):
    before = await token_of(issuer)
    await in_db(publish_next_key)
    verified, states = 0, set()
    end = time.monotonic() + 6

    while time.monotonic() < end:
        await in_db(advance_keys)
        states.add(tuple(await in_db(key_states)))
        for token in (await token_of(issuer), before):
            verified += (await verifier.verify(token)).subject == "service:orders"

    assert states == {("ACTIVE", "PENDING"), ("RETIRED", "ACTIVE")}
    assert key_of(before) != key_of(await token_of(issuer))
    assert verified > 10


async def test_the_tokens_of_a_stolen_key_are_refused_after_a_moment(issuer, verifier):
    stolen = await token_of(issuer)
    await verifier.verify(stolen)

    await in_db(revoke_keys)

    assert await eventually(issuer, verifier, stolen)


async def eventually(issuer, verifier, stolen):
    """Tell whether new tokens are good and an old one is refused, within ten seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        new, old = await asyncio.gather(
            verifier.verify(await token_of(issuer)), verifier.verify(stolen), return_exceptions=True
        )
        if not isinstance(new, Exception) and isinstance(old, Exception):
            return True
    return False


def key_states():
    """Return the states of all keys, oldest first."""
    return [key.state for key in SigningKey.select().order_by(SigningKey.id)]


def key_of(token):
    """Return the header of a token, which names its key."""
    return token.partition(".")[0]

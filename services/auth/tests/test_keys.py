"""The signing keys: made once, sealed at rest, rotated without a token refused."""

import threading
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import ECKey, KeySet

from prost_auth.domain.keys import KeyState
from prost_auth.keys import KeyRing
from prost_auth.models.keys import SigningKey
from prost_auth.sealing import Seal, SealBroken
from prost_auth.use_cases import keys

pytestmark = pytest.mark.usefixtures("database")

MINUTE = 60
DAY = 24 * 60 * MINUTE


def states():
    """Return the states of all keys, oldest first."""
    return [key.state for key in SigningKey.select().order_by(SigningKey.id)]


def test_the_first_signature_makes_the_first_key(key_ring):
    signed = key_ring.sign({"sub": "anna"})

    assert jwt.decode(signed, key_ring.published, algorithms=["ES256"]).claims == {"sub": "anna"}
    assert states() == ["ACTIVE"]


def test_a_first_key_is_there_even_when_its_caller_is_rolled_back(key_ring, database):
    with database.atomic() as transaction:
        key_ring.sign({"sub": "anna"})
        transaction.rollback()

    assert states() == ["ACTIVE"]


def test_processes_that_start_together_share_one_key(settings):
    rings = [KeyRing() for _ in range(8)]
    for ring in rings:
        ring.reset(settings)
    threads = [threading.Thread(target=ring.read) for ring in rings]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert states() == ["ACTIVE"]
    assert len({ring.version for ring in rings}) == 1


def test_the_key_id_is_the_thumbprint_of_the_public_key(key_ring):
    key_ring.read()

    [published] = key_ring.published.keys
    assert published.kid == ECKey.import_key(published.as_dict(private=False)).thumbprint()


def test_nothing_private_is_published_or_stored_in_the_clear(key_ring):
    key_ring.read()

    stored = SigningKey.get()
    private = key_ring._held().signer.as_dict(private=True)["d"].encode()
    assert set(stored.public_jwk) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert private not in bytes(stored.sealed)
    assert private not in key_ring.document


def test_a_key_opens_for_its_own_row_and_secret_alone():
    sealed = Seal("one secret", "signing keys").close(b"private", "kid-1")

    assert Seal("one secret", "signing keys").open(sealed, "kid-1") == b"private"
    for secret, purpose, row in [
        ("one secret", "signing keys", "kid-2"),
        ("one secret", "recovery codes", "kid-1"),
        ("another secret", "signing keys", "kid-1"),
    ]:
        with pytest.raises(SealBroken):
            Seal(secret, purpose).open(sealed, row)


def test_a_new_key_waits_until_everybody_could_have_fetched_it(key_ring, clock):
    key_ring.read()
    keys.publish_next_key()

    clock.advance(9 * MINUTE)
    keys.advance_keys()
    assert states() == ["ACTIVE", "PENDING"]

    clock.advance(1 * MINUTE)
    keys.advance_keys()
    assert states() == ["RETIRED", "ACTIVE"]


def test_a_retired_key_is_published_until_its_last_token_is_over_and_cannot_sign_again(key_ring, clock):
    key_ring.read()
    keys.publish_next_key()
    clock.advance(10 * MINUTE)
    keys.advance_keys()

    clock.advance(11 * MINUTE)
    keys.advance_keys()
    assert [(key.state, key.sealed is None) for key in SigningKey.select().order_by(SigningKey.id)] == [
        ("RETIRED", True),
        ("ACTIVE", False),
    ]

    clock.advance(2 * MINUTE)
    keys.advance_keys()
    assert states() == ["ACTIVE"]


def test_a_key_is_replaced_after_ninety_days_by_itself(key_ring, clock):
    key_ring.read()

    clock.advance(89 * DAY)
    keys.advance_keys()
    assert states() == ["ACTIVE"]

    clock.advance(1 * DAY)
    keys.advance_keys()
    assert states() == ["ACTIVE", "PENDING"]


def test_asking_for_a_rotation_twice_publishes_one_key(key_ring):
    key_ring.read()

    assert keys.publish_next_key().kid == keys.publish_next_key().kid
    assert states() == ["ACTIVE", "PENDING"]


def test_every_token_of_a_rotation_is_good_for_whoever_keeps_keys_for_ten_minutes(key_ring, clock):
    key_ring.read()
    kept_at, kept = clock.now, KeySet(list(key_ring.published))
    signed = []
    for minute in range(40):
        if minute == 5:
            keys.publish_next_key()
        keys.advance_keys()
        key_ring.read()
        signed.append((clock.now, key_ring.sign({"minute": minute})))
        if clock.now - kept_at >= timedelta(minutes=10):
            kept_at, kept = clock.now, KeySet(list(key_ring.published))
        signed = [(at, token) for at, token in signed if clock.now - at <= timedelta(minutes=10)]
        for _at, token in signed:
            jwt.decode(token, kept, algorithms=["ES256"])
        clock.advance(MINUTE)

    assert states() == ["ACTIVE"]
    assert minute == 39


def test_an_emergency_rotation_leaves_nothing_of_what_was_signed_before(key_ring):
    stolen = key_ring.sign({"sub": "anna"})
    keys.publish_next_key()

    made = keys.revoke_keys()

    assert states() == ["ACTIVE"]
    assert [key.kid for key in key_ring.published] == [made.kid]
    with pytest.raises(InvalidKeyIdError):
        jwt.decode(stolen, key_ring.published, algorithms=["ES256"])


def test_another_process_signs_with_the_new_key_after_its_next_look(key_ring, settings):
    other = KeyRing()
    other.reset(settings)
    other.read()

    made = keys.revoke_keys()
    other.read()

    assert other._held().signer.kid == made.kid
    assert SigningKey.get().state == KeyState.ACTIVE


def test_with_another_secret_nothing_is_signed(key_ring, settings):
    key_ring.read()
    other = KeyRing()
    other.reset(settings.model_copy(update={"key_secret": type(settings.key_secret)("x" * 40)}))

    with pytest.raises(SealBroken):
        other.sign({"sub": "anna"})

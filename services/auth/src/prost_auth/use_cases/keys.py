"""The rotation of signing keys: nothing that was signed is refused, unless a key was stolen."""

from datetime import timedelta

from peewee import IntegrityError

from prost.db import database, utcnow
from prost_auth.domain.audit import Kind
from prost_auth.domain.callers import Caller
from prost_auth.domain.keys import KeyState, KeyTimes, forgotten_from
from prost_auth.keys import new_key, ring
from prost_auth.models.keys import SigningKey
from prost_auth.use_cases.admins import record_admin
from prost_auth.use_cases.audit import record


def publish_next_key() -> SigningKey:
    """Publish the key that will sign next, and return it; one that is already waiting is returned instead."""
    try:
        with database.atomic():
            made: SigningKey = SigningKey.create(state=KeyState.PENDING, **new_key(ring.seal))
    except IntegrityError:
        return SigningKey.get(SigningKey.state == KeyState.PENDING)
    return made


def request_rotation(caller: Caller | None) -> SigningKey:
    """Publish the next key because an admin or an operator wants it.

    Raises SessionEnded, ShopOnly and NotAnAdmin.
    """
    with database.atomic():
        key = publish_next_key()
        record_admin(Kind.KEY_PUBLISHED, caller, kid=key.kid)
    return key


def advance_keys() -> None:
    """Let time do to the keys what it has come to: publish, sign, retire and forget."""
    now, times = utcnow(), key_times()
    with database.atomic():
        active = SigningKey.select().where(SigningKey.state == KeyState.ACTIVE).for_update().get_or_none()
        if active is None:
            return
        pending = SigningKey.get_or_none(SigningKey.state == KeyState.PENDING)
        if pending is not None and times.signs_from(pending.created_at) <= now:
            active.move_to(KeyState.RETIRED, retired_at=now, sealed=None)
            pending.move_to(KeyState.ACTIVE, activated_at=now)
            record(Kind.KEY_ACTIVATED, kid=pending.kid)
        for retired in SigningKey.select().where(SigningKey.state == KeyState.RETIRED):
            if forgotten_from(retired.retired_at) <= now:
                retired.delete_instance()
    if pending is None and times.replaced_from(active.activated_at) <= now:
        with database.atomic():
            record(Kind.KEY_PUBLISHED, kid=publish_next_key().kid)


def revoke_keys() -> SigningKey:
    """Forget every key at once and sign with a new one: whatever was signed before is worth nothing."""
    with database.atomic():
        # Nobody may make a first key between the two statements.
        database.execute_sql("LOCK TABLE signing_keys IN EXCLUSIVE MODE")
        SigningKey.delete().execute()
        made: SigningKey = SigningKey.create(
            state=KeyState.ACTIVE, activated_at=utcnow(), **new_key(ring.seal)
        )
        record_admin(Kind.KEYS_REVOKED, None, kid=made.kid)
    ring.read()
    return made


def key_times() -> KeyTimes:
    """Return the times that the settings give a key."""
    settings = ring.settings
    return KeyTimes(
        published_ahead=timedelta(seconds=settings.key_published_ahead),
        used_for=timedelta(days=settings.key_used_for_days),
    )

"""New signing keys, the very first one among them."""

from typing import Any

import orjson
from joserfc.jwk import ECKey

from prost.db import database, utcnow, uuid7
from prost_auth.domain.keys import KeyState
from prost_auth.sealing import Seal

__all__ = ["ALGORITHM", "make_first_key", "new_key"]

ALGORITHM = "ES256"

_FIRST = """
INSERT INTO signing_keys (id, kid, state, public_jwk, sealed, created_at, activated_at)
VALUES (%(id)s, %(kid)s, %(state)s, %(public_jwk)s, %(sealed)s, %(created_at)s, %(created_at)s)
ON CONFLICT DO NOTHING
"""


def new_key(seal: Seal) -> dict[str, Any]:
    """Return the columns of a new P-256 key that no one has seen."""
    key = ECKey.generate_key("P-256", private=True)
    kid = key.thumbprint()
    private = orjson.dumps(key.as_dict(private=True))
    public = {"kid": kid, "use": "sig", "alg": ALGORITHM, **key.as_dict(private=False)}
    return {"kid": kid, "public_jwk": public, "sealed": seal.close(private, kid)}


def make_first_key(seal: Seal) -> None:
    """Give the issuer a key that signs at once, unless another process was faster.

    It is committed by itself: a key that was rolled back with its caller could have signed by then.
    """
    columns = new_key(seal) | {"id": str(uuid7()), "state": KeyState.ACTIVE, "created_at": utcnow()}
    columns["public_jwk"] = orjson.dumps(columns["public_jwk"]).decode()
    connection = database.dedicated_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_FIRST, columns)
    finally:
        connection.close()

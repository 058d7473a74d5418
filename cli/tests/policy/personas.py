"""Everybody who may knock, and whether an operation's declaration lets them in."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from uuid import uuid4

from joserfc import jws, jwt
from joserfc.jwk import ECKey

from prost.auth import STAFF_ROLES

ADMITTED = {
    "customer": STAFF_ROLES | {"customer"},
    "staff": STAFF_ROLES,
    "admin": frozenset({"admin"}),
}

# Sent with every request: whatever they say must not matter.
SPOOFED = {
    "X-Prost-Subject": "00000000-0000-7000-8000-000000000001",
    "X-Prost-Roles": "admin",
    "X-Prost-Email-Verified": "true",
    "X-Forwarded-User": "admin",
}


@dataclass(frozen=True)
class Persona:
    """Someone with a token, or without: `roles` is None for nobody in particular.

    `good` tokens are signed, current and for whom they are sent to. The token speaks for the seeded account
    of the role `account`; `token` has what else the issuer is asked for.
    """

    name: str
    roles: frozenset[str] | None = frozenset()
    good: bool = True
    kind: str = "person"
    account: str = "customer"
    token: dict[str, object] = field(default_factory=dict)

    def __str__(self):
        return self.name

    def __hash__(self):
        return hash(self.name)


ADMIN, CUSTOMER = frozenset({"admin"}), frozenset({"customer"})

PERSONAS = (
    Persona("nobody", None),
    Persona("an admin of a minute ago", ADMIN, good=False, token={"expires_in": -60}),
    Persona("an admin for another audience", ADMIN, good=False, token={"audience": "elsewhere"}),
    Persona("a forger with a key of the same name", ADMIN, good=False, kind="forger"),
    Persona("a forger without a signature", ADMIN, good=False, kind="unsigned"),
    Persona("a service for another one", good=False, token={"audience": "elsewhere", "sub": "service:spy"}),
    Persona("a service", kind="service", token={"sub": "service:spy"}),
    Persona("an application of a customer", token={"claims": {"client_id": "app", "scope": "openid shop"}}),
    Persona("someone without a role"),
    Persona("a customer", CUSTOMER),
    Persona("support", CUSTOMER | {"support"}, account="support"),
    Persona("a catalog-manager", CUSTOMER | {"catalog-manager"}, account="catalog-manager"),
    Persona("an admin", CUSTOMER | ADMIN, account="admin"),
)

OWNER = next(persona for persona in PERSONAS if persona.name == "a customer")
OTHER = Persona("another customer", CUSTOMER, account="catalog-manager")


def refusal(operation, persona, *, outside):
    """Return the status that a persona has to be refused with, or None where it has to be let in."""
    if outside and operation.declared is None:
        return 404
    # The tokens of services are for services: from outside they are for another audience.
    if persona.good and not (outside and persona.kind == "service"):
        return _refusal_of_known(operation, persona)
    return None if operation.auth == "anonymous" else 401


def _refusal_of_known(operation, persona):
    """Return the same for someone whose token is as it should be, or who has none."""
    if operation.auth == "anonymous":
        return None
    if persona.roles is None:
        return None if operation.auth == "optional" else 401
    if operation.auth == "optional":
        return None
    if operation.auth == "service":
        return None if persona.kind == "service" else 403
    admitted = frozenset(operation.roles) if operation.roles is not None else ADMITTED[operation.auth]
    return 403 if persona.roles.isdisjoint(admitted) else None


def forged(token, *, signed):
    """Return the token with a signature of our own under the same key's name, or with none."""
    parts = jws.extract_compact(token.encode())
    header, claims = parts.headers(), {**json.loads(parts.payload), "jti": str(uuid4())}
    if signed:
        return jwt.encode(header, claims, ECKey.generate_key("P-256"))
    parts = ({**header, "alg": "none"}, claims)
    return ".".join(
        [*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""]
    )

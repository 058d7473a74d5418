"""Who is asking: JSON Web Tokens verified against cached keys, and what their roles and ownership allow."""

from prost.auth._keys import ALGORITHMS
from prost.auth._principal import (
    SERVICE_PREFIX,
    STAFF_ROLES,
    InsufficientScope,
    Principal,
    admit,
    current_principal,
)
from prost.auth._verifier import TOKEN_TYPE, TokenVerifier
from prost.errors import EmailNotVerified
from prost.spec import Access

__all__ = [
    "ALGORITHMS",
    "SERVICE_PREFIX",
    "STAFF_ROLES",
    "TOKEN_TYPE",
    "Access",
    "EmailNotVerified",
    "InsufficientScope",
    "Principal",
    "TokenVerifier",
    "admit",
    "current_principal",
]

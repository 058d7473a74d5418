"""Development tokens: the key in the data folder and the ES256 tokens that it signs."""

from __future__ import annotations

import json
import os
import secrets
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from joserfc.jwk import ECKey

KEY_FILE = "issuer-key.json"
DEFAULT_LIFETIME = 3600
MAX_LIFETIME = 30 * 24 * 3600
_PRIVATE = "d"


def load_key(data_dir: Path) -> ECKey:
    """Return the issuer's key, made on first use and readable by its owner alone."""
    from joserfc.jwk import ECKey  # noqa: PLC0415 -- 5 MB that few stacks need once their key is made

    return ECKey.import_key(_read_key(data_dir))


def _read_key(data_dir: Path) -> dict[str, Any]:
    path = data_dir / KEY_FILE
    if not path.exists():
        _create_key(path)
    return dict(json.loads(path.read_bytes()))


def _create_key(path: Path) -> None:
    from joserfc.jwk import ECKey  # noqa: PLC0415 -- see load_key

    path.parent.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(key.as_dict(private=True), file)
    # A link, unlike a rename, loses to whoever was first: two starters end up with one key.
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def public_keys(data_dir: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the JWKS document that verifiers fetch."""
    key = _read_key(data_dir)
    del key[_PRIVATE]
    return {"keys": [key]}


def mint(
    data_dir: Path,
    *,
    issuer: str,
    subject: str,
    roles: Iterable[str] = (),
    audience: str = "prost",
    expires_in: int = DEFAULT_LIFETIME,
    claims: Mapping[str, object] | None = None,
) -> str:
    """Return a signed ES256 token for `subject`, valid for `expires_in` seconds (negative: already expired).

    `claims` are added to the standard ones and cannot replace them.

    Raises:
        ValueError: The lifetime is beyond 30 days, or the subject is empty.

    """
    from joserfc import jwt  # noqa: PLC0415 -- see load_key

    if not subject:
        raise ValueError("a token needs a subject")
    if abs(expires_in) > MAX_LIFETIME:
        raise ValueError(f"a token lives at most {MAX_LIFETIME} seconds")
    key = load_key(data_dir)
    now = int(time.time())
    payload = {
        **(claims or {}),
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "iat": min(now, now + expires_in),
        "exp": now + expires_in,
        "jti": secrets.token_urlsafe(12),
        "roles": list(roles),
    }
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}, payload, key)


def expires_at(token: str) -> int:
    """Return the `exp` of a token of our own, unverified."""
    from joserfc import jws  # noqa: PLC0415 -- see load_key

    return int(json.loads(jws.extract_compact(token.encode()).payload)["exp"])

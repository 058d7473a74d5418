"""What it costs to know who is asking: CPU per token that a service verifies, and per sign-in."""

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.request import Request, urlopen

from argon2 import PasswordHasher
from joserfc import jwt
from joserfc.jwk import ECKey
from measure import cpu_seconds
from stack import LIKE_PRODUCTION, ROOT, Bench, bench

from prost.auth import TOKEN_TYPE, TokenVerifier
from prost.settings import Settings

_ISSUER = "https://shop.example/api/auth"
_PEOPLE = 1000
_ROUNDS = 20
_PASSWORD = "korrekt pferd batterie"  # noqa: S105 - of accounts that live for a minute
#: Sign-ins of one account from one address that are not throttled.
_UNTHROTTLED = 10
_AT_ONCE = 4


class Verification(NamedTuple):
    """Microseconds of CPU for one token: signature and claims, and the same token once more."""

    cold: float
    warm: float


def verification(rounds: int = _ROUNDS) -> Verification:
    """Verify a thousand people's tokens, then all of them again; print and return the least of the rounds.

    Others on the same cores only ever add: a core's second thread alone slows a signature down by half.
    """
    key = ECKey.generate_key("P-256", {"kid": "bench", "use": "sig", "alg": "ES256"})
    tokens = [_token(key, number) for number in range(_PEOPLE)]
    found = [asyncio.run(_verify_twice(key, tokens)) for _ in range(rounds)]
    least = Verification(*map(min, zip(*found, strict=True)))
    print(f"\n{'token':>12}{'CPU µs':>9}")
    for name, microseconds in least._asdict().items():
        print(f"{name:>12}{microseconds:>9.1f}")
    return least


def login(accounts: int = 16) -> None:
    """Sign in ten times to each account, straight at the service; print the rate, the CPU and argon2's share.

    Each account comes from an address of its own, as limits have it. Parameters are those of production.
    """
    with bench([ROOT / "services" / "auth"]) as made:
        made.up(*LIKE_PRODUCTION)
        base = f"http://{made.environment('auth')['PROST_HTTP_BIND']}/auth"
        people = [f"person{number}@bench.example" for number in range(accounts)]
        for number, email in enumerate(people):
            _post(f"{base}/signup", number, {"email": email, "password": _PASSWORD, "name": "Bench"})
        asks = [(number, email) for _ in range(_UNTHROTTLED) for number, email in enumerate(people)]
        before, began = _cpu(made), time.perf_counter()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda ask: _log_in(base, *ask), asks))
        seconds = time.perf_counter() - began
        spent = {name: used - before[name] for name, used in _cpu(made).items()}
    hashing = _argon2() * len(asks)
    print(f"\n{len(asks)} sign-ins, {_AT_ONCE} at a time: {len(asks) / seconds:.1f} a second")
    print(f"CPU s per 1,000: {sum(spent.values()) / len(asks) * 1000:.0f}", end=" (")
    print(", ".join(f"{name} {used / len(asks) * 1000:.1f}" for name, used in spent.items()), end=")\n")
    print(f"argon2's share: {hashing / sum(spent.values()):.0%}")


def _log_in(base: str, number: int, email: str) -> None:
    _post(f"{base}/login", number, {"email": email, "password": _PASSWORD})


def _post(url: str, number: int, body: dict[str, str]) -> None:
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}",
    }
    with urlopen(Request(url, json.dumps(body).encode(), headers)) as answer:  # noqa: S310
        answer.read()


def _cpu(made: Bench) -> dict[str, float]:
    watched = ("auth:web", "postgres", "valkey")
    return {name: cpu_seconds(pids) for name, pids in made.pids().items() if name in watched}


def _argon2(rounds: int = 10) -> float:
    """Return the CPU seconds of one comparison alone, with the service's parameters."""
    hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
    kept = hasher.hash(_PASSWORD)
    began = time.process_time()
    for _ in range(rounds):
        hasher.verify(kept, _PASSWORD)
    return (time.process_time() - began) / rounds


async def _verify_twice(key: ECKey, tokens: Sequence[str]) -> Verification:
    settings = Settings(service="bench", env="test", auth_issuer=_ISSUER)
    verifier = TokenVerifier(settings, keys={"keys": [key.as_dict(private=False)]})
    return Verification(await _verify(verifier, tokens), await _verify(verifier, tokens))


async def _verify(verifier: TokenVerifier, tokens: Sequence[str]) -> float:
    began = time.thread_time()
    for token in tokens:
        await verifier.verify(token)
    return (time.thread_time() - began) / len(tokens) * 1e6


def _token(key: ECKey, number: int) -> str:
    """Sign a token with all that the shop's tokens say."""
    now = int(time.time())
    claims = {
        "iss": _ISSUER,
        "sub": f"01930000-0000-7000-8000-{number:012}",
        "aud": "prost",
        "exp": now + 600,
        "iat": now,
        "jti": f"{number:022}",
        "sid": f"01930000-0000-7000-9000-{number:012}",
        "client_id": "shop",
        "scope": "",
        "roles": ["customer"],
        "email_verified": True,
        "amr": ["pwd"],
        "auth_time": now,
    }
    return jwt.encode({"alg": "ES256", "kid": "bench", "typ": TOKEN_TYPE}, claims, key)


if __name__ == "__main__":
    verification()
    login()

"""Tokens, verified with real keys from a real JWKS server."""

import asyncio
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import falcon.testing
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from prost.auth import InsufficientScope, Principal, TokenVerifier, admit
from prost.errors import EmailNotVerified, Forbidden, NotFound, Unauthenticated, Unavailable
from prost.http import create_app, operation
from prost.settings import Settings
from prost.spec import ServiceSpec

ISSUER = "https://id.example"
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})
NEW = ECKey.generate_key("P-256", {"kid": "new", "use": "sig"})


def claims(**changes):
    now = int(time.time())
    everything = {
        "iss": ISSUER,
        "aud": "prost",
        "sub": "ada",
        "iat": now,
        "exp": now + 60,
        "roles": ["customer"],
        "scope": "orders:read orders:write",
    }
    return {name: value for name, value in (everything | changes).items() if value is not None}


def token(key=EC, alg="ES256", **changes):
    return jwt.encode({"alg": alg, "kid": key.kid, "typ": "at+jwt"}, claims(**changes), key, algorithms=[alg])


class Issuer:
    """A JWKS server that counts what it is asked and can die."""

    def __init__(self):
        self.keys = [EC, RSA, ED]
        self.also = []
        self.status_line = None
        self.asked = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                if issuer.status_line:
                    self.wfile.write(issuer.status_line)
                    return
                members = [key.as_dict(private=False) for key in issuer.keys]
                body = json.dumps({"keys": [*issuer.also, *members]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments): ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def die(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def issuer():
    running = Issuer()
    yield running
    running.die()


def settings_for(url):
    return Settings(service="orders", env="test", auth_issuer=ISSUER, auth_jwks_url=url)


@pytest.fixture
async def verifier(issuer):
    made = TokenVerifier(settings_for(issuer.url))
    await made.start()
    yield made
    await made.stop()


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256"), (ED, "Ed25519")])
async def test_a_good_token_speaks_for_its_subject(verifier, key, alg):
    principal = await verifier.verify(token(key, alg))

    assert principal == Principal("ada", frozenset({"customer"}), frozenset({"orders:read", "orders:write"}))
    assert principal.token is not None
    assert principal.token not in repr(principal)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(time.time()) - 60}, "has expired"),
        ({"exp": None}, "claim: exp"),
        ({"nbf": int(time.time()) + 600}, "claim: nbf"),
        ({"aud": "other-shop"}, "claim: aud"),
        ({"aud": None}, "claim: aud"),
        ({"iss": "https://evil.example"}, "claim: iss"),
        ({"sub": None}, "claim: sub"),
        ({"sub": 7}, "claim: sub"),
        ({"roles": "admin"}, "wrong type"),
        ({"roles": [7]}, "wrong type"),
        ({"scope": ["openid"]}, "wrong type"),
        ({"email_verified": "true"}, "wrong type"),
        ({"sid": 7}, "wrong type"),
        ({"client_id": ["shop"]}, "wrong type"),
        ({"amr": "otp"}, "wrong type"),
        ({"exp": "soon"}, "claim: exp"),
    ],
)
async def test_a_token_with_wrong_claims_is_refused(verifier, changes, reason):
    with pytest.raises(Unauthenticated, match=reason) as caught:
        await verifier.verify(token(**changes))

    assert caught.value.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


def part(document):
    return urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def unsigned():
    return f"{part({'alg': 'none', 'kid': 'ec'})}.{part(claims(roles=['admin']))}."


def signed_with_the_public_key_as_a_secret():
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims(roles=['admin']))}"
    signature = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def forged():
    other = ECKey.generate_key("P-256", {"kid": "ec"})
    return token(other)


def tampered():
    header, payload, signature = token().split(".")
    return f"{header}.{payload[:-2]}AA.{signature}"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "make",
    [
        unsigned,
        signed_with_the_public_key_as_a_secret,
        forged,
        tampered,
        lambda: "",
        lambda: "a.b",
        lambda: "ä.ö.ü",
        lambda: "a.b.c",
        lambda: token()[:-4],
        lambda: "x" * 10_000,
        lambda: f"{part({'alg': 'ES256', 'kid': 'ec', 'crit': 1})}.{part(claims())}.AA",
        lambda: f"{part({'alg': [], 'kid': {}})}.{part(claims())}.AA",
        lambda: f"{part([])}.{part(claims())}.AA",
    ],
)
async def test_what_was_not_signed_by_the_issuer_is_refused(verifier, make):
    with pytest.raises(Unauthenticated):
        await verifier.verify(make())


async def test_keys_are_fetched_once_for_many_tokens(verifier, issuer):
    for _ in range(20):
        await verifier.verify(token())

    assert issuer.asked == 1


async def test_keys_stay_in_use_when_the_issuer_dies(verifier, issuer):
    issuer.die()

    assert (await verifier.verify(token())).subject == "ada"


async def test_an_unknown_key_is_looked_up_but_not_for_each_token(verifier, issuer, monkeypatch):
    issuer.keys.append(NEW)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token(NEW))
    too_early = issuer.asked
    monkeypatch.setattr("prost.auth._keys._REFRESH_AT_MOST_EVERY", 0.0)

    principal = await verifier.verify(token(NEW))

    assert too_early == 1
    assert issuer.asked == 2
    assert principal.subject == "ada"


async def test_an_issuer_that_does_not_speak_http_is_one_that_is_away(verifier, issuer, monkeypatch):
    monkeypatch.setattr("prost.auth._keys._REFRESH_AT_MOST_EVERY", 0.0)
    issuer.status_line = b"hello\r\n\r\n"

    with pytest.raises(Unauthenticated):
        await verifier.verify(token(NEW))

    assert (await verifier.verify(token())).subject == "ada"


async def test_an_issuer_without_keys_takes_none_away(verifier, issuer, monkeypatch):
    monkeypatch.setattr("prost.auth._keys._REFRESH_AT_MOST_EVERY", 0.0)
    issuer.keys = []
    with pytest.raises(Unauthenticated):
        await verifier.verify(token(NEW))

    assert (await verifier.verify(token())).subject == "ada"


@pytest.mark.parametrize(
    "odd",
    [
        {"kty": "EC", "crv": "P-256", "kid": "half"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "curve"},
        {"kty": "RSA", "n": 7, "e": [], "kid": "numbers"},
    ],
)
async def test_a_key_that_cannot_be_used_spoils_no_other(issuer, odd):
    issuer.also = [odd]
    verifier = TokenVerifier(settings_for(issuer.url))

    assert (await verifier.verify(token())).subject == "ada"


async def test_without_keys_nobody_can_be_identified_and_it_is_not_their_fault(unused_port):
    verifier = TokenVerifier(settings_for(f"http://127.0.0.1:{unused_port}/jwks.json"))

    with pytest.raises(OSError, match="refused"):
        await verifier.start()
    with pytest.raises(Unavailable):
        await verifier.verify(token())
    with pytest.raises(Unavailable):
        await verifier.check()
    await verifier.stop()


async def test_a_symmetric_key_in_the_document_is_never_used():
    secret = OctKey.import_key("k" * 32, {"kid": "oct"})
    verifier = TokenVerifier(
        settings_for("http://127.0.0.1:1"), keys={"keys": [secret.as_dict(), EC.as_dict(private=False)]}
    )
    forged_token = jwt.encode({"alg": "HS256", "kid": "oct"}, claims(), secret, algorithms=["HS256"])

    with pytest.raises(Unauthenticated):
        await verifier.verify(forged_token)


def test_access_follows_from_roles():
    customer = Principal("ada", frozenset({"customer"}))
    support = Principal("bob", frozenset({"support"}))
    admin = Principal("eve", frozenset({"admin"}))

    admit(None, "anonymous")
    admit(None, "optional")
    admit(customer, "customer")
    admit(support, "customer")
    admit(support, "staff")
    admit(admin, "admin")
    admit(Principal("service:orders"), "service")
    with pytest.raises(Unauthenticated):
        admit(None, "customer")
    with pytest.raises(Forbidden):
        admit(Principal("nobody"), "customer")
    with pytest.raises(Forbidden):
        admit(customer, "staff")
    with pytest.raises(Forbidden):
        admit(support, "admin")
    with pytest.raises(Forbidden):
        admit(admin, "service")
    with pytest.raises(Unauthenticated):
        admit(None, "service")
    with pytest.raises(Forbidden):
        admit(Principal("service:orders"), "customer")


def test_some_of_the_staff_are_let_in_where_they_are_named():
    support = Principal("bob", frozenset({"customer", "support"}))
    manager = Principal("eve", frozenset({"catalog-manager"}))
    editors = ("catalog-manager", "admin")

    admit(manager, "staff", editors)
    with pytest.raises(Forbidden, match="catalog-manager or admin"):
        admit(support, "staff", editors)


def test_what_is_not_theirs_is_not_there_for_a_customer():
    customer = Principal("ada", frozenset({"customer"}))

    customer.require_owner("ada")
    Principal("bob", frozenset({"support"})).require_owner("ada")
    with pytest.raises(NotFound):
        customer.require_owner("bob")
    with pytest.raises(Forbidden, match="catalog-manager or admin"):
        customer.require("catalog-manager", "admin")


def test_some_things_take_a_verified_address():
    Principal("ada", email_verified=True).require_verified_email()
    with pytest.raises(EmailNotVerified) as caught:
        Principal("ada").require_verified_email()

    assert (caught.value.status, caught.value.code) == (403, "email-not-verified")


def test_an_application_does_only_what_it_was_allowed():
    principal = Principal("ada", scopes=frozenset({"openid"}))

    principal.require_scope("openid")
    with pytest.raises(InsufficientScope) as caught:
        principal.require_scope("email")

    challenge = 'Bearer error="insufficient_scope", scope="email"'
    assert caught.value.headers["WWW-Authenticate"] == challenge


class MirrorResource:
    @operation(summary="Say who is asking.", returns=dict[str, str | None], auth="optional")
    async def on_get(self, req, resp):
        principal = req.context.principal
        return {"subject": principal and principal.subject}

    @operation(summary="For staff.", auth="staff")
    async def on_post(self, req, resp): ...


@pytest.fixture
def client():
    spec = ServiceSpec.model_validate({"service": {"name": "mirror", "summary": "Mirrors."}})
    settings = settings_for("http://127.0.0.1:1")
    verifier = TokenVerifier(settings, keys=KeySet([EC]).as_dict(private=False))
    return falcon.testing.TestClient(create_app(spec, settings, {"/": MirrorResource()}, verifier=verifier))


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_optional_access_takes_everyone_but_a_bad_token(client):
    assert client.simulate_get("/").json == {"subject": None}
    assert client.simulate_get("/", headers=bearer(token())).json == {"subject": "ada"}
    assert client.simulate_get("/", headers=bearer(forged())).status_code == 401
    assert client.simulate_get("/", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_staff_access_takes_staff(client):
    assert client.simulate_post("/").status_code == 401
    assert client.simulate_post("/", headers=bearer(token())).status_code == 403
    assert client.simulate_post("/", headers=bearer(token(roles=["support"]))).status_code == 204


async def test_many_tokens_of_an_unknown_key_cause_one_fetch(issuer, monkeypatch):
    verifier = TokenVerifier(settings_for(issuer.url))

    principals = await asyncio.gather(*(verifier.verify(token()) for _ in range(10)))

    assert {principal.subject for principal in principals} == {"ada"}
    assert issuer.asked == 1

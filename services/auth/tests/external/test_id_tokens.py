"""What is believed of a provider: nothing that its ID token and its key do not prove."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from prost_auth.domain.external import ExternalRefused, Problem
from prost_auth.external.client import ExternalClient
from prost_auth.settings import ExternalProvider

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


class StandIn:
    """A provider that signs whatever a test wants."""

    def __init__(self, url):
        self.issuer = url
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
        self.published = [self.key]
        self.metadata = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
            "userinfo_endpoint": f"{url}/userinfo",
        }
        self.claims, self.header, self.answers = {}, {}, {}
        self.asked = []

    def documents(self):
        """Return what it answers, by path."""
        return {
            "/.well-known/openid-configuration": self.metadata,
            "/jwks": {"keys": [key.as_dict(private=False) for key in self.published]},
            "/token": {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token()},
            **self.answers,
        }

    def id_token(self):
        """Sign the claims of a good token, changed as the test says."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "1089",
            "aud": "prost",
            "iat": now,
            "exp": now + 300,
            "nonce": "n-1",
            "email": "anna@example.org",
            "email_verified": True,
            "name": "Anna",
        }
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": "k1", **self.header}, claims, self.key)


@pytest.fixture
def provider():
    """Run a provider that signs what the test wants."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            stand_in.asked.append(self.path)
            document = stand_in.documents().get(self.path)
            status = document if isinstance(document, int) else 404 if document is None else 200
            body = json.dumps(document).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in = StandIn(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield stand_in
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(provider):
    """Give a client of it."""
    config = ExternalProvider(
        name="Stand-in", issuer=provider.issuer, client_id="prost", client_secret="secret"
    )
    return ExternalClient("stand-in", config, "http://127.0.0.1:8080/api/auth/external/stand-in/callback")


def problem_of(client, issuer=None):
    """Return the problem that a code ends with."""
    with pytest.raises(ExternalRefused) as refused:
        client.prove("a-code", issuer, VERIFIER, "n-1")
    return refused.value.problem


def test_a_good_token_proves_who_somebody_is(provider, client):
    proven = client.prove("a-code", None, VERIFIER, "n-1")

    assert (proven.provider, proven.subject, proven.name) == ("stand-in", "1089", "Anna")
    assert (proven.email, proven.email_verified) == ("anna@example.org", True)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": ["prost", "another-client"]},
        {"aud": ["prost", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"exp": "tomorrow"},
        {"sub": None},
        {"sub": ""},
        {"sub": 12},
        {"sub": "nul\0"},
        {"sub": "x" * 256},
        {"at_hash": "bm90LWl0"},
    ],
)
def test_a_token_with_a_claim_that_is_wrong_proves_nothing(provider, client, claims):
    provider.claims = claims

    assert problem_of(client) == Problem.FAILED


def test_a_token_of_another_key_proves_nothing(provider, client):
    provider.key = ECKey.generate_key("P-256", {"kid": "k1"})

    assert problem_of(client) == Problem.FAILED


def test_a_token_without_a_signature_proves_nothing(provider, client):
    _header, payload, _signature = provider.id_token().split(".")
    provider.answers["/token"] = {
        "access_token": "at",
        "token_type": "Bearer",
        "id_token": f"eyJhbGciOiJub25lIn0.{payload}.",
    }

    assert problem_of(client) == Problem.FAILED


def test_a_token_signed_with_the_public_key_as_a_secret_proves_nothing(provider, client):
    secret = OctKey.import_key(json.dumps(provider.key.as_dict(private=False)))
    forged = jwt.encode({"alg": "HS256", "kid": "k1"}, {"sub": "1089"}, secret)
    provider.answers["/token"] = {"access_token": "at", "token_type": "Bearer", "id_token": forged}

    assert problem_of(client) == Problem.FAILED


def test_an_answer_without_an_id_token_proves_nothing(provider, client):
    provider.answers["/token"] = {"access_token": "at", "token_type": "Bearer"}

    assert problem_of(client) == Problem.FAILED


def test_a_key_that_is_new_is_fetched(provider, client, monkeypatch):
    monkeypatch.setattr("prost_auth.external.metadata._AT_MOST_EVERY", 0.0)
    client.prove("a-code", None, VERIFIER, "n-1")
    provider.key = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"})
    provider.published, provider.header = [provider.key], {"kid": "k2"}

    assert client.prove("a-code", None, VERIFIER, "n-1").subject == "1089"


def test_what_the_id_token_leaves_out_is_asked_for(provider, client):
    provider.claims = {"email": None, "email_verified": None}
    provider.answers["/userinfo"] = {"sub": "1089", "email": "a@example.org", "email_verified": "true"}

    proven = client.prove("a-code", None, VERIFIER, "n-1")

    assert (proven.email, proven.email_verified) == ("a@example.org", True)


def test_userinfo_about_somebody_else_is_not_believed(provider, client):
    provider.claims = {"email": None}
    provider.answers["/userinfo"] = {"sub": "666", "email": "a@example.org", "email_verified": True}

    assert problem_of(client) == Problem.FAILED


@pytest.mark.parametrize("told", [True, False])
def test_a_code_of_another_issuer_is_not_carried_on(provider, client, told):
    provider.metadata["authorization_response_iss_parameter_supported"] = told

    assert problem_of(client, "https://evil.example") == Problem.FAILED
    assert "/token" not in provider.asked


def test_a_provider_that_names_itself_has_to(provider, client):
    provider.metadata["authorization_response_iss_parameter_supported"] = True

    assert problem_of(client) == Problem.FAILED
    assert client.prove("a-code", provider.issuer, VERIFIER, "n-1").subject == "1089"


def test_a_code_that_the_provider_refuses_proves_nothing(provider, client):
    provider.answers["/token"] = {"error": "invalid_grant"}

    assert problem_of(client) == Problem.FAILED


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_provider_that_does_not_work_is_said_to_be_away(provider, client, path, status):
    provider.answers[path] = status

    assert problem_of(client) == Problem.UNAVAILABLE


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://accounts.example"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": 12},
    ],
)
def test_a_discovery_document_that_leads_elsewhere_is_not_followed(provider, client, metadata):
    provider.metadata |= metadata

    assert problem_of(client) == Problem.UNAVAILABLE
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_document_that_is_too_large_is_not_read(provider, client):
    provider.metadata["padding"] = "x" * 600_000

    assert problem_of(client) == Problem.UNAVAILABLE


def test_discovery_is_asked_once(provider, client):
    client.prove("a-code", None, VERIFIER, "n-1")
    client.prove("a-code", None, VERIFIER, "n-1")

    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/jwks", "/token"]

"""The provider as Authlib's own client finds it."""

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture(scope="module")
def registered(shared, relying_party):
    """Serve a provider with an account and an application; give its metadata and the application."""
    with shared.person(url := shared.new_database()) as person:
        person("anna@example.org")
        application = relying_party(public=False)
    issuer = shared.start(DATABASE_URL=url)
    metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    return metadata, application


@pytest.fixture
def provider(registered):
    """Give the provider's metadata."""
    return registered[0]


@pytest.fixture
def session(registered):
    """Give Authlib's client."""
    provider, application = registered
    with OAuth2Session(
        application.client_id,
        application.secret,
        scope="openid email offline_access",
        redirect_uri=application.redirect_uri,
        code_challenge_method="S256",
        token_endpoint=provider["token_endpoint"],
        default_timeout=10,
    ) as session:
        yield session


@pytest.fixture
def allowed(provider):
    """Give the function that signs in, allows what is asked, and returns where the client waits."""

    def decide(url):
        credentials = {"email": "anna@example.org", "password": "korrekt pferd batterie"}
        signed_in = requests.post(f"{provider['issuer']}/login", json=credentials, timeout=10).json()
        page = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
        decision = requests.post(
            f"{provider['issuer']}/authorizations/{page.partition('request=')[2]}/decision",
            json={"allow": True},
            headers={"Authorization": f"Bearer {signed_in['access_token']}"},
            timeout=10,
        )
        return decision.json()["redirect_to"]

    return decide


def test_authlibs_client_signs_somebody_in(provider, session, allowed):
    url, state = session.create_authorization_url(
        provider["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1"
    )
    token = session.fetch_token(authorization_response=allowed(url), state=state, code_verifier=VERIFIER)

    keys = KeySet.import_key_set(requests.get(provider["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
    expected = {"nonce": "n-1", "client_id": session.client_id, "access_token": token["access_token"]}
    options = {"iss": {"essential": True, "value": provider["issuer"]}}
    claims = CodeIDToken(decoded.claims, decoded.header, options, expected)
    claims.validate(leeway=10)
    told = session.get(provider["userinfo_endpoint"]).json()
    assert told == {"sub": claims["sub"], "email": "anna@example.org", "email_verified": True}


def test_authlibs_client_refreshes_introspects_and_revokes(provider, session, allowed):
    url, state = session.create_authorization_url(provider["authorization_endpoint"], code_verifier=VERIFIER)
    first = session.fetch_token(authorization_response=allowed(url), state=state, code_verifier=VERIFIER)

    second = session.refresh_token(provider["token_endpoint"])
    known = session.introspect_token(provider["introspection_endpoint"], second["access_token"])
    session.revoke_token(provider["revocation_endpoint"], second["refresh_token"])
    gone = session.introspect_token(provider["introspection_endpoint"], second["access_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert (known.json()["active"], gone.json()) == (True, {"active": False})
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(provider["token_endpoint"], second["refresh_token"])


def test_authlibs_client_gets_a_token_of_its_own(provider, session):
    token = session.fetch_token(grant_type="client_credentials", audience="analytics", scope="")

    told = session.introspect_token(provider["introspection_endpoint"], token["access_token"]).json()
    assert (told["sub"], told["aud"]) == (f"service:{session.client_id}", "analytics")

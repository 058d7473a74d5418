"""The token endpoint: codes, refresh tokens and client credentials, and what is refused."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from joserfc import jwt

from prost_auth.domain.sessions import EndReason
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.clients import AuthorizationCode, Client
from prost_auth.models.sessions import Session
from prost_auth.settings import ServiceClient
from prost_auth.use_cases.clients import remove_client
from prost_auth.use_cases.sessions import end_session

pytestmark = pytest.mark.usefixtures("database")

ORDERS_SECRET = "the-secret-of-orders"


@pytest.fixture
def settings(settings):
    """Tell auth of two services of the platform."""
    secret = sha256(ORDERS_SECRET.encode()).hexdigest()
    clients = {
        "orders": ServiceClient(secret_sha256=secret, audiences=("cart", "inventory")),
        "payments": ServiceClient(secret_sha256=secret, audiences=("orders",)),
    }
    return settings.model_copy(update={"service_clients": clients})


def claims_of(key_ring, token):
    """Return the claims of a token whose signature is right."""
    return jwt.decode(token, key_ring.published, algorithms=["ES256"]).claims


def test_a_code_is_exchanged_for_tokens(application, anna, at_shop, key_ring):
    answered = application.exchanges(application.is_allowed(at_shop(anna)))

    assert answered.status == 200
    assert answered.headers["Cache-Control"] == "no-store"
    assert set(answered.document) == {
        "token_type",
        "access_token",
        "expires_in",
        "scope",
        "refresh_token",
        "id_token",
    }
    assert (answered.document["token_type"], answered.document["expires_in"]) == ("Bearer", 600)
    assert answered.document["scope"] == "openid profile email offline_access"


def test_the_access_token_is_the_persons_and_the_clients(application, anna, at_shop, key_ring):
    document = application.exchanges(application.is_allowed(at_shop(anna))).document

    claims = claims_of(key_ring, document["access_token"])
    session = Session.get(Session.client_id == application.client_id)
    assert (claims["sub"], claims["client_id"]) == (str(anna.id), application.client_id)
    assert (claims["aud"], claims["sid"]) == ("prost", str(session.id))


def test_the_id_token_says_who_signed_in_when_and_how(clock, application, anna, at_shop, key_ring):
    caller = at_shop(anna, "pwd", "otp")
    clock.advance(30)

    document = application.exchanges(application.is_allowed(caller)).document

    claims = claims_of(key_ring, document["id_token"])
    digest = sha256(document["access_token"].encode()).digest()[:16]
    assert claims.pop("at_hash") == _base64(digest)
    assert claims == {
        "iss": "http://127.0.0.1:8080/api/auth",
        "sub": str(anna.id),
        "aud": application.client_id,
        "iat": 1893499230,
        "exp": 1893499830,
        "auth_time": 1893499200,
        "nonce": "n-0S6_WzA2Mj",
        "amr": ["pwd", "otp"],
        "sid": str(caller.session_id),
        "name": "Anna",
        "locale": "de",
        "updated_at": 1893499200,
        "email": "Anna@example.org",
        "email_verified": True,
    }


def test_without_openid_there_is_no_id_token(application, anna, at_shop):
    document = application.exchanges(application.is_allowed(at_shop(anna), scope="email")).document

    assert "id_token" not in document


def test_a_client_learns_no_more_than_it_asked_for(application, anna, at_shop, key_ring):
    document = application.exchanges(application.is_allowed(at_shop(anna), scope="openid")).document

    claims = claims_of(key_ring, document["id_token"])
    assert claims.keys().isdisjoint({"name", "locale", "email", "email_verified"})


def test_a_public_client_exchanges_its_code_without_a_secret(public_application, anna, at_shop):
    code = public_application.is_allowed(at_shop(anna))

    assert public_application.exchanges(code).status == 200


def test_a_session_that_cannot_be_refreshed_ends_with_its_access_token(clock, application, anna, at_shop):
    Client.update(grant_types=["authorization_code"], scopes=["openid"]).execute()

    document = application.exchanges(application.is_allowed(at_shop(anna))).document

    session = Session.get(Session.client_id == application.client_id)
    assert "refresh_token" not in document
    assert (session.expires_at - session.created_at).total_seconds() == 600


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code": "nul\0"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "too-short"}, "invalid_request"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/back"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": 'gränt"'}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"client_id": "nobody", "client_secret": "x"}, "invalid_client"),
        ({"client_id": "orders", "client_secret": ORDERS_SECRET}, "unauthorized_client"),
        ({"scope": ["openid", "email"]}, "invalid_request"),
    ],
)
def test_a_client_is_told_what_is_wrong_with_its_exchange(application, anna, at_shop, changes, error):
    code = application.is_allowed(at_shop(anna))

    answered = application.exchanges(changes.pop("code", code), **changes)

    assert answered.status in {400, 401}
    assert answered.document["error"] == error
    assert Session.select().where(Session.client_id.is_null(False)).count() == 0


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_a_client_that_cannot_prove_who_it_is_gets_nothing(application, anna, at_shop, secret):
    code = application.is_allowed(at_shop(anna))

    answered = application.exchanges(code, client_id=application.client_id, client_secret=secret)

    assert answered.document["error"] == "invalid_client"


def test_a_client_proves_who_it_is_by_basic_authentication(application, anna, at_shop):
    code = application.is_allowed(at_shop(anna))

    answered = application.exchanges(
        code, basic=(application.client_id.replace("-", "%2D"), application.secret)
    )

    assert answered.status == 200


def test_a_client_refused_by_basic_authentication_is_challenged(application):
    answered = application.exchanges("a-code", basic=(application.client_id, "wrong"))

    assert (answered.status, answered.document["error"]) == (401, "invalid_client")
    assert answered.headers["WWW-Authenticate"].startswith("Basic")


def test_a_client_that_shows_two_credentials_is_refused(application):
    both = {"client_id": application.client_id, "client_secret": application.secret}

    answered = application.exchanges("a-code", basic=(application.client_id, application.secret), **both)

    assert answered.document["error"] == "invalid_request"


def test_a_code_is_good_for_a_minute(application, anna, at_shop, clock):
    code = application.is_allowed(at_shop(anna))

    clock.advance(60)

    assert application.exchanges(code).document["error"] == "invalid_grant"


def test_a_code_is_good_for_one_client(application, public_application, anna, at_shop):
    code = application.is_allowed(at_shop(anna))

    assert public_application.exchanges(code).document["error"] == "invalid_grant"
    assert application.exchanges(code).status == 200


def test_a_code_that_comes_twice_ends_what_it_gave(application, anna, at_shop):
    code = application.is_allowed(at_shop(anna))
    tokens = application.exchanges(code).document

    again = application.exchanges(code)

    assert again.document["error"] == "invalid_grant"
    assert application.refreshes(tokens["refresh_token"]).document["error"] == "invalid_grant"
    assert Session.get(Session.client_id == application.client_id).end_reason == "REUSE"
    assert SecurityEvent.select().where(SecurityEvent.kind == "code-reused").count() == 1


def test_whoever_signs_out_before_the_exchange_takes_the_code_back(application, anna, at_shop):
    caller = at_shop(anna)
    code = application.is_allowed(caller)

    end_session(caller.session_id, EndReason.LOGOUT)

    assert application.exchanges(code).document["error"] == "invalid_grant"


def test_a_refresh_token_is_exchanged_for_the_next(application, anna, at_shop, key_ring):
    caller = at_shop(anna)
    first = application.exchanges(application.is_allowed(caller)).document

    second = application.refreshes(first["refresh_token"]).document

    claims = claims_of(key_ring, second["id_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert (claims["sub"], claims["sid"]) == (str(anna.id), str(caller.session_id))
    assert "nonce" not in claims
    assert application.refreshes(second["refresh_token"]).status == 200


def test_a_refresh_token_that_comes_twice_ends_its_session(application, anna, at_shop):
    first = application.exchanges(application.is_allowed(at_shop(anna))).document
    second = application.refreshes(first["refresh_token"]).document

    again = application.refreshes(first["refresh_token"])

    assert (again.status, again.document["error"]) == (400, "invalid_grant")
    assert application.refreshes(second["refresh_token"]).document["error"] == "invalid_grant"


def test_a_refresh_can_ask_for_less_and_not_for_more(application, anna, at_shop, key_ring):
    given = application.exchanges(application.is_allowed(at_shop(anna), scope="openid email")).document

    more = application.refreshes(given["refresh_token"], scope="openid profile")
    less = application.refreshes(given["refresh_token"], scope="openid")

    assert more.document["error"] == "invalid_scope"
    assert less.document["scope"] == "openid"
    assert claims_of(key_ring, less.document["access_token"])["scope"] == "openid"


def test_a_refresh_token_is_good_for_its_client_alone(application, public_application, anna, at_shop):
    given = application.exchanges(application.is_allowed(at_shop(anna))).document

    stolen = public_application.refreshes(given["refresh_token"])

    assert stolen.document["error"] == "invalid_grant"
    assert application.refreshes(given["refresh_token"]).status == 200


def test_a_removed_client_is_nobody(application, anna, at_shop):
    given = application.exchanges(application.is_allowed(at_shop(anna))).document

    remove_client(application.client_id, None)

    assert application.refreshes(given["refresh_token"]).document["error"] == "invalid_client"
    assert AuthorizationCode.select().count() == 0


@pytest.mark.parametrize("name", ["audience", "resource"])
def test_a_service_gets_a_token_for_a_service_that_it_calls(application, key_ring, name):
    answered = application.posts(
        "token", grant_type="client_credentials", basic=("orders", ORDERS_SECRET), **{name: "cart"}
    )

    claims = claims_of(key_ring, answered.document["access_token"])
    assert answered.status == 200
    assert (claims["sub"], claims["aud"], claims["roles"]) == ("service:orders", "cart", [])
    assert "refresh_token" not in answered.document


def test_a_client_that_calls_one_service_need_not_say_which(application, key_ring):
    answered = application.posts("token", grant_type="client_credentials")

    claims = claims_of(key_ring, answered.document["access_token"])
    assert (claims["sub"], claims["aud"]) == (f"service:{application.client_id}", "analytics")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"audience": "payments"}, "invalid_target"),
        ({"audience": "prost"}, "invalid_target"),
        ({"audience": "cart", "resource": "inventory"}, "invalid_target"),
        ({"audience": ["cart", "inventory"]}, "invalid_request"),
        ({}, "invalid_target"),
        ({"audience": "cart", "scope": "openid"}, "invalid_scope"),
    ],
)
def test_a_service_gets_no_token_for_others(application, form, error):
    answered = application.posts(
        "token", grant_type="client_credentials", basic=("orders", ORDERS_SECRET), **form
    )

    assert (answered.status, answered.document["error"]) == (400, error)


def test_a_public_client_gets_no_token_of_its_own(public_application):
    answered = public_application.posts("token", grant_type="client_credentials")

    assert answered.document["error"] == "invalid_client"


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic !!!",
        "Basic /////w==",
        "Basic bm8tY29sb24=",
        "Bearer abc",
        "Basic AG46AA==",
        "Digest x",
    ],
)
def test_an_authorization_that_cannot_be_read_is_refused(application, authorization):
    answered = application.posts("token", authorization=authorization, grant_type="client_credentials")

    assert (answered.status, answered.document["error"]) == (401, "invalid_client")


def _base64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()

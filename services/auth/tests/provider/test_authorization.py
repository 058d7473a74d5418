"""Authorization requests: which ones are asked of a person, and what the client is told."""

import pytest

from prost_auth.domain.clients import (
    AuthorizationNotFound,
    ClientUnknown,
    RedirectUriUnknown,
    SignInTooOld,
)
from prost_auth.domain.sessions import EndReason, SessionEnded
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.clients import AuthorizationCode, Consent
from prost_auth.provider.authorization import begin, decide, decline, describe
from prost_auth.use_cases.acting import ShopOnly
from prost_auth.use_cases.consents import withdraw_consent
from prost_auth.use_cases.sessions import end_session

pytestmark = pytest.mark.usefixtures("database")

ISSUER = "http://127.0.0.1:8080/api/auth"


def test_a_person_who_allows_it_is_sent_back_with_a_code(application, anna, at_shop):
    begun = begin(application.asks())

    location = decide(begun.request_id, at_shop(anna), allow=True)

    told = application.is_told(location)
    assert location.startswith("https://notes.example/back?")
    assert set(told) == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("af0ifjsldkj", ISSUER)


def test_a_code_is_kept_as_its_fingerprint_only(application, anna, at_shop):
    code = application.is_allowed(at_shop(anna))

    kept = AuthorizationCode.get()
    assert len(code) == 43
    assert code.encode() not in bytes(kept.code_hash)


def test_a_person_who_refuses_is_sent_back_without_a_code(application, anna, at_shop):
    begun = begin(application.asks())

    told = application.is_told(decide(begun.request_id, at_shop(anna), allow=False))

    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "af0ifjsldkj", ISSUER)
    assert Consent.select().count() == 0


def test_a_request_is_decided_once(application, anna, at_shop):
    begun = begin(application.asks())
    decide(begun.request_id, at_shop(anna), allow=True)

    with pytest.raises(AuthorizationNotFound):
        decide(begun.request_id, at_shop(anna), allow=True)


def test_a_request_waits_for_an_hour(application, anna, at_shop, clock):
    begun = begin(application.asks())

    clock.advance(3600)

    with pytest.raises(AuthorizationNotFound):
        describe(begun.request_id, at_shop(anna))


@pytest.mark.parametrize("client_id", ["nobody", "nul\0nul", "orders"])
def test_an_unknown_client_is_told_nothing(application, client_id):
    with pytest.raises(ClientUnknown):
        begin(application.asks(client_id=client_id))


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/back",
        "https://notes.example/back/",
        "https://notes.example/back?next=1",
        "https://notes.example:443/back",
        "https://NOTES.example/back",
        "http://notes.example/back",
        "javascript:alert(1)",
        "https://notes.example/bäck",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered_to_the_letter(application, redirect_uri):
    with pytest.raises(RedirectUriUnknown):
        begin(application.asks(redirect_uri=redirect_uri))


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_of_two_clients_or_addresses_none_is_taken(application, name):
    asked = application.asks()
    asked[name] = asked[name] * 2

    with pytest.raises((ClientUnknown, RedirectUriUnknown)):
        begin(asked)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": 'cödé"'}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
    ],
)
def test_a_client_is_told_what_it_asked_wrong(application, changes, error):
    begun = begin(application.asks(**changes))

    told = application.is_told(begun.redirect_to)
    assert begun.request_id is None
    assert begun.redirect_to.startswith("https://notes.example/back?")
    assert (told["error"], told["state"], told["iss"]) == (error, "af0ifjsldkj", ISSUER)


def test_a_repeated_parameter_is_refused(application):
    begun = begin(application.asks() | {"nonce": ["one", "two"]})

    assert application.is_told(begun.redirect_to)["error"] == "invalid_request"


def test_what_the_provider_does_not_know_is_passed_over(application):
    begun = begin(application.asks(scope="openid phone address", display="touch", claims="{}"))

    assert begun.request_id is not None


def test_the_page_is_told_who_asks_for_what(application, anna, at_shop):
    begun = begin(application.asks(prompt="consent", login_hint="änna@example.org"))

    asked = describe(begun.request_id, at_shop(anna))

    assert (asked.client.name, asked.client.uri) == ("Notes", "https://notes.example")
    assert asked.scopes == ["openid", "profile", "email", "offline_access"]
    assert (asked.prompt, asked.login_hint) == ("consent", "änna@example.org")
    assert (asked.needs_consent, asked.sign_in_again) == (True, False)


def test_consent_is_remembered_for_the_account_the_client_and_the_scopes(application, anna, at_shop):
    caller = at_shop(anna)
    application.is_allowed(caller, scope="openid profile")

    same = describe(begin(application.asks(scope="openid profile")).request_id, caller)
    less = describe(begin(application.asks(scope="openid")).request_id, caller)
    more = describe(begin(application.asks(scope="openid email")).request_id, caller)

    assert (same.needs_consent, less.needs_consent, more.needs_consent) == (False, False, True)


def test_what_is_allowed_later_adds_to_what_was_allowed(application, anna, at_shop):
    caller = at_shop(anna)
    application.is_allowed(caller, scope="openid profile")
    application.is_allowed(caller, scope="openid email")

    assert Consent.get().scopes == ["openid", "profile", "email"]


def test_a_client_that_asks_for_consent_gets_it_asked_again(application, anna, at_shop):
    caller = at_shop(anna)
    application.is_allowed(caller)

    asked = describe(begin(application.asks(prompt="consent")).request_id, caller)

    assert asked.needs_consent is True


def test_consent_is_taken_back_with_the_sessions_that_it_gave(application, anna, at_shop):
    caller = at_shop(anna)
    tokens = application.exchanges(application.is_allowed(caller)).document

    withdraw_consent(application.client_id, caller)

    refused = application.refreshes(tokens["refresh_token"])
    asked = describe(begin(application.asks()).request_id, caller)
    assert (refused.status, refused.document["error"]) == (400, "invalid_grant")
    assert asked.needs_consent is True
    assert SecurityEvent.select().where(SecurityEvent.kind == "consent-withdrawn").count() == 1


def test_whoever_is_not_signed_in_decides_nothing(application, anna, at_shop):
    begun = begin(application.asks())
    caller = at_shop(anna)
    end_session(caller.session_id, EndReason.LOGOUT)

    with pytest.raises(SessionEnded):
        decide(begun.request_id, caller, allow=True)


def test_an_application_decides_nothing_in_the_name_of_a_person(application, anna, at_shop):
    application.exchanges(application.is_allowed(at_shop(anna)))
    given = AuthorizationCode.get().session
    applications_own = at_shop(anna).__class__("::1", "", anna.id, given.id)
    begun = begin(application.asks(scope="openid"))

    with pytest.raises(ShopOnly):
        decide(begun.request_id, applications_own, allow=True)


def test_a_silent_request_is_answered_without_a_page_once_all_is_allowed(application, anna, at_shop):
    caller = at_shop(anna)
    application.is_allowed(caller)
    begun = begin(application.asks(prompt="none"))

    told = application.is_told(decide(begun.request_id, caller, allow=True))

    assert "code" in told


def test_a_silent_request_fails_where_somebody_has_to_be_asked(application, anna, at_shop):
    begun = begin(application.asks(prompt="none"))

    told = application.is_told(decide(begun.request_id, at_shop(anna), allow=True))

    assert told["error"] == "consent_required"


def test_a_silent_request_fails_where_nobody_is_signed_in(application):
    begun = begin(application.asks(prompt="none"))

    told = application.is_told(decline(begun.request_id))

    assert (told["error"], told["state"], told["iss"]) == ("login_required", "af0ifjsldkj", ISSUER)


def test_a_silent_request_fails_where_the_sign_in_is_too_old(application, anna, at_shop, clock):
    caller = at_shop(anna)
    application.is_allowed(caller)
    clock.advance(61)
    begun = begin(application.asks(prompt="none", max_age="60"))

    told = application.is_told(decide(begun.request_id, caller, allow=True))

    assert told["error"] == "login_required"


def test_somebody_who_does_not_want_to_sign_in_denies_access(application):
    begun = begin(application.asks())

    assert application.is_told(decline(begun.request_id))["error"] == "access_denied"


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "60"}])
def test_a_client_can_ask_for_a_fresh_sign_in(application, anna, at_shop, clock, changes):
    earlier = at_shop(anna)
    clock.advance(61)
    begun = begin(application.asks(**changes))

    with pytest.raises(SignInTooOld):
        decide(begun.request_id, earlier, allow=True)
    assert describe(begun.request_id, earlier).sign_in_again is True

    again = at_shop(anna)
    assert describe(begun.request_id, again).sign_in_again is False
    assert "code" in application.is_told(decide(begun.request_id, again, allow=True))

"""Whose account a sign-in elsewhere leads into, and whose it must not."""

import pytest

from prost.events import Outbox
from prost_auth.domain.callers import Caller
from prost_auth.domain.external import ExternalRefused, Problem, Proven, local_page
from prost_auth.models.accounts import Account, Address
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.clients import Consent
from prost_auth.models.external import ExternalIdentity
from prost_auth.models.mails import Mail
from prost_auth.models.second_factors import SecondFactor
from prost_auth.models.sessions import Session
from prost_auth.use_cases.clients import register_client
from prost_auth.use_cases.consents import grant_consent
from prost_auth.use_cases.external import await_browser, sign_in_external, take_browser_back
from prost_auth.use_cases.sessions import open_session

pytestmark = pytest.mark.usefixtures("database")

HERE = Caller("192.0.2.1", "Firefox")


def proven(**changes):
    """Return what a provider has shown about Anna."""
    facts = {
        "provider": "google",
        "subject": "1089",
        "email": "Anna@example.org",
        "email_verified": True,
        "name": "Anna Muster",
        "auth_time": None,
    }
    return Proven(**{**facts, **changes})


def refusal(**changes):
    """Return the problem that a sign-in ends with."""
    with pytest.raises(ExternalRefused) as refused:
        sign_in_external(proven(**changes), "de", HERE)
    return refused.value.problem


def test_somebody_new_gets_an_account_without_a_password():
    opened = sign_in_external(proven(), "en", HERE)

    account = Account.get()
    assert opened.account.id == account.id
    assert (account.email, account.name, account.language) == ("Anna@example.org", "Anna Muster", "en")
    assert (account.email_verified, account.password_hash) == (True, None)
    assert opened.session.amr == ["fed"]
    assert [event.type for event in Outbox.pending()] == ["auth.account-registered.v1"]


def test_who_comes_again_gets_into_the_same_account():
    first = sign_in_external(proven(), "de", HERE)

    second = sign_in_external(proven(email="anna@elsewhere.example"), "de", HERE)

    assert second.account.id == first.account.id
    assert Account.select().count() == 1


def test_the_subject_counts_and_not_the_address():
    sign_in_external(proven(), "de", HERE)

    other = sign_in_external(proven(subject="2", email="other@example.org"), "de", HERE)

    assert other.account.email == "other@example.org"
    assert Account.select().count() == 2


def test_a_verified_account_is_linked_and_keeps_its_password(person):
    account = person("anna@example.org")

    opened = sign_in_external(proven(), "de", HERE)

    assert opened.account.id == account.id
    assert Account.get().password_hash == account.password_hash
    assert ExternalIdentity.get().account_id == account.id
    assert [mail.template for mail in Mail.select()] == ["external-linked"]


def test_an_account_that_was_made_for_somebody_else_is_handed_over_without_a_way_back(person):
    account = person("anna@example.org", verified=False, app=True)
    waiting = open_session(account, amr=["pwd", "otp"], client_id=None, scope="", device="", ip="")
    Address.create(account=account, name="M", street="S 1", postal_code="1234", city="C", country="DE")
    client, _secret = register_client(
        {
            "name": "Notes",
            "redirect_uris": ["https://notes.example/"],
            "post_logout_redirect_uris": [],
            "grant_types": ["authorization_code"],
            "audiences": [],
        },
        None,
        public=True,
    )
    grant_consent(account.id, client.client_id, ["openid"], HERE)

    opened = sign_in_external(proven(), "de", HERE)

    claimed = Account.get_by_id(account.id)
    assert opened.account.id == account.id
    assert (claimed.password_hash, claimed.email_verified) == (None, True)
    assert Session.get_by_id(waiting.session.id).ended_at is not None
    assert [table.select().count() for table in (SecondFactor, Address, Consent)] == [0, 0, 0]


@pytest.mark.parametrize("changes", [{"email_verified": False}, {"email": None}, {"email": "no address"}])
def test_what_a_provider_has_not_made_sure_of_binds_nothing(person, changes):
    account = person("anna@example.org")

    assert refusal(**changes) == Problem.EMAIL_UNVERIFIED
    assert ExternalIdentity.select().count() == 0
    assert Account.get().password_hash == account.password_hash


def test_a_second_factor_is_not_passed_by_elsewhere(person):
    person("anna@example.org", app=True)

    assert refusal() == Problem.SECOND_FACTOR
    assert Session.select().count() == 0
    assert SecurityEvent.select().where(SecurityEvent.kind == "external-refused").count() == 1


def test_a_locked_account_stays_locked(person):
    person("anna@example.org")
    Account.update(state="LOCKED").execute()

    assert refusal() == Problem.LOCKED
    assert Session.select().count() == 0


def test_a_name_that_cannot_be_shown_is_made_of_the_address():
    opened = sign_in_external(proven(name="\u202e"), "de", HERE)

    assert opened.account.name == "Anna"


def test_the_session_is_as_old_as_the_sign_in_elsewhere(clock):
    opened = sign_in_external(proven(auth_time=1893490000), "de", HERE)

    assert int(opened.session.auth_time.timestamp()) == 1893490000


@pytest.mark.parametrize("auth_time", [10**20, -5, 0])
def test_a_time_that_cannot_be_is_now(clock, auth_time):
    opened = sign_in_external(proven(auth_time=auth_time), "de", HERE)

    assert opened.session.auth_time == clock.now


def test_a_browser_is_taken_back_once():
    waited = await_browser("google", "the-browser", "/de/cart")

    first = take_browser_back("google", "the-browser", waited.state)
    second = take_browser_back("google", "the-browser", waited.state)

    assert (first.return_to, first.nonce) == ("/de/cart", waited.nonce)
    assert second is None


@pytest.mark.parametrize(
    ("provider", "browser"),
    [("google", "another-browser"), ("google", None), ("apple", "the-browser")],
)
def test_another_browser_is_not_taken_for_the_one_that_was_sent(provider, browser):
    waited = await_browser("google", "the-browser", "/de")

    assert take_browser_back(provider, browser, waited.state) is None


def test_a_browser_that_takes_too_long_is_not_taken_back(clock):
    waited = await_browser("google", "the-browser", "/de")

    clock.advance(600)

    assert take_browser_back("google", "the-browser", waited.state) is None


@pytest.mark.parametrize(
    "page", ["/de", "/en/", "/de/cart?coupon=a%20b", "/de?x=1", "/en/a/b?to=https://x.example/"]
)
def test_a_page_of_the_shop_is_gone_on_at(page):
    assert local_page(page, "en") == page


@pytest.mark.parametrize(
    "page",
    [
        None,
        "",
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/de//evil.example",
        "/de/\\evil",
        "/dex",
        "/fr/cart",
        "/de/cart#top",
        "/de/\r\nLocation: x",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_page_of_the_shop_leads_to_its_first(page):
    assert local_page(page, "en") == "/en"

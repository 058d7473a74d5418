"""Getting in over HTTP: sign-up, verification, sign-in, the next token, sign-out."""

import asyncio

import pytest

from prost.events import Outbox
from prost_auth.codes import Codes
from prost_auth.domain.callers import Caller
from prost_auth.domain.second_factor import LoginRefused
from prost_auth.hashing import Hasher
from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.sessions import Session
from prost_auth.use_cases.login import complete_login, find_candidate

PASSWORD = "korrekt pferd batterie"
ANNA = {"email": "Anna@Example.org", "password": PASSWORD, "name": " Anna  Blume "}


def kinds():
    """Return the kinds of all security events, oldest first."""
    return [event.kind for event in SecurityEvent.select().order_by(SecurityEvent.id)]


def reasons():
    """Return why sign-ins were refused."""
    refused = SecurityEvent.select().where(SecurityEvent.kind == "login-refused").order_by(SecurityEvent.id)
    return [event.detail["reason"] for event in refused]


def fields(answer):
    """Return the field and code of each fault of an answer."""
    return [(problem["field"], problem["code"]) for problem in answer.json["errors"]]


async def test_an_account_begins_unverified_and_is_announced_with_its_mail(browser, mailbox):
    answer = await browser().post("signup", {**ANNA, "language": "en", "marketing_consent": True})

    account = Account.get()
    assert (answer.status_code, answer.json) == (202, {"email": "Anna@example.org"})
    assert (account.email, account.email_key) == ("Anna@example.org", "anna@example.org")
    assert (account.name, account.language, account.state) == ("Anna Blume", "en", "ACTIVE")
    assert account.email_verified_at is None
    assert account.marketing_consent_at is not None
    assert mailbox.all() == [("verify-email", "Anna@example.org")]
    assert [(event.type, event.data) for event in Outbox.pending()] == [
        ("auth.account-registered.v1", {"account_id": str(account.id), "language": "en"})
    ]
    assert kinds() == ["signed-up"]


async def test_of_those_who_sign_up_with_one_address_at_once_one_has_the_account(browser, mailbox):
    answers = await asyncio.gather(*(browser().post("signup", ANNA) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [202, 202, 202, 202]
    assert Account.select().count() == 1
    assert sorted(template for template, _to in mailbox.all()) == ["account-exists"] * 3 + ["verify-email"]


async def test_who_is_not_verified_can_sign_in_and_the_token_says_so(browser):
    anna = browser()
    await anna.post("signup", ANNA)

    answer = await anna.log_in()
    me = await anna.get("me")

    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
    assert (me.json["email_verified"], me.json["roles"], me.json["active_roles"]) == (
        False,
        ["customer"],
        ["customer"],
    )


async def test_the_link_of_the_mail_verifies_the_address_once(browser, mailbox):
    anna = browser()
    await anna.post("signup", ANNA)
    token = mailbox.token("verify-email")

    first = await anna.post("verification", {"token": token})
    second = await anna.post("verification", {"token": token})
    await anna.log_in()

    assert (first.status_code, second.status_code) == (204, 422)
    assert second.json["code"] == "token-invalid"
    assert (await anna.get("me")).json["email_verified"] is True


async def test_a_link_is_good_for_three_days(browser, mailbox, clock):
    anna = browser()
    await anna.post("signup", ANNA)
    token = mailbox.token("verify-email")
    clock.advance(3 * 86_400)

    answer = await anna.post("verification", {"token": token})

    assert (answer.status_code, answer.json["code"]) == (422, "token-invalid")


async def test_the_mail_can_be_sent_again_and_then_only_its_link_counts(browser, mailbox):
    anna = browser()
    await anna.post("signup", ANNA)
    await anna.log_in()
    first = mailbox.token("verify-email")

    sent = await anna.post("verification/resend")
    stale = await anna.post("verification", {"token": first})
    fresh = await anna.post("verification", {"token": mailbox.token("verify-email")})
    again = await anna.post("verification/resend")

    assert (sent.status_code, stale.status_code, fresh.status_code, again.status_code) == (202, 422, 204, 202)
    assert len(mailbox.all()) == 2


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"email": "anna"}, [("body.email", "invalid")]),
        ({"email": "a" * 300 + "@example.org"}, [("body.email", "string-too-long")]),
        ({"email": None}, [("body.email", "string-type")]),
        ({"password": "kurz"}, [("body.password", "too-short")]),
        ({"password": "x" * 129}, [("body.password", "too-long")]),
        ({"password": "passwort"}, [("body.password", "weak-password")]),
        ({"password": "annablume"}, [("body.password", "weak-password")]),
        ({"name": "   "}, [("body.name", "empty")]),
        ({"name": "An\u202ena"}, [("body.name", "character")]),
        ({"language": "fr"}, [("body.language", "literal-error")]),
        ({"marketing_consent": "yes"}, [("body.marketing_consent", "bool-type")]),
        ({"roles": ["admin"]}, [("body.roles", "extra-forbidden")]),
    ],
)
async def test_what_is_wrong_with_a_sign_up_is_told_by_its_field(browser, change, faults):
    answer = await browser().post("signup", {**ANNA, **change})

    assert (answer.status_code, fields(answer)) == (422, faults)
    assert Account.select().count() == 0


async def test_a_weak_password_is_refused_with_advice_and_never_repeated(browser):
    answer = await browser().post("signup", {**ANNA, "password": "passwort1"})

    assert answer.json["suggestions"] == ["add-words"]
    assert "passwort1" not in answer.text


async def test_a_code_is_asked_for_after_the_password_and_makes_a_session_of_staff(browser, person, app_code):
    person("chef@example.org", "admin", app=True)
    chef = browser()

    without = await chef.log_in("chef@example.org")
    wrong = await chef.log_in("chef@example.org", totp="000000")
    right = await chef.log_in("chef@example.org", totp=app_code())

    assert (without.status_code, without.json["code"]) == (401, "second-factor-required")
    assert (wrong.status_code, wrong.json["code"]) == (401, "second-factor-refused")
    assert right.status_code == 200
    assert (await chef.get("me")).json["active_roles"] == ["customer", "admin"]
    assert "Max-Age=43" in right.headers["set-cookie"]


async def test_nothing_is_said_about_second_factors_to_who_has_the_wrong_password(browser, person, app_code):
    person("chef@example.org", "admin", app=True)

    answer = await browser().log_in("chef@example.org", "falsches kennwort", totp=app_code())

    assert (answer.status_code, answer.json["code"]) == (401, "login-refused")


async def test_staff_without_a_second_factor_signs_in_as_a_customer(browser, person):
    person("chef@example.org", "admin")
    chef = browser()

    await chef.log_in("chef@example.org")
    me = (await chef.get("me")).json
    refused = await chef.get("accounts")

    assert (me["roles"], me["active_roles"]) == (["customer", "admin"], ["customer"])
    assert me["second_factor"] == {"enrolled": False, "required": True}
    assert refused.status_code == 403


async def test_the_refresh_token_is_in_a_cookie_that_no_script_and_no_other_site_can_use(browser, person):
    person()
    anna = browser()

    answer = await anna.log_in()

    cookie = answer.headers["set-cookie"]
    assert "; HttpOnly" in cookie
    assert "; SameSite=Strict" in cookie
    assert "; Path=/api/auth" in cookie
    assert anna.cookie not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_refresh_gives_the_next_token_of_both_kinds(browser, person):
    person()
    anna = browser()
    await anna.log_in()
    first = (anna.cookie, anna.token)

    answer = await anna.post("refresh")

    assert answer.status_code == 200
    assert anna.cookie not in {None, first[0]}
    assert anna.token != first[1]
    assert (await anna.get("me")).status_code == 200


async def test_a_cookie_that_was_used_before_ends_the_session_everywhere(browser, person):
    person()
    anna, thief = browser(), browser()
    await anna.log_in()
    thief.cookie = anna.cookie
    await anna.post("refresh")

    stolen = await thief.post("refresh")
    honest = await anna.post("refresh")

    assert (stolen.status_code, stolen.json["code"]) == (401, "session-ended")
    assert (honest.status_code, honest.json["code"]) == (401, "session-ended")
    assert anna.cookie is None
    assert kinds()[-1] == "refresh-reused"


async def test_a_page_whose_answer_was_lost_asks_again_and_stays_signed_in(browser, person):
    person()
    page = browser()
    await page.log_in()
    before = page.cookie
    page.headers = {"Idempotency-Key": "1f0c94b2-a"}
    lost = await page.post("refresh")
    given, page.cookie = page.cookie, before

    again = await page.post("refresh")
    page.headers = {"Idempotency-Key": "7d21c0e9-b"}
    later = await page.post("refresh")

    assert [answer.status_code for answer in (lost, again, later)] == [200, 200, 200]
    assert again.cookies["prost-refresh"].value == given
    assert "refresh-reused" not in kinds()


async def test_a_thief_who_does_not_know_the_attempt_ends_the_session(browser, person):
    person()
    page, thief = browser(), browser(**{"Idempotency-Key": "of-the-thief"})
    await page.log_in()
    thief.cookie = page.cookie
    page.headers = {"Idempotency-Key": "of-the-page"}
    await page.post("refresh")

    stolen = await thief.post("refresh")

    assert (stolen.status_code, stolen.json["code"]) == (401, "session-ended")
    assert kinds()[-1] == "refresh-reused"


@pytest.mark.parametrize("key", ["", "ä", "x" * 201, "two words"])
async def test_an_attempt_that_cannot_be_told_apart_is_refused_by_its_header(browser, person, key):
    person()
    page = browser()
    await page.log_in()
    page.headers = {"Idempotency-Key": key}

    answer = await page.post("refresh")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "header.Idempotency-Key")


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "x" * 4000])
async def test_a_refresh_without_a_session_is_refused_and_the_cookie_taken_away(browser, database, cookie):
    somebody = browser()
    somebody.cookie = cookie

    answer = await somebody.post("refresh")

    assert (answer.status_code, answer.json["code"]) == (401, "session-ended")
    assert 'prost-refresh=""' in answer.headers["set-cookie"]


@pytest.fixture
def database_gone(environment, monkeypatch):
    """Have the service started while its database is away."""
    monkeypatch.setenv("PROST_DATABASE_URL", "postgresql://auth@127.0.0.1:1/auth")


async def test_a_database_that_is_away_signs_nobody_out(database_gone, browser):
    anna = browser()
    anna.cookie = "the-one-that-she-has"

    answer = await anna.post("refresh")

    assert (answer.status_code, anna.cookie) == (503, "the-one-that-she-has")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
@pytest.mark.parametrize("path", ["refresh", "logout"])
async def test_another_sites_page_cannot_use_the_cookie(browser, person, headers, path):
    person()
    anna, misled = browser(), browser(**headers)
    await anna.log_in()
    misled.cookie = anna.cookie

    answer = await misled.post(path)

    assert (answer.status_code, answer.json["code"]) == (403, "cross-site-request")
    assert (await anna.post("refresh")).status_code == 200


async def test_another_sites_page_cannot_sign_anybody_in(browser, person):
    person()

    answer = await browser(Origin="https://evil.example").log_in()

    assert (answer.status_code, answer.json["code"]) == (403, "cross-site-request")


async def test_signing_in_strengthens_a_hash_that_was_made_with_other_parameters(browser, person, settings):
    account = person()
    older = Hasher(settings.model_copy(update={"password_passes": 2})).hash_now(PASSWORD)
    Account.update(password_hash=older).execute()

    first = await browser().log_in()
    kept = Account.get_by_id(account.id).password_hash
    second = await browser().log_in()

    assert (first.status_code, second.status_code) == (200, 200)
    assert kept.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert Account.get_by_id(account.id).password_hash == kept


def test_a_password_that_was_changed_while_it_was_compared_opens_nothing(person):
    account = person()
    candidate = find_candidate("anna@example.org")
    Account.update(password_hash="another").execute()

    with pytest.raises(LoginRefused):
        complete_login(candidate, Caller(), None, None, Codes("x" * 32))

    assert Session.select().where(Session.account == account).count() == 0


async def test_signing_out_ends_the_session_at_once_for_its_tokens_here(browser, person):
    person()
    anna = browser()
    await anna.log_in()
    cookie = anna.cookie

    answer = await anna.post("logout")
    me = await anna.get("me")
    anna.cookie = cookie
    refreshed = await anna.post("refresh")

    assert answer.status_code == 204
    assert (me.status_code, me.json["code"]) == (401, "session-ended")
    assert refreshed.status_code == 401
    assert kinds() == ["logged-in", "logged-out"]


async def test_signing_out_without_a_session_is_done_already(browser, database):
    assert (await browser().post("logout")).status_code == 204


async def test_signing_in_again_ends_the_session_that_the_browser_had(browser, person):
    person()
    anna = browser()
    await anna.log_in()
    first = anna.token

    await anna.log_in()
    second, anna.token = anna.token, first

    assert (await anna.get("me")).status_code == 401
    anna.token = second
    assert (await anna.get("me")).status_code == 200


async def test_sign_ins_are_written_down_with_place_device_and_reason(browser, person):
    anna = person()
    seen_by_gateway = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
    }

    await browser(**seen_by_gateway).log_in()
    await browser().log_in(password="falsches kennwort")
    await browser().log_in("niemand@example.org")

    event = SecurityEvent.get(SecurityEvent.kind == "logged-in")
    assert (event.account_id, event.ip, event.device) == (anna.id, "203.0.113.9", "Firefox on Linux")
    assert reasons() == ["wrong-password", "unknown"]


async def test_no_password_no_token_and_no_address_gets_into_the_log(browser, person, database):
    person()
    anna = browser()
    await anna.log_in(password="falsches kennwort")
    await anna.log_in()
    cookie = anna.cookie
    await anna.post("refresh")
    anna.cookie = cookie
    await anna.post("refresh")

    written = str(
        database.execute_sql("SELECT array_agg(security_events::text) FROM security_events").fetchone()
    )

    assert "refresh-reused" in written
    assert [text for text in ("kennwort", "pferd", cookie, "example.org") if text in written] == []

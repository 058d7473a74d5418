"""One's own account over HTTP: seen, changed, taken along and deleted."""

import asyncio
from datetime import timedelta

import pytest

from prost.db import utcnow
from prost.events import Outbox
from prost_auth.models.accounts import Account, Address
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.mails import Mail, OneTimeToken
from prost_auth.models.second_factors import SecondFactor
from prost_auth.models.sessions import RefreshToken, Session
from prost_auth.use_cases.mails import RESET_PASSWORD, claim_due
from prost_auth.use_cases.sessions import open_session

PASSWORD = "korrekt pferd batterie"
NEW_PASSWORD = "zwölf Boxkämpfer jagen"
HOME = {
    "name": "Anna Blume",
    "street": "Hopfengasse 12",
    "postal_code": "80331",
    "city": "München",
    "country": "DE",
}


@pytest.fixture
async def anna(person, browser):
    """Give the browser of somebody who is signed in."""
    person()
    anna = browser()
    await anna.log_in()
    return anna


def fields(answer):
    """Return the field and code of each fault of an answer."""
    return [(problem["field"], problem["code"]) for problem in answer.json["errors"]]


def kinds():
    """Return the kinds of all security events but sign-ins, oldest first."""
    return [
        each.kind for each in SecurityEvent.select().order_by(SecurityEvent.id) if each.kind != "logged-in"
    ]


async def test_an_account_is_shown_to_its_owner_and_kept_by_nobody(anna):
    answer = await anna.get("me")

    shown = answer.json
    assert answer.headers["cache-control"] == "no-store"
    assert (shown["email"], shown["name"], shown["language"]) == ("anna@example.org", "Anna", "de")
    assert (shown["has_password"], shown["external"], shown["addresses"]) == (True, [], [])
    assert "password" not in "".join(key for key in shown if key != "has_password")


async def test_what_is_given_is_changed_and_the_rest_stays(anna):
    answer = await anna.send("PATCH", "me", {"name": "  Anna   Blume ", "marketing_consent": True})

    assert (answer.json["name"], answer.json["language"], answer.json["marketing_consent"]) == (
        "Anna Blume",
        "de",
        True,
    )


async def test_the_time_of_a_consent_stays_that_of_the_first_yes(anna):
    await anna.send("PATCH", "me", {"marketing_consent": True})
    first = Account.get().marketing_consent_at

    await anna.send("PATCH", "me", {"marketing_consent": True})
    again = Account.get().marketing_consent_at
    await anna.send("PATCH", "me", {"marketing_consent": False})

    assert first == again
    assert Account.get().marketing_consent_at is None


@pytest.mark.parametrize(
    "body", [{"email": "x@y.de"}, {"roles": ["admin"]}, {"email_verified": True}, {"id": "x"}]
)
async def test_what_is_not_the_owners_to_change_is_refused(anna, body):
    answer = await anna.send("PATCH", "me", body)

    assert fields(answer) == [(f"body.{next(iter(body))}", "extra-forbidden")]


async def test_the_token_of_somebody_without_an_account_is_refused(browser, token):
    stranger = browser()
    stranger.token = token("customer")

    answer = await stranger.get("me")

    assert (answer.status_code, answer.json["code"]) == (401, "session-ended")


async def test_another_application_cannot_manage_an_account_whatever_its_token_says(browser, person, token):
    account = person()
    session = open_session(
        account, amr=["pwd"], client_id="notes", scope="openid shop", device="", ip=""
    ).session
    application = browser()
    application.token = token("customer", subject=str(account.id), sid=str(session.id))

    answers = [
        await application.get("me"),
        await application.get("me/export"),
        await application.get("me/sessions"),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "shop-only")] * 3


async def test_the_first_address_is_the_default_until_another_becomes_it(anna):
    first = (await anna.post("me/addresses", HOME)).json
    second = (
        await anna.post("me/addresses", {**HOME, "city": "Wien", "country": "AT", "is_default": True})
    ).json
    third = (await anna.post("me/addresses", HOME)).json
    changed = (await anna.send("PATCH", f"me/addresses/{third['id']}", {"is_default": True})).json

    kept = {each["id"]: each["is_default"] for each in (await anna.get("me")).json["addresses"]}
    assert (first["is_default"], second["is_default"], third["is_default"], changed["is_default"]) == (
        True,
        True,
        False,
        True,
    )
    assert kept == {first["id"]: False, second["id"]: False, third["id"]: True}


async def test_when_the_default_is_removed_the_last_one_becomes_it(anna):
    ids = [(await anna.post("me/addresses", HOME)).json["id"] for _ in range(3)]

    removed = await anna.send("DELETE", f"me/addresses/{ids[0]}")

    kept = {each["id"]: each["is_default"] for each in (await anna.get("me")).json["addresses"]}
    assert removed.status_code == 204
    assert kept == {ids[1]: False, ids[2]: True}


async def test_a_twenty_first_address_is_refused_also_when_two_come_at_once(anna):
    for _ in range(19):
        await anna.post("me/addresses", HOME)

    answers = await asyncio.gather(*(anna.post("me/addresses", HOME) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json.get("code") for answer in answers} == {None, "too-many-addresses"}
    assert Address.select().count() == 20


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"name": " "}, [("body.name", "empty")]),
        ({"street": "x" * 121}, [("body.street", "string-too-long")]),
        ({"city": "Mün\x07chen"}, [("body.city", "character")]),
        ({"postal_code": "8033"}, [("body.postal_code", "postal-code")]),
        ({"postal_code": "80331<"}, [("body.postal_code", "string-pattern-mismatch")]),
        ({"country": "Germany"}, [("body.country", "string-pattern-mismatch")]),
        ({"account_id": "x"}, [("body.account_id", "extra-forbidden")]),
    ],
)
async def test_what_is_wrong_with_an_address_is_told_by_its_field(anna, change, faults):
    assert fields(await anna.post("me/addresses", {**HOME, **change})) == faults


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_somebody_elses_address_is_not_there(anna, person, browser, method):
    person("bert@example.org")
    bert = browser()
    await bert.log_in("bert@example.org")
    address = (await bert.post("me/addresses", HOME)).json["id"]

    answer = await anna.send(
        method, f"me/addresses/{address}", {"city": "Wien"} if method == "PATCH" else None
    )

    assert (answer.status_code, answer.json["code"]) == (404, "address-not-found")
    assert Address.get().city == "München"


async def test_a_new_address_is_the_accounts_once_its_mail_was_read(anna, mailbox):
    asked = await anna.post("me/email", {"email": "Blume@example.org", "password": PASSWORD})
    before = (await anna.get("me")).json["email"]
    await anna.post("verification", {"token": mailbox.token("change-email")})

    assert (asked.status_code, before) == (202, "anna@example.org")
    assert (await anna.get("me")).json["email"] == "Blume@example.org"
    assert (await anna.log_in("blume@example.org")).status_code == 200
    assert (await anna.log_in("anna@example.org")).status_code == 401
    assert mailbox.all() == [
        ("change-email", "Blume@example.org"),
        ("email-change-asked", "anna@example.org"),
    ]
    assert kinds()[:2] == ["email-change-requested", "email-changed"]


async def test_a_link_to_the_former_address_is_void_once_there_is_another(anna, mailbox, database):
    await anna.post("me/email", {"email": "blume@example.org", "password": PASSWORD})
    await anna.post("password-reset", {"email": "anna@example.org"})
    reset = _token_of_reset(mailbox)

    await anna.post("verification", {"token": mailbox.token("change-email")})
    answer = await anna.post("password-reset/confirm", {"token": reset, "password": NEW_PASSWORD})

    assert (answer.status_code, answer.json["code"]) == (422, "token-invalid")


async def test_who_is_not_verified_cannot_have_another_address(person, browser):
    person(verified=False)
    anna = browser()
    await anna.log_in()

    answer = await anna.post("me/email", {"email": "blume@example.org", "password": PASSWORD})

    assert (answer.status_code, answer.json["code"]) == (403, "email-not-verified")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"email": "anna@EXAMPLE.org", "password": PASSWORD}, [("body.email", "unchanged")]),
        ({"email": "blume", "password": PASSWORD}, [("body.email", "invalid")]),
        ({"email": "blume@example.org"}, [("body.password", "missing")]),
    ],
)
async def test_what_is_wrong_with_the_next_address_is_told_by_its_field(anna, body, faults):
    assert fields(await anna.post("me/email", body)) == faults


async def test_of_two_who_want_one_address_the_first_to_read_the_mail_has_it(anna, person, browser, mailbox):
    person("bert@example.org")
    bert = browser()
    await bert.log_in("bert@example.org")
    await anna.post("me/email", {"email": "new@example.org", "password": PASSWORD})
    for_anna = mailbox.token("change-email")
    await bert.post("me/email", {"email": "new@example.org", "password": PASSWORD})
    for_bert = mailbox.token("change-email")

    first = await anna.post("verification", {"token": for_bert})
    second = await anna.post("verification", {"token": for_anna})

    assert (first.status_code, second.status_code) == (204, 422)
    assert sorted(account.email for account in Account.select()) == ["anna@example.org", "new@example.org"]


async def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(anna, browser, mailbox):
    elsewhere = browser()
    await elsewhere.log_in()

    answer = await anna.post("me/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert answer.status_code == 204
    assert (await anna.get("me")).status_code == 200
    assert (await elsewhere.get("me")).status_code == 401
    assert (await elsewhere.post("refresh")).status_code == 401
    assert (await browser().log_in()).status_code == 401
    assert (await browser().log_in(password=NEW_PASSWORD)).status_code == 200
    assert mailbox.all() == [("password-changed", "anna@example.org")]


async def test_a_wrong_password_changes_nothing_and_is_written_down(anna):
    answer = await anna.post("me/password", {"current_password": "falsch", "new_password": NEW_PASSWORD})

    assert (answer.status_code, answer.json["code"]) == (403, "password-refused")
    assert kinds() == ["password-refused"]


@pytest.mark.parametrize("weak", ["passwort1", "anna@example.org"])
async def test_a_weak_next_password_is_refused_by_its_field(anna, weak):
    answer = await anna.post("me/password", {"current_password": PASSWORD, "new_password": weak})

    assert fields(answer) == [("body.new_password", "weak-password")]


async def test_of_two_who_change_a_password_at_once_one_is_told_to_look_again(anna):
    bodies = [{"current_password": PASSWORD, "new_password": f"zwölf Boxkämpfer {n}"} for n in range(2)]

    answers = await asyncio.gather(*(anna.post("me/password", body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [204, 403]


async def test_a_lost_password_is_set_anew_and_every_session_ends(person, browser, mailbox):
    person(verified=False)
    anna = browser()
    await anna.log_in()
    await anna.post("password-reset", {"email": "anna@example.org"})
    token = _token_of_reset(mailbox)

    weak = await browser().post("password-reset/confirm", {"token": token, "password": "passwort1"})
    done = await browser().post("password-reset/confirm", {"token": token, "password": NEW_PASSWORD})
    again = await browser().post("password-reset/confirm", {"token": token, "password": NEW_PASSWORD})

    assert (fields(weak), done.status_code, again.status_code) == (
        [("body.password", "weak-password")],
        204,
        422,
    )
    assert (await anna.get("me")).status_code == 401
    assert (await anna.log_in(password=NEW_PASSWORD)).status_code == 200
    assert (await anna.get("me")).json["email_verified"] is True
    assert kinds() == ["password-reset-requested", "password-reset"]


async def test_of_two_who_follow_a_link_at_once_one_sets_the_password(person, browser, mailbox):
    person()
    await browser().post("password-reset", {"email": "anna@example.org"})
    token = _token_of_reset(mailbox)
    bodies = [{"token": token, "password": f"zwölf Boxkämpfer {n}"} for n in range(4)]

    answers = await asyncio.gather(*(browser().post("password-reset/confirm", body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]


async def test_where_one_is_signed_in_is_shown_and_can_be_ended(anna, browser):
    phone = browser(**{"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1", "X-Forwarded-For": "203.0.113.9"})
    await phone.log_in()

    shown = (await anna.get("me/sessions")).json["items"]
    other = next(each for each in shown if not each["current"])
    ended = await anna.send("DELETE", f"me/sessions/{other['id']}")
    again = await anna.send("DELETE", f"me/sessions/{other['id']}")

    assert [each["current"] for each in shown] == [False, True]
    assert (other["device"], other["ip"], other["client"]) == ("Safari on iPhone", "203.0.113.9", None)
    assert (ended.status_code, again.status_code, again.json["code"]) == (204, 404, "session-not-found")
    assert (await phone.post("refresh")).status_code == 401
    assert [each["current"] for each in (await anna.get("me/sessions")).json["items"]] == [True]


async def test_somebody_elses_session_is_not_there(anna, person, browser):
    person("bert@example.org")
    bert = browser()
    await bert.log_in("bert@example.org")
    session = (await bert.get("me/sessions")).json["items"][0]["id"]

    answer = await anna.send("DELETE", f"me/sessions/{session}")

    assert (answer.status_code, answer.json["code"]) == (404, "session-not-found")
    assert (await bert.get("me")).status_code == 200


async def test_one_can_sign_out_everywhere_else(anna, browser):
    others = [browser(), browser()]
    for other in others:
        await other.log_in()

    answer = await anna.send("DELETE", "me/sessions")

    assert answer.status_code == 204
    assert [(await other.get("me")).status_code for other in others] == [401, 401]
    assert (await anna.get("me")).status_code == 200


async def test_everybody_sees_their_own_events_and_nobody_elses(anna, person, browser):
    person("bert@example.org")
    await browser().log_in("bert@example.org", "falsches kennwort")
    await browser().log_in(password="falsches kennwort")

    first = (await anna.get("me/events?page_size=1")).json
    second = (await anna.get(f"me/events?page_size=1&page_token={first['next_page_token']}")).json

    assert [each["kind"] for each in first["items"] + second["items"]] == ["login-refused", "logged-in"]
    assert second["next_page_token"] is None


async def test_the_export_has_all_that_is_kept_and_no_secret(anna, database):
    await anna.post("me/addresses", HOME)
    await anna.post("me/second-factor", {"password": PASSWORD})

    answer = await anna.get("me/export")

    document = answer.json
    assert answer.headers["content-disposition"] == 'attachment; filename="prost-account.json"'
    assert document["account"]["email"] == "anna@example.org"
    assert [address["city"] for address in document["addresses"]] == ["München"]
    assert [session["device"] for session in document["sessions"]] == [""]
    assert [event["kind"] for event in document["security_events"]] == ["logged-in", "account-exported"]
    assert [word for word in ("argon2", "secret", "token_hash") if word in answer.text] == []


async def test_a_deleted_account_is_forgotten_at_once_and_told_to_the_others(anna, database):
    await anna.post("me/addresses", HOME)
    await anna.post("me/second-factor", {"password": PASSWORD})
    account_id = (await anna.get("me")).json["id"]

    refused = await anna.send("DELETE", "me", {"password": "falsch"})
    nothing = await anna.send("DELETE", "me", {})
    done = await anna.send("DELETE", "me", {"password": PASSWORD})

    account = Account.get()
    assert (refused.status_code, nothing.status_code, done.status_code) == (403, 422, 204)
    assert fields(nothing) == [("body.password", "missing")]
    assert (account.state, account.email, account.name, account.password_hash) == ("DELETED", None, "", None)
    rows = (Address, Session, RefreshToken, SecondFactor, OneTimeToken)
    assert [model.select().count() for model in rows] == [0, 0, 0, 0, 0]
    assert [(mail.template, mail.account_id) for mail in Mail.select()] == [("account-deleted", None)]
    assert [(event.type, event.data) for event in Outbox.pending()][1:] == [
        ("auth.account-deleted.v1", {"account_id": account_id})
    ]


async def test_after_a_deletion_the_token_is_void_and_the_address_free(anna, browser):
    await anna.send("DELETE", "me", {"password": PASSWORD})

    me = await anna.get("me")
    refreshed = await anna.post("refresh")
    form = {"email": "anna@example.org", "password": NEW_PASSWORD, "name": "Anna"}
    await browser().post("signup", form)

    assert (me.status_code, refreshed.status_code) == (401, 401)
    assert (await browser().log_in(password=NEW_PASSWORD)).status_code == 200


@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_who_signs_in_with_a_provider_deletes_only_from_a_fresh_session(
    person, browser, token, password
):
    account = person(password=password)

    async def deleted(ago):
        session = open_session(
            account,
            amr=["fed"],
            client_id=None,
            scope="",
            device="",
            ip="",
            auth_time=utcnow() - timedelta(seconds=ago),
        ).session
        anna = browser()
        anna.token = token("customer", subject=str(account.id), sid=str(session.id))
        return await anna.send("DELETE", "me", {})

    stale = await deleted(301)
    fresh = await deleted(299)

    assert (stale.status_code, stale.json["code"]) == (403, "fresh-sign-in-required")
    assert fresh.status_code == 204


async def test_staff_is_not_deleted_before_an_admin_takes_the_roles_away(person, browser):
    person("chef@example.org", "support")
    chef = browser()
    await chef.log_in("chef@example.org")

    answer = await chef.send("DELETE", "me", {"password": PASSWORD})

    assert (answer.status_code, answer.json["code"]) == (409, "staff-account")


async def test_an_export_or_a_deletion_cannot_be_had_with_the_token_of_an_ended_session(anna):
    await anna.post("logout")

    assert (await anna.get("me/export")).status_code == 401
    assert (await anna.send("DELETE", "me", {"password": PASSWORD})).status_code == 401
    assert Account.get().state == "ACTIVE"


def _token_of_reset(mailbox):
    """Let the worker find the reader, and return the token that the mail has."""
    while True:
        letter = claim_due()
        assert letter is not None
        if letter.template == RESET_PASSWORD:
            return mailbox.token(RESET_PASSWORD)

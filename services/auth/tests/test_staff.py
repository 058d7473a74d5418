"""What staff sees of accounts, and what admins do to them."""

import asyncio

import pytest

from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.use_cases.mails import claim_due

PASSWORD = "korrekt pferd batterie"
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def admin(person, browser, app_code):
    """Give the browser of an admin who is signed in with the second factor."""
    person("chef@example.org", "admin", app=True)
    admin = browser()
    await admin.log_in("chef@example.org", totp=app_code())
    return admin


@pytest.fixture
async def support(person, browser, app_code):
    """Give the browser of somebody from support."""
    person("support@example.org", "support", app=True)
    support = browser()
    await support.log_in("support@example.org", totp=app_code())
    return support


def last_event():
    """Return kind and detail of the newest security event."""
    event = SecurityEvent.select().order_by(SecurityEvent.id.desc()).get()
    return event.kind, event.detail


async def test_accounts_are_found_by_a_part_of_address_or_name(support, person):
    person("anna@example.org")
    person("hannah@example.com")
    person("bert@example.org")

    async def found(text):
        return [each["email"] for each in (await support.get(f"accounts?q={text}")).json["items"]]

    assert await found("ANNA") == ["hannah@example.com", "anna@example.org"]
    assert await found("example.com") == ["hannah@example.com"]
    assert await found("%25") == []
    assert await found("_") == []
    assert await found("Bert") == ["bert@example.org"]


async def test_pages_of_accounts_follow_each_other_without_gap_or_overlap(support, person):
    for number in range(4):
        person(f"person{number}@example.org", password=None)

    first = (await support.get("accounts?page_size=2&q=person")).json
    second = (await support.get(f"accounts?page_size=2&q=person&page_token={first['next_page_token']}")).json

    assert [each["email"][6] for each in first["items"] + second["items"]] == ["3", "2", "1", "0"]
    assert second["next_page_token"] is None


async def test_the_page_of_another_search_is_refused(support, person):
    person(password=None)
    token = (await support.get("accounts?page_size=1")).json["next_page_token"]

    answer = await support.get(f"accounts?page_size=1&q=anna&page_token={token}")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "query.page_token")


async def test_an_account_is_shown_without_secrets(support, person):
    anna = person(app=True)

    answer = await support.get(f"accounts/{anna.id}")

    assert {
        name: answer.json[name] for name in ("email", "roles", "state", "email_verified", "second_factor")
    } == {
        "email": "anna@example.org",
        "roles": ["customer"],
        "state": "ACTIVE",
        "email_verified": True,
        "second_factor": True,
    }
    assert "argon2" not in answer.text


async def test_an_unknown_account_is_not_found(admin):
    answers = [
        await admin.get(f"accounts/{NOBODY}"),
        await admin.send("PUT", f"accounts/{NOBODY}/roles", {"roles": []}),
        await admin.post(f"accounts/{NOBODY}/lock", {"reason": "x"}),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [
        (404, "account-not-found")
    ] * 3


async def test_support_reads_and_does_not_change(support, person):
    anna = person()

    answers = [
        await support.send("PUT", f"accounts/{anna.id}/roles", {"roles": ["admin"]}),
        await support.post(f"accounts/{anna.id}/lock", {"reason": "x"}),
        await support.get("events"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_new_roles_end_the_sessions_and_are_written_down_with_who_gave_them(
    admin, person, browser, mailbox
):
    account = person()
    anna = browser()
    await anna.log_in()

    answer = await admin.send("PUT", f"accounts/{account.id}/roles", {"roles": ["support", "customer"]})

    assert (answer.status_code, answer.json["roles"]) == (200, ["customer", "support"])
    assert (await anna.get("me")).status_code == 401
    assert last_event() == (
        "roles-changed",
        {"by": (await admin.get("me")).json["id"], "before": [], "after": ["support"]},
    )
    assert mailbox.all() == [("roles-changed", "anna@example.org")]


async def test_the_same_roles_again_are_no_change(admin, person, browser):
    account = person("anna@example.org", "support")
    anna = browser()
    await anna.log_in()

    await admin.send("PUT", f"accounts/{account.id}/roles", {"roles": ["support"]})

    assert (await anna.get("me")).status_code == 200


@pytest.mark.parametrize("roles", [["root"], ["admin", "x"], [None], ["customer"] * 5])
async def test_a_role_that_does_not_exist_is_refused(admin, person, roles):
    answer = await admin.send("PUT", f"accounts/{person().id}/roles", {"roles": roles})

    assert answer.status_code == 422


async def test_only_who_has_a_verified_address_gets_a_role(admin, person):
    answer = await admin.send("PUT", f"accounts/{person(verified=False).id}/roles", {"roles": ["support"]})

    assert (answer.status_code, answer.json["code"]) == (409, "account-not-ready")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PUT", "roles", {"roles": []}), ("POST", "lock", {"reason": "x"}), ("POST", "unlock", {"reason": "x"})],
)
async def test_nobody_changes_their_own_roles_or_lock(admin, method, path, body):
    own = (await admin.get("me")).json["id"]

    answer = await admin.send(method, f"accounts/{own}/{path}", body)

    assert (answer.status_code, answer.json["code"]) == (403, "own-account")


async def test_two_admins_who_demote_each_other_at_once_leave_one(admin, person, browser, app_code):
    person("chefin@example.org", "admin", app=True)
    other = browser()
    await other.log_in("chefin@example.org", totp=app_code())
    ids = [(await each.get("me")).json["id"] for each in (admin, other)]

    answers = await asyncio.gather(
        admin.send("PUT", f"accounts/{ids[1]}/roles", {"roles": []}),
        other.send("PUT", f"accounts/{ids[0]}/roles", {"roles": []}),
    )

    admins = [account.id for account in Account.select() if "admin" in account.staff_roles]
    assert len(admins) == 1
    assert 200 in {answer.status_code for answer in answers}


async def test_who_lost_the_role_a_moment_ago_cannot_give_it_any_more(admin, person):
    victim = person()
    Account.update(staff_roles=[]).where(Account.email == "chef@example.org").execute()

    answer = await admin.send("PUT", f"accounts/{victim.id}/roles", {"roles": ["admin"]})

    assert (answer.status_code, answer.json["code"]) == (403, "not-an-admin")


async def test_a_locked_account_is_signed_out_and_stays_out_until_it_is_unlocked(admin, person, browser):
    account = person()
    anna = browser()
    await anna.log_in()

    locked = await admin.post(f"accounts/{account.id}/lock", {"reason": " Fraud  suspected "})
    noted = last_event()
    inside = await anna.get("me")
    outside = await browser().log_in()
    unlocked = await admin.post(f"accounts/{account.id}/unlock", {"reason": "was a mistake"})

    assert (locked.json["state"], unlocked.json["state"]) == ("LOCKED", "ACTIVE")
    assert (noted[0], noted[1]["reason"]) == ("account-locked", "Fraud suspected")
    assert (inside.status_code, outside.status_code) == (401, 401)
    assert (await anna.post("refresh")).status_code == 401
    assert (await browser().log_in()).status_code == 200


async def test_locking_twice_is_written_down_once(admin, person):
    account = person()
    for _ in range(2):
        await admin.post(f"accounts/{account.id}/lock", {"reason": "x"})

    assert SecurityEvent.select().where(SecurityEvent.kind == "account-locked").count() == 1


async def test_a_locked_accounts_lost_password_stays_lost(admin, person, browser, mailbox):
    account = person()
    await admin.post(f"accounts/{account.id}/lock", {"reason": "x"})

    answer = await browser().post("password-reset", {"email": "anna@example.org"})

    assert answer.status_code == 202
    assert claim_due() is None
    assert mailbox.all() == []


async def test_admins_read_the_log_by_account_and_by_kind(admin, person, browser):
    anna = person()
    await browser().log_in(password="falsches kennwort")
    await browser().log_in()
    await browser().log_in("nobody@example.org")

    async def kinds(query):
        return [
            (each["kind"], each["account_id"]) for each in (await admin.get(f"events?{query}")).json["items"]
        ]

    own = str(anna.id)
    assert await kinds(f"account_id={own}") == [("logged-in", own), ("login-refused", own)]
    assert await kinds("kind=login-refused") == [("login-refused", None), ("login-refused", own)]


async def test_pages_of_the_log_follow_each_other(admin, browser):
    for _ in range(3):
        await browser().log_in("nobody@example.org")

    first = (await admin.get("events?page_size=2&kind=login-refused")).json
    second = (
        await admin.get(f"events?page_size=2&kind=login-refused&page_token={first['next_page_token']}")
    ).json

    assert len({each["id"] for each in first["items"] + second["items"]}) == 3
    assert second["next_page_token"] is None

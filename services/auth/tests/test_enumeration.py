"""Nobody learns from an answer, or from the work behind it, whether an address has an account."""

import pytest

from prost_auth.hashing import Hasher
from prost_auth.models.accounts import Account
from prost_auth.models.mails import Mail

PASSWORD = "korrekt pferd batterie"
PLACE_AND_TIME = ("instance", "trace_id")


@pytest.fixture
def hashes(monkeypatch):
    """Give the function that counts the passwords that were hashed or compared so far, by all hashers."""
    made = []
    begin = Hasher.__init__
    monkeypatch.setattr(
        Hasher, "__init__", lambda self, settings: (begin(self, settings), made.append(self))[0]
    )
    return lambda: sum(hasher.work for hasher in made)


@pytest.fixture
def people(person):
    """Make an account of each kind."""
    person("known@example.org")
    person("unverified@example.org", verified=False)
    person("outside@example.org", password=None)
    person("staff@example.org", "admin", app=True)
    person("locked@example.org").move_to("LOCKED")


def seen(answer):
    """Return all that can be seen of an answer but when and where it was given."""
    document = (
        {k: v for k, v in (answer.json or {}).items() if k not in PLACE_AND_TIME} if answer.text else None
    )
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answer.status_code, headers, document


KNOWN = [
    "known@example.org",
    "KNOWN@Example.org",
    "unverified@example.org",
    "outside@example.org",
    "staff@example.org",
    "locked@example.org",
]


@pytest.mark.parametrize("email", KNOWN)
async def test_a_wrong_password_and_an_unknown_address_are_answered_alike_after_one_hash_each(
    hashes, people, browser, email
):
    before = hashes()
    wrong = await browser().log_in(email, "falsches kennwort")
    for_known = hashes() - before
    unknown = await browser().log_in("nobody@example.org", "falsches kennwort")

    assert seen(wrong) == seen(unknown)
    assert (wrong.status_code, wrong.json["code"]) == (401, "login-refused")
    assert for_known == hashes() - before - for_known == 1


async def test_a_locked_account_is_refused_in_the_same_words_as_an_unknown_one(people, browser):
    locked = await browser().log_in("locked@example.org")
    unknown = await browser().log_in("nobody@example.org")

    assert seen(locked) == seen(unknown)


@pytest.mark.parametrize("email", KNOWN)
async def test_signing_up_with_a_known_address_is_answered_like_any_other_after_one_hash(
    hashes, people, browser, email
):
    form = {"password": "zwölf Boxkämpfer jagen", "name": "Anna"}

    before = hashes()
    known = await browser().post("signup", {**form, "email": email})
    for_known = hashes() - before
    unknown = await browser().post("signup", {**form, "email": "nobody@example.org"})

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert [set(answer.json) for answer in (known, unknown)] == [{"email"}, {"email"}]
    assert known.json["email"].lower() == email.lower()
    assert for_known == hashes() - before - for_known == 1


async def test_signing_up_again_changes_nothing_and_tells_only_the_owner(people, browser, mailbox):
    await browser().post(
        "signup", {"email": "known@example.org", "password": "zwölf Boxkämpfer", "name": "Eve"}
    )

    assert Account.select().where(Account.email_key == "known@example.org").get().name == "Known"
    assert (await browser().log_in("known@example.org", "zwölf Boxkämpfer")).status_code == 401
    assert (await browser().log_in("known@example.org", PASSWORD)).status_code == 200
    assert mailbox.all() == [("account-exists", "known@example.org")]


@pytest.mark.parametrize("email", KNOWN)
async def test_asking_for_a_reset_is_answered_alike_and_does_the_same(people, browser, database, email):
    known = await browser().post("password-reset", {"email": email})
    unknown = await browser().post("password-reset", {"email": "nobody@example.org"})

    assert seen(known) == seen(unknown)
    assert known.status_code == 202
    first, second = Mail.select().order_by(Mail.id)
    assert (first.template, first.state, first.account_id) == (
        second.template,
        second.state,
        second.account_id,
    )
    assert set(first.values) == set(second.values)


async def test_tokens_that_were_used_are_unknown_or_belong_to_others_are_refused_alike(
    people, browser, mailbox
):
    await browser().post("signup", {"email": "new@example.org", "password": PASSWORD + "!", "name": "New"})
    token = mailbox.token("verify-email")
    await browser().post("verification", {"token": token})

    used = await browser().post("verification", {"token": token})
    unknown = await browser().post("verification", {"token": "A" * len(token)})
    for_something_else = await browser().post(
        "password-reset/confirm", {"token": token, "password": "zwölf Boxkämpfer"}
    )

    assert seen(used) == seen(unknown) == seen(for_something_else)
    assert (used.status_code, used.json["code"]) == (422, "token-invalid")


async def test_asking_for_somebody_elses_address_is_answered_like_any_other(people, browser, mailbox):
    known = browser()
    await known.log_in("known@example.org")

    taken = await known.post("me/email", {"email": "staff@example.org", "password": PASSWORD})
    free = await known.post("me/email", {"email": "free@example.org", "password": PASSWORD})

    assert seen(taken) == seen(free)
    assert taken.status_code == 202
    assert mailbox.all() == [
        ("account-exists", "staff@example.org"),
        ("email-change-asked", "known@example.org"),
        ("change-email", "free@example.org"),
        ("email-change-asked", "known@example.org"),
    ]

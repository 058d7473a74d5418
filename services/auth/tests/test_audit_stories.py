"""Whatever concerns security leaves its event: lives of accounts, each told by the log from first to last."""

import asyncio

import pytest

from prost_auth import operations
from prost_auth.domain.audit import Kind
from prost_auth.keys import ring
from prost_auth.models.audit import SecurityEvent
from prost_auth.use_cases.keys import advance_keys
from prost_auth.use_cases.mails import claim_due

PASSWORD = "korrekt pferd batterie"
NEXT = "zwölf Boxkämpfer jagen"
DAY = 86_400

GETTING_IN = [
    "signed-up",
    "sign-up-repeated",
    "logged-in",
    "verification-requested",
    "email-verified",
    "login-refused",
    "password-reset-requested",
    "password-reset",
    "logged-in",
    "refresh-reused",
]
OWN_ACCOUNT = [
    "logged-in",
    "email-change-requested",
    "email-changed",
    "password-refused",
    "password-changed",
    "second-factor-enrolled",
    "second-factor-asked",
    "login-refused",
    "recovery-code-used",
    "logged-in",
    "session-ended",
    "second-factor-refused",
    "recovery-code-used",
    "second-factor-removed",
    "sessions-ended",
    "account-exported",
    "logged-out",
    "logged-in",
    "account-deleted",
]
ADMINS_DAY = [
    "logged-in",
    "roles-changed",
    "account-locked",
    "account-unlocked",
    "second-factor-reset",
    "client-registered",
    "client-removed",
    "key-published",
]
OPERATORS = ["first-admin-invited", "key-published", "key-activated", "keys-revoked", "second-factor-reset"]
APPLICATIONS = ["consent-given", "client-signed-in", "code-reused", "client-refused", "consent-withdrawn"]
"""In provider/test_http.py."""
SHOWN_ELSEWHERE = ["throttled", "external-linked", "external-unlinked", "external-refused"]
"""In test_throttle.py and in external/test_policy.py and test_unlinking.py."""


def log():
    """Return the kinds of all events, oldest first."""
    return [event.kind for event in SecurityEvent.select().order_by(SecurityEvent.id)]


def test_every_kind_of_event_is_told_in_a_story():
    told = {*GETTING_IN, *OWN_ACCOUNT, *ADMINS_DAY, *APPLICATIONS, *OPERATORS, *SHOWN_ELSEWHERE}

    assert told == {str(kind) for kind in Kind}


async def test_getting_in(browser, mailbox):
    form = {"email": "anna@example.org", "password": PASSWORD, "name": "Anna"}
    anna, thief = browser(), browser()
    await anna.post("signup", form)
    await anna.post("signup", form)
    await anna.log_in()
    await anna.post("verification/resend")
    await anna.post("verification", {"token": mailbox.token("verify-email")})
    await browser().log_in(password=NEXT)
    await browser().post("password-reset", {"email": "anna@example.org"})
    await asyncio.to_thread(claim_all)
    await browser().post(
        "password-reset/confirm", {"token": mailbox.token("reset-password"), "password": NEXT}
    )
    await anna.log_in(password=NEXT)
    thief.cookie = anna.cookie
    await anna.post("refresh")
    await thief.post("refresh")

    assert log() == GETTING_IN


def claim_all():
    """Have the worker look at every mail that waits."""
    while claim_due() is not None:
        pass


async def test_ones_own_account(browser, person, mailbox, app_code):
    person()
    anna, phone = browser(), browser()
    await anna.log_in()
    await anna.post("me/email", {"email": "next@example.org", "password": PASSWORD})
    await anna.post("verification", {"token": mailbox.token("change-email")})
    await anna.post("me/password", {"current_password": NEXT, "new_password": NEXT})
    await anna.post("me/password", {"current_password": PASSWORD, "new_password": NEXT})
    secret = (await anna.post("me/second-factor", {"password": NEXT})).json["secret"]
    codes = (await anna.post("me/second-factor/confirm", {"code": app_code(secret)})).json["recovery_codes"]
    await phone.log_in("next@example.org", NEXT)
    await phone.log_in("next@example.org", NEXT, totp="000000")
    await phone.log_in("next@example.org", NEXT, totp=codes[0])
    other = next(each for each in (await anna.get("me/sessions")).json["items"] if not each["current"])
    await anna.send("DELETE", f"me/sessions/{other['id']}")
    await anna.send("DELETE", "me/second-factor", {"password": NEXT, "code": "000000"})
    await anna.send("DELETE", "me/second-factor", {"password": NEXT, "code": codes[1]})
    await anna.send("DELETE", "me/sessions")
    await anna.get("me/export")
    await anna.post("logout")
    await anna.log_in("next@example.org", NEXT)
    await anna.send("DELETE", "me", {"password": NEXT})

    assert log() == OWN_ACCOUNT


async def test_an_admins_day(browser, person, app_code):
    person("chef@example.org", "admin", app=True)
    other = person("anna@example.org", app=True)
    chef = browser()
    await chef.log_in("chef@example.org", totp=app_code())
    await chef.send("PUT", f"accounts/{other.id}/roles", {"roles": ["support"]})
    await chef.post(f"accounts/{other.id}/lock", {"reason": "asked by phone"})
    await chef.post(f"accounts/{other.id}/unlock", {"reason": "it was a mistake"})
    await chef.post(f"accounts/{other.id}/second-factor/reset", {"reason": "lost the phone"})
    notes = {"name": "Notes", "redirect_uris": ["https://notes.example/back"], "scopes": ["openid"]}
    client_id = (await chef.post("clients", notes)).json["client_id"]
    await chef.send("DELETE", f"clients/{client_id}")
    await chef.post("keys/rotate")

    assert log() == ADMINS_DAY
    reset = SecurityEvent.get(SecurityEvent.kind == "second-factor-reset")
    chief = (await chef.get("me")).json["id"]
    assert (reset.account_id, reset.detail) == (other.id, {"by": chief, "reason": "lost the phone"})


@pytest.mark.usefixtures("environment")
def test_operators(person, clock):
    person("anna@example.org", app=True)
    operations.main(["first-admin", "--email", "chef@example.org"])
    ring.read()
    clock.advance(91 * DAY)
    advance_keys()
    clock.advance(DAY)
    advance_keys()
    operations.main(["rotate-keys", "--revoke"])
    operations.main(["reset-second-factor", "--email", "Anna@example.org"])

    assert log() == OPERATORS

"""Second factors: enrolled, shown once each, recovered from, replaced and removed."""

import asyncio

import pyotp
import pytest

from prost.db import in_db, utcnow, uuid7
from prost_auth.codes import Codes
from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.second_factors import RecoveryCode, SecondFactor
from prost_auth.sealing import SealBroken
from prost_auth.use_cases.sessions import open_session
from prost_auth.use_cases.tokens import issue_access_token

PASSWORD = "korrekt pferd batterie"


@pytest.fixture
async def anna(person, browser):
    """Give the browser of a customer who is signed in."""
    person()
    anna = browser()
    await anna.log_in()
    return anna


async def enrolled(somebody, app_code, later=0):
    """Enrol an app, and return its secret and the recovery codes."""
    secret = (await somebody.post("me/second-factor", {"password": PASSWORD})).json["secret"]
    answer = await somebody.post("me/second-factor/confirm", {"code": app_code(secret, later)})
    return secret, answer.json["recovery_codes"]


async def test_an_app_counts_once_its_first_code_has_come(anna, app_code, mailbox):
    begun = await anna.post("me/second-factor", {"password": PASSWORD})
    waiting = (await anna.get("me")).json["second_factor"]
    wrong = await anna.post("me/second-factor/confirm", {"code": "000000"})
    right = await anna.post("me/second-factor/confirm", {"code": app_code(begun.json["secret"])})

    assert begun.json["uri"] == (
        f"otpauth://totp/Prost:anna%40example.org?secret={begun.json['secret']}&issuer=Prost"
    )
    assert waiting == {"enrolled": False, "required": False}
    assert (wrong.status_code, wrong.json["code"]) == (422, "code-refused")
    assert len(set(right.json["recovery_codes"])) == 10
    assert (await anna.get("me")).json["second_factor"] == {"enrolled": True, "required": False}
    assert mailbox.all() == [("second-factor-on", "anna@example.org")]


async def test_it_takes_the_password_to_begin(anna):
    answer = await anna.post("me/second-factor", {"password": "falsch"})

    assert (answer.status_code, answer.json["code"]) == (403, "password-refused")
    assert SecondFactor.select().count() == 0


async def test_without_a_beginning_there_is_nothing_to_confirm(anna):
    answer = await anna.post("me/second-factor/confirm", {"code": "123456"})

    assert (answer.status_code, answer.json["code"]) == (409, "not-enrolling")


async def test_secrets_are_sealed_and_recovery_codes_hashed(anna, app_code, database):
    secret, codes = await enrolled(anna, app_code)

    kept = str(database.execute_sql("SELECT array_agg(s::text) FROM second_factors s").fetchone())
    kept += str(database.execute_sql("SELECT array_agg(c::text) FROM recovery_codes c").fetchone())
    assert [text for text in (secret, secret.encode().hex(), *codes) if text in kept] == []


async def test_a_code_works_once_also_when_it_comes_twice_at_once(browser, person, app_code):
    person("chef@example.org", "admin", app=True)
    code = app_code()

    answers = await asyncio.gather(*(browser().log_in("chef@example.org", totp=code) for _ in range(4)))
    later = await browser().log_in("chef@example.org", totp=app_code(later=-1))
    next_one = await browser().log_in("chef@example.org", totp=app_code(later=1))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    assert later.status_code == 401
    assert next_one.status_code == 200


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("later", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_phones_clock_may_be_off_by_half_a_minute(browser, person, app_code, later, status):
    person("chef@example.org", "admin", app=True)

    assert (await browser().log_in("chef@example.org", totp=app_code(later=later))).status_code == status


@pytest.mark.parametrize(
    "written",
    [lambda code: code, str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")],
)
async def test_a_recovery_code_stands_in_for_the_app_once_however_it_is_typed(
    anna, browser, app_code, written
):
    _secret, codes = await enrolled(anna, app_code)

    first = await browser().log_in(totp=written(codes[3]))
    second = await browser().log_in(totp=codes[3])
    another = await browser().log_in(totp=codes[4])

    assert (first.status_code, second.status_code, another.status_code) == (200, 401, 200)
    used = SecurityEvent.select().where(SecurityEvent.kind == "recovery-code-used").order_by(SecurityEvent.id)
    assert [event.detail for event in used] == [{"left": 9}, {"left": 8}]


async def test_somebody_elses_recovery_code_is_wrong(anna, person, browser, app_code):
    _secret, codes = await enrolled(anna, app_code)
    person("bert@example.org", app=True)

    answer = await browser().log_in("bert@example.org", totp=codes[0])

    assert (answer.status_code, answer.json["code"]) == (401, "second-factor-refused")


@pytest.mark.parametrize(
    "code",
    ["12345", "123456789 ", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345\u0660", "<script>", "x" * 41],
)
async def test_what_has_not_the_form_of_a_code_is_refused(browser, person, code):
    person("chef@example.org", app=True)

    answer = await browser().log_in("chef@example.org", totp=code)

    assert answer.status_code in {401, 422}


async def test_the_session_of_the_enrolment_carries_staffs_roles_from_its_next_token_on(
    person, browser, app_code
):
    person("chef@example.org", "admin")
    chef = browser()
    await chef.log_in("chef@example.org")
    before = (await chef.get("me")).json["active_roles"]

    await enrolled(chef, app_code)
    renewed = await chef.post("refresh")

    assert before == ["customer"]
    assert (await chef.get("me")).json["active_roles"] == ["customer", "admin"]
    assert "Max-Age=43" in renewed.headers["set-cookie"]


async def test_an_app_is_replaced_only_from_a_session_that_it_was_shown_to(person, browser, app_code):
    chef = person("chef@example.org", "admin", app=True)
    with_app, without = browser(), browser()
    await with_app.log_in("chef@example.org", totp=app_code())
    without.token = await _token_without_second_factor(chef)

    refused = await without.post("me/second-factor", {"password": PASSWORD})
    replaced = await enrolled(with_app, app_code)

    assert (refused.status_code, refused.json["code"]) == (403, "second-factor-not-shown")
    assert (await browser().log_in("chef@example.org", totp=app_code(later=1))).status_code == 401
    assert (await browser().log_in("chef@example.org", totp=app_code(replaced[0], 1))).status_code == 200


async def test_the_present_app_counts_until_the_next_one_is_confirmed(anna, browser, app_code):
    secret, _codes = await enrolled(anna, app_code)

    await anna.post("me/second-factor", {"password": PASSWORD})

    assert (await browser().log_in(totp=app_code(secret, 1))).status_code == 200


async def test_new_recovery_codes_replace_the_old_ones(anna, browser, app_code):
    _secret, old = await enrolled(anna, app_code)
    _secret, new = await enrolled(anna, app_code)

    assert RecoveryCode.select().count() == 10
    assert (await browser().log_in(totp=old[0])).status_code == 401
    assert (await browser().log_in(totp=new[0])).status_code == 200


async def test_removing_it_takes_the_password_and_a_code(anna, browser, app_code, mailbox):
    secret, _codes = await enrolled(anna, app_code)

    wrong_password = await anna.send(
        "DELETE", "me/second-factor", {"password": "x", "code": app_code(secret, 1)}
    )
    wrong_code = await anna.send("DELETE", "me/second-factor", {"password": PASSWORD, "code": "000000"})
    done = await anna.send("DELETE", "me/second-factor", {"password": PASSWORD, "code": app_code(secret, 1)})

    assert (wrong_password.status_code, wrong_password.json["code"]) == (403, "password-refused")
    assert (wrong_code.status_code, wrong_code.json["code"]) == (422, "code-refused")
    assert done.status_code == 204
    assert (await browser().log_in()).status_code == 200
    assert [template for template, _to in mailbox.all()] == ["second-factor-on", "second-factor-off"]


async def test_staff_cannot_do_without(person, browser, app_code):
    person("chef@example.org", "support", app=True)
    chef = browser()
    await chef.log_in("chef@example.org", totp=app_code())

    answer = await chef.send("DELETE", "me/second-factor", {"password": PASSWORD, "code": app_code(later=1)})

    assert (answer.status_code, answer.json["code"]) == (409, "second-factor-mandatory")


async def test_where_there_is_none_there_is_none_to_remove(anna):
    answer = await anna.send("DELETE", "me/second-factor", {"password": PASSWORD, "code": "123456"})

    assert (answer.status_code, answer.json["code"]) == (409, "no-second-factor")


def test_a_secret_has_160_bits_and_opens_for_its_account_only():
    codes = Codes("a secret of thirty-two characters")
    secret = codes.new_secret()

    sealed = codes.close(secret, uuid7())

    assert len(pyotp.TOTP(secret).byte_secret()) == 20
    with pytest.raises(SealBroken):
        codes.matching_step(sealed, uuid7(), "123456", utcnow(), 0)


async def _token_without_second_factor(account):
    """Open a session as it was before there was a second factor."""
    opened = open_session(account, amr=["pwd"], client_id=None, scope="", device="", ip="")
    return (await in_db(issue_access_token, opened.session, Account.get_by_id(account.id))).token


async def test_who_lost_app_and_recovery_codes_begins_anew_after_an_admin_has_helped(
    person, browser, app_code, mailbox
):
    person("chef@example.org", "admin", app=True)
    lost = person("bert@example.org", "support", app=True)
    chef, bert = browser(), browser()
    await chef.log_in("chef@example.org", totp=app_code())
    await bert.log_in("bert@example.org", totp=app_code())

    reset = await chef.post(f"accounts/{lost.id}/second-factor/reset", {"reason": "lost the phone"})
    cut_off = await bert.get("me")
    await bert.log_in("bert@example.org")
    as_customer = await bert.get("accounts")
    _secret, codes = await enrolled(bert, app_code)
    await bert.post("refresh")

    assert (reset.status_code, reset.json["second_factor"]) == (200, False)
    assert cut_off.status_code == 401
    assert as_customer.status_code == 403
    assert len(codes) == 10
    assert (await bert.get("accounts")).status_code == 200
    assert mailbox.all()[0] == ("second-factor-reset", "bert@example.org")


async def test_the_recovery_codes_of_before_the_help_are_void(person, browser, anna, app_code):
    _secret, codes = await enrolled(anna, app_code)
    chef = browser()
    person("chef@example.org", "admin", app=True)
    await chef.log_in("chef@example.org", totp=app_code())
    own = Account.get(Account.email == "anna@example.org")
    await chef.post(f"accounts/{own.id}/second-factor/reset", {"reason": "lost the phone"})
    await anna.log_in()
    await enrolled(anna, app_code, later=1)

    answer = await browser().log_in(totp=codes[0])

    assert (answer.status_code, answer.json["code"]) == (401, "second-factor-refused")


async def test_nobody_helps_themselves_or_without_being_an_admin(person, browser, app_code):
    chef_id = person("chef@example.org", "admin", app=True).id
    person("support@example.org", "support", app=True)
    chef, support = browser(), browser()
    await chef.log_in("chef@example.org", totp=app_code())
    await support.log_in("support@example.org", totp=app_code())

    own = await chef.post(f"accounts/{chef_id}/second-factor/reset", {"reason": "x"})
    above = await support.post(f"accounts/{chef_id}/second-factor/reset", {"reason": "x"})

    assert (own.status_code, own.json["code"]) == (403, "own-account")
    assert above.status_code == 403
    assert SecondFactor.select().count() == 2


async def test_where_there_is_none_there_is_none_to_take(person, browser, app_code):
    person("chef@example.org", "admin", app=True)
    other, chef = person("bert@example.org"), browser()
    await chef.log_in("chef@example.org", totp=app_code())

    answer = await chef.post(f"accounts/{other.id}/second-factor/reset", {"reason": "x"})

    assert (answer.status_code, answer.json["code"]) == (409, "no-second-factor")

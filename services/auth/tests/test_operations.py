"""What operators run beside the service: the seeded accounts, and the first admin."""

import json

import pyotp
import pytest

from prost_auth import operations
from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.seed import seed

DEV_PASSWORD = "made-for-this-machine"
NEW_PASSWORD = "zwölf Boxkämpfer jagen"


@pytest.fixture
def in_development(environment, monkeypatch):
    """Put the test where `prost dev` runs the service."""
    monkeypatch.setenv("PROST_ENV", "dev")
    monkeypatch.setenv("PROST_DEV_PASSWORD", DEV_PASSWORD)


@pytest.fixture
def run(capsys):
    """Give the function that runs a command and returns what it printed, without the line's end."""

    def run(*arguments):
        capsys.readouterr()
        assert operations.main(arguments) == 0
        return capsys.readouterr().out.removesuffix("\n")

    return run


def token_of(link):
    """Return the token in a link."""
    return link.partition("?token=")[2]


@pytest.mark.usefixtures("in_development")
def test_the_seed_makes_one_account_for_each_role_and_each_once(run):
    seed()
    seed()

    told = [json.loads(line) for line in run("accounts").splitlines()]
    assert [(each["email"], each["roles"]) for each in told] == [
        ("admin@prost.test", ["customer", "admin"]),
        ("support@prost.test", ["customer", "support"]),
        ("catalog@prost.test", ["customer", "catalog-manager"]),
        ("customer@prost.test", ["customer"]),
    ]
    assert [each["id"] for each in told] == [
        str(account.id) for account in Account.select().order_by(Account.id)
    ]
    assert [each["totp_secret"] is None for each in told] == [False, False, False, True]


async def test_seeded_staff_signs_in_with_the_code_that_the_accounts_are_told_with(
    in_development, browser, run
):
    seed()
    told = [json.loads(line) for line in run("accounts").splitlines()]
    admin = browser()

    code = pyotp.TOTP(told[0]["totp_secret"]).now()
    answer = await admin.log_in("admin@prost.test", DEV_PASSWORD, totp=code)
    me = await admin.get("me")

    assert answer.status_code == 200
    assert (me.json["active_roles"], me.json["email_verified"]) == (["customer", "admin"], True)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "variables", [{"PROST_ENV": "test", "PROST_DEV_PASSWORD": "x"}, {"PROST_ENV": "dev"}]
)
def test_outside_development_nobody_is_seeded(variables, monkeypatch, run):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    seed()

    assert Account.select().count() == 0
    assert run("accounts") == ""


async def test_the_first_admin_sets_a_password_and_enrols_a_second_factor(browser, run):
    link = run("first-admin", "--email", "Chef@example.org")
    chef = browser()

    await chef.post("password-reset/confirm", {"token": token_of(link), "password": NEW_PASSWORD})
    await chef.log_in("chef@example.org", NEW_PASSWORD)
    before = await chef.get("accounts")
    begun = await chef.post("me/second-factor", {"password": NEW_PASSWORD})
    code = pyotp.TOTP(begun.json["secret"]).now()
    confirmed = await chef.post("me/second-factor/confirm", {"code": code})
    await chef.post("refresh")
    after = await chef.get("accounts")

    assert link.startswith("http://127.0.0.1:8080/de/reset-password?token=")
    assert (before.status_code, after.status_code) == (403, 200)
    assert len(confirmed.json["recovery_codes"]) == 10
    assert (await chef.get("me")).json["email_verified"] is True


async def test_a_link_for_the_first_admin_works_once(browser, run):
    link = run("first-admin", "--email", "chef@example.org")
    body = {"token": token_of(link), "password": NEW_PASSWORD}

    first = await browser().post("password-reset/confirm", body)
    second = await browser().post("password-reset/confirm", body)

    assert (first.status_code, second.status_code) == (204, 422)


@pytest.mark.usefixtures("environment")
def test_as_long_as_nobody_used_the_link_another_can_be_invited(run):
    run("first-admin", "--email", "tippfehler@example.org")
    run("first-admin", "--email", "chef@example.org")

    admins = [account.email for account in Account.select() if account.staff_roles]
    assert admins == ["chef@example.org"]
    assert [event.kind for event in SecurityEvent.select()] == ["first-admin-invited", "first-admin-invited"]


@pytest.mark.usefixtures("environment")
def test_a_second_first_admin_is_refused(person, capsys):
    person("chef@example.org", "admin")

    with pytest.raises(SystemExit) as refusal:
        operations.main(["first-admin", "--email", "other@example.org"])

    told = capsys.readouterr()
    assert refusal.value.code == 2
    assert (told.out, told.err) == ("", "There is an admin already, who makes all others.\n")
    assert Account.select().count() == 1


@pytest.mark.usefixtures("environment")
def test_who_signed_up_with_the_admins_address_before_does_not_become_admin(person, capsys):
    person("chef@example.org", verified=False)

    with pytest.raises(SystemExit):
        operations.main(["first-admin", "--email", "chef@example.org"])

    assert capsys.readouterr().err == "An account has this address and has not verified it.\n"
    assert Account.get().staff_roles == []


@pytest.mark.usefixtures("environment")
def test_a_locked_admin_does_not_keep_the_shop_from_having_one(person, run):
    locked = person("chef@example.org", "admin")
    locked.move_to("LOCKED")

    run("first-admin", "--email", "other@example.org")

    assert Account.get_by_id(locked.id).staff_roles == []


@pytest.mark.usefixtures("environment")
def test_an_address_that_is_none_is_told_by_its_option(capsys):
    with pytest.raises(SystemExit):
        operations.main(["first-admin", "--email", "nobody"])

    assert capsys.readouterr().err == "--email has to be written name@domain\n"


async def test_an_operator_helps_the_only_admin_who_lost_the_second_factor(run, person, browser):
    person("chef@example.org", "admin", app=True)

    told = run("reset-second-factor", "--email", "Chef@example.org")

    chef = browser()
    answer = await chef.log_in("chef@example.org")
    assert told == str(Account.get().id)
    assert answer.status_code == 200
    assert (await chef.get("me")).json["active_roles"] == ["customer"]


@pytest.mark.usefixtures("environment", "database")
@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody@example.org", "There is no such account.\n"),
        ("anna@example.org", "There is no second factor.\n"),
        ("anna", "--email"),
    ],
)
def test_where_nobody_can_be_helped_the_operator_is_told(person, capsys, email, said):
    person("anna@example.org")

    with pytest.raises(SystemExit) as refusal:
        operations.main(["reset-second-factor", "--email", email])

    assert refusal.value.code == 2
    assert capsys.readouterr().err.startswith(said)

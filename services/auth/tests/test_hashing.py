"""Passwords: hashed by a bounded number of threads, strengthened at sign-in, and hard to guess."""

import asyncio
import threading

import pytest

from prost.errors import Unavailable
from prost_auth.domain.passwords import WeakPassword
from prost_auth.hashing import QUEUE_PER_THREAD, Hasher
from prost_auth.settings import Settings
from prost_auth.strength import Strength, _bounded, suggestions


@pytest.fixture
async def hasher(settings):
    """Give a running hasher."""
    hasher = Hasher(settings)
    await hasher.start()
    yield hasher
    await hasher.stop()


@pytest.fixture
async def strength():
    """Give a running estimator."""
    strength = Strength()
    yield strength
    await strength.stop()


def test_the_parameters_are_those_of_rfc_9106_unless_somebody_changes_them():
    settings = Settings(service="auth", env="test")

    assert Hasher(settings).hash_now("secret").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_password_fits_its_own_hash_and_no_other(hasher):
    kept = await hasher.hash("korrekt pferd")

    assert (await hasher.verify(kept, "korrekt pferd")).right
    assert not (await hasher.verify(kept, "korrekt Pferd")).right


async def test_nobodys_password_is_wrong_after_the_same_work(hasher):
    kept = await hasher.hash("korrekt pferd")

    before = hasher.work
    wrong = await hasher.verify(kept, "falsch")
    for_somebody = hasher.work - before
    nobody = await hasher.verify(None, "korrekt pferd")

    assert not wrong.right
    assert not nobody.right
    assert hasher.work - before - for_somebody == for_somebody == 1


async def test_a_hash_with_other_parameters_is_replaced_once_the_password_is_known(settings, hasher):
    older = Hasher(settings.model_copy(update={"password_passes": 2})).hash_now("korrekt pferd")

    verdict = await hasher.verify(older, "korrekt pferd")
    wrong = await hasher.verify(older, "falsch")

    assert verdict.right
    assert verdict.rehash.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert wrong.rehash is None


@pytest.mark.parametrize("kept", ["", "$argon2id$", "plain", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_what_is_no_hash_of_argon2_fits_no_password(hasher, kept):
    assert not (await hasher.verify(kept, "plain")).right


async def test_more_than_can_wait_are_turned_away_and_the_others_served(settings):
    hasher = Hasher(settings.model_copy(update={"password_threads": 1}))
    hold = threading.Event()
    first = asyncio.create_task(hasher._run(hold.wait))
    await asyncio.sleep(0)
    rush = [asyncio.create_task(hasher.hash("x")) for _ in range(QUEUE_PER_THREAD + 5)]
    await asyncio.sleep(0)

    hold.set()
    answers = await asyncio.gather(*rush, return_exceptions=True)
    await first
    await hasher.stop()

    assert sum(isinstance(answer, Unavailable) for answer in answers) == 5
    assert sum(isinstance(answer, str) for answer in answers) == QUEUE_PER_THREAD


async def test_those_who_were_turned_away_leave_no_place_taken(settings):
    hasher = Hasher(settings.model_copy(update={"password_threads": 1}))
    rush = (hasher.hash("x") for _ in range(100))
    await asyncio.gather(*rush, return_exceptions=True)

    assert (await hasher.hash("x")).startswith("$argon2id$")
    await hasher.stop()


@pytest.mark.parametrize(
    "password",
    ["password", "passwort123", "qwertzuiop", "12345678", "p4ssw0rd!", "aaaaaaaaaaaa", "01.01.1990"],
)
async def test_what_everybody_tries_first_is_refused_by_its_field(strength, password):
    with pytest.raises(WeakPassword) as refusal:
        await strength.require(password, "body.password", ())

    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("body.password", "weak-password")
    ]


@pytest.mark.parametrize("password", ["annablume7", "blumeanna", "anna.blume", "Prostanna1"])
async def test_ones_own_name_and_address_make_no_password(strength, password):
    with pytest.raises(WeakPassword):
        await strength.require(password, "body.password", ("anna.blume@example.org", "Anna Blume"))


@pytest.mark.parametrize(
    "password",
    ["korrekt pferd batterie", "vK3!xq9ZpLw2", "🍺🍷🥃🍸🍹🍶🥂🍻🍾🫖", " " * 4 + "zwölf Boxkämpfer jagen"],
)
async def test_what_is_hard_to_guess_is_taken(strength, password):
    await strength.require(password, "body.password", ("anna.blume@example.org", "Anna Blume"))


@pytest.mark.parametrize(
    ("password", "looked_at"),
    [
        ("p4ssw0rd", "p4ssw0rd"),
        ("4@8({[<369", "4@8({[~~~~"),
        ("4@8({[<369" + "4@8({[", "4@8({[~~~~4@8({["),
        ("x" * 128, "x" * 64),
    ],
)
def test_no_more_is_looked_at_than_can_be_looked_at_in_time(password, looked_at):
    assert _bounded(password) == looked_at


async def test_a_password_of_nothing_but_stand_ins_is_taken(strength):
    await strength.require("4@8({[<369&#!1|0$5+7%2", "body.password", ())


def test_advice_is_given_as_codes_each_once():
    feedback = {
        "suggestions": [
            "Add another word or two. Uncommon words are better.",
            "Avoid recent years.",
            "Avoid years that are associated with you.",
            "Something new that zxcvbn says.",
        ]
    }

    assert suggestions(feedback) == ["add-words", "avoid-years"]

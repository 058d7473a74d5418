"""Limits: for a client, for an account, for both; shared by processes, and held without Redis, too."""

import pytest
import redis
import requests

from prost.errors import TooManyRequests
from prost.spec import Rate
from prost.testing import servers
from prost_auth.domain.callers import Caller
from prost_auth.models.audit import SecurityEvent
from prost_auth.settings import Settings
from prost_auth.throttle import LocalLimits, Throttle

THREE_A_MINUTE = Rate(requests=3, seconds=60)
SOMEBODY = Caller(ip="203.0.113.9", device="curl")


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self):
        """Return the time."""
        return self.now


@pytest.fixture
async def throttle(settings, redis_url, database):
    """Give the throttle of one process."""
    throttle = Throttle(settings.model_copy(update={"redis_url": _secret(redis_url)}))
    yield throttle
    await throttle.shared.stop()


def _secret(url):
    return Settings(service="auth", env="test", redis_url=url).redis_url


def throttled():
    """Return what was noted."""
    return [event.detail for event in SecurityEvent.select().where(SecurityEvent.kind == "throttled")]


def test_a_process_alone_counts_and_says_when_to_come_back():
    clock = Clock()
    limits = LocalLimits(clock=clock)

    waits = [limits.count("anna", THREE_A_MINUTE) for _ in range(4)]
    clock.now = 20.0
    after_a_third = [limits.count("anna", THREE_A_MINUTE) for _ in range(2)]

    assert waits == [0, 0, 0, 20]
    assert after_a_third == [0, 20]


def test_what_is_refused_is_not_counted():
    clock = Clock()
    limits = LocalLimits(clock=clock)
    for _ in range(100):
        limits.count("anna", THREE_A_MINUTE)
    clock.now = 60.0

    assert [limits.count("anna", THREE_A_MINUTE) for _ in range(4)] == [0, 0, 0, 20]


def test_keys_do_not_share_a_limit_and_the_oldest_make_room():
    limits = LocalLimits(keys=2, clock=Clock())
    for _ in range(3):
        limits.count("anna", THREE_A_MINUTE)

    assert limits.count("anna", THREE_A_MINUTE) == 20
    assert limits.count("bert", THREE_A_MINUTE) == 0
    assert limits.count("carl", THREE_A_MINUTE) == 0
    assert limits.count("anna", THREE_A_MINUTE) == 0


async def test_processes_share_their_limits(settings, redis_url, database):
    both = [Throttle(settings.model_copy(update={"redis_url": _secret(redis_url)})) for _ in range(2)]
    for throttle in (both[0], both[1], both[0]):
        await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))

    with pytest.raises(TooManyRequests) as refusal:
        await both[1].require("login", SOMEBODY, ("anna", THREE_A_MINUTE))

    assert 0 < refusal.value.retry_after <= 20
    for throttle in both:
        await throttle.shared.stop()


def test_a_service_that_was_killed_and_started_again_has_forgotten_no_guess(serve, person):
    person()
    guess = {"email": "anna@example.org", "password": "falsch geraten"}

    before = [requests.post(f"{issuer}/login", json=guess, timeout=20) for issuer in [serve()] * 10]
    serve.kill()
    after = requests.post(f"{serve()}/login", json=guess, timeout=20)

    assert [answer.status_code for answer in before] == [401] * 10
    assert after.status_code == 429


async def test_without_redis_each_process_still_holds_the_limit(settings, database):
    server = servers.valkey()
    throttle = Throttle(settings.model_copy(update={"redis_url": _secret(server.url)}))
    await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))
    server.kill()

    await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))
    await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))
    with pytest.raises(TooManyRequests):
        await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))
    await throttle.require("login", SOMEBODY, ("bert", THREE_A_MINUTE))

    await throttle.shared.stop()
    server.stop()


@pytest.fixture
def redis_gone(environment, monkeypatch):
    """Have the service started while its Redis is away."""
    monkeypatch.setenv("PROST_REDIS_URL", "redis://127.0.0.1:1/0")


async def test_without_redis_people_sign_in_and_guessers_are_stopped(redis_gone, person, browser):
    person()

    owner = await browser(**{"X-Forwarded-For": "192.0.2.7"}).log_in()
    guesser = browser(**{"X-Forwarded-For": "198.51.100.1"})
    answers = [await guesser.log_in(password="falsch geraten") for _ in range(11)]

    assert owner.status_code == 200
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_who_signs_in_has_their_guesses_back(person, browser):
    person()
    owner = browser(**{"X-Forwarded-For": "192.0.2.7"})

    before = [await owner.log_in(password="falsch geraten") for _ in range(9)]
    first = await owner.log_in()
    after = [await owner.log_in(password="falsch geraten") for _ in range(9)]
    second = await owner.log_in()

    assert [answer.status_code for answer in (*before, *after)] == [401] * 18
    assert (first.status_code, second.status_code) == (200, 200)


async def test_without_redis_they_have_them_back_as_well(redis_gone, person, browser):
    person()
    owner = browser(**{"X-Forwarded-For": "192.0.2.7"})

    answers = [await owner.log_in() for _ in range(12)]

    assert [answer.status_code for answer in answers] == [200] * 12


async def test_redis_is_not_told_who_signs_in(throttle, redis_url):
    await throttle.require("login", SOMEBODY, ("anna@example.org", THREE_A_MINUTE))

    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert [key.split(":")[:3] for key in client.scan_iter()] == [["auth", "rate", "login"]]
        assert [key for key in client.scan_iter() if "anna" in key] == []


async def test_a_limit_that_is_hit_is_noted_once_a_minute(throttle):
    for _ in range(3):
        await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            await throttle.require("login", SOMEBODY, ("anna", THREE_A_MINUTE))

    assert throttled() == [{"what": "login"}]


async def test_an_account_can_be_guessed_at_ten_times_by_one_client_and_others_get_in(browser, person):
    person()
    guesser, owner = (
        browser(**{"X-Forwarded-For": "198.51.100.1"}),
        browser(**{"X-Forwarded-For": "192.0.2.7"}),
    )

    answers = [await guesser.log_in(password=f"falsch {n} geraten") for n in range(11)]
    right = await guesser.log_in()
    elsewhere = await owner.log_in()

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (right.status_code, elsewhere.status_code) == (429, 200)


async def test_what_a_client_says_of_its_address_does_not_help_it(browser, person):
    person()
    liars = [browser(**{"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.1"}) for n in range(11)]

    answers = [await liar.log_in(password="falsch geraten") for liar in liars]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_many_clients_share_the_guesses_at_an_unknown_account_as_at_a_known_one(browser, person):
    person()

    async def guesses(email):
        clients = [browser(**{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(61)]
        return [(await client.log_in(email, "falsch geraten")).status_code for client in clients]

    assert await guesses("anna@example.org") == await guesses("nobody@example.org") == [401] * 60 + [429]


async def test_codes_of_a_second_factor_can_be_guessed_ten_times(browser, person, app_code):
    person("chef@example.org", "admin", app=True)
    clients = [browser(**{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(11)]

    answers = [
        await client.log_in("chef@example.org", totp=f"00000{n % 10}") for n, client in enumerate(clients)
    ]
    right = await browser().log_in("chef@example.org", totp=app_code())

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert right.status_code == 429


async def test_a_session_that_was_left_open_is_no_way_to_guess_the_password(browser, person):
    person()
    anna = browser()
    await anna.log_in()

    answers = [await anna.post("me/second-factor", {"password": f"falsch {n}"}) for n in range(11)]

    assert [answer.status_code for answer in answers] == [403] * 10 + [429]


async def test_nobody_can_have_an_address_flooded_with_mail(browser, mailbox):
    clients = [browser(**{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(7)]
    form = {"email": "victim@example.org", "password": "korrekt pferd batterie", "name": "Eve"}

    answers = [await client.post("signup", form) for client in clients]

    assert [answer.status_code for answer in answers] == [202] * 6 + [429]
    assert len(mailbox.all()) == 6

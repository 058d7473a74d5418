"""Rate limits, counted in a real Redis."""

import asyncio

import pytest

from prost.cache import Rate, RateLimiter
from prost.errors import TooManyRequests


@pytest.fixture
async def limiter(redis_url):
    limiter = RateLimiter(redis_url, service="shop")
    yield limiter
    await limiter.stop()


async def test_a_rate_allows_its_limit_at_once_and_then_says_when_to_come_back(limiter):
    rate = Rate.parse("3/min")

    verdicts = [await limiter.count("anna", rate) for _ in range(4)]

    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
    assert 0 < verdicts[3].retry_after <= 20
    assert (await limiter.count("bert", rate)).allowed


async def test_a_key_that_is_forgotten_begins_anew(limiter):
    rate = Rate.parse("1/min")
    await limiter.count("anna", rate)
    await limiter.count("bert", rate)

    await limiter.forget("anna")

    assert (await limiter.count("anna", rate)).allowed
    assert not (await limiter.count("bert", rate)).allowed


async def test_calls_become_free_again_one_by_one(limiter):
    rate = Rate(requests=10, seconds=1)
    for _ in range(10):
        await limiter.count("anna", rate)
    refused = await limiter.count("anna", rate)

    await asyncio.sleep(refused.retry_after + 0.01)

    assert (await limiter.count("anna", rate)).allowed


async def test_a_caller_over_the_rate_is_refused_with_whole_seconds(limiter):
    await limiter.require("anna", Rate.parse("1/min"))

    with pytest.raises(TooManyRequests) as caught:
        await limiter.require("anna", Rate.parse("1/min"))

    assert 0 < caught.value.retry_after <= 60


async def test_a_limiter_without_redis_allows_and_says_so(unused_port, caplog):
    limiter = RateLimiter(f"redis://127.0.0.1:{unused_port}/0", service="shop")

    verdict = await limiter.count("anna", Rate.parse("1/min"))

    assert verdict.allowed
    assert "rate limits are not enforced" in caplog.text
    await limiter.stop()


@pytest.mark.parametrize("text", ["", "60", "0/min", "60/fortnight", "-1/s", "1.5/s", "60/0.5s"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="60/min"):
        Rate.parse(text)


async def test_a_rate_above_the_clock_s_resolution_is_still_one(limiter):
    rate = Rate.parse("3000000/s")

    verdict = await limiter.count("anna", rate)

    assert verdict.allowed
    assert limiter._link.open

"""What is known for a while: fresh, bounded, and asked for once."""

import asyncio

import pytest

from prost.errors import Unavailable
from prost_cart.known import Known


class Source:
    """Answers keys with how often it was asked; none that is in `nothing`."""

    def __init__(self):
        self.asked, self.nothing = [], set()
        self.away = False
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, keys):
        self.asked.append(keys)
        turn = len(self.asked)
        await self.open.wait()
        if self.away:
            raise Unavailable("away")
        return {key: turn for key in keys if key not in self.nothing}


@pytest.fixture
def source():
    return Source()


def known(source, *, fresh_for=60.0, at_most=10, outlives=True):
    return Known(source, fresh_for=fresh_for, at_most=at_most, outlives=outlives)


async def test_what_is_fresh_is_not_asked_for_again(source):
    values = known(source)

    first = await values.get(["a", "b"])
    second = await values.get(["b", "a"])

    assert first == second == {"a": 1, "b": 1}
    assert source.asked == [["a", "b"]]


async def test_what_is_old_is_asked_for_again(source):
    values = known(source, fresh_for=0.0)

    first = await values.get(["a"])
    second = await values.get(["a"])

    assert (first, second) == ({"a": 1}, {"a": 2})


async def test_only_what_is_missing_is_asked_for_in_one_batch(source):
    values = known(source)
    await values.get(["a"])

    found = await values.get(["a", "b", "c", "b"])

    assert found == {"a": 1, "b": 2, "c": 2}
    assert source.asked == [["a"], ["b", "c"]]


async def test_many_who_ask_at_once_ask_once(source):
    values = known(source)
    source.open.clear()
    asking = [asyncio.ensure_future(values.get(["a", "b"])) for _ in range(20)]
    asking.append(asyncio.ensure_future(values.get(["b", "c"])))
    await asyncio.sleep(0)

    source.open.set()
    found = await asyncio.gather(*asking)

    assert found == [{"a": 1, "b": 1}] * 20 + [{"b": 1, "c": 2}]
    assert source.asked == [["a", "b"], ["c"]]


async def test_who_gives_up_does_not_take_the_answer_of_others_along(source):
    values = known(source)
    source.open.clear()
    first, second = (asyncio.ensure_future(values.get(["a"])) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    source.open.set()

    assert await second == {"a": 1}


async def test_what_stands_for_nothing_is_left_out_and_not_kept(source):
    values = known(source)
    source.nothing.add("a")

    found = await values.get(["a", "b"])
    source.nothing.clear()
    later = await values.get(["a", "b"])

    assert (found, later) == ({"b": 1}, {"a": 2, "b": 1})


async def test_what_is_gone_is_forgotten(source):
    values = known(source, fresh_for=0.0)
    await values.get(["a"])
    source.nothing.add("a")

    assert await values.get(["a"]) == {}


async def test_no_more_is_kept_than_said_and_the_latest_stays(source):
    values = known(source, at_most=2)
    for keys in (["a"], ["b"], ["a"], ["c"]):
        await values.get(keys)

    assert await values.get(["a"]) == {"a": 1}
    assert await values.get(["b"]) == {"b": 4}


async def test_an_old_value_outlives_a_source_that_is_away(source):
    values = known(source, fresh_for=0.0)
    await values.get(["a"])
    source.away = True

    found, failure = await values.ask(["a", "b"])

    assert found == {"a": 1}
    assert isinstance(failure, Unavailable)
    assert await values.get(["a"]) == {"a": 1}
    with pytest.raises(Unavailable):
        await values.get(["a", "b"])


async def test_a_source_that_is_away_rests_where_all_is_known(source):
    values = known(source, fresh_for=0.0)
    await values.get(["a"])
    source.away = True

    for _ in range(5):
        await values.get(["a"])

    assert len(source.asked) == 2


async def test_what_does_not_outlive_its_source_is_not_told(source):
    values = known(source, fresh_for=0.0, outlives=False)
    await values.get(["a"])
    source.away = True

    found, failure = await values.ask(["a"])
    resting, still = await values.ask(["a"])

    assert (found, resting) == ({}, {})
    assert isinstance(failure, Unavailable)
    assert still is failure
    assert len(source.asked) == 2

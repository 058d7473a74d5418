import asyncio
import logging
import time

import pytest
import redis

from prost.cache import ByteCache, invalidate
from prost.cache._local import OVERHEAD, LocalCache
from prost.errors import Unavailable
from prost.settings import Settings
from prost.testing import servers


class Source:
    """Something slow to load that counts how often it was asked."""

    def __init__(self, value=b"fresh"):
        self.value = value
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self):
        self.calls += 1
        value = self.value
        await self.gate.wait()
        return value


async def until(condition):
    await asyncio.to_thread(servers.wait_until, condition)


async def started(url, **options):
    cache = ByteCache(url, service="shop", **options)
    await cache.start()
    await until(lambda: cache._local.trusted_until > time.monotonic())
    return cache


@pytest.fixture
async def cache(redis_url):
    cache = await started(redis_url)
    yield cache
    await cache.stop()


@pytest.fixture
async def other(redis_url):
    """Stand in for another process of the same service."""
    cache = await started(redis_url)
    yield cache
    await cache.stop()


@pytest.fixture
def private_redis():
    server = servers.valkey()
    yield server
    server.stop()


async def test_a_value_is_loaded_once_and_then_comes_from_memory(cache):
    source = Source()

    first = await cache.get_or_load("products", "a", source, ttl=60)
    second = await cache.get_or_load("products", "a", source, ttl=60)

    assert (first, second, source.calls) == (b"fresh", b"fresh", 1)
    assert cache.peek("products", "a") == b"fresh"


async def test_another_process_finds_the_value_in_redis(cache, other):
    source = Source()
    await cache.get_or_load("products", "a", source, ttl=60)

    value = await other.get_or_load("products", "a", source, ttl=60)

    assert (value, source.calls) == (b"fresh", 1)
    assert other.peek("products", "a") == b"fresh"


async def test_a_hundred_who_ask_at_once_cause_one_load(cache, other):
    source = Source()
    source.gate.clear()
    asking = [
        asyncio.ensure_future(one.get_or_load("products", "a", source, ttl=60))
        for one in (cache, other)
        for _ in range(50)
    ]
    await until(lambda: source.calls == 1)
    source.gate.set()

    values = await asyncio.gather(*asking)

    assert set(values) == {b"fresh"}
    assert source.calls == 1


async def test_one_who_goes_away_does_not_take_the_others_answer_along(cache):
    source = Source()
    source.gate.clear()
    leaving = asyncio.ensure_future(cache.get_or_load("products", "a", source, ttl=60))
    staying = asyncio.ensure_future(cache.get_or_load("products", "a", source, ttl=60))
    await until(lambda: source.calls == 1)

    leaving.cancel()
    source.gate.set()

    assert await staying == b"fresh"
    assert source.calls == 1


async def test_an_error_reaches_all_who_asked_and_is_not_kept(cache):
    async def fail():
        raise LookupError("gone")

    asking = [cache.get_or_load("products", "a", fail, ttl=60) for _ in range(3)]
    outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["gone"] * 3
    assert await cache.get_or_load("products", "a", Source(), ttl=60) == b"fresh"


async def test_invalidation_reaches_every_process_and_only_its_namespace(cache, other):
    for one in (cache, other):
        await one.get_or_load("products", "a", Source(b"old"), ttl=60)
        await one.get_or_load("categories", "a", Source(b"old"), ttl=60)

    await cache.invalidate("products")

    assert cache.peek("products", "a") is None
    await until(lambda: other.peek("products", "a") is None)
    assert await other.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"
    assert await cache.get_or_load("products", "a", Source(b"newer"), ttl=60) == b"new"
    assert cache.peek("categories", "a") == other.peek("categories", "a") == b"old"


async def test_a_load_from_before_an_invalidation_is_never_kept_nor_joined(cache, other):
    stale = Source(b"old")
    stale.gate.clear()
    asked_before = asyncio.ensure_future(cache.get_or_load("products", "a", stale, ttl=60))
    await until(lambda: stale.calls == 1)

    before = cache._local.horizon("products")
    await other.invalidate("products")
    await until(lambda: cache._local.horizon("products") > before)
    asked_after = asyncio.ensure_future(cache.get_or_load("products", "a", Source(b"new"), ttl=60))
    fresh = await asked_after
    stale.gate.set()

    assert fresh == b"new"
    assert await asked_before == b"old"
    assert cache.peek("products", "a") == b"new"
    assert await other.get_or_load("products", "a", Source(b"unused"), ttl=60) == b"new"


async def test_a_script_without_an_event_loop_can_invalidate(cache, redis_url):
    await cache.get_or_load("products", "a", Source(b"old"), ttl=60)

    await asyncio.to_thread(invalidate, Settings(service="shop", env="test", redis_url=redis_url), "products")

    await until(lambda: cache.peek("products", "a") is None)
    assert await cache.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"


async def test_a_flushed_redis_never_brings_an_old_generation_back(cache, other, redis_url):
    await other.get_or_load("products", "a", Source(b"old"), ttl=60)
    with redis.Redis.from_url(redis_url) as client:
        value_key = next(key for key in client.scan_iter() if b":value:" in key)
        client.delete(value_key.split(b":value:")[0].rpartition(b":")[0])

    assert await cache.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"


async def test_a_value_expires_in_redis_and_in_memory(cache, redis_url):
    await cache.get_or_load("products", "a", Source(b"old"), ttl=0.1)

    await until(lambda: cache.peek("products", "a") is None)

    assert await cache.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"
    with redis.Redis.from_url(redis_url) as client:
        lifetimes = [client.pttl(key) for key in client.scan_iter() if b":value:" in key]
    assert all(54_000 - 1_000 <= lifetime <= 60_000 for lifetime in lifetimes)


async def test_a_lock_left_by_a_killed_process_does_not_block_for_ever(cache, monkeypatch):
    monkeypatch.setattr("prost.cache._remote.LOCK_WAIT", 0.1)
    await cache._remote.find(cache._remote.slot("products", "a"))

    async with asyncio.timeout(1):
        value = await cache.get_or_load("products", "a", Source(), ttl=60)

    assert value == b"fresh"


async def test_nothing_is_served_from_memory_once_redis_is_gone_and_all_is_still_right(private_redis, caplog):
    cache = await started(private_redis.url)
    await cache.get_or_load("products", "a", Source(b"old"), ttl=60)
    await asyncio.to_thread(private_redis.kill)
    await until(lambda: cache.peek("products", "a") is None)

    source = Source(b"new")
    values = await asyncio.gather(*(cache.get_or_load("products", "a", source, ttl=60) for _ in range(20)))

    assert set(values) == {b"new"}
    assert source.calls == 1
    with pytest.raises(Unavailable):
        await cache.check()
    assert [r.levelno for r in caplog.records if "redis is not answering" in r.message] == [logging.WARNING]
    await cache.stop()


def refuse_to_ask(_slot):
    raise AssertionError("Redis was asked again")


async def test_a_dead_redis_is_asked_once_and_then_left_alone(private_redis, monkeypatch):
    cache = await started(private_redis.url)
    await asyncio.to_thread(private_redis.kill)
    await cache.get_or_load("products", "first", Source(), ttl=60)
    monkeypatch.setattr(cache._remote, "_ask", refuse_to_ask)

    values = [await cache.get_or_load("products", str(number), Source(), ttl=60) for number in range(20)]

    assert set(values) == {b"fresh"}
    await cache.stop()


async def test_a_redis_that_hangs_is_given_up_on(unused_port, monkeypatch):
    silent = []
    server = await asyncio.start_server(lambda _r, w: silent.append(w), "127.0.0.1", unused_port)
    cache = ByteCache(f"redis://127.0.0.1:{unused_port}/0", service="shop")

    async with asyncio.timeout(5):
        first = await cache.get_or_load("products", "a", Source(), ttl=60)
    monkeypatch.setattr(cache._remote, "_ask", refuse_to_ask)
    second = await cache.get_or_load("products", "a", Source(b"newer"), ttl=60)

    assert (first, second) == (b"fresh", b"newer")
    await cache.stop()
    for writer in silent:
        writer.close()
    server.close()


async def test_an_invalidation_that_redis_missed_is_made_up_for_when_it_is_back(private_redis):
    cache = await started(private_redis.url)
    other = await started(private_redis.url)
    await cache.get_or_load("products", "a", Source(b"old"), ttl=60)
    # Redis goes away for one process only, and keeps what it holds.
    cache._link._shut(ConnectionError("cable pulled"))

    await cache.invalidate("products")
    assert await cache.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"
    await until(lambda: cache._link.open)

    assert await other.get_or_load("products", "a", Source(b"new"), ttl=60) == b"new"
    await cache.stop()
    await other.stop()


async def test_an_invalidation_while_redis_is_being_told_of_others_is_told_too(cache, other):
    await other.get_or_load("categories", "a", Source(b"old"), ttl=60)
    tell, begun, go_on = cache._remote.tell, asyncio.Event(), asyncio.Event()

    async def tell_slowly(namespaces):
        begun.set()
        await go_on.wait()
        await tell(namespaces)

    cache._link._shut(ConnectionError("cable pulled"))
    cache._remote.tell = tell_slowly
    await cache.invalidate("products")
    await begun.wait()

    await cache.invalidate("categories")
    go_on.set()

    await until(lambda: cache._link.open)
    await until(lambda: other.peek("categories", "a") is None)


async def test_one_who_goes_away_does_not_take_an_invalidation_along(cache, other):
    await other.get_or_load("products", "a", Source(b"old"), ttl=60)
    leaving = asyncio.ensure_future(cache.invalidate("products"))
    await asyncio.sleep(0)

    leaving.cancel()

    await until(lambda: other.peek("products", "a") is None)


async def test_news_that_nobody_can_read_do_not_end_the_listening(cache, redis_url):
    with redis.Redis.from_url(redis_url) as client:
        client.publish("shop:cache:news", b"\xff")

    await until(lambda: cache._local.trusted_until == 0.0)
    await until(lambda: cache._local.trusted_until > time.monotonic())


class LateNews:
    """A subscription whose heartbeats come back, each one later than the next is due."""

    def __init__(self):
        self.pings = 0
        self.answers = [{"type": "subscribe"}]

    async def ping(self):
        self.pings += 1

    async def get_message(self, timeout):  # noqa: ASYNC109 - redis names it so
        await asyncio.sleep(min(timeout, 0.01))
        return self.answers.pop(0) if self.answers else None


async def test_a_heartbeat_vouches_for_no_time_after_it_was_sent(cache, monkeypatch):
    monkeypatch.setattr("prost.cache._bytes.HEARTBEAT", 0.02)
    cache._listener.cancel()
    news = LateNews()
    following = asyncio.ensure_future(cache._follow(news))
    await until(lambda: news.pings > 0)
    sent_before = time.monotonic()
    await asyncio.sleep(0.2)
    news.answers.append({"type": "pong"})
    await until(lambda: not news.answers)
    await asyncio.sleep(0.02)

    assert cache._local.trusted_until <= sent_before + 3.0
    following.cancel()


async def test_memory_is_served_again_when_redis_is_back(private_redis):
    cache = await started(private_redis.url)
    await asyncio.to_thread(private_redis.kill)
    await cache.get_or_load("products", "a", Source(), ttl=60)
    again = await asyncio.to_thread(servers.valkey, private_redis.port)

    await until(lambda: cache._local.trusted_until > time.monotonic() and cache._link.open)
    await cache.get_or_load("products", "a", Source(b"new"), ttl=60)

    assert cache.peek("products", "a") == b"new"
    await cache.stop()
    again.stop()


async def test_news_that_stop_without_a_word_end_the_trust_in_memory(cache, monkeypatch):
    await cache.get_or_load("products", "a", Source(), ttl=60)
    cache._listener.cancel()
    monkeypatch.setattr(cache._local, "trusted_until", time.monotonic() + 0.05)

    await until(lambda: cache.peek("products", "a") is None)


def test_memory_stays_within_its_bytes_and_drops_what_was_not_used():
    local = LocalCache(max_bytes=10 * (OVERHEAD + 101))
    local.trusted_until = time.monotonic() + 60
    for number in range(10):
        local.put("n", str(number), b"x" * 100, ttl=60, born=0)
    local.get("n", "0")

    local.put("n", "a", b"x" * 100, ttl=60, born=0)

    assert local.bytes == 10 * (OVERHEAD + 101)
    assert local.get("n", "0") is not None
    assert local.get("n", "1") is None

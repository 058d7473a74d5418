"""What every store of carts does: the one in Redis, and the one in memory that tests use in its place."""

import asyncio

import pytest

from prost.errors import Unavailable
from prost.testing.servers import valkey
from prost_cart.domain import (
    CUSTOMER_SECONDS,
    GUEST_SECONDS,
    ORDER_SECONDS,
    CartIsFull,
    CartNotFound,
    Line,
    LineNotFound,
    Merged,
    TooMany,
)
from prost_cart.store import CartStore, Owner, new_token

A, B, C = (f"01990000-0000-7000-8000-00000000000{each}" for each in "abc")
ORDER = "01990000-0000-7000-8000-0000000000ee"


def variants(count):
    return [f"01990000-0000-7000-8000-{number:012d}" for number in range(count)]


async def test_a_cart_begins_empty_and_keeps_its_lines_in_their_order(store, guest):
    before = await store.read(guest)
    for variant_id in (B, A, C):
        await store.add(guest, Line(variant_id, 1, 100))
    added = await store.add(guest, Line(A, 2, 100))

    assert before == []
    assert added.lines == [Line(B, 1, 100), Line(A, 3, 100), Line(C, 1, 100)]
    assert await store.read(guest) == added.lines


async def test_carts_know_nothing_of_each_other(store, guest, anna):
    await store.add(guest, Line(A, 1, 100))

    assert await store.read(anna) == []
    assert await store.read(Owner.guest("1" * 64)) == []


async def test_the_price_first_seen_stays_until_it_is_accepted(store, guest):
    await store.add(guest, Line(A, 1, 100))
    again = await store.add(guest, Line(A, 1, 120))
    accepted = await store.accept(guest, [(A, 120), (B, 5)])

    assert again.lines == [Line(A, 2, 100)]
    assert accepted == [Line(A, 2, 120)]


async def test_more_than_fit_are_refused_and_change_nothing(store, guest):
    await store.add(guest, Line(A, 60, 100))

    with pytest.raises(TooMany) as refused:
        await store.add(guest, Line(A, 40, 100))

    assert [problem.field for problem in refused.value.errors] == ["body.quantity"]
    assert "60" in refused.value.errors[0].message
    assert await store.read(guest) == [Line(A, 60, 100)]


async def test_the_fifty_first_line_is_refused_while_the_others_can_grow(store, guest):
    *fifty, last = variants(51)
    for variant_id in fifty:
        await store.add(guest, Line(variant_id, 1, 100))

    with pytest.raises(CartIsFull) as refused:
        await store.add(guest, Line(last, 1, 100))
    grown = await store.add(guest, Line(fifty[0], 1, 100))

    assert [problem.field for problem in refused.value.errors] == ["body.variant_id"]
    assert (len(grown.lines), grown.lines[0].quantity) == (50, 2)


async def test_a_quantity_is_changed_where_there_is_a_line(store, guest):
    await store.add(guest, Line(A, 1, 100))

    changed = await store.change(guest, A, 7)
    with pytest.raises(LineNotFound):
        await store.change(guest, B, 7)

    assert changed == [Line(A, 7, 100)]
    assert await store.read(guest) == changed


async def test_what_is_removed_twice_is_gone(store, guest):
    await store.add(guest, Line(A, 1, 100))
    await store.add(guest, Line(B, 1, 100))

    once = await store.remove(guest, A)
    twice = await store.remove(guest, A)

    assert once == twice == [Line(B, 1, 100)]


async def test_a_cleared_cart_begins_anew_under_the_same_token(store, guest):
    await store.add(guest, Line(A, 1, 100))

    await store.clear(guest)
    cleared = await store.read(guest)
    added = await store.add(guest, Line(A, 1, 100), begin=False)

    assert cleared == []
    assert added.lines == [Line(A, 1, 100)]


async def test_a_token_that_nobody_gave_away_begins_no_cart(store, guest):
    with pytest.raises(CartNotFound):
        await store.add(guest, Line(A, 1, 100), begin=False)

    assert await store.read(guest) == []


@pytest.mark.parametrize(("whose", "seconds"), [("guest", GUEST_SECONDS), ("anna", CUSTOMER_SECONDS)])
async def test_a_cart_ends_when_nobody_uses_it(store, later, request, whose, seconds):
    owner = request.getfixturevalue(whose)
    await store.add(owner, Line(A, 1, 100))

    later(seconds - 60)
    used = await store.read(owner)
    later(seconds - 60)
    still = await store.read(owner)
    later(seconds + 1)

    assert used == still == [Line(A, 1, 100)]
    assert await store.read(owner) == []


@pytest.mark.parametrize(
    "use",
    [
        lambda store, owner: store.add(owner, Line(A, 1, 100)),
        lambda store, owner: store.change(owner, A, 2),
        lambda store, owner: store.remove(owner, B),
        lambda store, owner: store.clear(owner),
        lambda store, owner: store.accept(owner, [(A, 1)]),
        lambda store, owner: store.merge(Owner.guest("1" * 64), owner),
    ],
    ids=["add", "change", "remove", "clear", "accept", "merge"],
)
async def test_every_use_keeps_a_cart_anew(store, later, anna, use):
    await store.add(anna, Line(A, 1, 100))
    later(CUSTOMER_SECONDS - 60)

    await use(store, anna)
    later(120)
    added = await store.add(anna, Line(B, 1, 100), begin=False)

    assert added.lines[-1] == Line(B, 1, 100)


async def test_the_cookie_is_renewed_no_more_than_daily(store, guest):
    first = await store.add(guest, Line(A, 1, 100))
    second = await store.add(guest, Line(A, 1, 100))

    assert (first.renew, second.renew) == (True, False)


async def test_a_merge_sums_up_and_tells_what_met_the_limit(store, guest, anna):
    for variant_id, quantity in ((A, 60), (B, 2), (C, 3)):
        await store.add(guest, Line(variant_id, quantity, 100))
    for variant_id, quantity in ((A, 60), (C, 4)):
        await store.add(anna, Line(variant_id, quantity, 90))

    merged, lines = await store.merge(guest, anna)

    assert merged == Merged(3, (A,), ())
    assert lines == [Line(A, 99, 90), Line(C, 7, 90), Line(B, 2, 100)]
    assert await store.read(anna) == lines
    assert await store.read(guest) == []


async def test_a_second_merge_moves_nothing(store, guest, anna):
    await store.add(guest, Line(A, 2, 100))

    _, first = await store.merge(guest, anna)
    merged, second = await store.merge(guest, anna)

    assert merged == Merged(0, (), ())
    assert first == second == [Line(A, 2, 100)]


async def test_what_finds_no_room_stays_with_the_guest(store, guest, anna):
    for variant_id in variants(49):
        await store.add(anna, Line(variant_id, 1, 100))
    for variant_id in (A, B):
        await store.add(guest, Line(variant_id, 1, 100))

    merged, lines = await store.merge(guest, anna)

    assert merged == Merged(1, (), (B,))
    assert (len(lines), lines[-1]) == (50, Line(A, 1, 100))
    assert await store.read(guest) == [Line(B, 1, 100)]


async def test_an_order_takes_out_what_was_ordered_and_no_more(store, guest):
    for variant_id, quantity in ((A, 2), (B, 5), (C, 1)):
        await store.add(guest, Line(variant_id, quantity, 100))

    taken = await store.take_out(guest, [(A, 2), (B, 3), ("unknown", 1)], ORDER)

    assert taken
    assert await store.read(guest) == [Line(B, 2, 100), Line(C, 1, 100)]


async def test_an_order_takes_out_once_whatever_has_come_in_since(store, guest, later):
    await store.add(guest, Line(A, 2, 100))
    first = await store.take_out(guest, [(A, 2)], ORDER)
    await store.add(guest, Line(A, 2, 100))

    again = await store.take_out(guest, [(A, 2)], ORDER)
    later(ORDER_SECONDS - GUEST_SECONDS)
    much_later = await store.take_out(guest, [(A, 2)], ORDER)

    assert (first, again, much_later) == (True, False, False)


async def test_twenty_additions_at_once_are_twenty(store, guest):
    await asyncio.gather(*[store.add(guest, Line(A, 1, 100)) for _ in range(20)])

    assert await store.read(guest) == [Line(A, 20, 100)]


async def test_of_additions_at_once_as_many_succeed_as_fit(store, guest):
    await store.add(guest, Line(A, 90, 100))

    done = await asyncio.gather(
        *[store.add(guest, Line(A, 1, 100)) for _ in range(20)], return_exceptions=True
    )

    assert sum(isinstance(each, TooMany) for each in done) == 11
    assert await store.read(guest) == [Line(A, 99, 100)]


async def test_merges_and_orders_at_once_happen_once(store, guest, anna):
    await store.add(guest, Line(A, 10, 100))

    merges = await asyncio.gather(*[store.merge(guest, anna) for _ in range(10)])
    orders = await asyncio.gather(*[store.take_out(anna, [(A, 3)], ORDER) for _ in range(10)])

    assert sum(merged.lines for merged, _ in merges) == 1
    assert sum(orders) == 1
    assert await store.read(anna) == [Line(A, 7, 100)]


async def test_a_redis_that_dies_is_told_and_forgets_no_line_by_itself(guest):
    server = valkey()
    store = CartStore(server.url)
    try:
        await store.add(guest, Line(A, 1, 100))
        server.kill()
        with pytest.raises(Unavailable) as refused:
            await store.add(guest, Line(A, 1, 100))
    finally:
        await store.stop()
        server.stop()

    assert refused.value.headers == {"Retry-After": "1"}


async def test_a_redis_that_comes_back_is_used_again(guest):
    server = valkey()
    store = CartStore(server.url)
    try:
        await store.add(guest, Line(A, 1, 100))
        server.kill()
        with pytest.raises(Unavailable):
            await store.read(guest)
        server.stop()
        server = valkey(server.port)
        added = await _eventually(lambda: store.add(guest, Line(A, 1, 100)))
    finally:
        await store.stop()
        server.stop()

    assert added.lines == [Line(A, 1, 100)]


async def test_a_frozen_redis_delays_nobody_for_long_and_nothing_is_done_twice(guest, redis_url):
    store = CartStore(redis_url, patience=0.2)
    try:
        await store.add(guest, Line(A, 1, 100))
        await store._link.client.execute_command("CLIENT", "PAUSE", "600", "ALL")
        with pytest.raises(Unavailable):
            await store.add(guest, Line(A, 1, 100))
        lines = await _eventually(lambda: store.read(guest))
    finally:
        await store.stop()

    # What had been sent when time was up may have been done, and was not sent again.
    assert lines in ([Line(A, 1, 100)], [Line(A, 2, 100)])


async def test_tokens_are_long_and_never_the_same():
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(new_token()) == 22


async def _eventually(ask):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 10
    while True:
        try:
            return await ask()
        except Unavailable:
            assert loop.time() < deadline
            await asyncio.sleep(0.02)

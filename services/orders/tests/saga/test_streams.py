"""Server-sent events of an order."""

import asyncio

import orjson
import pytest

from prost_orders.resources import streams


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Look often: a test has no time."""
    monkeypatch.setattr(streams.Watch.__init__, "__defaults__", (0.01,))
    monkeypatch.setattr(streams.OrderEventsResource.__init__, "__defaults__", (10.0, 0.05))


def told(text):
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if not block.startswith(":")]
    events = [dict(line.split(": ", 1) for line in block) for block in blocks]
    return [{**event, "data": orjson.loads(event["data"])} for event in events if "data" in event]


async def test_an_order_is_followed_until_it_is_decided(street, buy, shop, as_anna, recover):
    waiting = (await buy(payment_method="pm_card_threeDSecureRequired")).json

    async def pay():
        async with shop.simulate_get_stream(f"/orders/{waiting['id']}/events", headers=as_anna) as answer:
            told = await answer.stream.read()
            street.settle(waiting["id"], "AUTHORIZED")
            await recover()
            while b"CONFIRMED" not in told:
                told += await answer.stream.read()
        return answer, told.decode()

    answer, text = await asyncio.wait_for(pay(), 20)

    events = told(text)
    assert answer.headers["content-type"] == "text/event-stream"
    assert events[0]["data"]["state"] == "AWAITING_PAYMENT"
    assert events[-1]["data"]["state"] == "CONFIRMED"
    assert {event["event"] for event in events} == {"order"}


async def test_a_decided_order_is_told_at_once_and_a_browser_that_heard_it_stays_away(buy, shop, as_anna):
    bought = (await buy()).json
    path = f"/orders/{bought['id']}/events"

    first = await shop.get(path, headers=as_anna)
    (event,) = told(first.text)
    again = await shop.get(path, headers={**as_anna, "Last-Event-ID": event["id"]})

    assert event["data"] == bought
    assert (again.status_code, again.text) == (204, "")


async def test_another_customers_order_cannot_be_followed(buy, shop, token):
    bought = (await buy()).json
    stranger = {
        "Authorization": f"Bearer {token('customer', subject='01990000-0000-7000-8000-00000000000b')}"
    }

    refused = await shop.get(f"/orders/{bought['id']}/events", headers=stranger)

    assert refused.status_code == 404


async def test_a_stream_ends_in_time_and_says_meanwhile_that_it_is_alive(buy, shop, as_anna, monkeypatch):
    waiting = (await buy(payment_method="pm_card_threeDSecureRequired")).json
    resource = shop.app._router.find(f"/orders/{waiting['id']}/events")[0]
    monkeypatch.setattr(resource, "_longest", 0.2)

    told_all = await shop.get(f"/orders/{waiting['id']}/events", headers=as_anna)

    assert ": still here" in told_all.text
    assert [event["data"]["state"] for event in told(told_all.text)] == ["AWAITING_PAYMENT"]


async def test_all_streams_share_one_look(buy, shop, as_anna, monkeypatch):
    waiting = (await buy(payment_method="pm_card_threeDSecureRequired")).json
    resource = shop.app._router.find(f"/orders/{waiting['id']}/events")[0]
    monkeypatch.setattr(resource, "_longest", 0.2)
    path = f"/orders/{waiting['id']}/events"
    asked = []
    monkeypatch.setattr(streams, "read_versions", lambda ids: asked.append(ids) or {})

    await asyncio.gather(*(shop.get(path, headers=as_anna) for _ in range(5)))

    assert asked
    assert all(len(ids) == 1 for ids in asked)
    assert resource._watch.streams == 0

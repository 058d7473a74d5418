"""Outboxes and inboxes, read from databases that the SDK itself has made and filled."""

from __future__ import annotations

from uuid import UUID, uuid4

import aiohttp
import pytest

from prost.db import utcnow
from prost.events import Event, Outbox, dead_letters
from prost_cli.devtools.config import Service


class StockMoved(Event):
    """Stock has moved."""

    type = "inventory.stock-moved.v1"
    product: UUID

    def aggregate_id(self):
        """Return the product."""
        return self.product


@pytest.fixture
async def page(serve, postgres_url):
    """Give a client of a dashboard that knows two services, one of them with a dead database."""
    services = (
        Service("catalog", postgres_url),
        Service("cart", "postgresql://nobody@127.0.0.1:1/none"),
        Service("x"),
    )
    async with (
        serve(services=services) as devtools,
        aiohttp.ClientSession(f"http://127.0.0.1:{devtools.http_port}") as session,
    ):
        yield session


def receive(database, state, event_type="cart.emptied.v1"):
    event_id = str(uuid4())
    database.execute_sql(
        "INSERT INTO inbox_events"
        " (consumer, event_id, type, state, attempts, error, body, received_at, settled_at)"
        " VALUES ('catalog', %s, %s, %s, 5, 'KeyError: <sku>', '{\"data\": 1}', %s, %s)",
        (event_id, event_type, state, utcnow(), utcnow()),
    )
    return event_id


async def test_announced_and_received_events_are_shown(page, database):
    with database.atomic():
        Outbox.add(StockMoved(product=uuid4()))
    receive(database, "DEAD")
    receive(database, "DONE")

    catalog, cart = (await (await page.get("/api/events")).json())["items"]
    text = await (await page.get("/events")).text()

    assert catalog["counts"] == {"waiting": 1, "dead": 1, "retrying": 0}
    assert [row["type"] for row in catalog["outbox"]] == ["inventory.stock-moved.v1"]
    assert [row["state"] for row in catalog["inbox"]] == ["DEAD", "DONE"]
    assert cart["problem"].startswith("its database does not answer")
    assert "KeyError: &lt;sku&gt;" in text
    assert "Redrive" in text


async def test_a_redriven_dead_letter_is_due_again_and_others_stay_dead(page, database):
    dead, other = receive(database, "DEAD"), receive(database, "DEAD")

    answer = await page.post("/api/events/catalog/redrive", json={"ids": [dead, "no id"]})

    assert await answer.json() == {"redriven": 1}
    assert [str(letter.event_id) for letter in dead_letters()] == [other]
    state = database.execute_sql(
        "SELECT state, attempts FROM inbox_events WHERE event_id = %s", (dead,)
    ).fetchone()
    assert state == ("FAILED", 0)


async def test_what_could_not_be_read_as_an_event_is_not_redriven(page, database):
    unreadable = receive(database, "DEAD", "unreadable")

    answer = await page.post("/api/events/catalog/redrive", json={"ids": [unreadable]})

    assert await answer.json() == {"redriven": 0}


@pytest.mark.parametrize("service", ["cart", "x", "nowhere"])
async def test_a_service_that_cannot_be_reached_is_told(page, service):
    answer = await page.post(f"/api/events/{service}/redrive", json={"ids": ["1"]})

    assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("[]", 422), ('{"ids": [1]}', 422), ('{"ids": "a"}', 422)]
)
async def test_a_wrong_redrive_is_refused(page, body, status):
    answer = await page.post(
        "/api/events/catalog/redrive", data=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status == status

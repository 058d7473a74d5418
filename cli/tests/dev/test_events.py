"""`prost events`, on a stack whose service has received what it could not handle."""

from __future__ import annotations

import json
from contextlib import closing
from uuid import uuid4

import psycopg2
import pytest

from prost.db import utcnow
from prost.events import Envelope
from prost_cli.dev.databases import database_url, rows

_DECLARED = """
[events]
consumes = ["bar.bottle-poured.v1"]

[run]
worker = true
"""
_WORKER = """
from pathlib import Path

from prost.events import Worker
from prost.settings import Settings
from prost.spec import ServiceSpec
from pydantic import BaseModel


class Poured(BaseModel):
    bottle: str


def on_poured(envelope, event: Poured) -> None:
    pass


def create_worker():
    return Worker(Settings(), ServiceSpec.load(Path()), {"bar.bottle-poured.v1": on_poured})
"""
_RECEIVE = """
INSERT INTO inbox_events (consumer, event_id, type, state, attempts, error, body, received_at, settled_at)
VALUES ('tiny', %s, %s, %s, 8, 'KeyError: bottle', %s, now(), now())
"""


@pytest.fixture(scope="module")
def consuming(clone):
    """Have the clone's service consume events."""
    service = clone.root / "services" / "tiny"
    (service / "src" / "prost_tiny" / "worker.py").write_text(_WORKER)
    declaration = service / "service.toml"
    declaration.write_text(declaration.read_text() + _DECLARED)
    clone.eventually(lambda: clone.units().get("tiny:worker", {}).get("state") == "ready", seconds=60)
    return clone


@pytest.fixture
def receive(consuming):
    """Return a function that puts an event into the inbox, which is emptied before."""
    url = database_url(consuming.stack, "tiny")

    def execute(statement, *values):
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)

    def put(event_type="bar.bottle-poured.v1", state="DEAD"):
        event_id = uuid4()
        envelope = Envelope(
            id=event_id,
            type=event_type,
            occurred_at=utcnow(),
            aggregate_id=uuid4(),
            sequence=1,
            correlation_id=uuid4(),
            data={"bottle": "A"},
        )
        execute(_RECEIVE, str(event_id), event_type, state, envelope.model_dump_json())
        return str(event_id)

    execute("DELETE FROM inbox_events")
    return put


def state_of(clone, event_id):
    query = "SELECT state FROM inbox_events WHERE event_id = %s"
    return rows(database_url(clone.stack, "tiny"), query, event_id)[0]["state"]


def dead_of(clone):
    found = json.loads(clone.prost("events", "dead", "tiny", "--json").stdout)["items"]
    return {letter["id"] for letter in found}


def test_dead_letters_are_listed_with_what_they_died_of(consuming, receive):
    event_id = receive()
    receive(state="DONE")

    shown = consuming.prost("events", "dead").stdout
    [letter] = json.loads(consuming.prost("events", "dead", "--json").stdout)["items"]

    assert event_id in shown
    assert "after 8 attempts: KeyError: bottle" in shown
    assert (letter["service"], letter["id"], letter["body"]["data"]) == ("tiny", event_id, {"bottle": "A"})


def test_nothing_is_listed_where_nothing_is_dead(consuming, receive):
    receive(state="DONE")

    assert consuming.prost("events", "dead").stdout == "There are no dead letters.\n"


def test_those_that_are_named_are_tried_again(consuming, receive):
    chosen, other = receive(), receive()

    said = consuming.prost("events", "redrive", "tiny", chosen).stdout

    assert said == "1 event is tried again.\n"
    assert dead_of(consuming) == {other}
    consuming.eventually(lambda: state_of(consuming, chosen) == "DONE")


def test_all_that_can_be_read_are_tried_again(consuming, receive):
    receive()
    receive()
    unreadable = receive("unreadable")

    said = consuming.prost("events", "redrive", "tiny", "--all", "--json").stdout

    assert json.loads(said) == {"redriven": 2}
    assert dead_of(consuming) == {unreadable}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tiny"], "Name their ids, or say --all."),
        (["tiny", "--all", "some-id"], "Name their ids, or say --all."),
        (["tiny", "no-id"], "1 of them are no dead letters of tiny that can be read."),
        (["nobody", "--all"], "'nobody' is no service that consumes events."),
    ],
)
def test_what_cannot_be_redriven_is_told(consuming, receive, arguments, said):
    event_id = receive()

    refused = consuming.prost("events", "redrive", *arguments, check=False)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert dead_of(consuming) == {event_id}


def test_a_stack_that_does_not_run_is_told(consuming):
    refused = consuming.prost("events", "dead", "--stack", "nowhere", check=False)

    assert refused.returncode == 1
    assert "'nowhere' is not running" in refused.stderr

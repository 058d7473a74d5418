"""What must hold on every broker, with real processes that are really killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import pytest
from kombu.connection import Connection

from prost.events import BrokerDown, Event, Outbox, Relay, dead_letters, redrive
from prost.events._broker import Publication, connect
from prost.events._inbox import Inbox
from prost.testing.servers import wait_until

PROGRAM = Path(__file__).parent / "programs" / "event_process.py"


@pytest.fixture(params=["valkey", "rabbitmq"])
def broker_url(request, redis_server):
    if request.param == "valkey":
        return request.getfixturevalue("redis_url")
    return request.getfixturevalue("rabbitmq_url")


@pytest.fixture
def queue(broker_url):
    """Name a queue of this test's own, and leave none behind."""
    name = f"test-{uuid4().hex[:12]}"
    yield name
    if broker_url.startswith("amqp"):
        with Connection(broker_url) as connection:
            for each in (name, f"{name}.dead"):
                connection.default_channel.queue_delete(each)


@pytest.fixture
def fact(queue):
    """Declare an event type that no other test hears of."""

    class Rung(Event):
        type: ClassVar[str] = f"{queue}.bell-rung.v1"
        bell_id: UUID

        def aggregate_id(self):
            return self.bell_id

    return Rung


@pytest.fixture
def broker(broker_url):
    broker = connect(broker_url)
    yield broker
    broker.close()


@pytest.fixture
def effects(database):
    """Count what handlers did."""
    database.execute_sql("CREATE TABLE effects (event_id uuid)")

    def count():
        return database.execute_sql("SELECT count(*) FROM effects").fetchone()[0]

    return count


@pytest.fixture
def announce(database, fact):
    def add():
        with database.atomic():
            return Outbox.add(fact(bell_id=uuid4()))

    return add


@contextmanager
def running(work, database):
    """Run `work(stop)` in a thread, and end it."""
    stop = threading.Event()

    def run():
        try:
            work(stop)
        finally:
            database.discard()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()


def consuming(url, queue, event_type, deliver, database):
    def work(stop):
        broker = connect(url)
        try:
            broker.consume(queue, [event_type], deliver, stop)
        finally:
            broker.close()

    return running(work, database)


def relaying(url, database):
    return running(lambda stop: Relay(connect(url)).run(stop), database)


@pytest.fixture
def process(tmp_path, postgres_url, broker_url, queue, fact):
    """Start workers of a service that announces and hears the fact."""
    events = f'publishes = ["{fact.type}"]\nconsumes = ["{fact.type}"]\n'
    declaration = tmp_path / "service.toml"
    started = []

    def start(mode, hears=True, announces=True):
        lines = events.splitlines()
        chosen = "\n".join(line for line, wanted in zip(lines, (announces, hears), strict=True) if wanted)
        declaration.write_text(
            f'[service]\nname = "{queue}"\nsummary = "Rings."\n[http]\nprefix = "/api/{queue}"\n'
            f"[needs]\npostgres = true\n[run]\nworker = true\n[events]\n{chosen}\n"
        )
        environment = {
            "PATH": os.environ["PATH"],
            "PROST_ENV": "test",
            "PROST_SERVICE": queue,
            "PROST_DATABASE_URL": postgres_url,
            "PROST_BROKER_URL": broker_url,
            "PROST_STATE_DIR": str(tmp_path / "state"),
        }
        log = tmp_path / f"{len(started)}.log"
        with log.open("w") as output:
            child = subprocess.Popen(
                [sys.executable, PROGRAM, mode, declaration], env=environment, stdout=output
            )
        child.says = lambda word: wait_until(lambda: word in log.read_text().split(), timeout=20)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()


def test_a_message_that_is_delivered_twice_takes_effect_once(
    broker_url, broker, queue, fact, announce, effects, database
):
    envelope = announce()
    inbox = Inbox(queue, {fact.type: _note(database)})
    handled = []

    def deliver(deliveries):
        inbox.receive(deliveries)
        handled.extend(deliveries)

    broker.declare(queue, [fact.type])
    for _ in range(2):
        broker.publish([Publication(str(envelope.id), fact.type, envelope.model_dump_json())])
    with consuming(broker_url, queue, fact.type, deliver, database):
        wait_until(lambda: len(handled) == 2)

    assert effects() == 1


def test_a_relay_that_is_killed_between_publishing_and_marking_loses_nothing(
    process, broker, queue, fact, announce, effects, broker_url, database
):
    broker.declare(queue, [fact.type])
    announce()
    relay = process("hang-after-publish", hears=False)
    relay.says("published")
    relay.kill()
    relay.wait()

    inbox = Inbox(queue, {fact.type: _note(database)})
    delivered = []
    with (
        relaying(broker_url, database),
        consuming(broker_url, queue, fact.type, lambda d: (inbox.receive(d), delivered.extend(d)), database),
    ):
        wait_until(lambda: len(delivered) == 2)

    assert effects() == 1
    assert _unpublished(database) == 0


def test_a_consumer_that_is_killed_inside_its_handler_loses_nothing(process, announce, effects, queue):
    worker = process("hang-in-handler")
    announce()
    worker.says("handling")
    worker.kill()
    worker.wait()

    process("normal")

    wait_until(lambda: effects() == 1, timeout=20)


def test_a_worker_that_is_told_to_stop_finishes_what_is_in_flight(process, announce, effects, tmp_path):
    alive = tmp_path / "state" / "worker-alive"
    worker = process("slow-handler")
    announce()
    worker.says("handling")
    wait_until(alive.exists)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert not alive.exists()
    worker.says("stopped")
    assert effects() == 1


def test_events_wait_for_a_broker_that_is_down_and_arrive_when_it_is_back(
    broker_url, broker, queue, fact, announce, effects, database, cable
):
    broker.declare(queue, [fact.type])
    parts = urlsplit(broker_url)
    line = cable(parts.hostname, parts.port)
    near = urlunsplit(parts._replace(netloc=parts.netloc.replace(str(parts.port), str(line.port))))
    inbox = Inbox(queue, {fact.type: _note(database)})
    with relaying(near, database), consuming(broker_url, queue, fact.type, inbox.receive, database):
        announce()
        wait_until(lambda: effects() == 1)
        line.pull()
        announce()
        announce()
        still = _unpublished(database)
        line.plug_in()

        wait_until(lambda: effects() == 3, timeout=20)

    assert still == 2


def test_a_broker_that_is_not_there_is_told_within_seconds(broker_url, fact, unused_port):
    parts = urlsplit(broker_url)
    broker = connect(urlunsplit(parts._replace(netloc=f"127.0.0.1:{unused_port}")))

    with pytest.raises(BrokerDown):
        broker.publish([Publication(str(uuid4()), fact.type, "{}")])

    broker.close()


def test_a_poisonous_message_becomes_a_dead_letter_and_the_next_one_is_handled(
    broker_url, broker, queue, fact, announce, effects, database, clock
):
    envelope = announce()
    poison = announce().model_copy(update={"data": {"bell_id": "none"}})

    def refuse(sent, _data: fact):
        database.execute_sql("INSERT INTO effects (event_id) VALUES (%s)", (sent.id,))

    inbox = Inbox(queue, {fact.type: refuse})
    broker.declare(queue, [fact.type])
    for body in ("rubbish", poison.model_dump_json(), envelope.model_dump_json()):
        broker.publish([Publication(str(uuid4()), fact.type, body)])
    with consuming(broker_url, queue, fact.type, inbox.receive, database):
        wait_until(lambda: effects() == 1)
    for _ in range(10):
        clock.advance(5000)
        inbox.retry_due()
    assert {letter.type for letter in dead_letters()} == {fact.type, "unreadable"}

    redriven = redrive()
    Inbox(queue, {fact.type: _note(database)}).retry_due()

    assert redriven == 1
    assert effects() == 2


def test_an_event_that_nobody_listens_to_is_kept(broker_url, broker, queue, fact, announce, database):
    envelope = announce()
    broker.publish([Publication(str(envelope.id), fact.type, envelope.model_dump_json())])

    if broker_url.startswith("amqp"):
        assert envelope.model_dump_json().encode() in _taken_from("prost.unrouted", broker_url)
        return
    heard = []
    with consuming(broker_url, queue, fact.type, heard.extend, database):
        wait_until(lambda: len(heard) == 1)
    assert heard[0].body == envelope.model_dump_json().encode()


def test_a_handler_that_cannot_answer_has_its_message_delivered_again(
    broker_url, broker, queue, fact, announce, database, monkeypatch
):
    monkeypatch.setattr("prost.events._broker.VISIBILITY_TIMEOUT", 0.2)
    envelope = announce()
    broker.declare(queue, [fact.type])
    broker.publish([Publication(str(envelope.id), fact.type, envelope.model_dump_json())])

    def refuse(deliveries):
        seen.extend(deliveries)
        raise ConnectionAbortedError("the database is away")

    seen = []
    for _ in range(2):
        with pytest.raises((BrokerDown, ConnectionAbortedError)):
            _consume_until_it_fails(broker_url, queue, fact.type, refuse)
    with consuming(broker_url, queue, fact.type, seen.extend, database):
        wait_until(lambda: len(seen) == 3)

    assert [delivery.attempts for delivery in seen] == [1, 2, 3]


def test_a_stream_keeps_what_one_service_has_yet_to_read(redis_url, database, monkeypatch):
    monkeypatch.setattr("prost.events._streams.KEEP_SECONDS", -1)
    broker = connect(redis_url)
    for queue in ("quick", "slow"):
        broker.declare(queue, [])
    broker.publish([Publication(str(number), "bell.rung.v1", "{}") for number in range(500)])

    def length():
        return broker._client.xlen("prost.events")

    def read_by(queue):
        heard = []
        with consuming(redis_url, queue, "bell.rung.v1", heard.extend, database):
            wait_until(lambda: len(heard) == 500)
        return length()

    monkeypatch.setattr("prost.events._streams.TIDY_INTERVAL", 0.0)
    after_one = read_by("quick")
    read_by("slow")

    assert after_one == 500
    with consuming(redis_url, "slow", "bell.rung.v1", print, database):
        wait_until(lambda: length() < 200)
    broker.close()


def test_what_a_server_had_that_is_emptied_is_published_again(redis_url, fact, announce, effects, database):
    inbox = Inbox("bells", {fact.type: _note(database)})
    broker = connect(redis_url)
    with relaying(redis_url, database):
        announce()
        wait_until(lambda: _unpublished(database) == 0)
        broker._client.flushdb()
        announce()

        with consuming(redis_url, "bells", fact.type, inbox.receive, database):
            wait_until(lambda: effects() == 2, timeout=20)
    broker.close()


def test_a_server_is_not_taken_for_an_emptied_one_by_a_relay_that_begins(
    redis_url, fact, announce, effects, database
):
    broker = connect(redis_url)
    heard = []
    for _ in range(3):
        with relaying(redis_url, database):
            announce()
            wait_until(lambda: _unpublished(database) == 0)
    with consuming(redis_url, "bells", fact.type, heard.extend, database):
        wait_until(lambda: len(heard) >= 3)
        time.sleep(0.2)
    broker.close()

    assert len(heard) == 3


def test_who_waits_behind_one_that_ends_its_consumer_is_not_counted_with_it(redis_url, fact, monkeypatch):
    monkeypatch.setattr("prost.events._broker.VISIBILITY_TIMEOUT", 0.2)
    broker = connect(redis_url)
    broker.declare("bells", [fact.type])
    broker.publish([Publication(body, fact.type, body) for body in ("killer", "innocent")])
    seen = []

    def end(deliveries):
        seen.extend((delivery.body, delivery.attempts) for delivery in deliveries)
        raise ConnectionAbortedError("killed")

    for _ in range(4):
        with pytest.raises(BrokerDown, match="killed"):
            _consume_until_it_fails(redis_url, "bells", fact.type, end)
        time.sleep(0.25)
    broker.close()

    assert seen == [(b"killer", 1), (b"innocent", 1), (b"killer", 2), (b"killer", 3), (b"killer", 4)]


def _consume_until_it_fails(url, queue, event_type, deliver):
    broker = connect(url)
    try:
        broker.consume(queue, [event_type], deliver, threading.Event())
    finally:
        broker.close()


def _note(database):
    def note(envelope, _data):
        database.execute_sql("INSERT INTO effects (event_id) VALUES (%s)", (envelope.id,))

    return note


def _unpublished(database):
    query = "SELECT count(*) FROM outbox_events WHERE published_at IS NULL"
    return database.execute_sql(query).fetchone()[0]


def _taken_from(queue, url):
    """Take all messages off a queue of RabbitMQ."""
    bodies = []
    with Connection(url) as connection:
        while (message := connection.default_channel.basic_get(queue)) is not None:
            bodies.append(message.body)
            message.channel.basic_ack(message.delivery_tag)
    return bodies

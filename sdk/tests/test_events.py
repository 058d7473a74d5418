import json
import threading
import time
from typing import ClassVar
from uuid import RFC_4122, UUID, uuid4

import peewee
import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from prost.db import Model, in_db, uuid7
from prost.db._connection import configure_url
from prost.events import (
    BrokerDown,
    Envelope,
    Event,
    Outbox,
    Relay,
    Schedule,
    dead_letters,
    ordered,
    redrive,
)
from prost.events._broker import Delivery
from prost.events._inbox import MAX_ATTEMPTS, MAX_DELIVERIES, PATIENCE, Inbox
from prost.events._outbox import handling
from prost.events._relay import BATCH
from prost.events._schedules import PURGE, run_due
from prost.testing import HandlerFailed


class Tapped(Event):
    type: ClassVar[str] = "bar.keg-tapped.v1"
    keg_id: UUID
    litres: int = 50

    def aggregate_id(self):
        return self.keg_id


class Emptied(Tapped):
    type: ClassVar[str] = "bar.keg-emptied.v1"


class Glass(Model):
    keg_id = peewee.UUIDField()
    litres = peewee.IntegerField()

    class Meta:
        table_name = "glasses"


@pytest.fixture
def glasses(database):
    database.create_tables([Glass])
    return Glass


@pytest.fixture
def announce(database):
    def add(*events):
        with database.atomic():
            return [Outbox.add(event) for event in events]

    return add


class Recorder:
    """A broker that remembers what it took, until it is down."""

    def __init__(self):
        self.published = []
        self.down = False

    def publish(self, batch):
        if self.down:
            raise BrokerDown("cable pulled")
        self.published += batch

    def memory(self):
        return None

    def close(self):
        pass


def pour(envelope, data: Tapped):
    Glass.create(keg_id=data.keg_id, litres=data.litres)


def spill(_envelope, data: Tapped):
    Glass.create(keg_id=data.keg_id, litres=0)
    raise RuntimeError("spilt")


def delivery(envelope, attempts=1):
    return Delivery(envelope.model_dump_json().encode(), attempts)


def state_of(database, envelope):
    query = "SELECT state, attempts, error FROM inbox_events WHERE event_id = %s"
    return database.execute_sql(query, (envelope.id,)).fetchone()


def test_an_event_is_published_only_if_its_transaction_commits(database, bus):
    def fail():
        with database.atomic():
            Outbox.add(Tapped(keg_id=uuid4()))
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert bus.published() == []


def test_an_event_without_a_transaction_is_refused(database):
    with pytest.raises(RuntimeError, match="belongs inside"):
        Outbox.add(Tapped(keg_id=uuid4()))


def test_events_of_an_aggregate_are_numbered_and_know_what_was_before(announce):
    keg, other = uuid4(), uuid4()

    first, second, third = announce(Tapped(keg_id=keg), Emptied(keg_id=keg), Tapped(keg_id=keg))
    (elsewhere,) = announce(Tapped(keg_id=other))

    assert [e.sequence for e in (first, second, third, elsewhere)] == [1, 2, 3, 1]
    assert (first.before, second.before) == ({}, {"bar.keg-tapped.v1": 1})
    assert third.before == {"bar.keg-tapped.v1": 1, "bar.keg-emptied.v1": 2}
    assert first.correlation_id == first.id


def test_an_event_carries_the_trace_of_its_cause(announce):
    context = SpanContext(0xA1, 0xB2, is_remote=False, trace_flags=TraceFlags(1))
    with trace.use_span(NonRecordingSpan(context)):
        (envelope,) = announce(Tapped(keg_id=uuid4()))

    assert envelope.traceparent == f"00-{0xA1:032x}-{0xB2:016x}-01"


def test_what_a_handler_announces_names_its_cause(bus, glasses):
    def empty(_envelope, data: Tapped):
        Outbox.add(Emptied(keg_id=data.keg_id))

    cause = bus.deliver({"bar.keg-tapped.v1": empty}, Tapped(keg_id=uuid4()))

    (effect,) = bus.published("bar.keg-emptied.v1")
    assert (effect.causation_id, effect.correlation_id) == (cause.id, cause.correlation_id)


def test_a_function_in_the_database_announces_as_a_use_case_does(database, bus, clock):
    keg = uuid4()
    handled = Envelope(
        id=uuid4(), type="bar.opened.v1", occurred_at=clock(), aggregate_id=uuid4(), sequence=1,
        correlation_id=uuid4(), data={},
    )  # fmt: skip
    arguments = (Tapped.type, keg, json.dumps({"keg_id": str(keg)}))

    database.execute_sql("SELECT outbox_add(uuid7(), %s, %s, %s, %s)", (*arguments, Outbox.cause()))
    token = handling.set(handled)
    database.execute_sql("SELECT outbox_add(uuid7(), %s, %s, %s, %s)", (*arguments, Outbox.cause()))
    handling.reset(token)

    first, second = bus.published("bar.keg-tapped.v1")
    assert (first.occurred_at, first.aggregate_id, first.data) == (clock(), keg, {"keg_id": str(keg)})
    assert (first.sequence, first.correlation_id, first.causation_id) == (1, first.id, None)
    assert (second.sequence, second.before) == (2, {"bar.keg-tapped.v1": 1})
    assert (second.correlation_id, second.causation_id) == (handled.correlation_id, handled.id)
    assert second.id.version == 7


def test_what_is_published_is_what_was_announced(announce, bus):
    assert announce(Tapped(keg_id=uuid4()), Emptied(keg_id=uuid4())) == bus.published()


def test_ids_made_by_the_database_sort_by_their_time(database):
    earlier = uuid7()
    time.sleep(0.002)
    ((made,),) = database.execute_sql("SELECT uuid7()").fetchall()
    time.sleep(0.002)

    assert earlier < made < uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_the_relay_publishes_in_order_and_marks_what_the_broker_has(announce):
    keg = uuid4()
    sent = announce(*(Tapped(keg_id=keg, litres=n) for n in range(5)))
    broker = Recorder()
    relay = Relay(broker)
    broker.down = True

    with pytest.raises(BrokerDown):
        relay.publish_batch()
    pending = Outbox.pending()
    broker.down = False

    assert pending == sent
    assert relay.publish_batch() == 5
    assert [p.id for p in broker.published] == [str(e.id) for e in sent]
    assert Outbox.pending() == []


def test_two_relays_at_once_never_overtake_each_other_within_an_aggregate(announce, database):
    kegs = [uuid4() for _ in range(3)]
    announce(*(Tapped(keg_id=keg) for _ in range(BATCH) for keg in kegs))
    broker = Recorder()

    def work():
        relay = Relay(broker)
        idle = 0
        while idle < 20:
            idle = 0 if relay.publish_batch() else idle + 1
        database.discard()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    bodies = [json.loads(p.body) for p in broker.published]
    for keg in kegs:
        assert [b["sequence"] for b in bodies if b["aggregate_id"] == str(keg)] == list(range(1, BATCH + 1))


def test_the_relay_wakes_at_once_for_what_is_committed(announce, database, monkeypatch):
    monkeypatch.setattr("prost.events._relay.POLL", 30.0)
    broker, stop = Recorder(), threading.Event()
    arrived = threading.Event()
    record = broker.publish
    broker.publish = lambda batch: (record(batch), arrived.set())

    def work():
        Relay(broker).run(stop)
        database.discard()

    thread = threading.Thread(target=work)
    thread.start()
    announce(Tapped(keg_id=uuid4()))

    assert arrived.wait(5)
    stop.set()
    announce(Tapped(keg_id=uuid4()))
    thread.join(5)
    assert not thread.is_alive()


def test_a_relay_whose_database_is_away_says_so_as_every_part_does(database, unused_port):
    configure_url(f"postgresql://postgres@127.0.0.1:{unused_port}/bar", threads=1)

    with pytest.raises(peewee.OperationalError):
        Relay(Recorder()).run(threading.Event())


def test_an_event_delivered_twice_takes_effect_once(bus, glasses):
    bus.deliver({"bar.keg-tapped.v1": pour}, Tapped(keg_id=uuid4()))

    assert glasses.select().count() == 1


def test_a_bus_tells_of_a_handler_that_fails(bus, glasses):
    with pytest.raises(HandlerFailed, match="RuntimeError: spilt"):
        bus.deliver({"bar.keg-tapped.v1": spill}, Tapped(keg_id=uuid4()))


def test_a_handler_ignores_fields_that_it_does_not_know(database, announce, glasses):
    (envelope,) = announce(Tapped(keg_id=uuid4()))
    newer = envelope.model_copy(update={"data": {**envelope.data, "brand": "Helles"}})

    Inbox("shop", {Tapped.type: pour}).receive([delivery(newer)])

    assert state_of(database, envelope) == ("DONE", 1, None)


def test_a_failing_event_leaves_no_effect_and_is_tried_again_later(database, announce, glasses, clock):
    (envelope,) = announce(Tapped(keg_id=uuid4()))
    Inbox("shop", {Tapped.type: spill}).receive([delivery(envelope)])
    mended = Inbox("shop", {Tapped.type: pour})

    too_early = mended.retry_due()
    failed = state_of(database, envelope)
    clock.advance(2)
    tried = mended.retry_due()

    assert (too_early, tried) == (False, True)
    assert failed == ("FAILED", 1, "RuntimeError: spilt")
    assert state_of(database, envelope) == ("DONE", 2, None)
    assert [glass.litres for glass in glasses] == [50]


def test_an_event_that_keeps_failing_dies_and_can_be_redriven(database, announce, glasses, clock):
    (envelope,) = announce(Tapped(keg_id=uuid4()))
    broken = Inbox("shop", {Tapped.type: spill})
    broken.receive([delivery(envelope)])
    for _ in range(MAX_ATTEMPTS - 1):
        clock.advance(5000)
        assert broken.retry_due()
    clock.advance(5000)
    assert not broken.retry_due()

    (letter,) = dead_letters()
    redriven = redrive([letter.event_id])
    mended = Inbox("shop", {Tapped.type: pour})
    tried = [mended.retry_due() for _ in range(3)]

    assert (letter.event_id, letter.attempts, letter.error) == (envelope.id, 8, "RuntimeError: spilt")
    assert (redriven, tried) == (1, [True, False, False])
    assert state_of(database, envelope) == ("DONE", 1, None)
    assert glasses.select().count() == 1


def test_data_that_break_their_contract_are_kept_without_repeating_them(database, announce, glasses):
    (envelope,) = announce(Tapped(keg_id=uuid4()))
    broken = envelope.model_copy(update={"data": {"keg_id": "Mr. Private"}})

    Inbox("shop", {Tapped.type: pour}).receive([delivery(broken)])

    state, _, error = state_of(database, envelope)
    assert state == "FAILED"
    assert "keg_id" in error
    assert "Private" not in error


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[]", b'{"id": 1}'])
def test_a_message_that_is_no_event_is_a_dead_letter_at_once(database, body):
    Inbox("shop", {}).receive([Delivery(body)])

    (letter,) = dead_letters()
    assert letter.type == "unreadable"
    assert redrive() == 0


def test_an_event_that_ends_its_consumer_each_time_is_set_aside(database, announce, glasses):
    (envelope,) = announce(Tapped(keg_id=uuid4()))

    Inbox("shop", {Tapped.type: pour}).receive([delivery(envelope, MAX_DELIVERIES + 1)])

    assert state_of(database, envelope) == ("DEAD", 0, "10 deliveries ended without an answer")
    assert glasses.select().count() == 0


@pytest.fixture
def keeping_order(glasses):
    return Inbox("shop", {Tapped.type: ordered(lambda _e, d: Glass.create(**d))})


def in_order(*numbers):
    keg = uuid4()
    return [Tapped(keg_id=keg, litres=number) for number in numbers]


def drain(inbox):
    while inbox.retry_due():
        pass


def poured(glasses):
    return [glass.litres for glass in glasses.select().order_by(glasses.id)]


def test_early_events_are_parked_until_the_ones_before_them_came(keeping_order, database, announce, glasses):
    first, second, third = announce(*in_order(1, 2, 3))
    for envelope in (third, second, first):
        keeping_order.receive([delivery(envelope)])

    drain(keeping_order)

    assert poured(glasses) == [1, 2, 3]
    assert [state_of(database, envelope) for envelope in (first, second, third)] == [("DONE", 1, None)] * 3


def test_stale_events_are_dropped(keeping_order, database, announce, glasses, clock):
    late, envelope = announce(*in_order(1, 2))
    keeping_order.receive([delivery(envelope)])
    clock.advance(PATIENCE + 1)
    drain(keeping_order)

    keeping_order.receive([delivery(late)])

    assert poured(glasses) == [2]
    assert state_of(database, late) == ("DONE", 0, "dropped: a later event was handled")


def test_types_that_a_consumer_does_not_read_leave_no_gap(keeping_order, announce, glasses):
    keg = uuid4()
    first, _, third = announce(
        Tapped(keg_id=keg, litres=1), Emptied(keg_id=keg), Tapped(keg_id=keg, litres=3)
    )

    keeping_order.receive([delivery(first)])
    keeping_order.receive([delivery(third)])

    assert poured(glasses) == [1, 3]


def test_a_dead_event_holds_its_successors_back_until_it_is_redriven(announce, glasses, clock):
    def refuse_the_first(_envelope, data):
        if data["litres"] == 1:
            raise RuntimeError("not this one")
        Glass.create(**data)

    first, second = announce(*in_order(1, 2))
    broken = Inbox("shop", {Tapped.type: ordered(refuse_the_first)})
    broken.receive([delivery(first)])
    broken.receive([delivery(second)])
    for _ in range(20):
        clock.advance(5000)
        drain(broken)
    held_back = poured(glasses)

    redrive()
    mended = Inbox("shop", {Tapped.type: ordered(lambda _e, d: Glass.create(**d))})
    drain(mended)
    clock.advance(PATIENCE)
    drain(mended)

    assert held_back == []
    assert poured(glasses) == [1, 2]


def test_what_waits_for_a_dead_event_is_not_tried_again_every_second(
    keeping_order, database, announce, glasses, clock
):
    first, second = announce(*in_order(1, 2))
    keeping_order.receive([delivery(first, attempts=MAX_DELIVERIES + 1)])
    keeping_order.receive([delivery(second)])
    clock.advance(PATIENCE)
    drain(keeping_order)

    clock.advance(PATIENCE - 1)

    assert not keeping_order.retry_due()
    assert state_of(database, second)[0] == "PARKED"


def test_an_event_that_comes_while_the_one_before_it_is_handled_follows_at_once(database, announce, glasses):
    first, second = announce(*in_order(1, 2))
    handling, finish = threading.Event(), threading.Event()

    def pour_slowly(_envelope, data):
        handling.set()
        finish.wait(5)
        Glass.create(**data)

    def receive(handler, envelope):
        Inbox("shop", {Tapped.type: ordered(handler)}).receive([delivery(envelope)])
        database.discard()

    one = threading.Thread(target=receive, args=(pour_slowly, first))
    other = threading.Thread(target=receive, args=(lambda _e, d: Glass.create(**d), second))
    one.start()
    handling.wait(5)
    other.start()
    other.join(0.3)
    finish.set()
    one.join(5)
    other.join(5)

    assert poured(glasses) == [1, 2]


def test_two_consumers_that_receive_the_same_event_at_once_handle_it_once(database, announce, glasses):
    (envelope,) = announce(Tapped(keg_id=uuid4()))
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        Inbox("shop", {Tapped.type: pour}).receive([delivery(envelope)])
        database.discard()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert glasses.select().count() == 1


def transactions(database, glasses):
    return {row for (row,) in database.execute_sql("SELECT xmin::text FROM glasses").fetchall()}


def test_what_comes_at_once_takes_effect_at_once_and_in_its_order(database, announce, glasses):
    kegs = [Tapped(keg_id=uuid4(), litres=litres) for litres in (10, 20, 30)]
    first, second, third = announce(*kegs)
    inbox = Inbox("shop", {Tapped.type: pour})
    inbox.receive([delivery(second)])

    inbox.receive([delivery(each) for each in (first, second, first, third)])

    assert poured(glasses) == [20, 10, 30]
    assert len(transactions(database, glasses)) == 2


def test_one_that_fails_among_others_is_kept_alone(database, announce, glasses, clock):
    broken = uuid4()

    def pour_but_one(envelope, data: Tapped):
        pour(envelope, data)
        if data.keg_id == broken:
            raise RuntimeError("spilt")

    events = [Tapped(keg_id=uuid4()), Tapped(keg_id=broken, litres=1), Tapped(keg_id=uuid4(), litres=30)]
    first, second, third = announce(*events)

    Inbox("shop", {Tapped.type: pour_but_one}).receive([delivery(each) for each in (first, second, third)])

    assert poured(glasses) == [50, 30]
    assert state_of(database, first) == state_of(database, third) == ("DONE", 1, None)
    assert state_of(database, second) == ("FAILED", 1, "RuntimeError: spilt")


def test_what_is_no_event_does_not_hold_up_what_came_with_it(announce, glasses):
    (envelope,) = announce(Tapped(keg_id=uuid4()))

    Inbox("shop", {Tapped.type: pour}).receive([Delivery(b"rubbish"), delivery(envelope)])

    assert poured(glasses) == [50]
    assert [letter.type for letter in dead_letters()] == ["unreadable"]


def test_a_handler_has_to_be_a_plain_function_of_two():
    async def remote(_envelope, _data):
        pass

    with pytest.raises(TypeError, match="plain function"):
        Inbox("shop", {Tapped.type: remote})
    with pytest.raises(TypeError, match="plain function"):
        Inbox("shop", {Tapped.type: lambda _envelope: None})


def test_a_schedule_runs_at_its_time_and_once_for_all_workers(database, clock):
    ran = []
    schedule = Schedule("bar.clean", 60, lambda: ran.append(1))

    outcomes = [run_due(schedule), run_due(schedule)]
    clock.advance(60)
    outcomes.append(run_due(schedule))

    assert outcomes == [True, False, True]
    assert len(ran) == 2


async def test_a_schedule_that_another_worker_is_running_is_left_to_it(database):
    release, running = threading.Event(), threading.Event()

    def clean():
        running.set()
        release.wait(10)

    slow = Schedule("bar.clean", 0, clean)
    thread = threading.Thread(target=lambda: (run_due(slow), database.discard()))
    thread.start()
    assert running.wait(5)

    assert await in_db(run_due, slow) is False

    release.set()
    thread.join()


def test_a_schedule_may_be_a_coroutine_and_may_fail(database, caplog):
    async def fail():
        raise RuntimeError("no network")

    assert run_due(Schedule("bar.report", 60, fail))
    assert "schedule bar.report failed" in caplog.text


def test_a_purge_takes_a_backlog_of_any_size(database, monkeypatch):
    monkeypatch.setattr("prost.events._schedules.PURGED_AT_ONCE", 2)
    database.execute_sql(
        "INSERT INTO inbox_events (consumer, event_id, type, state, received_at, settled_at) "
        "SELECT 'shop', gen_random_uuid(), 'x', 'DONE', now(), now() - interval '31 days' "
        "FROM generate_series(1, 5)"
    )

    PURGE.run()

    assert database.execute_sql("SELECT count(*) FROM inbox_events").fetchone() == (0,)


def test_what_was_published_and_handled_long_ago_is_purged(database, announce, bus, glasses, clock):
    announce(Tapped(keg_id=uuid4()))
    Relay(Recorder()).publish_batch()
    announce(Tapped(keg_id=uuid4()))
    bus.deliver({Tapped.type: pour}, Tapped(keg_id=uuid4()))
    clock.advance(31 * 24 * 3600)

    run_due(PURGE)

    assert len(bus.published()) == 1
    assert database.execute_sql("SELECT count(*) FROM inbox_events").fetchone() == (0,)

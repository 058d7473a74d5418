"""Work done once."""

import json
import threading
from datetime import timedelta

import pytest

from prost.db import database as process_database
from prost.db import utcnow
from prost.idempotency import IdempotencyKeyReused, IdempotencyKeys


class Till:
    def __init__(self):
        self.sales = 0

    def sell(self):
        self.sales += 1
        return {"number": self.sales, "items": ["pils"]}


@pytest.fixture
def till(database):
    return Till()


def test_a_request_that_comes_again_gets_the_same_answer(till):
    first = IdempotencyKeys.once("ada", "k1", {"sku": "PILS", "count": 1}, till.sell)
    again = IdempotencyKeys.once("ada", "k1", {"count": 1, "sku": "PILS"}, till.sell)

    assert first == again == {"number": 1, "items": ["pils"]}
    assert till.sales == 1


def test_the_same_answer_has_its_members_in_the_same_order(till):
    answer = IdempotencyKeys.once(
        "ada", "k1", {}, lambda: {"total": 1, "b": [{"y": 1.0, "x": 2}], "aa": None}
    )

    again = IdempotencyKeys.once("ada", "k1", {}, till.sell)

    assert json.dumps(again) == json.dumps(answer)


def test_another_scope_or_key_is_another_request(till):
    IdempotencyKeys.once("ada", "k1", {}, till.sell)
    IdempotencyKeys.once("bob", "k1", {}, till.sell)
    IdempotencyKeys.once("ada", "k2", {}, till.sell)

    assert till.sales == 3


def test_a_key_with_another_request_is_refused(till):
    IdempotencyKeys.once("ada", "k1", {"count": 1}, till.sell)

    with pytest.raises(IdempotencyKeyReused) as caught:
        IdempotencyKeys.once("ada", "k1", {"count": 2}, till.sell)

    assert caught.value.status == 422


def test_a_failure_is_not_kept(till):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        IdempotencyKeys.once("ada", "k1", {}, fail)
    IdempotencyKeys.once("ada", "k1", {}, till.sell)

    assert till.sales == 1


def test_a_second_request_waits_for_the_first_and_gets_its_answer(till):
    selling, finish = threading.Event(), threading.Event()
    answers = []

    def sell_slowly():
        selling.set()
        finish.wait(5)
        return till.sell()

    def ask(work):
        with process_database.connection_context():
            answers.append(IdempotencyKeys.once("ada", "k1", {}, work))

    first = threading.Thread(target=ask, args=(sell_slowly,))
    second = threading.Thread(target=ask, args=(till.sell,))
    first.start()
    selling.wait(5)
    second.start()
    second.join(0.2)
    waited = second.is_alive()
    finish.set()
    first.join(5)
    second.join(5)

    assert waited
    assert till.sales == 1
    assert answers[0] == answers[1]


def test_old_keys_are_cleared_away(till):
    IdempotencyKeys.once("ada", "old", {}, till.sell)
    process_database.execute_sql(
        "UPDATE idempotency_keys SET created_at = %s", (utcnow() - timedelta(days=4),)
    )

    IdempotencyKeys.once("ada", "new", {}, till.sell)

    assert process_database.execute_sql("SELECT key FROM idempotency_keys").fetchall() == [("new",)]

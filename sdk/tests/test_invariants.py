"""What must hold, found and measured."""

import pytest
from structlog.testing import capture_logs

from prost.invariants import MOST_SHOWN, find_violations, watch_invariants

QUERIES = {
    "barrels-are-not-empty": "SELECT id, litres FROM barrels WHERE litres <= %(least)s ORDER BY id",
    "barrels-have-a-litre-each": "SELECT 0, sum(litres) FROM barrels HAVING sum(litres) < count(*)",
}


@pytest.fixture
def barrels(database):
    database.execute_sql("CREATE TABLE barrels (id integer, litres bigint)")

    def fill(*litres):
        for number, each in enumerate(litres, start=1):
            database.execute_sql("INSERT INTO barrels VALUES (%s, %s)", (number, each))

    return fill


def find():
    return find_violations(QUERIES, ("barrel", "found"), {"least": 0})


def test_what_holds_is_not_told(barrels):
    barrels(50, 30)

    assert find() == []


def test_each_violation_is_told_with_its_invariant(barrels):
    barrels(1, 0)

    assert find() == [
        {"invariant": "barrels-are-not-empty", "barrel": 2, "found": 0},
        {"invariant": "barrels-have-a-litre-each", "barrel": 0, "found": 1},
    ]
    assert {type(violation["found"]) for violation in find()} == {int}


def test_many_of_one_kind_do_not_flood(barrels):
    barrels(*[0] * (MOST_SHOWN + 5))

    assert len(find()) == MOST_SHOWN + 1


def test_every_invariant_is_measured_and_what_is_violated_is_logged(barrels, invariants_measured):
    barrels(2, 0, 3)
    schedule = watch_invariants("cellar", QUERIES, find)

    with capture_logs() as logged:
        schedule.run()

    assert schedule.name == "cellar.watch-invariants"
    assert invariants_measured == {"barrels-are-not-empty": 1, "barrels-have-a-litre-each": 0}
    assert [entry["event"] for entry in logged] == ["invariants_violated"]

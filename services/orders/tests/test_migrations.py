"""The migrations are sound."""

import pytest

from prost.db import database as db
from prost.db._migrations import _Runner


@pytest.mark.usefixtures("database")
def test_every_foreign_key_has_an_index():
    without = db.execute_sql("""
        SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
        WHERE c.contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
            AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] = c.conkey
        )
    """).fetchall()

    assert without == []


def test_what_has_failed_before_failed_payments_could_wait_is_over(sell, service_home):
    order = sell(state="PAYMENT_FAILED")
    runner = _Runner(db, service_home / "migrations", "migrations")

    runner.down("0007_paying_again")
    runner.up()

    assert db.execute_sql("SELECT id, state FROM orders").fetchall() == [(order, "EXPIRED")]


@pytest.mark.usefixtures("database")
def test_the_migrations_can_be_undone_and_done_again(service_home):
    runner = _Runner(db, service_home / "migrations", "migrations")

    undone = runner.down("0001_orders")
    left = [name for name in db.get_tables() if name.startswith("order")]
    done = runner.up()

    assert left == []
    assert done == undone[::-1]

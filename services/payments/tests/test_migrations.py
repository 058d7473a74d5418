"""The migrations and the models agree."""

import pytest

from prost.db import database as db
from prost.db._migrations import _Runner
from prost_payments import models

TABLES = {
    model._meta.table_name: model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, models.Model) and model.__module__ == models.__name__
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_migrated_table_has_the_columns_of_its_model(table):
    migrated = {column.name for column in db.get_columns(table)}

    assert migrated == {field.column_name for field in TABLES[table]._meta.sorted_fields}


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


def test_the_migrations_can_be_undone_and_done_again(database, service_home):
    runner = _Runner(db, service_home / "migrations", "migrations")

    undone = runner.down("0001_payments")
    left = {*db.get_tables()} & set(TABLES)
    done = runner.up()

    assert left == set()
    assert done == undone[::-1]
    assert done == sorted(path.stem for path in (service_home / "migrations").glob("0*.py"))

"""The migrations and the models agree."""

import importlib
import pkgutil

import pytest

import prost_auth.models
from prost.db import Model
from prost.db import database as db

MODULES = [
    importlib.import_module(f"prost_auth.models.{module.name}")
    for module in pkgutil.iter_modules(prost_auth.models.__path__)
]
TABLES = {
    model._meta.table_name: model
    for module in MODULES
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Model) and model.__module__ == module.__name__
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_migrated_table_has_the_columns_of_its_model(table):
    migrated = {column.name for column in db.get_columns(table)}

    assert migrated == {field.column_name for field in TABLES[table]._meta.sorted_fields}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_foreign_key_has_an_index(table):
    indexed = {index.columns[0] for index in db.get_indexes(table)}

    assert {key.column for key in db.get_foreign_keys(table)} <= indexed

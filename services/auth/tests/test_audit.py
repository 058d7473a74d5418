"""The log of security events can only be added to."""

from datetime import timedelta

import pytest
from peewee import InternalError

from prost.db import database as db
from prost.db import utcnow
from prost_auth.domain.audit import Kind
from prost_auth.models.audit import SecurityEvent
from prost_auth.use_cases.audit import record
from prost_auth.use_cases.purge import purge

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE security_events SET kind = 'nothing'",
        "UPDATE security_events SET account_id = NULL",
        "DELETE FROM security_events",
        "TRUNCATE security_events",
        "TRUNCATE accounts CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_log(statement):
    record(Kind.LOGGED_IN)

    with pytest.raises(InternalError, match="only ever added"), db.atomic():
        db.execute_sql(statement)

    assert SecurityEvent.get().kind == "logged-in"


def test_after_400_days_an_event_is_forgotten_and_no_younger_one():
    for days in (402, 399):
        SecurityEvent.create(kind="logged-in", created_at=utcnow() - timedelta(days=days))

    purge()

    assert [(utcnow() - event.created_at).days for event in SecurityEvent.select()] == [399]


def test_an_event_of_a_cause_that_was_rolled_back_did_not_happen():
    with db.atomic() as transaction:
        record(Kind.LOGGED_IN)
        transaction.rollback()

    assert SecurityEvent.select().count() == 0


def test_kinds_have_names_that_the_table_takes():
    for kind in Kind:
        record(kind)

    assert SecurityEvent.select().count() == len(Kind)

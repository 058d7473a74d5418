"""Whom an application has signed in that wants somebody signed out, as its ID token says."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    """Add the columns."""
    db.execute_sql("ALTER TABLE logouts ADD COLUMN subject text, ADD COLUMN sid text")
    # What is on its way was vouched for without saying whom it means: those are asked.
    db.execute_sql("ALTER TABLE logouts DROP COLUMN vouched")


def down(_migrator: Any, db: Any) -> None:
    """Take them away."""
    db.execute_sql("ALTER TABLE logouts DROP COLUMN subject, DROP COLUMN sid")
    db.execute_sql("ALTER TABLE logouts ADD COLUMN vouched boolean NOT NULL DEFAULT false")

"""A review outlives the account of its author, and then belongs to nobody."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Let a review be nobody's, and find those of one customer."""
    db.execute_sql("ALTER TABLE reviews ALTER COLUMN customer_id DROP NOT NULL")
    db.execute_sql("CREATE INDEX reviews_customer_id ON reviews (customer_id)")


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Give what is nobody's to a customer of its own each, as the column asks for."""
    db.execute_sql("DROP INDEX reviews_customer_id")
    db.execute_sql("UPDATE reviews SET customer_id = 'nobody-' || id WHERE customer_id IS NULL")
    db.execute_sql("ALTER TABLE reviews ALTER COLUMN customer_id SET NOT NULL")

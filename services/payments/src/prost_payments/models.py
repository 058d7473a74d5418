"""The tables of payments, for reading: what changes them are the functions of the migrations."""

from peewee import BigIntegerField, CompositeKey, IntegerField, TextField, UUIDField

from prost.db import Model, TimestampField


class Payment(Model):
    """The payment of an order, and what was authorized, captured, released and refunded of it so far."""

    order_id = UUIDField(unique=True)
    provider = TextField()
    state = TextField()
    amount_minor = BigIntegerField()
    currency = TextField()
    capture = TextField()
    method = TextField(null=True)
    attempt = IntegerField(default=1)
    ref = TextField(null=True)
    redirect_url = TextField(null=True)
    return_url = TextField(null=True)
    failure_code = TextField(null=True)
    reason = TextField(null=True)
    customer_id = UUIDField(null=True)
    authorized_minor = BigIntegerField()
    captured_minor = BigIntegerField()
    released_minor = BigIntegerField()
    refunded_minor = BigIntegerField()
    created_at = TimestampField()
    updated_at = TimestampField()

    class Meta:
        """Table name."""

        table_name = "payments"


class Refund(Model):
    """What goes back of a payment, under the id that its order gave it."""

    payment_id = UUIDField()
    id = UUIDField()
    state = TextField()
    amount_minor = BigIntegerField()
    reason = TextField()
    failure_code = TextField(null=True)
    created_at = TimestampField()
    updated_at = TimestampField()

    class Meta:
        """Table name and key."""

        table_name = "refunds"
        primary_key = CompositeKey("payment_id", "id")


class Attempt(Model):
    """A call to the provider under its key; `due_at` is when somebody else may go on with it."""

    id = None  # type: ignore[assignment] # Payment and number name it.
    payment_id = UUIDField()
    number = IntegerField()
    kind = TextField()
    state = TextField()
    key = TextField()
    amount_minor = BigIntegerField()
    method = TextField(null=True)
    ref = TextField(null=True)
    refund_id = UUIDField(null=True)
    failure_code = TextField(null=True)
    asked = IntegerField()
    due_at = TimestampField()
    created_at = TimestampField()
    settled_at = TimestampField(null=True)

    class Meta:
        """Table name and key."""

        table_name = "attempts"
        primary_key = CompositeKey("payment_id", "number")


class ProviderEvent(Model):
    """An event of the provider, of which only the order is kept: the provider is asked for the rest."""

    provider = TextField()
    id = TextField()  # type: ignore[assignment] # The provider gives it.
    type = TextField()
    order_id = UUIDField(null=True)
    state = TextField()
    received_at = TimestampField()
    processed_at = TimestampField(null=True)

    class Meta:
        """Table name and key."""

        table_name = "provider_events"
        primary_key = CompositeKey("provider", "id")


class Transaction(Model):
    """What a payment became, and its amounts from then on."""

    id = None  # type: ignore[assignment] # Payment and number name it.
    payment_id = UUIDField()
    number = BigIntegerField()
    state = TextField()
    method = TextField(null=True)
    authorized_minor = BigIntegerField()
    captured_minor = BigIntegerField()
    released_minor = BigIntegerField()
    refunded_minor = BigIntegerField()
    failure_code = TextField(null=True)
    reason = TextField(null=True)
    created_at = TimestampField()

    class Meta:
        """Table name and key."""

        table_name = "transactions"
        primary_key = CompositeKey("payment_id", "number")


class Entry(Model):
    """An entry of the ledger; those of one fact sum to zero."""

    id = None  # type: ignore[assignment] # Payment and number name it.
    payment_id = UUIDField()
    number = BigIntegerField()
    fact = TextField()
    account = TextField()
    amount_minor = BigIntegerField()
    created_at = TimestampField()

    class Meta:
        """Table name and key."""

        table_name = "ledger"
        primary_key = CompositeKey("payment_id", "number")

"""What every table of Prost has in common."""

from datetime import datetime
from typing import Any

import peewee

from prost.db._connection import database
from prost.db._values import utcnow, uuid7
from prost.errors import Conflict

__all__ = ["Model", "TimestampField", "Timestamped"]


class TimestampField(peewee.DateTimeField):
    """A TIMESTAMPTZ, read as an aware datetime in UTC."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: Any) -> Any:
        """Pass an aware datetime on.

        Raises:
            ValueError: it has no timezone, so it says no time.
        """
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(f"{self.name} needs a datetime with a timezone, got {value!r}.")
        return super().db_value(value)  # type: ignore[no-untyped-call] # peewee's stubs leave it open.


class Model(peewee.Model):
    """A table with a UUIDv7 `id`, on the process's database.

    `save()` writes only what was assigned since the row was read; `create()` inserts.
    """

    _dirty: set[str]
    id = peewee.UUIDField(primary_key=True, default=uuid7)

    class Meta:
        """Settings that the subclasses inherit."""

        database = database
        only_save_dirty = True
        legacy_table_names = False

    def move_to(self, state: str, **changes: Any) -> None:
        """Write a new `state`, and `changes` with it, if the row is still in the state that was read.

        Raises:
            Conflict: another transaction moved the row first.
        """
        read = self.__data__["state"]
        values: dict[str, Any] = {**changes, "state": state}
        if "updated_at" in self._meta.fields:
            values.setdefault("updated_at", utcnow())
        model = type(self)
        moved = (
            model.update(values).where((model.id == self.id) & (self._meta.fields["state"] == read)).execute()
        )
        if not moved:
            raise Conflict(f"This {model.__name__.lower()} is no longer {read}.", was=str(read))
        for name, value in values.items():
            setattr(self, name, value)
        self._dirty.difference_update(values)


class Timestamped(Model):
    """A model that says when its row was made and when it last changed."""

    created_at = TimestampField(default=utcnow)
    updated_at = TimestampField(default=utcnow)

    def save(self, *args: Any, **kwargs: Any) -> int:
        """Write the row, with the time of the change."""
        if self.is_dirty():
            self.updated_at = utcnow()
        return int(super().save(*args, **kwargs))

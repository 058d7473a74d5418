"""Remembers what the seed has made, and of which version of the sources."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from peewee import CharField

from prost.db import Model, TimestampField, utcnow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_SOURCES: Final = (".py", ".toml", ".ttf")


class SeedStamp(Model):
    """A part of the seed that is made, and the version of the sources that it was made of."""

    id = None  # type: ignore[assignment] # the part is its key.
    part = CharField(max_length=160, primary_key=True)
    version = CharField(max_length=64)
    made_at = TimestampField(default=utcnow)

    class Meta:
        """Table options."""

        table_name = "seed_stamps"


def stamps() -> dict[str, str]:
    """Return the version of every part that is made."""
    rows: Any = SeedStamp.select(SeedStamp.part, SeedStamp.version).tuples()
    return dict(rows)


def stamp(part: str, version: str) -> None:
    """Note that a part is made; belongs into the transaction that makes it."""
    SeedStamp.insert(part=part, version=version).on_conflict(
        conflict_target=[SeedStamp.part], update={"version": version, "made_at": utcnow()}
    ).execute()


def forget(prefix: str) -> None:
    """Take back all stamps whose part begins with this, so that they are made again."""
    SeedStamp.delete().where(SeedStamp.part.startswith(prefix)).execute()


def sources_version() -> str:
    """Digest the sources of the seed and of its pictures."""
    digest = sha256()
    package = files("prost_catalog")
    for folder in ("artwork", "seed"):
        for entry in _walk(package / folder):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    digest.update((package / "images.py").read_bytes())
    return digest.hexdigest()


def _walk(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry)
        elif entry.name.endswith(_SOURCES):
            yield entry

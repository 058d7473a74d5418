"""The first data of the catalogue: 174 drinks of invented producers, with pictures drawn by the project."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from prost.db import configure, database
from prost.errors import Unavailable
from prost.objects import ObjectStore
from prost_catalog.seed import pictures
from prost_catalog.seed.goods import put_goods
from prost_catalog.seed.source import load_source
from prost_catalog.seed.stamps import sources_version, stamp, stamps
from prost_catalog.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_GOODS: Final = "goods"
_PICTURES: Final = "pictures"


def seed(settings: Settings | None = None, *, report: Callable[[str], None] | None = None) -> None:
    """Fill the catalogue and its picture store with what they do not have yet.

    What is there stays, so it may run at every start: the second time it ends at a stamp in the database.
    A run that was killed is taken up where it stood. Without an object store the goods come without
    pictures, and the next run adds them. `report` is told how far it is, line by line; stdout by default.
    """
    settings = settings or Settings()
    say = report or _print
    configure(settings)
    version = sources_version()
    made = stamps()
    if made.get(_GOODS) != version:
        with database.atomic():
            added = put_goods(load_source())
            stamp(_GOODS, version)
        say(f"{added} products added")
    if settings.objects_url is None:
        say("no object store is set (PROST_OBJECTS_URL): the products stay without pictures")
        return
    asyncio.run(_pictures(ObjectStore.from_settings(settings), version, made.get(_PICTURES), say))


async def _pictures(objects: ObjectStore, version: str, made: str | None, say: Callable[[str], None]) -> None:
    try:
        stored = await pictures.still_stored(objects)
        if stored and made == version:
            return
        if not stored:
            say("the object store was emptied: all pictures are made again")
            pictures.forget_pictures()
        await pictures.make_pictures(objects, pictures.missing(), say)
        stamp(_PICTURES, version)
    except Unavailable as error:
        say(f"pictures are left for the next run: {error}")
    finally:
        await objects.stop()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

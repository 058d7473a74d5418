"""The first data of the catalogue: 174 drinks of invented producers, with pictures drawn by the project."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Final

from prost.db import configure, database
from prost.errors import Unavailable
from prost.objects import ObjectStore
from prost_catalog.seed import pictures
from prost_catalog.seed.goods import put_goods
from prost_catalog.seed.kept import KeptPictures
from prost_catalog.seed.source import load_source
from prost_catalog.seed.stamps import sources_version, stamp, stamps
from prost_catalog.settings import Settings

Report = Callable[[str], None]

_GOODS: Final = "goods"
_PICTURES: Final = "pictures"


def seed(settings: Settings | None = None, *, report: Report | None = None) -> None:
    """Put the goods into the catalogue that it does not have yet.

    What is there stays, so it may run at every start: the second time it ends at a stamp in the database.
    `report` is told how far it is, line by line; stdout by default.
    """
    settings = settings or Settings()
    configure(settings)
    version = sources_version()
    if stamps().get(_GOODS) == version:
        return
    with database.atomic():
        added = put_goods(load_source())
        stamp(_GOODS, version)
    (report or _print)(f"{added} products added")


def backfill(settings: Settings | None = None, *, report: Report | None = None) -> None:
    """Draw and store the pictures that the seeded goods do not have yet; they show up as they are made.

    A run that was killed is taken up where it stood.

    Raises:
        Unavailable: no object store is set, or it is away.
    """
    settings = settings or Settings()
    configure(settings)
    if settings.objects_url is None:
        raise Unavailable("No object store is set (PROST_OBJECTS_URL).")
    kept = KeptPictures(settings.cache_dir / "pictures") if settings.cache_dir is not None else None
    asyncio.run(_pictures(ObjectStore.from_settings(settings), report or _print, kept))


async def _pictures(objects: ObjectStore, say: Report, kept: KeptPictures | None) -> None:
    version = sources_version()
    try:
        stored = await pictures.still_stored(objects)
        if stored and stamps().get(_PICTURES) == version:
            return
        if not stored:
            say("the object store was emptied: all pictures are made again")
            pictures.forget_pictures()
        await pictures.make_pictures(objects, pictures.missing(), say, kept)
        stamp(_PICTURES, version)
    finally:
        await objects.stop()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

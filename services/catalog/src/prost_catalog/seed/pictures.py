"""Makes the pictures of the seed over all processors, stores them and hangs them in the catalogue."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final

from prost.db import database
from prost_catalog.artwork.pictures import scenery
from prost_catalog.artwork.sheet import WIDTH
from prost_catalog.images import BUCKET, WIDTHS, PreparedImage, encode, render, store
from prost_catalog.models import Category, Media, Product, ProductImage
from prost_catalog.seed.source import load_source
from prost_catalog.seed.stamps import forget, stamp, stamps
from prost_catalog.seed.tasks import PREFIX, VIEWS, ShelfTask, Task
from prost_catalog.use_cases.cards import refresh_cards
from prost_catalog.use_cases.images import remember_media, show_on_shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image

    from prost.objects import ObjectStore
    from prost_catalog.artwork.pictures import Layer
    from prost_catalog.seed.kept import KeptPictures

_ALTS: Final = (
    ("{name}: {pack}, gezeichnet", "{name}: {pack}, illustration"),
    ("{name}, eingeschenkt neben {pack}", "{name}, poured, beside the {pack}"),
)
_BATCH: Final = 12
_REPORT_SECONDS: Final = 2.0
_FINGERPRINT_LENGTH: Final = 24


@dataclass(frozen=True)
class Made:
    """A picture that is stored, and the fingerprint of its drawing."""

    task: Task | ShelfTask
    fingerprint: str
    image: PreparedImage


async def make_pictures(
    objects: ObjectStore,
    tasks: Sequence[Task | ShelfTask],
    report: Callable[[str], None],
    kept: KeptPictures | None = None,
) -> None:
    """Make, store and hang pictures; what is hung stays when the rest fails. Those in `kept` are made.

    Raises:
        Unavailable: the object store is away.
    """
    await objects.ensure_bucket(BUCKET, public=True)
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    gate = asyncio.Semaphore(workers + 2)
    # Forked workers would share the parent's connections and locks.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_follow_parent) as pool:

        async def make(task: Task | ShelfTask) -> Made:
            async with gate:
                fingerprint, image = await asyncio.get_running_loop().run_in_executor(pool, draw, task, kept)
                await store(objects, image)
            return Made(task, fingerprint, image)

        running = [asyncio.create_task(make(task)) for task in tasks]
        waiting: list[Made] = []
        try:
            await _collect(running, waiting, report)
        finally:
            for unfinished in running:
                unfinished.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            hang(waiting)


async def still_stored(objects: ObjectStore) -> bool:
    """Tell whether the store has what the catalogue shows: it may have been emptied on its own.

    Raises:
        Unavailable: the object store is away.
    """
    newest: Media | None = Media.select().order_by(Media.id.desc()).first()
    if newest is None:
        return True
    return await objects.exists(BUCKET, f"{newest.content_hash}/{min(newest.widths)}.{newest.formats[0]}")


def missing() -> list[Task | ShelfTask]:
    """List what to make: shelves and leading pictures first, so that lists are complete early."""
    made = stamps()
    rows: Any = Product.select(Product.slug).tuples()
    known = {slug for (slug,) in rows}
    shelves: Any = Category.select(Category.slug).tuples()
    there = {slug for (slug,) in shelves}
    source = load_source()
    wanted: list[Task | ShelfTask] = [
        ShelfTask(shelf.slug) for shelf in source.categories if shelf.slug in there
    ]
    wanted += [
        Task(product.slug, view)
        for view in range(len(VIEWS))
        for product in source.products
        if product.slug in known
    ]
    return [
        task
        for task in wanted
        if task.part not in made or not made[task.part].startswith(_fingerprint(task.layer(), task.category))
    ]


def forget_pictures() -> None:
    """Have all pictures made again."""
    forget(PREFIX)


def draw(task: Task | ShelfTask, kept: KeptPictures | None = None) -> tuple[str, PreparedImage]:
    """Draw, rasterise and encode one picture; returns the drawing's fingerprint with it."""
    layer = task.layer()
    fingerprint = _fingerprint(layer, task.category)
    found = kept.find(fingerprint) if kept is not None else None
    if found is not None:
        return fingerprint, found
    picture = _scenery(task.category).copy()
    scale = WIDTHS[-1] / WIDTH
    drawing = render(layer.svg, round(layer.width * scale))
    picture.paste(drawing, (round(layer.left * scale), 0), drawing)
    made = encode(picture)
    if kept is not None:
        kept.keep(fingerprint, made)
    return fingerprint, made


def hang(pictures: Sequence[Made]) -> None:
    """Show stored pictures with their products and shelves, each in the place of the one it renews."""
    if not pictures:
        return
    with database.atomic():
        slugs = [made.task.slug for made in pictures if isinstance(made.task, Task)]
        rows: Any = Product.select(Product.slug, Product.id).where(Product.slug.in_(slugs)).tuples()
        products = dict(rows)
        before = stamps()
        for made in pictures:
            task = made.task
            old = before.get(task.part, "").partition(":")[2]
            if isinstance(task, Task):
                _hang(products[task.slug], task, made.image, old)
            else:
                show_on_shelf(task.category, made.image.meta, instead_of=old)
            stamp(task.part, f"{made.fingerprint}:{made.image.content_hash}")
        refresh_cards(list(products.values()))


async def _collect(
    running: Sequence[asyncio.Task[Made]], waiting: list[Made], report: Callable[[str], None]
) -> None:
    begun = told = time.monotonic()
    for number, finished in enumerate(asyncio.as_completed(running), start=1):
        waiting.append(await finished)
        if len(waiting) >= _BATCH:
            hang(waiting)
            waiting.clear()
        now = time.monotonic()
        if now - told >= _REPORT_SECONDS or number == len(running):
            told = now
            report(f"pictures {number} of {len(running)} ({now - begun:.0f} s)")


def _hang(product_id: object, task: Task, image: PreparedImage, old: str) -> None:
    product = task.product
    pack = product.packs[0].name
    german, english = _ALTS[task.view]
    row = {
        "media": remember_media(image.meta),
        "alt_de": german.format(name=product.name, pack=pack.de),
        "alt_en": english.format(name=product.name, pack=pack.en),
        "position": task.view,
    }
    renewed = Media.select(Media.id).where(Media.content_hash == old)
    shown = (ProductImage.product == product_id) & ProductImage.media.in_(renewed)
    if not ProductImage.update(row).where(shown).execute():
        ProductImage.insert({**row, "product": product_id}).on_conflict_ignore().execute()


def _fingerprint(layer: Layer, category: str) -> str:
    return sha256(f"{scenery(category)}{layer.svg}".encode()).hexdigest()[:_FINGERPRINT_LENGTH]


@lru_cache(maxsize=2)
def _scenery(category: str) -> Image.Image:
    return render(scenery(category), WIDTHS[-1]).convert("RGB")


def _follow_parent() -> None:
    """End this worker when the seed is killed."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

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
from prost_catalog.artwork.pictures import front, scenery, served
from prost_catalog.artwork.sheet import WIDTH
from prost_catalog.images import BUCKET, WIDTHS, PreparedImage, encode, render, store
from prost_catalog.models import Media, Product, ProductImage
from prost_catalog.seed.source import load_source
from prost_catalog.seed.stamps import forget, stamp, stamps
from prost_catalog.seed.subjects import subject
from prost_catalog.use_cases.cards import refresh_cards
from prost_catalog.use_cases.images import remember_media

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image

    from prost.objects import ObjectStore
    from prost_catalog.artwork.pictures import Layer, Subject
    from prost_catalog.seed.kept import KeptPictures
    from prost_catalog.seed.source import ProductSource

_VIEWS: Final[tuple[Callable[[Subject], Layer], ...]] = (front, served)
_ALTS: Final = (
    ("{name}: {pack}, gezeichnet", "{name}: {pack}, illustration"),
    ("{name}, eingeschenkt neben {pack}", "{name}, poured, beside the {pack}"),
)
_PREFIX: Final = "picture/"
_BATCH: Final = 12
_REPORT_SECONDS: Final = 2.0
_FINGERPRINT_LENGTH: Final = 24


@dataclass(frozen=True)
class Task:
    """One picture to make: a product and which of its views."""

    slug: str
    view: int

    @property
    def part(self) -> str:
        """The name of its stamp."""
        return f"{_PREFIX}{self.slug}/{self.view}"


@dataclass(frozen=True)
class Made:
    """A picture that is stored, and the fingerprint of its drawing."""

    task: Task
    fingerprint: str
    image: PreparedImage


async def make_pictures(
    objects: ObjectStore,
    tasks: Sequence[Task],
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

        async def make(task: Task) -> Made:
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


def missing() -> list[Task]:
    """List what to make: leading pictures first, so that the lists are complete early, shelf by shelf."""
    made = stamps()
    rows: Any = Product.select(Product.slug).tuples()
    known = {slug for (slug,) in rows}
    return [
        task
        for view in range(len(_VIEWS))
        for product in load_source().products
        if product.slug in known
        for task in (Task(product.slug, view),)
        if task.part not in made
        or not made[task.part].startswith(_fingerprint(_layer(product, view), product))
    ]


def forget_pictures() -> None:
    """Have all pictures made again."""
    forget(_PREFIX)


def draw(task: Task, kept: KeptPictures | None = None) -> tuple[str, PreparedImage]:
    """Draw, rasterise and encode one picture; returns the drawing's fingerprint with it."""
    product = _product(task.slug)
    layer = _layer(product, task.view)
    fingerprint = _fingerprint(layer, product)
    found = kept.find(fingerprint) if kept is not None else None
    if found is not None:
        return fingerprint, found
    picture = _scenery(product.style.category).copy()
    scale = WIDTHS[-1] / WIDTH
    drawing = render(layer.svg, round(layer.width * scale))
    picture.paste(drawing, (round(layer.left * scale), 0), drawing)
    made = encode(picture)
    if kept is not None:
        kept.keep(fingerprint, made)
    return fingerprint, made


def hang(pictures: Sequence[Made]) -> None:
    """Show stored pictures with their products, each in the place of the one it renews."""
    if not pictures:
        return
    with database.atomic():
        slugs = [made.task.slug for made in pictures]
        rows: Any = Product.select(Product.slug, Product.id).where(Product.slug.in_(slugs)).tuples()
        products = dict(rows)
        before = stamps()
        for made in pictures:
            _hang(products[made.task.slug], made, before.get(made.task.part))
        refresh_cards(list(set(products.values())))


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


def _hang(product_id: object, made: Made, before: str | None) -> None:
    product = _product(made.task.slug)
    pack = product.packs[0].name
    german, english = _ALTS[made.task.view]
    media = remember_media(made.image.meta)
    row = {
        "media": media,
        "alt_de": german.format(name=product.name, pack=pack.de),
        "alt_en": english.format(name=product.name, pack=pack.en),
        "position": made.task.view,
    }
    renewed = 0
    if before is not None:
        old = Media.select(Media.id).where(Media.content_hash == before.partition(":")[2])
        shown = (ProductImage.product == product_id) & ProductImage.media.in_(old)
        renewed = ProductImage.update(row).where(shown).execute()
    if not renewed:
        ProductImage.insert({**row, "product": product_id}).on_conflict_ignore().execute()
    stamp(made.task.part, f"{made.fingerprint}:{made.image.content_hash}")


def _product(slug: str) -> ProductSource:
    return next(product for product in load_source().products if product.slug == slug)


def _layer(product: ProductSource, view: int) -> Layer:
    return _VIEWS[view](subject(product))


def _fingerprint(layer: Layer, product: ProductSource) -> str:
    ground = scenery(product.style.category)
    return sha256(f"{ground}{layer.svg}".encode()).hexdigest()[:_FINGERPRINT_LENGTH]


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

"""The seed fills an empty catalogue once, goes on where it was stopped, and does without a store."""

import pytest
from peewee import fn
from PIL import Image

from prost.errors import Unavailable
from prost.objects import ObjectStore
from prost_catalog import seed as seeding
from prost_catalog.images import BUCKET, encode
from prost_catalog.models import Category, Media, Price, Product, ProductCard, ProductImage, Review, Variant
from prost_catalog.seed import pictures
from prost_catalog.seed.goods import put_goods
from prost_catalog.seed.kept import KeptPictures
from prost_catalog.seed.pictures import Made, Task, draw, hang, make_pictures, missing
from prost_catalog.seed.source import load_source
from prost_catalog.seed.stamps import stamps
from prost_catalog.seed.tasks import ShelfTask
from prost_catalog.settings import Settings
from prost_catalog.use_cases.images import remember_media

TABLES = (Product, Variant, Price, Review, ProductImage, Media)


def counts():
    return [table.select().count() for table in TABLES]


@pytest.fixture
def settings(database, postgres_url, monkeypatch):
    monkeypatch.setenv("PROST_ENV", "test")
    monkeypatch.setenv("PROST_SERVICE", "catalog")
    monkeypatch.setenv("PROST_DATABASE_URL", postgres_url)
    return Settings()


@pytest.fixture
async def objects(objects_url):
    store = ObjectStore(objects_url)
    yield store
    await store.stop()


def drawn(slug, colour):
    """Give a picture as the workers hand it back, without the work."""
    return Made(Task(slug, 0), "f" * 24, encode(Image.new("RGB", (320, 400), colour)))


def test_seeding_twice_equals_seeding_once(settings):
    lines = []
    seeding.seed(settings, report=lines.append)
    once = counts()
    seeding.seed(settings, report=lines.append)
    assert counts() == once
    assert once[0] == len(load_source().products)
    assert lines[0] == f"{once[0]} products added"


def test_every_product_gets_a_card(database):
    added = put_goods(load_source())
    assert ProductCard.select().where(ProductCard.card.is_null(False)).count() == added


def test_what_staff_changed_stays(database):
    put_goods(load_source())
    Product.update(name="Renamed").where(Product.slug == "kranzbichl-hell").execute()
    assert put_goods(load_source()) == 0
    assert Product.get(Product.slug == "kranzbichl-hell").name == "Renamed"


def test_ratings_are_the_sum_of_the_reviews(database):
    put_goods(load_source())
    product = Product.get(Product.slug == "eichenrader-pilsener")
    ratings = [review.rating for review in Review.select().where(Review.product == product)]
    assert (product.rating_sum, product.rating_count) == (sum(ratings), len(ratings))


def test_without_a_store_the_goods_come_and_the_pictures_wait(settings):
    away = settings.model_copy(update={"objects_url": type(settings.database_url)("http://k:s@127.0.0.1:9")})
    seeding.seed(away, report=[].append)
    with pytest.raises(Unavailable):
        seeding.backfill(away, report=[].append)
    assert Product.select().count() == len(load_source().products)
    assert "pictures" not in stamps()


def test_a_hung_picture_is_not_made_again(database):
    put_goods(load_source())
    task = Task("kranzbichl-hell", 0)
    fingerprint, image = draw(task)
    hang([Made(task, fingerprint, image)])
    assert task not in missing()
    source = load_source()
    assert len(missing()) == len(source.categories) + 2 * len(source.products) - 1


def test_a_changed_drawing_takes_the_place_of_the_old_one(database):
    put_goods(load_source())
    hang([drawn("kranzbichl-hell", "#aa0000")])
    hang([drawn("kranzbichl-hell", "#0000aa")])
    shown = list(ProductImage.select())
    assert [image.media.content_hash for image in shown] == [
        drawn("kranzbichl-hell", "#0000aa").image.content_hash
    ]


def test_a_shelf_gets_a_picture_but_keeps_what_staff_chose(database):
    put_goods(load_source())
    before = ProductCard.select(fn.MAX(ProductCard.seq)).scalar()
    hang([Made(ShelfTask("bier"), "f" * 24, drawn("x", "#aa0000").image)])
    hang([Made(ShelfTask("bier"), "e" * 24, drawn("x", "#0000aa").image)])
    renewed = drawn("x", "#0000aa").image.content_hash
    assert Category.get(Category.slug == "bier").image.content_hash == renewed
    assert ProductCard.select(fn.MAX(ProductCard.seq)).scalar() == before + 2

    chosen = remember_media(drawn("x", "#00aa00").image.meta)
    Category.update(image=chosen).where(Category.slug == "bier").execute()
    hang([Made(ShelfTask("bier"), "d" * 24, drawn("x", "#aa00aa").image)])
    assert Category.get(Category.slug == "bier").image == chosen


async def test_pictures_are_made_stored_and_hung(database, objects):
    put_goods(load_source())
    lines = []
    tasks = [Task("kranzbichl-hell", 0), Task("kranzbichl-hell", 1)]
    await make_pictures(objects, tasks, lines.append)
    hung = list(ProductImage.select().order_by(ProductImage.position))
    assert [image.position for image in hung] == [0, 1]
    assert await objects.exists(BUCKET, f"{hung[0].media.content_hash}/1280.avif")
    assert await pictures.still_stored(objects)
    assert lines[-1].startswith("pictures 2 of 2")


async def test_an_emptied_store_is_noticed(database, objects):
    await objects.ensure_bucket(BUCKET)
    put_goods(load_source())
    hang([drawn("kranzbichl-hell", "#00aa00")])
    assert not await pictures.still_stored(objects)


def test_a_kept_picture_is_not_drawn_again(tmp_path, monkeypatch):
    kept = KeptPictures(tmp_path)
    task = Task("kranzbichl-hell", 0)
    first = draw(task, kept)
    monkeypatch.setattr(pictures, "render", None)

    assert draw(task, kept) == first


def test_a_picture_that_is_kept_in_part_is_drawn_again(tmp_path):
    kept = KeptPictures(tmp_path)
    kept.keep("f" * 24, encode(Image.new("RGB", (320, 400), "#aa0000")))
    next(tmp_path.rglob("color")).unlink()

    assert kept.find("f" * 24) is None

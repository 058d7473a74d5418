"""The tables of the seed obey the rules of the trade and read like a shop, product by product."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from prost.money import Money
from prost_catalog import domain
from prost_catalog.domain import Allergen, DepositKind, Vessel
from prost_catalog.seed.goods import sku
from prost_catalog.seed.packaging import read_pack
from prost_catalog.seed.reviews import sample_reviews
from prost_catalog.seed.source import load_source

SOURCE = load_source()
every_product = pytest.mark.parametrize("product", SOURCE.products, ids=lambda product: product.slug)


def product(slug):
    return next(product for product in SOURCE.products if product.slug == slug)


def pack(slug, name):
    return next(pack for pack in product(slug).packs if pack.name.de == name)


def test_there_are_ten_shelves_and_at_least_160_drinks_of_35_producers():
    assert len(SOURCE.categories) == 10
    assert len(SOURCE.products) >= 160
    assert len({product.producer.slug for product in SOURCE.products}) >= 35


def test_no_shelf_is_bare():
    counts = Counter(product.style.category for product in SOURCE.products)
    assert min(counts[category.slug] for category in SOURCE.categories) >= 10


def test_addresses_names_and_stock_numbers_are_unique():
    slugs = [product.slug for product in SOURCE.products]
    names = [product.name for product in SOURCE.products]
    skus = [sku(product, pack) for product in SOURCE.products for pack in product.packs]
    assert [max(Counter(values).values()) for values in (slugs, names, skus)] == [1, 1, 1]


def test_no_text_is_used_twice():
    texts = [
        text
        for product in SOURCE.products
        for text in (product.description.de, product.description.en, product.tasting.de, product.tasting.en)
    ]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


@every_product
def test_every_variant_carries_a_lawful_deposit(product):
    for pack in product.packs:
        domain.check_deposit(pack.container.deposit_kind, pack.deposit, pack.volume_ml, pack.count)


@every_product
def test_every_product_carries_a_lawful_age(product):
    domain.check_minimum_age(product.minimum_age, product.abv)


@every_product
def test_every_allergen_is_known_and_named_in_capitals(product):
    assert set(product.allergens) <= set(Allergen)
    assert not product.allergens or re.search("[A-ZÄÖÜ]{3}", product.ingredients.de)


@every_product
def test_every_reduction_is_one(product):
    assert all(pack.previous is None or pack.previous > pack.price for pack in product.packs)


@every_product
def test_no_review_repeats_a_customer_or_a_text(product):
    reviews = sample_reviews(product)
    assert len(reviews) <= 12
    assert len({review.customer for review in reviews}) == len(reviews)
    assert len({review.body for review in reviews}) == len(reviews)


def test_reviews_are_marked_as_samples_and_are_the_same_every_time():
    reviews = sample_reviews(product("vulkanbronn-classic"))
    assert reviews == sample_reviews(product("vulkanbronn-classic"))
    assert all(review.customer.startswith("sample-customer-") for review in reviews)


@pytest.mark.parametrize(
    ("slug", "name", "kind", "cents"),
    [
        ("kranzbichl-hell", "0,5 l Euroflasche", DepositKind.REUSABLE, 8),
        ("kranzbichl-hell", "Kasten 20 × 0,5 l", DepositKind.REUSABLE, 310),  # noqa: RUF001 - a real sign.
        ("wunibald-doppelbock-viator", "0,5 l Bügelflasche", DepositKind.REUSABLE, 15),
        ("vulkanbronn-classic", "Kasten 12 × 0,7 l", DepositKind.REUSABLE, 330),  # noqa: RUF001 - a real sign.
        ("klarkopf-session-ipa", "Tray 24 × 0,33 l", DepositKind.ONE_WAY, 600),  # noqa: RUF001 - a real sign.
        ("nordgeest-still", "1,5 l PET-Flasche", DepositKind.ONE_WAY, 25),
        ("russbacher-schwarz", "5 l Partyfass", DepositKind.NONE, 0),
        ("silberfuchs-alkoholfrei", "0,75 l Flasche", DepositKind.NONE, 0),
        ("halm-flocke-hafer-natur", "1 l Karton", DepositKind.NONE, 0),
    ],
)
def test_deposits_are_those_of_packaging_law(slug, name, kind, cents):
    found = pack(slug, name)
    assert (found.container.deposit_kind, found.deposit) == (kind, Money(cents))


@pytest.mark.parametrize(
    ("slug", "rate"),
    [
        ("bergkaethe-heumilch-3-8", "7.00"),
        ("morgenrot-latte", "7.00"),
        ("halm-flocke-hafer-natur", "19.00"),
        ("sonnenpresse-orange", "19.00"),
        ("kranzbichl-hell", "19.00"),
    ],
)
def test_milk_is_taxed_at_the_reduced_rate_and_the_rest_in_full(slug, rate):
    assert product(slug).style.vat_rate == Decimal(rate)


@pytest.mark.parametrize(
    ("slug", "age"),
    [
        ("kranzbichl-radler", 16),
        ("amselhang-riesling-kabinett", 16),
        ("tante-malwine-schattenmorelle", 18),
        ("klarkopf-hell", 0),
        ("colamba-cola", 0),
    ],
)
def test_ages_are_those_of_youth_protection(slug, age):
    assert product(slug).minimum_age == age


def test_a_pack_is_read_from_its_shorthand():
    containers = {pack.container.code: pack.container for p in SOURCE.products for pack in p.packs}
    found = read_pack("euro 20x500 18.99 was 20.99", containers)
    assert (found.vessel, found.count, found.volume_ml) == (Vessel.CRATE, 20, 500)
    assert (found.price, found.previous) == (Money(1899), Money(2099))


def test_a_pack_in_an_unknown_container_is_refused():
    with pytest.raises(ValueError, match="not a pack"):
        read_pack("bathtub 500 1.00", {})

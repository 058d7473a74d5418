"""What the catalogue does, on a real PostgreSQL."""

import threading
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from peewee import IntegrityError

from prost.db import database as db
from prost.errors import Invalid
from prost.money import Money
from prost_catalog import domain
from prost_catalog.domain import ImageMeta, ProductState, ReviewState
from prost_catalog.models import Price, Product, ProductCard, Review, Variant
from prost_catalog.use_cases.cards import refresh_all_cards
from prost_catalog.use_cases.images import attach_image, detach_image
from prost_catalog.use_cases.products import change_product, create_product, move_product
from prost_catalog.use_cases.reviews import moderate_review, submit_review
from prost_catalog.use_cases.variants import add_variant, archive_variant, change_variant, set_price

pytestmark = pytest.mark.usefixtures("shelves")

SAID = {"rating": 5, "title": "Very good", "body": "Again.", "author": "Resi"}
PICTURE = ImageMeta(content_hash="0123456789abcdef", color="#c08040")


@pytest.fixture
def announced(bus):
    """Return a function that lists the types of what was announced."""
    return lambda: [event.type for event in bus.published()]


def card_of(product_id):
    return orjson.loads(bytes(ProductCard.get_by_id(product_id).card))


def test_a_new_product_is_a_draft_that_no_customer_sees(beer, bottle, announced):
    product_id = create_product(
        {**beer, "name": "Helles"}, [{"sku": "A-1", "price": Money(129), **bottle}], "anna"
    )

    product = Product.get_by_id(product_id)
    assert (product.state, product.slug, product.version) == ("DRAFT", "helles", 1)
    assert ProductCard.get_by_id(product_id).card is None
    assert announced() == ["catalog.price-changed.v1", "catalog.product-changed.v1"]


def test_publishing_writes_the_card_and_announces_it(make_product, announced):
    product_id = make_product("Augustinus Helles", price="1.29")

    card = card_of(product_id)
    assert card["variants"][0]["price"] == {"amount": "1.29", "currency": "EUR"}
    assert card["variants"][0]["price_per_litre"] == {"amount": "2.58", "currency": "EUR"}
    assert announced()[-1] == "catalog.product-changed.v1"


def test_news_of_a_product_name_its_variants_but_no_archived_ones(make_product, bottle, variant_of, bus):
    product_id = make_product("Helles", variant={"sku": "HELL-050"})
    add_variant(product_id, None, {**bottle, "sku": "HELL-CRATE", "price": Money(1999)}, "anna")

    archive_variant(variant_of(product_id), None)

    news = [event.data["skus"] for event in bus.published("catalog.product-changed.v1")]
    assert news[-2:] == [["HELL-050", "HELL-CRATE"], ["HELL-CRATE"]]


def test_a_refused_product_leaves_nothing_behind(beer, announced):
    with pytest.raises(Invalid):
        create_product({**beer, "name": "Starkbier", "minimum_age": 0}, [], "anna")

    assert Product.select().count() == 0
    assert announced() == []


def test_an_unknown_category_names_its_field(beer):
    with pytest.raises(Invalid) as refused:
        create_product({**beer, "name": "Helles", "category": "nowhere"}, [], "anna")

    assert refused.value.errors[0].field == "body.category"


def test_two_products_do_not_share_a_slug(make_product):
    make_product("Helles")

    with pytest.raises(domain.SlugTaken):
        make_product("Hellés", variant={"sku": "OTHER"})


def test_two_variants_do_not_share_a_sku_and_the_second_product_is_not_kept(make_product):
    make_product("Helles", variant={"sku": "SAME"})

    with pytest.raises(domain.SkuTaken):
        make_product("Dunkles", variant={"sku": "SAME"})
    assert Product.select().count() == 1


def test_a_change_at_an_old_version_is_refused(make_product):
    product_id = make_product("Helles")
    change_product(product_id, 2, {"name": "Helles neu"})

    with pytest.raises(domain.StaleVersion):
        change_product(product_id, 2, {"name": "Helles anders"})
    assert card_of(product_id)["name"] == "Helles neu"


def test_a_change_moves_the_card_to_the_end_of_the_feed(make_product):
    first, second = make_product("Erstes"), make_product("Zweites")

    change_product(first, None, {"featured": True})

    assert ProductCard.get_by_id(first).seq > ProductCard.get_by_id(second).seq


def test_archiving_withdraws_the_card_and_keeps_its_place_in_the_feed(make_product):
    product_id = make_product("Helles")
    before = ProductCard.get_by_id(product_id).seq

    move_product(product_id, None, ProductState.ARCHIVED)

    card = ProductCard.get_by_id(product_id)
    assert card.card is None
    assert card.seq > before


def test_the_same_state_again_is_no_change(make_product, announced):
    product_id = make_product("Helles")
    news = len(announced())

    move_product(product_id, None, ProductState.PUBLISHED)

    assert Product.get_by_id(product_id).version == 2
    assert len(announced()) == news


def test_a_product_without_variants_is_not_published(beer):
    product_id = create_product({**beer, "name": "Helles"}, [], "anna")

    with pytest.raises(domain.TransitionRefused):
        move_product(product_id, None, ProductState.PUBLISHED)


def test_a_published_product_keeps_its_last_variant(make_product, variant_of):
    product_id = make_product("Helles")

    with pytest.raises(domain.TransitionRefused):
        archive_variant(variant_of(product_id), None)


def test_an_archived_variant_leaves_the_card_and_takes_no_price(make_product, variant_of, bottle):
    product_id = make_product("Helles")
    first = variant_of(product_id)
    add_variant(product_id, None, {**bottle, "sku": "NEW", "price": Money(199)}, "anna")

    archive_variant(first, None)

    assert [variant["sku"] for variant in card_of(product_id)["variants"]] == ["NEW"]
    with pytest.raises(domain.VariantNotFound):
        set_price(first, None, Money(1), "anna")


def test_changing_a_variant_checks_its_deposit(make_product, variant_of):
    variant_id = variant_of(make_product("Helles"))

    with pytest.raises(Invalid):
        change_variant(variant_id, None, {"deposit_kind": "one_way", "deposit_minor": 8})
    assert Variant.get_by_id(variant_id).deposit_kind == "reusable"


def test_a_lower_price_is_shown_as_a_reduction_with_its_reference(make_product, variant_of, clock):
    product_id = make_product("Helles", price="1.49")
    clock.advance(86_400)

    set_price(variant_of(product_id), None, Money(129), "anna")

    shown = card_of(product_id)["variants"][0]
    assert shown["price"]["amount"] == "1.29"
    assert shown["previous_price"]["amount"] == "1.49"
    assert shown["lowest_price_30_days"]["amount"] == "1.49"


def test_the_same_price_again_is_no_change(make_product, variant_of, announced):
    product_id = make_product("Helles", price="1.49")

    set_price(variant_of(product_id), None, Money(149), "anna")

    assert Price.select().count() == 1
    assert announced().count("catalog.price-changed.v1") == 1


def test_a_clock_that_stands_still_does_not_stop_prices(make_product, variant_of, clock):
    variant_id = variant_of(make_product("Helles", price="1.49"))

    set_price(variant_id, None, Money(139), "anna")
    set_price(variant_id, None, Money(129), "bert")

    history = Price.select(Price.amount_minor).order_by(Price.valid_from).tuples()
    assert list(history) == [(149,), (139,), (129,)]


def test_prices_set_at_once_form_one_history_and_the_card_shows_its_end(make_product, variant_of):
    product_id = make_product("Helles", price="1.00")
    variant_id = variant_of(product_id)
    amounts = range(101, 113)

    def set_one(minor):
        with db.connection_context():
            set_price(variant_id, None, Money(minor), "anna")

    threads = [threading.Thread(target=set_one, args=(minor,)) for minor in amounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    history = [minor for (minor,) in Price.select(Price.amount_minor).order_by(Price.valid_from).tuples()]
    assert sorted(history) == [100, *amounts]
    assert card_of(product_id)["variants"][0]["price"]["amount"] == f"1.{history[-1] - 100:02}"
    assert Product.get_by_id(product_id).version == 2 + len(amounts)


def test_prices_are_never_rewritten(make_product):
    make_product("Helles")

    with pytest.raises(IntegrityError), db.atomic():
        Price.update(amount_minor=1).execute()


@pytest.mark.parametrize(
    "change",
    [
        {"minimum_age": 17},
        {"minimum_age": 0},
        {"alcohol_by_volume": Decimal("96.1")},
        {"rating_count": 1},
        {"allergens": ["unobtainium"]},
        {"state": "GONE"},
        {"slug": "Not A Slug"},
    ],
)
def test_the_database_refuses_what_must_never_be(make_product, change):
    product_id = make_product("Helles")

    with pytest.raises(IntegrityError), db.atomic():
        Product.update(**change).where(Product.id == product_id).execute()


def test_a_review_waits_until_staff_has_read_it(make_product):
    product_id = make_product("Helles")

    review = submit_review(product_id, "customer-1", SAID)

    assert review.state == "PENDING"
    assert card_of(product_id)["rating"] == {"average": None, "count": 0}


def test_a_customer_reviews_a_product_once(make_product):
    product_id = make_product("Helles")
    submit_review(product_id, "customer-1", SAID)

    with pytest.raises(domain.AlreadyReviewed):
        submit_review(product_id, "customer-1", SAID)
    assert Review.select().count() == 1


def test_reviews_at_once_by_one_customer_are_one_review(make_product):
    product_id = make_product("Helles")
    outcomes = []

    def review():
        with db.connection_context():
            try:
                submit_review(product_id, "customer-1", SAID)
                outcomes.append("kept")
            except domain.AlreadyReviewed:
                outcomes.append("refused")

    threads = [threading.Thread(target=review) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["kept"] + ["refused"] * 5


def test_a_draft_cannot_be_reviewed(make_product):
    product_id = make_product("Helles", state=ProductState.DRAFT)

    with pytest.raises(domain.ProductNotFound):
        submit_review(product_id, "customer-1", SAID)


def test_publishing_a_review_counts_it_and_rejecting_it_later_takes_it_back(make_product, announced):
    product_id = make_product("Helles")
    first = submit_review(product_id, "customer-1", {**SAID, "rating": 5})
    second = submit_review(product_id, "customer-2", {**SAID, "rating": 2})

    moderate_review(first.id, ReviewState.PUBLISHED, "mo")
    moderate_review(second.id, ReviewState.PUBLISHED, "mo")
    assert card_of(product_id)["rating"] == {"average": "3.5", "count": 2}

    moderate_review(second.id, ReviewState.REJECTED, "mo")
    assert card_of(product_id)["rating"] == {"average": "5.0", "count": 1}
    assert announced().count("catalog.review-published.v1") == 2


def test_deciding_the_same_again_counts_once(make_product):
    product_id = make_product("Helles")
    review = submit_review(product_id, "customer-1", SAID)

    moderate_review(review.id, ReviewState.PUBLISHED, "mo")
    moderate_review(review.id, ReviewState.PUBLISHED, "mi")

    assert card_of(product_id)["rating"]["count"] == 1
    assert Review.get_by_id(review.id).moderated_by == "mo"


def test_a_picture_leads_the_card_and_can_be_taken_away(make_product):
    product_id = make_product("Helles")

    image_id = attach_image(product_id, None, PICTURE, ("Eine Flasche", "A bottle"), 0)
    image = card_of(product_id)["image"]
    detach_image(product_id, None, image_id)

    assert image["alt"] == {"de": "Eine Flasche", "en": "A bottle"}
    assert image["sources"][0] == {
        "url": "/media/catalog/0123456789abcdef/320.avif",
        "type": "image/avif",
        "width": 320,
    }
    assert card_of(product_id)["image"] is None


def test_an_unknown_product_is_not_found():
    with pytest.raises(domain.ProductNotFound):
        change_product(UUID(int=7), None, {"name": "Nothing"})


def test_refreshing_all_cards_projects_every_product(make_product):
    product_id = make_product("Helles")
    before = ProductCard.get_by_id(product_id).seq

    assert refresh_all_cards() == 1
    assert ProductCard.get_by_id(product_id).seq > before

"""What other services are told of variants: current, in the order in which they ask, and for them alone."""

import pytest

from prost.money import Money
from prost_catalog.domain import ImageMeta, ProductState
from prost_catalog.use_cases.images import attach_image
from prost_catalog.use_cases.products import move_product
from prost_catalog.use_cases.variants import add_variant, archive_variant, change_variant, set_price

NOWHERE = "00000000-0000-7000-8000-000000000000"
PICTURE = ImageMeta(content_hash="0123456789abcdef", color="#c08040", widths=(320,))


@pytest.fixture
def ask(client, token):
    """Return a coroutine function that asks for offers in the name of a service."""
    headers = {"Authorization": f"Bearer {token.of_service('cart')}"}

    async def send(*variant_ids):
        return await client.post(
            "/offers", json={"variant_ids": list(map(str, variant_ids))}, headers=headers
        )

    return send


def sellable(answer):
    return [item["sellable"] for item in answer.json["items"]]


async def test_an_offer_has_what_a_basket_and_an_order_need(ask, make_product, variant_of):
    crate = {
        "name_de": "Kasten",
        "name_en": "Crate",
        "pack_size": 20,
        "vessel": "crate",
        "deposit_minor": 310,
    }
    product_id = make_product("Helles", price="18.90", variant=crate)
    attach_image(product_id, None, PICTURE, ("Eine Flasche", "A bottle"), 0)
    variant_id = variant_of(product_id)

    told = await ask(variant_id)

    assert told.status_code == 200
    assert told.json["items"] == [
        {
            "variant_id": str(variant_id),
            "product_id": str(product_id),
            "sku": "SKU-HELLES",
            "slug": "helles",
            "name": "Helles",
            "variant": {"de": "Kasten", "en": "Crate"},
            "image": {
                "alt": {"de": "Eine Flasche", "en": "A bottle"},
                "color": "#c08040",
                "sources": [
                    {
                        "url": "/media/catalog/0123456789abcdef/320.avif",
                        "type": "image/avif",
                        "width": 320,
                    }
                ],
            },
            "price_minor": 1890,
            "deposit_minor": 310,
            "deposit_kind": "reusable",
            "vat_rate": "19.00",
            "minimum_age": 16,
            "volume_ml": 500,
            "pack_size": 20,
            "sellable": True,
        }
    ]


async def test_offers_come_as_they_were_asked_for_each_once_and_without_unknown_ones(
    ask, make_product, variant_of
):
    first, second = (variant_of(make_product(name)) for name in ("Eins", "Zwei"))

    told = await ask(second, NOWHERE, first, second)

    assert [item["variant_id"] for item in told.json["items"]] == [str(second), str(first)]
    assert [item["image"] for item in told.json["items"]] == [None, None]


async def test_the_price_is_that_of_this_moment(ask, make_product, variant_of):
    variant_id = variant_of(make_product("Helles", price="1.29"))
    before = await ask(variant_id)

    set_price(variant_id, None, Money.parse("1.49"), "test")
    after = await ask(variant_id)

    assert [answer.json["items"][0]["price_minor"] for answer in (before, after)] == [129, 149]


@pytest.mark.parametrize("state", [ProductState.DRAFT, ProductState.ARCHIVED])
async def test_what_is_not_published_is_not_sold(ask, make_product, variant_of, state):
    product_id = make_product("Helles")
    before = await ask(variant_of(product_id))

    move_product(product_id, None, state)

    assert (sellable(before), sellable(await ask(variant_of(product_id)))) == ([True], [False])


async def test_what_is_unavailable_or_archived_is_not_sold(ask, make_product, variant_of, bottle):
    product_id = make_product("Helles")
    archived = variant_of(product_id)
    unavailable = add_variant(product_id, None, {**bottle, "sku": "TWO", "price": Money(129)}, "test")
    before = await ask(unavailable, archived)

    change_variant(unavailable, None, {"available": False})
    archive_variant(archived, None)

    assert sellable(before) == [True, True]
    assert sellable(await ask(unavailable, archived)) == [False, False]


@pytest.mark.parametrize(
    ("variant_ids", "field"),
    [
        ([], "body.variant_ids"),
        ([NOWHERE] * 51, "body.variant_ids"),
        (["helles"], "body.variant_ids.0"),
        ([NOWHERE, None], "body.variant_ids.1"),
        ("'; DROP TABLE variants; --", "body.variant_ids"),
    ],
)
async def test_a_question_that_cannot_be_read_is_refused(client, token, variant_ids, field):
    headers = {"Authorization": f"Bearer {token.of_service('cart')}"}

    refused = await client.post("/offers", json={"variant_ids": variant_ids}, headers=headers)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == [field]


@pytest.mark.parametrize("roles", [("customer",), ("admin",)])
async def test_people_are_not_told(client, token, roles):
    headers = {"Authorization": f"Bearer {token(*roles)}"}

    refused = await client.post("/offers", json={"variant_ids": [NOWHERE]}, headers=headers)

    assert refused.status_code == 403

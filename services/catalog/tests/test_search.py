"""What customers find: spelling, typing errors, compounds, ranking, facets, order and suggestions."""

from copy import copy
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tantivy import Index

from prost_catalog.search.columns import Columns, ColumnsEditor
from prost_catalog.search.documents import make_schema, register_tokenizers, to_document
from prost_catalog.search.queries import Wanted
from prost_catalog.search.snapshot import Shelves, Snapshot
from prost_catalog.use_cases.projection import project

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
CATEGORIES = {
    "bier": ("Bier", "Beer"),
    "wein": ("Wein", "Wine"),
    "saefte": ("Säfte", "Juices"),
    "spirituosen": ("Spirituosen", "Spirits"),
    "limonaden": ("Limonaden", "Soft drinks"),
    "wasser": ("Wasser", "Water"),
}
STYLES = {
    "weissbier": ("Weißbier", "Wheat beer"),
    "helles": ("Helles", "Pale lager"),
    "koelsch": ("Kölsch", "Kölsch"),
    "pils": ("Pils", "Pilsner"),
    "ipa": ("India Pale Ale", "India pale ale"),
    "riesling": ("Riesling", "Riesling"),
    "spaetburgunder": ("Spätburgunder", "Pinot noir"),
    "rotwein": ("Rotwein", "Red wine"),
    "fruchtsaft": ("Fruchtsaft", "Fruit juice"),
    "gin": ("Gin", "Gin"),
    "rum": ("Rum", "Rum"),
    "cola": ("Cola", "Cola"),
    "limonade": ("Limonade", "Lemonade"),
    "mineralwasser": ("Mineralwasser", "Mineral water"),
}
PRODUCERS = {
    "hirschwang": "Brauerei Hirschwang",
    "rheinvogt": "Hausbrauerei Rheinvogt",
    "moselhang": "Weingut Moselhang",
    "obsthof": "Obsthof am See",
    "nordlicht": "Brennerei Nordlicht",
    "quelle": "Sankt-Georgen-Quelle",
}
# Name, category, style, producer, country, cents, rating, number of ratings, featured.
PRODUCTS = [
    ("Hirschwanger Weißbier", "bier", "weissbier", "hirschwang", "DE", 139, 46, 40, True),
    ("Hirschwanger Weißbier dunkel", "bier", "weissbier", "hirschwang", "DE", 145, 44, 10, False),
    ("Hirschwanger Hefeweizen alkoholfrei", "bier", "weissbier", "hirschwang", "DE", 129, 40, 5, False),
    ("Hirschwanger Hell", "bier", "helles", "hirschwang", "DE", 119, 45, 30, False),
    ("Rheinvogt Kölsch", "bier", "koelsch", "rheinvogt", "DE", 99, 45, 25, True),
    ("Rheinvogt Wiess", "bier", "koelsch", "rheinvogt", "DE", 179, 43, 8, False),
    ("Nordwind Pils", "bier", "pils", "rheinvogt", "DE", 109, 36, 12, False),
    ("Doppelsprung IPA", "bier", "ipa", "rheinvogt", "BE", 249, 47, 9, False),
    ("Moselhang Riesling trocken", "wein", "riesling", "moselhang", "DE", 990, 48, 20, True),
    ("Moselhang Spätburgunder", "wein", "spaetburgunder", "moselhang", "DE", 1290, 45, 10, False),
    ("Haus-Cuvée Rot", "wein", "rotwein", "moselhang", "FR", 690, 41, 7, False),
    ("Apfelsaft naturtrüb", "saefte", "fruchtsaft", "obsthof", "DE", 249, 47, 15, True),
    ("Johannisbeer-Nektar", "saefte", "fruchtsaft", "obsthof", "DE", 289, 44, 6, False),
    ("Orangensaft", "saefte", "fruchtsaft", "obsthof", "ES", 279, 42, 9, False),
    ("Apfel Saft mild", "saefte", "fruchtsaft", "obsthof", "AT", 229, 39, 4, False),
    ("Nordlicht Dry Gin", "spirituosen", "gin", "nordlicht", "DE", 2990, 46, 18, True),
    ("Original Kornbrand", "spirituosen", "rum", "nordlicht", "DE", 1590, 40, 3, False),
    ("Kapitän Rum braun", "spirituosen", "rum", "nordlicht", "GB", 1990, 43, 11, False),
    ("Coca Brause", "limonaden", "cola", "quelle", "DE", 119, 41, 14, False),
    ("Zitronenlimonade", "limonaden", "limonade", "quelle", "DE", 109, 44, 13, False),
    ("Ginger Ale", "limonaden", "limonade", "quelle", "GB", 159, 42, 6, False),
    ("Georgen-Quelle spritzig", "wasser", "mineralwasser", "quelle", "DE", 69, 40, 21, False),
]
ALCOHOL_FREE = {"Hirschwanger Hefeweizen alkoholfrei"}
STRONG = {"bier": Decimal("5.2"), "wein": Decimal("12.5"), "spirituosen": Decimal("40.0")}


def rows_of(number, row):
    name, category, style, producer, country, cents, rating, count, featured = row
    product = {
        "id": UUID(int=number),
        "slug": f"product-{number}",
        "name": name,
        "category_slug": category,
        "category_name_de": CATEGORIES[category][0],
        "category_name_en": CATEGORIES[category][1],
        "category_parent_slug": None,
        "producer_slug": producer,
        "producer_name": PRODUCERS[producer],
        "style_slug": style,
        "style_name_de": STYLES[style][0],
        "style_name_en": STYLES[style][1],
        "country": country,
        "region": None,
        "alcohol_by_volume": None if name in ALCOHOL_FREE else STRONG.get(category),
        "minimum_age": 16,
        "vat_rate": "19.00",
        "featured": featured,
        "rating_sum": rating * count // 10,
        "rating_count": count,
        "created_at": NOON,
        "updated_at": NOON,
        "allergens": [],
        "serving": None,
        **dict.fromkeys(("description_de", "description_en", "tasting_de", "tasting_en"), ""),
        **dict.fromkeys(("ingredients_de", "ingredients_en")),
    }
    variant = {
        "id": UUID(int=1000 + number),
        "sku": f"PR-{number:04}",
        "name_de": "Flasche",
        "name_en": "Bottle",
        "volume_ml": 500,
        "pack_size": 1,
        "vessel": "bottle",
        "deposit_kind": "none" if category in {"wein", "spirituosen"} else "reusable",
        "deposit_minor": 0 if category in {"wein", "spirituosen"} else 8,
        "available": name != "Orangensaft",
        "amounts": [cents],
        "instants": [NOON],
    }
    return product, variant


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    schema = make_schema()
    index = Index(schema, str(tmp_path_factory.mktemp("index")))
    register_tokenizers(index)
    writer = index.writer(15_000_000, 1)
    columns = ColumnsEditor(Columns.empty())
    for number, row in enumerate(PRODUCTS):
        product, variant = rows_of(number, row)
        shown = project(product, [variant], [])
        writer.add_document(
            to_document(
                schema, str(product["id"]), number * 7, shown.document, card=shown.card, details=shown.details
            )
        )
        columns.put(number * 7, shown.document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return Snapshot(index, columns.columns(), 1, shelves())


def fresh(snapshot):
    """Give the same state without what it remembers."""
    anew = copy(snapshot)
    anew._remembered = {}
    return anew


def shelves():
    def named(names):
        return {slug: {"slug": slug, "name": {"de": de, "en": en}} for slug, (de, en) in names.items()}

    return Shelves(
        category=named(CATEGORIES),
        style=named(STYLES),
        producer=named({slug: (name, name) for slug, name in PRODUCERS.items()}),
        deposit=named({"reusable": ("Mehrweg", "Reusable"), "none": ("Pfandfrei", "No deposit")}),
        origin=named({code: (code, code) for code in ("DE", "BE", "FR", "ES", "AT", "GB")}),
    )


def names_in(page):
    return [orjson.loads(card)["name"] for card in page.items]


def find(snapshot, sort="relevance", size=50, offset=0, **wanted):
    return names_in(snapshot.page(Wanted(**wanted), sort, offset, size))


WHEAT = {"Hirschwanger Weißbier", "Hirschwanger Weißbier dunkel", "Hirschwanger Hefeweizen alkoholfrei"}
BEERS = {name for name, category, *_ in PRODUCTS if category == "bier"}


@pytest.mark.parametrize(
    ("query", "top"),
    [
        ("Hirschwanger Weißbier", "Hirschwanger Weißbier"),
        ("hirschwanger weissbier dunkel", "Hirschwanger Weißbier dunkel"),
        ("kölsch", "Rheinvogt Kölsch"),
        ("koelsch", "Rheinvogt Kölsch"),
        ("kolsch", "Rheinvogt Kölsch"),
        ("Köllsch", "Rheinvogt Kölsch"),
        ("riesling", "Moselhang Riesling trocken"),
        ("Riessling", "Moselhang Riesling trocken"),
        ("reisling", "Moselhang Riesling trocken"),
        ("trockener riesling", "Moselhang Riesling trocken"),
        ("spatburgunder", "Moselhang Spätburgunder"),
        ("Spaetburgunder", "Moselhang Spätburgunder"),
        ("pinot noir", "Moselhang Spätburgunder"),
        ("red wine", "Haus-Cuvée Rot"),
        ("cuvee", "Haus-Cuvée Rot"),
        ("apfelsaft", "Apfelsaft naturtrüb"),
        ("apfel saft", "Apfel Saft mild"),
        ("apfelsat", "Apfelsaft naturtrüb"),
        ("naturtruebe", "Apfelsaft naturtrüb"),
        ("johannisbeernektar", "Johannisbeer-Nektar"),
        ("johanisbeer", "Johannisbeer-Nektar"),
        ("orange juice", "Orangensaft"),
        ("gin", "Nordlicht Dry Gin"),
        ("dry gin", "Nordlicht Dry Gin"),
        ("rum", "Kapitän Rum braun"),
        ("kapitaen", "Kapitän Rum braun"),
        ("kornbrand", "Original Kornbrand"),
        ("korn brand", "Original Kornbrand"),
        ("cocabrause", "Coca Brause"),
        ("zitronen limonade", "Zitronenlimonade"),
        ("lemonade", "Zitronenlimonade"),
        ("mineral water", "Georgen-Quelle spritzig"),
        ("hell", "Hirschwanger Hell"),
        ("india pale ale", "Doppelsprung IPA"),
        ("ipa", "Doppelsprung IPA"),
        ("doppelspruhng", "Doppelsprung IPA"),
        ("weis", "Hirschwanger Weißbier"),
        ("PR-0004", "Rheinvogt Kölsch"),
        ("pr-0015", "Nordlicht Dry Gin"),
    ],
)
def test_the_best_hit_comes_first(snapshot, query, top):
    assert find(snapshot, q=query)[:1] == [top]


@pytest.mark.parametrize(
    "query", ["Weißbier", "Weissbier", "weisbier", "weiss bier", "WEISS BIER", "wiessbier", "weißbeir"]
)
def test_every_spelling_of_weissbier_finds_every_wheat_beer(snapshot, query):
    assert set(find(snapshot, q=query)) == WHEAT


@pytest.mark.parametrize("query", ["bier", "beer", "beers", "biere"])
def test_a_word_finds_its_category_and_its_compounds(snapshot, query):
    assert set(find(snapshot, q=query)) == BEERS


@pytest.mark.parametrize("query", ["xylophon", "啤酒", "!!!", "xq" * 100, "'; DROP TABLE products; --"])
def test_what_nobody_sells_finds_nothing(snapshot, query):
    assert find(snapshot, q=query) == []


def test_a_word_inside_another_is_no_hit_unless_the_other_is_a_compound(snapshot):
    found = find(snapshot, q="gin")

    assert "Original Kornbrand" not in found
    assert found.index("Nordlicht Dry Gin") < found.index("Ginger Ale")


def test_blank_text_is_no_filter(snapshot):
    assert len(find(snapshot, q="   ")) == len(PRODUCTS)


def test_without_text_featured_products_come_first(snapshot):
    assert find(snapshot, size=5)[0] == "Moselhang Riesling trocken"


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_no_query_ever_fails(snapshot, text):
    page = snapshot.page(Wanted(q=text), "relevance", 0, 10)

    assert page.total >= len(page.items)


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("price", "Georgen-Quelle spritzig", "Nordlicht Dry Gin"),
        ("-price", "Nordlicht Dry Gin", "Georgen-Quelle spritzig"),
        ("name", "Apfel Saft mild", "Zitronenlimonade"),
        ("-name", "Zitronenlimonade", "Apfel Saft mild"),
        ("rating", "Moselhang Riesling trocken", "Nordwind Pils"),
    ],
)
def test_lists_are_in_the_order_that_was_asked_for(snapshot, sort, first, last):
    names = find(snapshot, sort=sort)

    assert (names[0], names[-1]) == (first, last)


def test_pages_follow_each_other_without_gap_or_overlap(snapshot):
    pages = [find(snapshot, sort="price", offset=offset, size=5) for offset in range(0, 25, 5)]

    assert [name for page in pages for name in page] == find(snapshot, sort="price")


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"category": ("bier",)}, 8),
        ({"category": ("bier", "wein")}, 11),
        ({"category": ("bier",), "alcohol_free": True}, 1),
        ({"category": ("bier",), "alcohol_free": False}, 7),
        ({"available": False}, 1),
        ({"deposit": ("none",)}, 6),
        ({"origin": ("GB", "BE")}, 3),
        ({"min_price": 1000, "max_price": 2000}, 3),
        ({"min_price": 2000, "max_price": 1000}, 0),
        ({"style": ("gin",), "category": ("bier",)}, 0),
        ({"category": ("nothing",)}, 0),
    ],
)
def test_filters_join_with_and_and_their_values_with_or(snapshot, wanted, count):
    assert snapshot.page(Wanted(**wanted), "relevance", 0, 50).total == count


def test_a_facet_counts_under_all_other_filters_and_not_its_own(snapshot):
    facets = snapshot.page(Wanted(category=("bier",), origin=("DE",)), "relevance", 0, 1).facets

    assert counts(facets, "category") == {
        "bier": 7, "wein": 2, "saefte": 2, "spirituosen": 2, "limonaden": 2, "wasser": 1,
    }  # fmt: skip
    assert counts(facets, "origin") == {"DE": 7, "BE": 1}
    assert counts(facets, "style") == {"weissbier": 3, "koelsch": 2, "helles": 1, "pils": 1}
    assert facets["alcohol_free"] == [{"value": "true", "count": 1}]
    assert facets["price"]["min"]["amount"] == "0.99"
    assert facets["price"]["max"]["amount"] == "1.79"


@given(
    st.builds(
        Wanted,
        q=st.sampled_from(["", "bier", "weissbier", "saft", "apfelsat"]),
        category=st.lists(st.sampled_from(sorted(CATEGORIES)), max_size=2).map(tuple),
        producer=st.lists(st.sampled_from(sorted(PRODUCERS)), max_size=2).map(tuple),
        deposit=st.lists(st.sampled_from(["none", "reusable"]), max_size=1).map(tuple),
        alcohol_free=st.sampled_from([None, True, False]),
        min_price=st.sampled_from([None, 100, 500]),
        max_price=st.sampled_from([None, 300, 1500]),
    )
)
@settings(max_examples=150)
def test_every_count_is_what_choosing_the_value_would_show(snapshot, wanted):
    facets = snapshot.page(wanted, "relevance", 0, 1).facets

    for facet in ("category", "style", "producer", "deposit", "origin"):
        for value, count in counts(facets, facet).items():
            chosen = Wanted(**{**vars(wanted), facet: (value,)})
            assert snapshot.page(chosen, "relevance", 0, 1).total == count
    free = Wanted(**{**vars(wanted), "alcohol_free": True})
    assert snapshot.page(free, "relevance", 0, 1).total == facets["alcohol_free"][0]["count"]


@pytest.mark.parametrize("q", ["bier", "saft", "gin", "deutschland", "apfelsat", "xylophon"])
def test_many_hits_are_counted_like_few(snapshot, monkeypatch, q):
    few = fresh(snapshot).page(Wanted(q=q, deposit=("reusable",)), "price", 0, 5)
    monkeypatch.setattr("prost_catalog.search.snapshot.LISTED", -1)

    many = fresh(snapshot).page(Wanted(q=q, deposit=("reusable",)), "price", 0, 5)

    assert many == few


def test_what_is_filtered_by_is_listed_even_where_nothing_is_left_of_it(snapshot):
    facets = snapshot.page(Wanted(q="riesling", category=("bier",)), "relevance", 0, 1).facets

    assert counts(facets, "category") == {"wein": 1, "bier": 0}


def test_of_many_values_the_most_frequent_are_listed_and_those_filtered_by(snapshot, monkeypatch):
    monkeypatch.setattr("prost_catalog.search.facets.MOST_VALUES", 2)

    facets = fresh(snapshot).page(Wanted(producer=("quelle",)), "relevance", 0, 1).facets

    assert list(counts(facets, "producer").items()) == [("hirschwang", 4), ("obsthof", 4), ("quelle", 4)]


def test_a_page_is_found_by_id_and_by_slug(snapshot):
    by_id = snapshot.product(str(UUID(int=4)))

    assert by_id == snapshot.product("product-4")
    assert orjson.loads(by_id)["name"] == "Rheinvogt Kölsch"
    assert snapshot.product("nothing") is None


def test_categories_are_counted_in_their_order(snapshot):
    counted = [(category["slug"], category["count"]) for category in snapshot.categories()]

    assert counted == [
        ("bier", 8), ("wein", 3), ("saefte", 4), ("spirituosen", 3), ("limonaden", 3), ("wasser", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("wei", ["wein", "moselhang", "product-0"]),
        ("hirsch", ["hirschwang", "product-0"]),
        ("kö", ["product-4"]),
        ("dry g", ["product-15"]),
        # Names that begin so, then names with another word that does; the popular ones first in each.
        ("r", ["rheinvogt", "product-4", "product-5", "product-8", "product-17", "product-10"]),
    ],
)
def test_suggestions_complete_what_is_typed(snapshot, typed, expected):
    slugs = [suggestion["slug"] for suggestion in snapshot.suggestions(typed, 8)]

    assert slugs[: len(expected)] == expected


def test_suggestions_for_signs_are_none(snapshot):
    assert snapshot.suggestions("???", 8) == []


def counts(facets, name):
    return {value["value"]: value["count"] for value in facets[name]}

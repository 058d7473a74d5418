"""Every vessel, label and glass draws, and what it draws can be seen."""

import xml.etree.ElementTree as ET

import pytest

from prost_catalog.artwork.bottles import BUILDS
from prost_catalog.artwork.emblems import EMBLEMS
from prost_catalog.artwork.glasses import GLASSES
from prost_catalog.artwork.labels import LAYOUTS
from prost_catalog.artwork.lettering import best_lines, font_folder, measure
from prost_catalog.artwork.patterns import PATTERNS
from prost_catalog.artwork.pictures import Subject, front, scenery, served
from prost_catalog.artwork.prints import Print
from prost_catalog.artwork.scene import TINTS
from prost_catalog.artwork.sheet import contrast, mix, readable
from prost_catalog.images import render
from prost_catalog.seed.source import load_source
from prost_catalog.seed.subjects import subject
from prost_catalog.seed.tasks import ShelfTask

PRODUCTS = load_source().products
VESSELS = (*BUILDS, "can", "sleek", "carton", "keg", "crate")


def a_subject(vessel="longneck", layout="classic", glass="willi", emblem="hops", pattern="rays"):
    words = Print(
        wordmark="Musterbräu",
        title="Helles Export",
        caption="Export",
        facts="0,5 l",
        place="Bayern",
        face="serif",
        motif=emblem,
        pattern=pattern,
        paper="#f6efdc",
        ink="#173a6a",
        second="#c9a24b",
        tint="#2f7fc1",
    )
    return Subject("muster", "bier", vessel, layout, glass, "#6a3410", "#e8b33f", "#2f7fc1", words)


def painted(layer):
    """Return the share of a layer's pixels that are not transparent."""
    ET.fromstring(layer.svg)  # noqa: S314 - it is our own drawing.
    alpha = render(layer.svg, 120).getchannel("A")
    return 1 - alpha.histogram()[0] / (alpha.width * alpha.height)


@pytest.mark.parametrize("vessel", VESSELS)
def test_every_vessel_draws(vessel):
    assert painted(front(a_subject(vessel=vessel))) > 0.15


@pytest.mark.parametrize("glass", GLASSES)
def test_every_glass_draws(glass):
    assert painted(served(a_subject(glass=glass))) > 0.15


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("vessel", ["longneck", "can"])
def test_every_lockup_draws_on_bottle_and_can(layout, vessel):
    assert painted(front(a_subject(vessel=vessel, layout=layout))) > 0.15


@pytest.mark.parametrize("emblem", EMBLEMS)
def test_every_emblem_draws(emblem):
    assert painted(front(a_subject(emblem=emblem))) > 0.15


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_draws(pattern):
    assert painted(front(a_subject(layout="stripe", pattern=pattern))) > 0.15


@pytest.mark.parametrize("category", TINTS)
def test_every_shelf_has_a_backdrop_without_holes(category):
    picture = render(scenery(category), 60)
    assert picture.size == (60, 75)
    assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
def test_every_product_is_drawn_inside_its_picture(product):
    for layer in (front(subject(product)), served(subject(product))):
        assert layer.left >= 0
        assert layer.left + layer.width <= 960


@pytest.mark.parametrize("category", TINTS)
def test_every_shelf_draws_as_a_group(category):
    assert painted(ShelfTask(category).layer()) > 0.15


def test_no_two_products_look_alike():
    drawings = [front(subject(product)).svg for product in PRODUCTS]
    assert len(set(drawings)) == len(drawings)


def test_the_same_product_is_drawn_the_same_way_every_time():
    assert served(subject(PRODUCTS[0])) == served(subject(PRODUCTS[0]))


@pytest.mark.parametrize("face", sorted(path.stem for path in font_folder().glob("*.ttf")))
def test_every_face_has_the_letters_of_every_label(face):
    letters = {letter for product in PRODUCTS for letter in product.label + product.producer.wordmark}
    unknown = measure("\uffff", face, 100)
    assert unknown > 0
    assert all(measure(letter, face, 100) > 0 for letter in letters)


def test_a_long_title_is_broken_where_it_can_be_set_largest():
    assert best_lines("Hafer Barista", "modern", 100, 100)[0] == ["Hafer", "Barista"]


def test_lines_are_never_wider_than_their_place():
    lines, size = best_lines("Schwarze Johannisbeere", "slab", 180, 60)
    assert max(measure(line, "slab", size) for line in lines) <= 180.5


def test_colours_mix_and_contrast():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert readable("#173a6a", "#f6efdc", "#102030") == "#f6efdc"

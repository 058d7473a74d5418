"""What the search index knows of a product, and how it is kept in tantivy."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import tantivy

from prost_catalog.search.folding import fold, parts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXT_FIELDS: Final = ("name", "about", "part")
"""Words of the name, words of what is said about the product, and parts of the compounds among both."""

FACET_FIELDS: Final = ("category", "style", "producer", "deposit", "origin")

BEGINNING: Final = 3
"""Characters of a word up to which its beginnings are indexed; a longer one is looked up among the words."""

NAME_START: Final = "^"
"""Stands before the beginnings of a whole name."""

SET_SEPARATOR: Final = "+"
"""Joins the values of a facet of which a product has several: they are counted by their combinations."""

SPAN: Final = 52
"""Numbers of products that share a sum of bits: as many as a float holds exactly."""

POPULARITY_FLOOR: Final = 1022
"""Scores are multiplied by log2(2 + popularity): 10 for nobody's, 11 for everybody's favourite."""

# An index that other code has written is built anew, so nobody has to remember to raise a number.
_SOURCES: Final = ("documents.py", "folding.py", "columns.py")
FORMAT: Final = hashlib.sha256(
    b"".join(Path(__file__).with_name(source).read_bytes() for source in _SOURCES)
).hexdigest()[:12]


def make_schema() -> tantivy.Schema:
    """Declare the fields: words are inverted, facets and sort keys are columns, JSON is stored."""
    builder = tantivy.SchemaBuilder()
    for field in ("id", "slug", "sku", "exact"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in (*TEXT_FIELDS, "beginning"):
        builder.add_text_field(field, tokenizer_name="words", index_option="basic")
    for field in FACET_FIELDS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("by_name", tokenizer_name="raw", index_option="basic", fast=True)
    for field in ("alcohol_free", "available"):
        builder.add_unsigned_field(field, indexed=True)
    for field in ("number", "bit", "price", "price_per_litre", "by_rating", "created_at", "popularity"):
        builder.add_unsigned_field(field, indexed=field == "price", fast=True)
    for field in ("card", "details"):
        builder.add_bytes_field(field, stored=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Let the index split on blanks only: words are folded before they reach it."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", analyzer)


def to_document(
    schema: tantivy.Schema,
    product_id: str,
    number: int,
    facts: Mapping[str, Any],
    *,
    card: bytes,
    details: bytes,
) -> tantivy.Document:
    """Make the index's document of a card."""
    name = words(facts["name"])
    about = [word for text in facts["words"] for word in words(text)]
    compounds = {part for word in (*name, *about) for part in parts(word)}
    # "Coca Cola" is also looked for as one word.
    joined = (first + second for first, second in pairwise(name))
    values: dict[str, Any] = {
        "id": product_id,
        "number": number,
        "bit": 1 << number % SPAN,
        "slug": facts["slug"],
        "sku": [sku.lower() for sku in facts["skus"]],
        "exact": " ".join(name),
        "name": " ".join(name),
        "about": " ".join(dict.fromkeys(about)),
        "part": " ".join((*sorted(compounds), *joined)),
        "beginning": " ".join(_beginnings(name)),
        "category": facts["categories"],
        "producer": facts["producer"],
        "deposit": facts["deposits"],
        "origin": facts["origin"],
        "by_name": fold(facts["name"]),
        "alcohol_free": int(facts["alcohol_free"]),
        "available": int(facts["available"]),
        "price": facts["price"],
        "price_per_litre": facts["price_per_litre"],
        "by_rating": _by_rating(facts),
        "created_at": facts["created_at"],
        "popularity": _popularity(facts),
        "card": card,
        "details": details,
    }
    if facts["style"]:
        values["style"] = facts["style"]
    return tantivy.Document.from_dict(values, schema)


def _beginnings(name: Sequence[str]) -> set[str]:
    """Cut beginnings off the words of a name, off its compounds' parts and, marked as such, off the name."""
    within = {part for word in name for part in parts(word)}
    begun = {word[:cut] for word in (*name, *within) for cut in range(1, BEGINNING + 1)}
    return begun | {NAME_START + word[:cut] for word in name[:1] for cut in range(1, BEGINNING + 1)}


def _by_rating(facts: Mapping[str, Any]) -> int:
    """Rank by average, and by the number of ratings among equals."""
    return int(facts["rating"]) << 20 | min(int(facts["rating_count"]), (1 << 20) - 1)


def _popularity(facts: Mapping[str, Any]) -> int:
    """Rank featured products first, then by ratings, of which a few weigh less than many."""
    count = int(facts["rating_count"])
    liked = (int(facts["rating"]) * count + 300 * 5) / (count + 5) / 500
    return POPULARITY_FLOOR + int(512 * liked) + (512 if facts["featured"] else 0)

"""What the search index knows of a product, and how it is kept in tantivy."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import tantivy

from prost_catalog.search import folding
from prost_catalog.search.folding import fold, parts, words

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_FIELDS: Final = ("name", "about", "part")
"""Words of the name, words of what is said about the product, and parts of the compounds among both."""

FACET_FIELDS: Final = ("category", "style", "producer", "deposit", "origin")

# Counting a column of one value per product takes a fifteenth of the time that one of several takes, so what
# may be several is counted by its combinations, of which there are few.
COLUMNS: Final = {
    "category": "category_set",
    "style": "style",
    "producer": "producer",
    "deposit": "deposit_set",
    "origin": "origin",
}
"""The column in which each facet is counted."""

SET_SEPARATOR: Final = "+"

POPULARITY_FLOOR: Final = 1022
"""Scores are multiplied by log2(2 + popularity): 10 for nobody's, 11 for everybody's favourite."""

# An index that other code has written is built anew, so nobody has to remember to raise a number.
FORMAT: Final = hashlib.sha256(
    b"".join(Path(source).read_bytes() for source in (__file__, folding.__file__))
).hexdigest()[:12]


def make_schema() -> tantivy.Schema:
    """Declare the fields: words are inverted, facets and sort keys are columns, JSON is stored."""
    builder = tantivy.SchemaBuilder()
    for field in ("id", "slug", "sku", "exact"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name="words", index_option="basic")
    for field in FACET_FIELDS:
        is_column = field in COLUMNS.values()
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=is_column)
    for field in ("category_set", "deposit_set"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("by_name", tokenizer_name="raw", index_option="basic", fast=True)
    for field in ("alcohol_free", "available"):
        builder.add_unsigned_field(field, indexed=True, fast=True)
    for field in ("price", "price_per_litre", "by_rating", "created_at", "popularity"):
        builder.add_unsigned_field(field, indexed=field == "price", fast=True)
    for field in ("card", "details"):
        builder.add_bytes_field(field, stored=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Let the index split on blanks only: words are folded before they reach it."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", analyzer)


def to_document(
    schema: tantivy.Schema, product_id: str, facts: Mapping[str, Any], card: bytes, details: bytes
) -> tantivy.Document:
    """Make the index's document of a card."""
    name = words(facts["name"])
    about = [word for text in facts["words"] for word in words(text)]
    compounds = {part for word in (*name, *about) for part in parts(word)}
    # "Coca Cola" is also looked for as one word.
    joined = (first + second for first, second in pairwise(name))
    values: dict[str, Any] = {
        "id": product_id,
        "slug": facts["slug"],
        "sku": [sku.lower() for sku in facts["skus"]],
        "exact": " ".join(name),
        "name": " ".join(name),
        "about": " ".join(dict.fromkeys(about)),
        "part": " ".join((*sorted(compounds), *joined)),
        "category": facts["categories"],
        "category_set": SET_SEPARATOR.join(facts["categories"]),
        "producer": facts["producer"],
        "deposit": facts["deposits"],
        "deposit_set": SET_SEPARATOR.join(facts["deposits"]),
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


def _by_rating(facts: Mapping[str, Any]) -> int:
    """Rank by average, and by the number of ratings among equals."""
    return int(facts["rating"]) << 20 | min(int(facts["rating_count"]), (1 << 20) - 1)


def _popularity(facts: Mapping[str, Any]) -> int:
    """Rank featured products first, then by ratings, of which a few weigh less than many."""
    count = int(facts["rating_count"])
    liked = (int(facts["rating"]) * count + 300 * 5) / (count + 5) / 500
    return POPULARITY_FLOOR + int(512 * liked) + (512 if facts["featured"] else 0)

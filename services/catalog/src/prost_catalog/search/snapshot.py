"""The catalogue as it was at one point of the feed: lists, facets, pages and suggestions from one index."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
from tantivy import Order, Query

from prost.money import Money
from prost_catalog.search.documents import FACET_FIELDS, FORMAT, SPAN
from prost_catalog.search.facets import Counts, FacetCounter, most_frequent
from prost_catalog.search.folding import words
from prost_catalog.search.queries import Wanted, filter_query, prefix_queries, text_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from tantivy import DocAddress, Index, Searcher

    from prost_catalog.search.columns import Columns

REMEMBERED: Final = 500
"""Lists whose facets are kept."""

LISTED: Final = 100_000
"""Hits of a text up to which they are taken one by one."""

_SPANS: Final = {
    "spans": {
        "histogram": {"field": "number", "interval": SPAN, "min_doc_count": 1},
        "aggs": {"bits": {"sum": {"field": "bit"}}},
    }
}

_SORTS: Final[Mapping[str, tuple[str, Order]]] = {
    "relevance": ("popularity", Order.Desc),
    "name": ("by_name", Order.Asc),
    "-name": ("by_name", Order.Desc),
    "price": ("price", Order.Asc),
    "-price": ("price", Order.Desc),
    "price_per_litre": ("price_per_litre", Order.Asc),
    "rating": ("by_rating", Order.Desc),
    "newest": ("created_at", Order.Desc),
}


@dataclass(frozen=True)
class Shelves:
    """What facets and menus call things: JSON objects by slug, in the order in which they are shown.

    Every one has `slug` and `name` {de, en}; a category also `description` {de, en}, `image` and `parent`.
    """

    category: dict[str, dict[str, Any]] = field(default_factory=dict)
    style: dict[str, dict[str, Any]] = field(default_factory=dict)
    producer: dict[str, dict[str, Any]] = field(default_factory=dict)
    deposit: dict[str, dict[str, Any]] = field(default_factory=dict)
    origin: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A piece of a list: the JSON of its items, how many there are in all, and the facets beside them."""

    items: list[bytes]
    total: int
    facets: dict[str, object]


class Snapshot:
    """Answers from one state of the index; `version` names that state on every replica alike."""

    def __init__(self, index: Index, columns: Columns, seq: int, shelves: Shelves) -> None:
        """Pin the index's present state; `columns` are of the same state or one just before."""
        self._schema = index.schema
        self._searcher: Searcher = index.searcher()
        self._columns = columns
        self._shelves = shelves
        self._remembered: dict[Wanted, Counts] = {}
        self.seq = seq
        self.version = f"{FORMAT}.{seq}"
        self._named = [
            (kind, shelf, frozenset(words(f"{shelf['name']['de']} {shelf['name']['en']}")))
            for kind in ("category", "producer")
            for shelf in getattr(shelves, kind).values()
        ]
        self._by_word = sorted(
            (word, position) for position, (_, _, names) in enumerate(self._named) for word in names
        )

    def page(self, wanted: Wanted, sort: str, offset: int, size: int) -> Page:
        """Find a page of products, with facets that are true under all other filters."""
        text = text_query(self._schema, wanted.q, forgiving=False)
        hits = self._search(wanted, text, sort, offset, size)
        if text is not None and not hits and not self._searcher.search(text, 1, count=False).hits:
            # Typing errors are forgiven only where nothing in the whole catalogue is spelt as typed.
            text = text_query(self._schema, wanted.q, forgiving=True)
            hits = self._search(wanted, text, sort, offset, size)
        counts = self._counts(wanted, text)
        items = [self._stored(address, "card") for _, address in hits]
        return Page(items, counts.total, self._facets(wanted, counts))

    def product(self, id_or_slug: str) -> bytes | None:
        """Find the JSON of a product's page."""
        by_either = [Query.term_query(self._schema, name, id_or_slug) for name in ("id", "slug")]
        found = self._searcher.search(Query.disjunction_max_query(by_either), 1, count=False).hits
        if not found:
            return None
        address = found[0][1]
        return self._stored(address, "card")[:-1] + b"," + self._stored(address, "details")[1:]

    def categories(self) -> list[dict[str, object]]:
        """List the categories in their order, each with the number of its products."""
        counts = self._counts(Wanted(), None).values["category"]
        return [{**shelf, "count": counts[slug]} for slug, shelf in self._shelves.category.items()]

    def suggestions(self, text: str, size: int) -> list[dict[str, object]]:
        """Complete what is being typed: shelves whose name begins so, then products, most popular first."""
        typed = words(text)
        if not typed:
            return []
        shelves = [
            {"kind": kind, "slug": shelf["slug"], "label": shelf["name"], "image": shelf.get("image")}
            for kind, shelf in islice(self._begun(typed), size // 2)
        ]
        found: list[Any] = []
        for query in prefix_queries(self._schema, text):
            if missing := size - len(shelves) - len(found):
                found += self._searcher.search(query, missing, count=False, weight_by_field="popularity").hits
        cards = (orjson.loads(self._stored(address, "card")) for _, address in found)
        products = [
            {
                "kind": "product",
                "slug": card["slug"],
                "label": {"de": card["name"], "en": card["name"]},
                "image": card["image"],
            }
            for card in cards
        ]
        return [*shelves, *products]

    def _begun(self, typed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Find the shelves that have a word beginning with each of the typed ones, in their order."""
        first, rest = typed[0], typed[1:]
        start = bisect_left(self._by_word, (first, -1))
        begun = takewhile(lambda entry: entry[0].startswith(first), islice(self._by_word, start, None))
        for position in sorted({position for _, position in begun}):
            kind, shelf, names = self._named[position]
            if all(any(name.startswith(word) for name in names) for word in rest):
                yield kind, shelf

    def _search(self, wanted: Wanted, text: Query | None, sort: str, offset: int, size: int) -> list[Any]:
        if sort == "relevance" and text is not None:
            ordered: dict[str, Any] = {"weight_by_field": "popularity"}
        else:
            column, order = _SORTS[sort]
            ordered = {"order_by_field": column, "order": order}
        query = filter_query(self._schema, wanted, text)
        return self._searcher.search(query, size, count=False, offset=offset, **ordered).hits

    def _stored(self, address: DocAddress, name: str) -> bytes:
        return bytes(self._searcher.doc(address).get_first(name) or b"null")

    def _counts(self, wanted: Wanted, text: Query | None) -> Counts:
        """Remember what is counted for a list: its other pages and orders have the same."""
        counts = self._remembered.get(wanted)
        if counts is None:
            found = None if text is None else self._found(text)
            counts = FacetCounter(self._columns, wanted, found).count()
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[wanted] = counts
        return counts

    def _found(self, text: Query) -> NDArray[np.bool_]:
        """Mark the numbers of the products that a text matches.

        Above some hits the index gives sums sooner than hits: every product has a bit, and those of
        neighbours are added up.
        """
        size = len(self._columns.arrays["price"])
        matched: Any = self._searcher.search(text, 1)
        if matched.count <= LISTED:
            hits = self._searcher.search(text, LISTED, count=False, order_by_field="number").hits
            numbers = np.fromiter((number for number, _ in hits), np.intp, len(hits))
            marks = np.zeros(size, np.bool_)
            # The index may be a moment newer than the columns and know of numbers that they do not.
            marks[numbers[numbers < size]] = True
            return marks
        spans: Any = self._searcher.aggregate(text, _SPANS)["spans"]["buckets"]
        places = np.fromiter((span["key"] for span in spans), np.float64, len(spans)).astype(np.intp) // SPAN
        bits = np.fromiter((span["bits"]["value"] for span in spans), np.float64, len(spans))
        sums = np.zeros(size // SPAN + 1, "<u8")
        known = places < len(sums)
        sums[places[known]] = bits[known].astype(np.uint64)
        each = np.unpackbits(sums.view(np.uint8).reshape(-1, 8), axis=1, count=SPAN, bitorder="little")
        return each.reshape(-1)[:size].view(np.bool_)

    def _facets(self, wanted: Wanted, counts: Counts) -> dict[str, object]:
        facets: dict[str, object] = {
            name: list(self._labelled(name, wanted, counts)) for name in FACET_FIELDS
        }
        facets["alcohol_free"] = [{"value": "true", "count": counts.alcohol_free}]
        lowest, highest = counts.prices
        facets["price"] = {"min": Money(lowest).wire(), "max": Money(highest).wire()}
        return facets

    def _labelled(self, facet: str, wanted: Wanted, counts: Counts) -> Iterator[dict[str, object]]:
        shelves: dict[str, dict[str, Any]] = getattr(self._shelves, facet)
        for value, count in most_frequent(counts.values[facet], getattr(wanted, facet)):
            # A value that a customer made up has no shelf, and no products either.
            if shelf := shelves.get(value):
                yield {"value": value, "label": shelf["name"], "count": count}

"""The catalogue as it was at one point of the feed: lists, facets, pages and suggestions from one index."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Final

import orjson
from tantivy import Order, Query

from prost.money import Money
from prost_catalog.search.documents import COLUMNS, FACET_FIELDS, FORMAT, SET_SEPARATOR
from prost_catalog.search.folding import words
from prost_catalog.search.queries import Wanted, filter_query, prefix_query, text_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tantivy import DocAddress, Index, Searcher

MOST_VALUES: Final = 100
"""Values that a facet lists; the ones filtered by are always among them."""

MOST_SETS: Final = 1_000
"""Combinations of values that are added up: more than there are leaves among the categories."""

REMEMBERED: Final = 500
"""Lists whose facets are kept."""

# Above this many distinct values per segment the counts would become estimates.
_EXACT_UP_TO: Final = 60_000

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

    def __init__(self, index: Index, seq: int, shelves: Shelves) -> None:
        """Pin the index's present state."""
        self._schema = index.schema
        self._searcher: Searcher = index.searcher()
        self._shelves = shelves
        self._remembered: dict[Wanted, dict[str, object]] = {}
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
        query = filter_query(self._schema, wanted, text)
        found = self._search(query, sort, offset, size, scored=text is not None)
        if text is not None and not found.count and not self._searcher.search(text, 1).hits:
            # Typing errors are forgiven only where nothing in the whole catalogue is spelt as typed.
            text = text_query(self._schema, wanted.q, forgiving=True)
            query = filter_query(self._schema, wanted, text)
            found = self._search(query, sort, offset, size, scored=True)
        items = [self._stored(address, "card") for _, address in found.hits]
        return Page(items, found.count or 0, self._facets(wanted, text, query))

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
        counts = dict(self._values(Query.all_query(), ["category"])["category"])
        return [{**shelf, "count": counts.get(slug, 0)} for slug, shelf in self._shelves.category.items()]

    def suggestions(self, text: str, size: int) -> list[dict[str, object]]:
        """Complete what is being typed: shelves whose name begins so, then products, most popular first."""
        typed = words(text)
        query = prefix_query(self._schema, text)
        if query is None:
            return []
        shelves = [
            {"kind": kind, "slug": shelf["slug"], "label": shelf["name"], "image": shelf.get("image")}
            for kind, shelf in islice(self._begun(typed), size // 2)
        ]
        found = self._searcher.search(query, size - len(shelves), count=False, weight_by_field="popularity")
        cards = (orjson.loads(self._stored(address, "card")) for _, address in found.hits)
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

    def _begun(self, typed: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Find the shelves that have a word beginning with each of the typed ones, in their order."""
        first, rest = typed[0], typed[1:]
        start = bisect_left(self._by_word, (first, -1))
        begun = takewhile(lambda entry: entry[0].startswith(first), islice(self._by_word, start, None))
        for position in sorted({position for _, position in begun}):
            kind, shelf, names = self._named[position]
            if all(any(name.startswith(word) for name in names) for word in rest):
                yield kind, shelf

    def _search(self, query: Query, sort: str, offset: int, size: int, *, scored: bool) -> Any:
        if sort == "relevance" and scored:
            return self._searcher.search(query, size, offset=offset, weight_by_field="popularity")
        column, order = _SORTS[sort]
        return self._searcher.search(query, size, offset=offset, order_by_field=column, order=order)

    def _stored(self, address: DocAddress, name: str) -> bytes:
        return bytes(self._searcher.doc(address).get_first(name) or b"null")

    def _facets(self, wanted: Wanted, text: Query | None, query: Query) -> dict[str, object]:
        """Remember the facets of a list: its other pages and orders have the same."""
        facets = self._remembered.get(wanted)
        if facets is None:
            facets = self._count_facets(wanted, text, query)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[wanted] = facets
        return facets

    def _count_facets(self, wanted: Wanted, text: Query | None, query: Query) -> dict[str, object]:
        """Count each facet as if it were not filtered by; those that are not share one pass."""
        active = wanted.active_facets()
        rest = [name for name in (*FACET_FIELDS, "alcohol_free", "price") if name not in active]
        counted = self._values(query, rest)
        for name in active:
            others = filter_query(self._schema, wanted.without(name), text)
            counted |= self._values(others, [name])
            if name in FACET_FIELDS:
                # What is filtered by is shown even where it is not among the most frequent.
                listed = {value for value, _ in counted[name]}
                chosen = (value for value in getattr(wanted, name) if value not in listed)
                counted[name] += [(value, self._count(others, name, value)) for value in chosen]
        facets: dict[str, object] = {name: list(self._labelled(name, counted[name])) for name in FACET_FIELDS}
        facets["alcohol_free"] = [{"value": "true", "count": counted["alcohol_free"]}]
        facets["price"] = counted["price"]
        return facets

    def _labelled(self, facet: str, values: Sequence[tuple[str, int]]) -> Iterator[dict[str, object]]:
        shelves: dict[str, dict[str, Any]] = getattr(self._shelves, facet)
        for value, count in values:
            # A value that a customer made up has no shelf, and no products either.
            if shelf := shelves.get(value):
                yield {"value": value, "label": shelf["name"], "count": count}

    def _values(self, query: Query, names: Iterable[str]) -> dict[str, Any]:
        """Count the values of several facets in one pass over the hits."""
        wanted: dict[str, Any] = {}
        for name in names:
            if name == "price":
                wanted[name] = {"stats": {"field": name}}
            elif name == "alcohol_free":
                wanted[name] = {"terms": {"field": name}}
            else:
                size = MOST_VALUES if COLUMNS[name] == name else MOST_SETS
                terms = {"field": COLUMNS[name], "size": size, "segment_size": _EXACT_UP_TO}
                wanted[name] = {"terms": terms}
        if not wanted:
            return {}
        found = self._searcher.aggregate(query, wanted)
        counted: dict[str, Any] = {
            name: _values_of_sets(found[name]["buckets"]) for name in wanted if name in FACET_FIELDS
        }
        if "alcohol_free" in wanted:
            buckets = found["alcohol_free"]["buckets"]
            counted["alcohol_free"] = sum(bucket["doc_count"] for bucket in buckets if bucket["key"])
        if "price" in wanted:
            counted["price"] = {
                bound: Money(int(found["price"][bound] or 0)).wire() for bound in ("min", "max")
            }
        return counted

    def _count(self, query: Query, facet: str, value: str) -> int:
        both = query.and_must_match(Query.term_query(self._schema, facet, value))
        found: Any = self._searcher.search(both, 1)
        return int(found.count)


def _values_of_sets(buckets: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Add combinations up to their values, most frequent first."""
    counts: Counter[str] = Counter()
    for bucket in buckets:
        for value in bucket["key"].split(SET_SEPARATOR):
            counts[value] += bucket["doc_count"]
    return counts.most_common()

"""Builds tantivy queries from what a customer asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tantivy import FieldType, Occur, Query, Schema

from prost_catalog.search.documents import BEGINNING, FACET_FIELDS, NAME_START, TEXT_FIELDS
from prost_catalog.search.folding import PARTS, parts, query_words

if TYPE_CHECKING:
    from collections.abc import Iterable

HIGHEST_PRICE: Final = 2**31 - 1

MAX_WORDS: Final = 12
"""Words of a query that are looked at; what comes after them would cost more than it tells."""

# A match is worth what its kind is worth, however rare the word is: customers expect the name to win.
_EXACT: Final = {"name": 10.0, "about": 6.0, "part": 5.0}
_PREFIX: Final = {"name": 7.0, "about": 4.0, "part": 3.0}
_FUZZY: Final = {"name": 2.0, "about": 1.5, "part": 1.0}
_FAR_FUZZY: Final = {"name": 0.5, "about": 0.4, "part": 0.3}
_WHOLE_NAME: Final = 30.0
_START_OF_NAME: Final = 8.0


@dataclass(frozen=True)
class Wanted:
    """What a customer wants to see; empty and None stand for no filter. Prices are in minor units."""

    q: str = ""
    category: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    producer: tuple[str, ...] = ()
    deposit: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    alcohol_free: bool | None = None
    available: bool | None = None
    min_price: int | None = None
    max_price: int | None = None

    @property
    def filters_price(self) -> bool:
        """Whether there is a lowest or a highest price."""
        return self.min_price is not None or self.max_price is not None


def filter_query(schema: Schema, wanted: Wanted, text: Query | None) -> Query:
    """Join the text query, which alone counts for the score, with every filter."""
    clauses = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in _filters(schema, wanted)]
    if text is not None:
        clauses.append((Occur.Must, text))
    return Query.boolean_query(clauses) if clauses else Query.all_query()


def text_query(schema: Schema, text: str, *, forgiving: bool) -> Query | None:
    """Match every word of `text` somewhere; None for blank text.

    Words match as they are, as beginnings and inside compounds; a forgiving query allows for typing errors.
    """
    if not text.strip():
        return None
    found = query_words(text)[:MAX_WORDS]
    if not found:
        return Query.empty_query()
    clauses = [(Occur.Must, _word(schema, word, forgiving=forgiving)) for word in found]
    name = " ".join(found)
    whole = Query.const_score_query(Query.term_query(schema, "exact", name), _WHOLE_NAME)
    start = _begins(schema, "exact", f"{name} ", _START_OF_NAME)
    words = Query.boolean_query([*clauses, (Occur.Should, whole), (Occur.Should, start)])
    sku = Query.const_score_query(Query.term_query(schema, "sku", text.strip().lower()), _WHOLE_NAME)
    return _any_of([words, sku])


def prefix_queries(schema: Schema, text: str) -> list[Query]:
    """Match products whose name has all words of `text`, each of them perhaps unfinished; best ones first."""
    found = query_words(text)[:MAX_WORDS]
    if not found:
        return []
    begun = [(Occur.Must, _begun(schema, word)) for word in found]
    start = Query.const_score_query(
        Query.term_query(schema, "beginning", NAME_START + found[0][:BEGINNING]), 1.0
    )
    if max(map(len, found)) > BEGINNING:
        return [Query.boolean_query([*begun, (Occur.Should, start)])]
    # Few letters begin most products: those whose name begins so are often enough, and fewer to look at.
    return [
        Query.boolean_query([(Occur.Must, start), *begun[1:]]),
        Query.boolean_query([*begun, (Occur.MustNot, start)]),
    ]


def _begun(schema: Schema, word: str) -> Query:
    # Looking up all words that begin with so few letters would take longer the more products there are.
    if len(word) <= BEGINNING:
        return Query.const_score_query(Query.term_query(schema, "beginning", word), 1.0)
    return _any_of([_begins(schema, "name", word, 1.0), _begins(schema, "part", word, 0.5)])


def _filters(schema: Schema, wanted: Wanted) -> Iterable[Query]:
    for name in FACET_FIELDS:
        if values := getattr(wanted, name):
            # For the few values that people choose, a union of postings is cheaper than a set.
            yield Query.boolean_query(
                [(Occur.Should, Query.term_query(schema, name, value)) for value in values]
            )
    if wanted.alcohol_free is not None:
        yield Query.term_query(schema, "alcohol_free", int(wanted.alcohol_free))
    if wanted.available is not None:
        yield Query.term_query(schema, "available", int(wanted.available))
    if wanted.filters_price:
        lowest = wanted.min_price or 0
        highest = HIGHEST_PRICE if wanted.max_price is None else wanted.max_price
        if lowest > highest:
            yield Query.empty_query()
        else:
            yield Query.range_query(schema, "price", FieldType.Unsigned, lowest, highest)


def _word(schema: Schema, word: str, *, forgiving: bool) -> Query:
    alternatives = list(_strict(schema, word))
    if forgiving:
        alternatives.extend(_fuzzy(schema, word))
    return _any_of(alternatives)


def _strict(schema: Schema, word: str) -> Iterable[Query]:
    for field in TEXT_FIELDS:
        yield Query.const_score_query(Query.term_query(schema, field, word), _EXACT[field])
        yield _begins(schema, field, word, _PREFIX[field])
    pieces = sorted(parts(word) & PARTS)
    if len(pieces) > 1:
        together = [
            (Occur.Must, _any_of([Query.term_query(schema, field, piece) for field in TEXT_FIELDS]))
            for piece in pieces
        ]
        yield Query.const_score_query(Query.boolean_query(together), _EXACT["part"])


def _fuzzy(schema: Schema, word: str) -> Iterable[Query]:
    allowed = _allowed_errors(word)
    for field in TEXT_FIELDS:
        if allowed > 0:
            yield Query.const_score_query(Query.fuzzy_term_query(schema, field, word, 1), _FUZZY[field])
            beginning = Query.fuzzy_term_query(schema, field, word, 1, prefix=True)
            yield Query.const_score_query(beginning, _FAR_FUZZY[field])
        if allowed > 1:
            yield Query.const_score_query(Query.fuzzy_term_query(schema, field, word, 2), _FAR_FUZZY[field])


def _allowed_errors(word: str) -> int:
    shortest_for_one, shortest_for_two = 4, 8
    if word[0].isdigit() or len(word) < shortest_for_one:
        return 0
    return 1 if len(word) < shortest_for_two else 2


def _begins(schema: Schema, field: str, beginning: str, score: float) -> Query:
    query = Query.fuzzy_term_query(schema, field, beginning, 0, prefix=True)
    return Query.const_score_query(query, score)


def _any_of(alternatives: Iterable[Query]) -> Query:
    return Query.disjunction_max_query(list(alternatives))

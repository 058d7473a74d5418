"""Counts every facet of a list as if that facet were not filtered by, in one pass for all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from prost_catalog.search.documents import FACET_FIELDS, SET_SEPARATOR
from prost_catalog.search.queries import HIGHEST_PRICE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from prost_catalog.search.columns import Column, Columns
    from prost_catalog.search.queries import Wanted

    Mask = NDArray[np.bool_]

SET_FIELDS: Final = ("category", "deposit")
"""Facets of which a product may have several values."""

MOST_VALUES: Final = 100
"""Values that a facet lists; the ones filtered by are always among them."""

# More than there are filters, so what is out of the question stays apart from what filters leave out.
_OUT: Final = 16


@dataclass(frozen=True)
class Counts:
    """How many products a list has, and how many it would have with another value of each facet.

    `values` are the counts of those values of each facet that are listed, `prices` the lowest and the highest
    in minor units.
    """

    total: int
    values: dict[str, Counter[str]]
    alcohol_free: int
    prices: tuple[int, int]


class FacetCounter:
    """Counts what filters leave of a set of products.

    A product that exactly one filter leaves out counts for that filter's facet alone, and there only for
    values that the filter does not let pass. So each facet's counts are those of the hits, for values that
    pass, beside those of the products that one filter leaves out, for values that do not.
    """

    def __init__(self, columns: Columns, wanted: Wanted, found: Mask | None) -> None:
        """Tell hits and near misses among the products `found` by text; None stands for all."""
        self._columns = columns
        self._wanted = wanted
        self._passing = {name: self._passing_codes(name) for name in FACET_FIELDS if getattr(wanted, name)}
        misses = self._misses(found)
        self._hits = np.flatnonzero(misses == 0)
        self._near = np.flatnonzero(misses == 1)

    def count(self) -> Counts:
        """Count all facets."""
        return Counts(
            total=len(self._hits),
            values={name: self._values(name) for name in FACET_FIELDS},
            alcohol_free=self._alcohol_free(),
            prices=self._prices(),
        )

    def _misses(self, found: Mask | None) -> NDArray[np.uint8]:
        """Count for every product the filters that leave it out."""
        columns, wanted = self._columns.arrays, self._wanted
        outside = columns["category"] == 0
        if found is not None:
            outside |= ~found
        if wanted.available is not None:
            outside |= columns["available"] != wanted.available
        misses: NDArray[np.uint8] = np.where(outside, _OUT, 0).astype(np.uint8)
        for name, passing in self._passing.items():
            misses += (~passing).take(columns[name])
        if wanted.alcohol_free is not None:
            misses += columns["alcohol_free"] != wanted.alcohol_free
        if wanted.filters_price:
            misses += self._misses_price(columns["price"])
        return misses

    def _passing_codes(self, name: str) -> Mask:
        chosen = set(getattr(self._wanted, name))
        values = self._columns.values[name]
        return np.array([not chosen.isdisjoint(value.split(SET_SEPARATOR)) for value in values])

    def _misses_price(self, prices: Column) -> Mask:
        lowest, highest = self._wanted.min_price or 0, self._wanted.max_price
        missed: Mask = (prices < lowest) | (prices > (HIGHEST_PRICE if highest is None else highest))
        return missed

    def _values(self, name: str) -> Counter[str]:
        counted = self._count_codes(name, self._hits)
        if name in self._passing:
            counted = np.where(self._passing[name], counted, self._count_codes(name, self._near))
        counts: Counter[str] = Counter()
        values = self._columns.values[name]
        # Code 0 is no value.
        codes = np.flatnonzero(counted[1:]) + 1
        if name not in SET_FIELDS:
            codes = self._listed(name, codes, counted[codes])
        for code, count in zip(codes.tolist(), counted[codes].tolist(), strict=True):
            for value in values[code].split(SET_SEPARATOR):
                counts[value] += count
        return counts

    def _listed(self, name: str, codes: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
        """Leave out codes that no list shows: of thousands of producers, most."""
        if len(codes) <= MOST_VALUES:
            return codes
        listed: Mask = counts >= np.partition(counts, -MOST_VALUES)[-MOST_VALUES]
        if name in self._passing:
            listed |= self._passing[name][codes]
        chosen: NDArray[np.intp] = codes[listed]
        return chosen

    def _count_codes(self, name: str, products: NDArray[np.intp]) -> NDArray[np.intp]:
        column = self._columns.arrays[name]
        # A list of everything needs no copy of the column.
        some = column if len(products) == len(column) else column.take(products)
        return np.bincount(some, minlength=len(self._columns.values[name]))

    def _alcohol_free(self) -> int:
        products = self._near if self._wanted.alcohol_free is False else self._hits
        return int(np.count_nonzero(self._columns.arrays["alcohol_free"].take(products)))

    def _prices(self) -> tuple[int, int]:
        column = self._columns.arrays["price"]
        prices = column.take(self._hits)
        if self._wanted.filters_price:
            near = column.take(self._near)
            prices = np.concatenate((prices, near[self._misses_price(near)]))
        return (int(prices.min()), int(prices.max())) if len(prices) else (0, 0)


def most_frequent(counts: Counter[str], chosen: Iterable[str]) -> list[tuple[str, int]]:
    """List values by how frequent they are, and then those among `chosen` that are not listed yet."""
    listed: list[tuple[str, int]] = sorted(counts.items(), key=_by_count)[:MOST_VALUES]
    known = {value for value, _ in listed}
    return listed + [(value, counts[value]) for value in dict.fromkeys(chosen) if value not in known]


def _by_count(counted: tuple[str, int]) -> tuple[int, str]:
    value, count = counted
    return -count, value

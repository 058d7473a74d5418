"""What is counted of every product, as arrays in a file that the processes of a machine share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from prost_catalog.search.documents import FACET_FIELDS, SET_SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Column = NDArray[Any]

TYPES: Final[Mapping[str, type[np.generic]]] = {
    "price": np.uint32,
    "producer": np.uint32,
    "category": np.uint16,
    "style": np.uint16,
    "deposit": np.uint16,
    "origin": np.uint16,
    "alcohol_free": np.bool_,
    "available": np.bool_,
}
"""The columns, widest first, so that each begins at a multiple of its width."""

NOTHING: Final = ""
"""The value with code 0: that of a product without a style, and all those of a product that is not shown."""


class Columns:
    """One array per column, each indexed by the product's number.

    `price` is in minor units. A facet's column has codes: `values[facet][code]` is a slug or, where a product
    may have several, the slugs joined by `SET_SEPARATOR`.
    """

    def __init__(self, arrays: dict[str, Column], values: dict[str, list[str]]) -> None:
        """Take arrays of one length."""
        self.arrays = arrays
        self.values = values

    @classmethod
    def empty(cls) -> Columns:
        """Make columns of no products."""
        arrays: dict[str, Column] = {name: np.zeros(0, kind) for name, kind in TYPES.items()}
        return cls(arrays, {facet: [NOTHING] for facet in FACET_FIELDS})

    @classmethod
    def open(cls, path: Path, values: dict[str, list[str]]) -> Columns:
        """Map a file that `save` has written; pages that are looked at are shared with other processes."""
        size = path.stat().st_size // sum(np.dtype(kind).itemsize for kind in TYPES.values())
        if not size:
            return cls.empty()
        mapped = np.memmap(path, np.uint8, "r")
        arrays: dict[str, Column] = {}
        start = 0
        for name, kind in TYPES.items():
            end = start + size * np.dtype(kind).itemsize
            # A plain array over the same pages: memmap's own class makes each small operation slower.
            arrays[name] = np.asarray(mapped[start:end]).view(kind)
            start = end
        return cls(arrays, values)

    def save(self, path: Path) -> None:
        """Write the columns to a file, whole or not at all."""
        draft = path.with_name(f"{path.name}.new")
        with draft.open("wb") as file:
            for name in TYPES:
                self.arrays[name].tofile(file)
        draft.replace(path)


class ColumnsEditor:
    """Writes products into a copy of columns."""

    def __init__(self, columns: Columns) -> None:
        """Begin with what `columns` have."""
        self._arrays = {name: array.copy() for name, array in columns.arrays.items()}
        self._values = {facet: list(values) for facet, values in columns.values.items()}
        self._codes = {
            facet: {value: code for code, value in enumerate(values)}
            for facet, values in self._values.items()
        }
        self._size = len(self._arrays["price"])

    def put(self, number: int, facts: Mapping[str, Any]) -> None:
        """Write what the search document says of a product."""
        self._make_room(number)
        arrays = self._arrays
        arrays["category"][number] = self._code("category", SET_SEPARATOR.join(facts["categories"]))
        arrays["style"][number] = self._code("style", facts["style"] or NOTHING)
        arrays["producer"][number] = self._code("producer", facts["producer"])
        arrays["deposit"][number] = self._code("deposit", SET_SEPARATOR.join(facts["deposits"]))
        arrays["origin"][number] = self._code("origin", facts["origin"])
        for name in ("alcohol_free", "available", "price"):
            arrays[name][number] = facts[name]

    def remove(self, number: int) -> None:
        """Take a product out."""
        self._make_room(number)
        for array in self._arrays.values():
            array[number] = 0

    def columns(self) -> Columns:
        """Give the columns as they are now."""
        return Columns({name: array[: self._size] for name, array in self._arrays.items()}, self._values)

    def _code(self, facet: str, value: str) -> int:
        codes = self._codes[facet]
        code = codes.get(value)
        if code is None:
            code = codes[value] = len(codes)
            self._values[facet].append(value)
        return code

    def _make_room(self, number: int) -> None:
        self._size = max(self._size, number + 1)
        room = len(self._arrays["price"])
        if self._size > room:
            more = max(self._size, 2 * room) - room
            self._arrays = {
                name: np.concatenate((array, np.zeros(more, array.dtype)))
                for name, array in self._arrays.items()
            }

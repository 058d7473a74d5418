"""Brings an index up to the end of the feed of cards."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import orjson
from tantivy import Index

from prost_catalog.domain import COUNTRIES, DepositKind
from prost_catalog.search.columns import Columns, ColumnsEditor
from prost_catalog.search.documents import FORMAT, make_schema, register_tokenizers, to_document
from prost_catalog.use_cases.projection import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class.
    from tantivy import IndexWriter

logger = logging.getLogger(__name__)

STATE_FILE: Final = "state.json"
COLUMNS_SUFFIX: Final = ".columns"
BATCH: Final = 250
COMMIT_EVERY: Final = 100_000
WRITER_MEMORY: Final = 24_000_000
"""Bytes that new documents may take before they are written out."""

_DATABASE = """
SELECT (SELECT system_identifier FROM pg_control_system())::text || '-' || oid
FROM pg_database WHERE datname = current_database()
"""
_CHANGES = """
SELECT product_cards.product_id::text, products.number, product_cards.seq, product_cards.card,
       product_cards.details, product_cards.document
FROM product_cards JOIN products ON products.id = product_cards.product_id
WHERE product_cards.seq > %s ORDER BY product_cards.seq LIMIT %s
"""
_CATEGORIES = """
SELECT categories.slug, categories.name_de, categories.name_en, categories.description_de,
       categories.description_en, parents.slug, media.content_hash, media.color, media.widths, media.formats
FROM categories
LEFT JOIN categories AS parents ON parents.id = categories.parent_id
LEFT JOIN media ON media.id = categories.image_id
ORDER BY categories.position, categories.slug
"""
_DEPOSITS: Final = {
    DepositKind.REUSABLE: ("Mehrweg", "Reusable"),
    DepositKind.ONE_WAY: ("Einweg", "One-way"),
    DepositKind.NONE: ("Pfandfrei", "No deposit"),
}


class Feed:
    """Writes cards into an index, in the order of their sequence numbers.

    After every commit `state.json` beside the index says how far it goes, of which database it is, what all
    shelves are called, and which file has the columns. A new one is the sign for readers to look again.
    """

    def __init__(self, folder: Path, cursor: Cursor) -> None:
        """Continue the index in `folder` if it is of this database and this code, or begin it anew."""
        self._folder = folder
        self._cursor = cursor
        self._schema = make_schema()
        self._database = self._one(_DATABASE)
        self._state = read_state(folder) or {}
        continues = (
            self._state.get("format") == FORMAT
            and self._state.get("database") == self._database
            and self._state["seq"] <= self._end()
            and (folder / self._state["columns"]).exists()
        )
        self._begins_anew = not continues
        self._seq = self._last = self._state["seq"] if continues else 0

    def catch_up(self) -> bool:
        """Write what is new and commit it; False when there was nothing."""
        rows = self._changes()
        if not rows and not self._begins_anew:
            return False
        index = open_index(self._folder, self._schema)
        writer = index.writer(WRITER_MEMORY, 1)
        if self._begins_anew:
            logger.info("search index is built anew")
            writer.delete_all_documents()
        before = Columns.empty() if self._begins_anew else open_columns(self._folder, self._state)
        columns = ColumnsEditor(before)
        # Readers keep what they had until a new index has all that there was when it was begun.
        self._last = self._end() if self._begins_anew else self._seq + COMMIT_EVERY
        while rows and self._seq < self._last:
            self._write(writer, columns, rows)
            rows = self._changes()
        writer.commit()
        self._begins_anew = False
        self._publish(columns.columns())
        writer.wait_merging_threads()
        return True

    def _changes(self) -> list[tuple[Any, ...]]:
        self._cursor.execute(_CHANGES, (self._seq, BATCH))
        return self._cursor.fetchall()

    def _write(self, writer: IndexWriter, columns: ColumnsEditor, rows: list[tuple[Any, ...]]) -> None:
        for product_id, number, seq, card, details, facts in rows:
            # A product that changes while a new index is built comes twice.
            if not self._begins_anew or seq > self._last:
                writer.delete_documents_by_term("id", product_id)
            if facts is None:
                columns.remove(number)
            else:
                columns.put(number, facts)
                stored = {"card": bytes(card), "details": bytes(details)}
                writer.add_document(to_document(self._schema, product_id, number, facts, **stored))
            self._seq = seq

    def _publish(self, columns: Columns) -> None:
        name = f"{FORMAT}-{self._seq}{COLUMNS_SUFFIX}"
        columns.save(self._folder / name)
        self._state = {
            "format": FORMAT,
            "database": self._database,
            "seq": self._seq,
            "columns": name,
            "values": columns.values,
            "shelves": self._shelves(),
        }
        draft = self._folder / f"{STATE_FILE}.new"
        draft.write_bytes(orjson.dumps(self._state))
        draft.replace(self._folder / STATE_FILE)
        for other in self._folder.glob(f"*{COLUMNS_SUFFIX}"):
            # Who has mapped a file keeps it.
            if other.name != name:
                other.unlink()

    def _end(self) -> int:
        return int(self._one("SELECT max(seq) FROM product_cards") or 0)

    def _shelves(self) -> dict[str, dict[str, dict[str, object]]]:
        named = {
            "style": "SELECT slug, name_de, name_en FROM styles ORDER BY slug",
            "producer": "SELECT slug, name, name FROM producers ORDER BY slug",
        }
        shelves = {kind: {row[0]: _shelf(*row) for row in self._all(query)} for kind, query in named.items()}
        shelves["category"] = {row[0]: _category(row) for row in self._all(_CATEGORIES)}
        shelves["deposit"] = {kind.value: _shelf(kind.value, *names) for kind, names in _DEPOSITS.items()}
        shelves["origin"] = {code: _shelf(code, *names) for code, names in COUNTRIES.items()}
        return shelves

    def _all(self, query: str) -> Iterator[tuple[Any, ...]]:
        self._cursor.execute(query)
        yield from self._cursor.fetchall()

    def _one(self, query: str) -> Any:
        return next(self._all(query))[0]


def read_state(folder: Path) -> dict[str, Any] | None:
    """Read what the leader last published; None before the first time."""
    try:
        state: dict[str, Any] = orjson.loads((folder / STATE_FILE).read_bytes())
    except FileNotFoundError:
        return None
    return state


def open_columns(folder: Path, state: dict[str, Any]) -> Columns:
    """Map the columns that belong to a state.

    Raises:
        FileNotFoundError: the leader has published another state since.
    """
    return Columns.open(folder / state["columns"], state["values"])


def open_index(folder: Path, schema: Any) -> Index:
    """Open the index of this code's format, making an empty one where there is none."""
    place = folder / FORMAT
    place.mkdir(parents=True, exist_ok=True)
    index = Index(schema, str(place))
    register_tokenizers(index)
    index.config_reader("manual")
    return index


def _shelf(slug: str, name_de: str, name_en: str) -> dict[str, object]:
    return {"slug": slug, "name": {"de": name_de, "en": name_en}}


def _category(row: tuple[Any, ...]) -> dict[str, object]:
    slug, name_de, name_en, text_de, text_en, parent, *media = row
    stored = dict(zip(("content_hash", "color", "widths", "formats"), media, strict=True))
    return {
        **_shelf(slug, name_de, name_en),
        "description": {"de": text_de, "en": text_en},
        "parent": parent,
        "image": picture(stored, name_de, name_en) if stored["content_hash"] else None,
    }

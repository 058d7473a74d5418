"""Reads invoices and their corrections, and keeps who the shop is."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from prost.db import database, utcnow
from prost_orders.domain.documents import DocumentNotFound

_INVOICE: Final = "SELECT content FROM documents WHERE order_id = %s AND kind = 'INVOICE'"
_CORRECTION: Final = "SELECT content FROM documents WHERE number = %s AND order_id = %s AND kind <> 'INVOICE'"
_SELLER: Final = "SELECT details FROM sellers ORDER BY since DESC LIMIT 1"
# Two at the same moment: the later one a little later.
_SET_SELLER: Final = """
INSERT INTO sellers (since, details, set_by)
SELECT greatest(%s, max(since) + interval '1 microsecond'), %s, %s FROM sellers
"""


def read_invoice(order_id: UUID) -> Mapping[str, Any]:
    """Return what the invoice of an order says. Raises DocumentNotFound."""
    return _one(_INVOICE, order_id)


def read_correction(order_id: UUID, number: str) -> Mapping[str, Any]:
    """Return what a correction of an order's invoice says. Raises DocumentNotFound."""
    return _one(_CORRECTION, number, order_id)


def current_seller() -> Mapping[str, Any]:
    """Return who sells, as the next invoice will say."""
    (details,) = database.execute_sql(_SELLER).fetchone()
    found: Mapping[str, Any] = details
    return found


def set_seller(details: Mapping[str, Any], actor: str) -> None:
    """Say who sells, on every invoice from now on."""
    database.execute_sql(_SET_SELLER, (utcnow(), orjson.dumps(details).decode(), actor))


def _one(statement: str, *arguments: object) -> Mapping[str, Any]:
    row = database.execute_sql(statement, arguments).fetchone()
    if row is None:
        raise DocumentNotFound("There is no such document.")
    content: Mapping[str, Any] = row[0]
    return content

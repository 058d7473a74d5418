"""The JSON of a cart, joined from what is the same for all carts and what is this one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from prost_cart.domain import Line, Offer, Totals, price_per_litre, total

Stock = Mapping[str, Any]


class Shown(NamedTuple):
    """An offer, and what every line of it says: a JSON object that is still open."""

    offer: Offer
    opening: bytes


def shown(offer: Offer) -> Shown:
    """Prepare an offer for being shown many times."""
    facts = asdict(offer)
    same = {
        name: facts[name]
        for name in ("variant_id", "product_id", "sku", "slug", "name", "variant", "image", "sellable")
    } | {
        "unit_price": euros(offer.price),
        "deposit": euros(offer.deposit),
        "deposit_kind": offer.deposit_kind,
        "price_per_litre": euros(price_per_litre(offer)),
        "vat_rate": offer.vat_rate,
        "minimum_age": offer.minimum_age,
    }
    return Shown(offer, orjson.dumps(same)[:-1])


def cart(
    lines: Sequence[Line],
    offers: Mapping[str, Shown],
    stock: Mapping[str, Stock],
    kept_for: int,
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """Write a cart whose lines all have an offer; `more` are members beside those that every cart has."""
    bought = [(offers[line.variant_id], line) for line in lines]
    own = ((one.opening, _own(one.offer, line, stock.get(one.offer.sku))) for one, line in bought)
    rest = {
        "count": sum(line.quantity for line in lines),
        "totals": _totals(total((one.offer, line.quantity) for one, line in bought)),
        "minimum_age": max((one.offer.minimum_age for one, _ in bought), default=0),
        "prices_changed": any(one.offer.price != line.seen for one, line in bought),
        "expires_at": _instant(kept_for) if lines else None,
        **(more or {}),
    }
    # What the parts are joined by: a comma in place of the brace that would open the second one.
    joined = b",".join(opening + b"," + orjson.dumps(facts)[1:] for opening, facts in own)
    return b'{"lines":[' + joined + b"]," + orjson.dumps(rest)[1:]


def euros(minor: int) -> dict[str, str]:
    """Return cents, not negative, as money on the wire."""
    return {"amount": f"{minor // 100}.{minor % 100:02d}", "currency": "EUR"}


def _own(offer: Offer, line: Line, stock: Stock | None) -> dict[str, Any]:
    return {
        "quantity": line.quantity,
        "previous_price": euros(line.seen) if line.seen != offer.price else None,
        "line_total": euros(line.quantity * offer.price),
        "line_deposit": euros(line.quantity * offer.deposit),
        "stock": stock,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "goods": euros(totals.goods),
        "deposit": euros(totals.deposit),
        "total": euros(totals.goods + totals.deposit),
        "vat": [
            {"rate": each.rate, "gross": euros(each.gross), "net": euros(each.net), "vat": euros(each.vat)}
            for each in totals.vat
        ],
    }


def _instant(kept_for: int) -> str:
    now = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(int(now) + kept_for, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


EMPTY = cart([], {}, {}, 0)
"""The cart of whoever has none."""

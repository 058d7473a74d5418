"""What can be done with a cart: each is one round trip to Redis, and answers with the cart as it then is."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from prost.errors import Unavailable
from prost_cart import views
from prost_cart.domain import CartNotFound, Line, require_sellable
from prost_cart.goods import Goods
from prost_cart.store import CartStore, Owner, new_token, token_hash


class Shop(NamedTuple):
    """What the use cases work with."""

    store: CartStore
    goods: Goods


async def read_cart(shop: Shop, owner: Owner) -> bytes:
    """Return a cart.

    Raises:
        Unavailable: Redis is away; or the catalogue, and of a line nothing is known.
    """
    return await _answer(shop, owner, await shop.store.read(owner))


async def add_line(
    shop: Shop, owner: Owner, variant_id: str, quantity: int, *, begin: bool = True
) -> tuple[bytes, bool]:
    """Put so many more of a variant into a cart, at the price that it has now.

    Returns the cart, and whether its guest's cookie is to be sent.

    Raises:
        UnknownVariant, NotSellable, TooMany, CartIsFull, CartNotFound: nothing was changed.
        Unavailable: as for reading; nothing was changed.
    """
    offers = await shop.goods.offers([variant_id])
    offer = require_sellable(offers[variant_id].offer if variant_id in offers else None)
    added = await shop.store.add(owner, Line(variant_id, quantity, offer.price), begin=begin)
    try:
        return await _answer(shop, owner, added.lines), added.renew
    except Unavailable:
        # Whoever is told that it failed will add it once more.
        await shop.store.take_out(owner, [(variant_id, quantity)])
        raise


async def add_guests_line(
    shop: Shop, token: str | None, variant_id: str, quantity: int
) -> tuple[bytes, str | None]:
    """Do the same for a guest, and return the cart with the token that their browser is to keep, if any.

    A token that is not known opens nothing: nobody chooses the one under which a cart begins.
    """
    if token is not None:
        owner = Owner.guest(token_hash(token))
        with suppress(CartNotFound):
            answer, renew = await add_line(shop, owner, variant_id, quantity, begin=False)
            return answer, token if renew else None
    token = new_token()
    answer, _ = await add_line(shop, Owner.guest(token_hash(token)), variant_id, quantity)
    return answer, token


async def change_line(shop: Shop, owner: Owner, variant_id: str, quantity: int) -> bytes:
    """Set how many of a variant there are. Raises LineNotFound, and Unavailable as for reading."""
    return await _answer(shop, owner, await shop.store.change(owner, variant_id, quantity))


async def remove_line(shop: Shop, owner: Owner, variant_id: str) -> bytes:
    """Take a line out, if it is there. Raises Unavailable as for reading."""
    return await _answer(shop, owner, await shop.store.remove(owner, variant_id))


async def clear_cart(shop: Shop, owner: Owner) -> bytes:
    """Take everything out. Raises Unavailable while Redis is away."""
    await shop.store.clear(owner)
    return views.EMPTY


async def accept_prices(shop: Shop, owner: Owner) -> bytes:
    """Make the prices of now the ones that were seen. Raises Unavailable as for reading.

    Which prices there are is known after a first look at the cart; a line that goes meanwhile stays away.
    """
    lines = await shop.store.read(owner)
    if not lines:
        return views.EMPTY
    offers = await shop.goods.offers([line.variant_id for line in lines])
    prices = [(variant_id, one.offer.price) for variant_id, one in offers.items()]
    return await _answer(shop, owner, await shop.store.accept(owner, prices))


async def merge_carts(shop: Shop, guest: Owner, customer: Owner) -> bytes:
    """Move a guest's lines into a customer's cart, once. Raises Unavailable as for reading."""
    merged, lines = await shop.store.merge(guest, customer)
    return await _answer(shop, customer, lines, {"merged": merged._asdict()})


async def _answer(
    shop: Shop, owner: Owner, lines: Sequence[Line], more: Mapping[str, Any] | None = None
) -> bytes:
    offers = await shop.goods.offers([line.variant_id for line in lines]) if lines else {}
    known = [line for line in lines if line.variant_id in offers]
    if len(known) < len(lines):
        # Nobody could see such a line, and it would keep the cart from being ordered.
        gone = [line.variant_id for line in lines if line.variant_id not in offers]
        await shop.store.remove(owner, *gone)
    stock = await shop.goods.stock([one.offer.sku for one in offers.values()]) if known else {}
    return views.cart(known, offers, stock, owner.seconds, more)

"""What comes in: from customers about their own cart, and from orders about that of a customer."""

import re
from typing import Any, Final
from uuid import UUID

from falcon.asgi import Request, Response

from prost.auth import Principal
from prost.errors import NotFound, Unavailable
from prost.http import operation
from prost_cart import schemas as wire
from prost_cart import use_cases, views
from prost_cart.domain import GUEST_SECONDS, LineNotFound
from prost_cart.store import Owner, new_token, token_hash
from prost_cart.use_cases import Shop

COOKIE: Final = "prost_cart"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_NOBODY: Final = views.EMPTY[:-1] + b',"merged":{"lines":0,"capped":[],"left_out":[]}}'


class _OfCart:
    def __init__(self, shop: Shop, *, secure: bool) -> None:
        """Work with the shop; cookies are `secure` where browsers come by https."""
        self.shop = shop
        self._secure = secure

    def give(self, resp: Response, token: str) -> None:
        """Keep a token with the browser: for no script, and not sent along by pages of other sites."""
        resp.set_cookie(
            COOKIE,
            token,
            max_age=GUEST_SECONDS,
            path="/api",
            secure=self._secure,
            http_only=True,
            same_site="Lax",
        )


class CartResource(_OfCart):
    """A cart."""

    @operation(
        summary="Read one's cart; who has none is shown an empty one.",
        returns=wire.Cart,
        errors=(Unavailable,),
        auth="optional",
        tags=("cart",),
    )
    async def on_get(self, req: Request, resp: Response) -> bytes:
        """Answer with the cart."""
        owner = _owner(req, resp)
        return await use_cases.read_cart(self.shop, owner) if owner is not None else views.EMPTY


class AddResource(_OfCart):
    """Additions."""

    @operation(
        summary="Put so many more of a variant into one's cart; a guest's first addition begins a cart.",
        body=wire.AddIn,
        returns=wire.Cart,
        errors=(Unavailable,),
        auth="optional",
        tags=("cart",),
        max_body=4096,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.AddIn) -> bytes:
        """Add it. Refusals name the field: unknown-variant, not-sellable, too-many, cart-is-full."""
        variant_id = str(body.variant_id)
        resp.set_header("Cache-Control", "no-store")
        customer = _customer(req)
        if customer is not None:
            answer, _ = await use_cases.add_line(self.shop, customer, variant_id, body.quantity)
            return answer
        answer, token = await use_cases.add_guests_line(self.shop, _token(req), variant_id, body.quantity)
        if token is not None:
            self.give(resp, token)
        return answer


class LineResource(_OfCart):
    """A line of one's cart."""

    @operation(
        summary="Set how many of a variant are in one's cart.",
        body=wire.QuantityIn,
        returns=wire.Cart,
        errors=(NotFound, Unavailable),
        auth="optional",
        tags=("cart",),
        max_body=4096,
    )
    async def on_patch(
        self, req: Request, resp: Response, *, variant_id: UUID, body: wire.QuantityIn
    ) -> bytes:
        """Change the line. Refusal: line-not-found."""
        owner = _owner(req, resp)
        if owner is None:
            raise LineNotFound("The cart has no such line.")
        return await use_cases.change_line(self.shop, owner, str(variant_id), body.quantity)


class RemoveResource(_OfCart):
    """Removals."""

    @operation(
        summary="Take a variant out of one's cart; what is not there is out already.",
        body=wire.RemoveIn,
        returns=wire.Cart,
        errors=(Unavailable,),
        auth="optional",
        tags=("cart",),
        max_body=4096,
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.RemoveIn) -> bytes:
        """Remove the line."""
        owner = _owner(req, resp)
        if owner is None:
            return views.EMPTY
        return await use_cases.remove_line(self.shop, owner, str(body.variant_id))


class ClearResource(_OfCart):
    """The end of all lines."""

    @operation(
        summary="Empty one's cart.", returns=wire.Cart, errors=(Unavailable,), auth="optional", tags=("cart",)
    )
    async def on_delete(self, req: Request, resp: Response) -> bytes:
        """Take everything out."""
        owner = _owner(req, resp)
        return await use_cases.clear_cart(self.shop, owner) if owner is not None else views.EMPTY


class AcceptPricesResource(_OfCart):
    """Consent to prices that have changed."""

    @operation(
        summary="Accept the prices as they are now.",
        returns=wire.Cart,
        errors=(Unavailable,),
        auth="optional",
        tags=("cart",),
    )
    async def on_post(self, req: Request, resp: Response) -> bytes:
        """Make them the prices seen."""
        owner = _owner(req, resp)
        return await use_cases.accept_prices(self.shop, owner) if owner is not None else views.EMPTY


class MergeResource(_OfCart):
    """What happens to a guest's cart when they sign in."""

    @operation(
        summary="Move the lines of the guest that one was into one's own cart, once.",
        returns=wire.MergedCart,
        errors=(Unavailable,),
        auth="customer",
        tags=("cart",),
    )
    async def on_post(self, req: Request, resp: Response) -> bytes:
        """Merge. The cookie stays, so that the next guest at this browser goes on with what found no room."""
        customer, token = _owner(req, resp), _token(req)
        if customer is None:
            return _NOBODY
        guest = Owner.guest(token_hash(token if token is not None else new_token()))
        return await use_cases.merge_carts(self.shop, guest, customer)


class ContentsResource(_OfCart):
    """What orders are made of."""

    @operation(
        summary="Tell what is in a cart, with the prices that were last shown.",
        body=wire.ContentsIn,
        returns=wire.Contents,
        errors=(Unavailable,),
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ContentsIn) -> dict[str, Any]:
        """Answer with the lines; who has no cart has none."""
        owner = None
        if body.customer_id is not None:
            owner = Owner.customer(body.customer_id)
        elif body.cart_token is not None and _TOKEN.fullmatch(body.cart_token):
            owner = Owner.guest(token_hash(body.cart_token))
        lines = await self.shop.store.read(owner) if owner is not None else []
        return {
            "lines": [
                {"variant_id": line.variant_id, "quantity": line.quantity, "price_minor": line.seen}
                for line in lines
            ]
        }


class CheckedOutResource(_OfCart):
    """What leaves a cart because it was ordered."""

    @operation(
        summary="Take what was ordered out of a cart, once for an order.",
        body=wire.CheckedOutIn,
        returns=wire.CheckedOut,
        errors=(Unavailable,),
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.CheckedOutIn) -> dict[str, Any]:
        """Take it out; whatever else has come into the cart stays."""
        owner = None
        if body.customer_id is not None:
            owner = Owner.customer(body.customer_id)
        elif body.cart_token_hash is not None:
            owner = Owner.guest(body.cart_token_hash)
        lines = [(str(line.variant_id), line.quantity) for line in body.lines]
        is_first = owner is not None and await self.shop.store.take_out(owner, lines, str(body.order_id))
        return {"order_id": body.order_id, "taken_out": is_first}


def _owner(req: Request, resp: Response) -> Owner | None:
    """Return whose cart is asked about, None for a guest without one; an answer about it is kept nowhere."""
    resp.set_header("Cache-Control", "no-store")
    customer = _customer(req)
    if customer is not None:
        return customer
    token = _token(req)
    return Owner.guest(token_hash(token)) if token is not None else None


def _customer(req: Request) -> Owner | None:
    principal: Principal | None = req.context.principal
    return Owner.customer(principal.subject) if principal is not None else None


def _token(req: Request) -> str | None:
    """Return a guest's token; what cannot be one, or claims to be two, is none."""
    values = req.get_cookie_values(COOKIE) or []
    return values[0] if len(values) == 1 and _TOKEN.fullmatch(values[0]) else None

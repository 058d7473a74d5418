"""What other services ask for on behalf of an order; each call may come again and is done once."""

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, NotFound, Unavailable
from prost.http import operation
from prost_inventory import schemas as wire
from prost_inventory.domain import ReservationState
from prost_inventory.use_cases import goods, reservations

ERRORS = (Conflict, Unavailable)


class ReserveResource:
    """Holding stock."""

    @operation(
        summary="Hold all lines of an order, or none.",
        body=wire.ReservationIn,
        returns=wire.ReservationOut,
        errors=ERRORS,
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ReservationIn) -> wire.Answer:
        """Answer where the reservation stands.

        Refusals: out-of-stock with `shortages`, reservation-differs, reservation-released.
        """
        lines = [line.row for line in body.lines]
        reserved = await in_db(reservations.reserve_stock, body.order_id, lines, body.expires_in)
        return reserved._asdict()


class ReleaseResource:
    """Giving stock back."""

    @operation(
        summary="Give back what an order holds.",
        body=wire.ReleaseIn,
        returns=wire.OrderState,
        errors=ERRORS,
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ReleaseIn) -> wire.Answer:
        """Release it. Refusal: reservation-committed."""
        await in_db(reservations.release_stock, body.order_id, body.reason)
        return {"order_id": body.order_id, "state": ReservationState.RELEASED}


class DeductResource:
    """Taking stock out."""

    @operation(
        summary="Take what an order holds out of the stock.",
        body=wire.DeductionIn,
        returns=wire.OrderState,
        errors=(NotFound, *ERRORS),
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.DeductionIn) -> wire.Answer:
        """Commit the reservation, held again where it was released.

        Refusals: reservation-not-found, hold-lost with `shortages`.
        """
        await in_db(reservations.deduct_stock, body.order_id)
        return {"order_id": body.order_id, "state": ReservationState.COMMITTED}


class RestockResource:
    """Taking goods back."""

    @operation(
        summary="Take back what an order was sent.",
        body=wire.ReturnIn,
        returns=wire.ReturnOut,
        errors=ERRORS,
        auth="service",
        tags=("orders",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.ReturnIn) -> wire.Answer:
        """Take it back. Refusals: not-sold, return-differs, more-than-sold with `excess`."""
        lines = [line.row for line in body.lines]
        await in_db(goods.restock_goods, body.order_id, body.return_id, lines, body.fate)
        return body.model_dump(include={"order_id", "return_id", "disposition"})

"""Withdrawing from an order."""

from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db, uuid7
from prost.errors import Conflict, NotFound, Unavailable
from prost.http import operation
from prost.idempotency import IdempotencyKeys
from prost_orders.resources.guests import require_access
from prost_orders.resources.orders import OrderQuery
from prost_orders.saga.returns import Returns
from prost_orders.schemas.orders import Answer
from prost_orders.schemas.returns import Receipt, WithdrawalIn, receipt_document
from prost_orders.use_cases.reading import read_order
from prost_orders.use_cases.returns import withdraw


class WithdrawalResource:
    """Withdrawals from an order."""

    def __init__(self, returns: Returns) -> None:
        """Have returns taken on there."""
        self._returns = returns

    @operation(
        summary="Withdraw from an order, as a whole or in part.",
        query=OrderQuery,
        body=WithdrawalIn,
        returns=(201, Receipt),
        errors=(NotFound, Conflict, Unavailable),
        auth="optional",
        idempotent=True,
        tags=("orders",),
    )
    async def on_post(
        self,
        req: Request,
        resp: Response,
        *,
        order_id: UUID,
        query: OrderQuery,
        body: WithdrawalIn,
        idempotency_key: str,
    ) -> Answer:
        """Answer the receipt, with the time at which the withdrawal came in.

        Refusals: withdrawal-not-possible, withdrawal-over, nothing-left.
        """
        require_access(req, await in_db(read_order, order_id), query.key)
        return_id, holder = uuid7(), uuid7()
        receipt = await in_db(
            IdempotencyKeys.once,
            f"withdraw/{order_id}",
            idempotency_key,
            body.model_dump(mode="json"),
            lambda: withdraw(order_id, body.withdrawal(), return_id, holder),
        )
        if receipt["return_id"] == str(return_id):
            await self._returns.follow(return_id, holder)
        resp.cache_control = ["no-store"]
        return receipt_document(receipt)

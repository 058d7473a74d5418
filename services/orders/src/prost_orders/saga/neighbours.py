"""What orders asks of its neighbours; every call can be repeated, as the order's id makes it the same one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any, Final, Self
from uuid import UUID

import structlog

from prost.client import CallRefused, ServiceClient
from prost.errors import UpstreamFailed
from prost.settings import Settings
from prost_orders.domain.orders import HOLD, Order, compensation_id
from prost_orders.saga.wire import CartContents, CartLine, Offer, Offers, Payment

log = structlog.get_logger(__name__)

_READING: Final = 2.0
_STOCK: Final = 3.0
# A provider may take its time, and whoever gives up sooner knows less.
_MONEY: Final = 6.0
_CART: Final = 1.5


class Held(Enum):
    """What became of a reservation that did not fall short."""

    YES = "yes"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Short:
    """There is not enough of everything."""

    lines: list[dict[str, Any]]


class Neighbours:
    """Cart, catalogue, inventory and payments, each called in the service's own name."""

    def __init__(self, settings: Settings) -> None:
        """Know where they are. Raises SettingsError."""
        self.cart, self.catalog, self.inventory, self.payments = self.clients = tuple(
            ServiceClient(settings, name, in_own_name=True)
            for name in ("cart", "catalog", "inventory", "payments")
        )
        self._public_url = settings.public_url

    async def __aenter__(self) -> Self:
        """Open the connections, where no application does that."""
        for client in self.clients:
            await client.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Close them."""
        for client in self.clients:
            await client.stop()

    async def contents(self, customer_id: str | None, cart_token: str | None) -> list[CartLine]:
        """Return what is in a cart."""
        body = {"customer_id": customer_id, "cart_token": cart_token}
        answer = await self.cart.post("/carts/contents", json=body, deadline=_READING)
        return answer.read(CartContents).lines

    async def offers(self, variant_ids: Sequence[UUID]) -> dict[UUID, Offer]:
        """Return what the catalogue sells variants for now; unknown ones are left out."""
        answer = await self.catalog.post("/offers", json={"variant_ids": variant_ids}, deadline=_READING)
        return {offer.variant_id: offer for offer in answer.read(Offers).items}

    async def reserve(self, order: Order) -> Held | Short:
        """Hold what was ordered."""
        lines = [{"sku": line.sku, "quantity": line.quantity} for line in order.lines]
        body = {"order_id": order.id, "lines": lines, "expires_in": int(HOLD.total_seconds())}
        try:
            await self.inventory.post(
                "/inventory/reserve", json=body, idempotency_key=f"{order.id}", deadline=_STOCK
            )
        except CallRefused as refusal:
            match refusal.remote_code:
                case "out-of-stock":
                    return Short(_shortages(refusal))
                case "reservation-released":
                    return Held.GONE
            raise
        return Held.YES

    async def deduct(self, order: Order) -> bool:
        """Take what was held out of the stock; false if it is no longer there."""
        try:
            await self._stock("deduct", order)
        except CallRefused as refusal:
            if refusal.remote_code in {"hold-lost", "reservation-not-found"}:
                return False
            raise
        return True

    async def give_back(self, order: Order, reason: str) -> None:
        """Release what is held, or take back what has left the stock."""
        try:
            await self._stock("release", order, reason=reason)
        except CallRefused as refusal:
            if refusal.remote_code != "reservation-committed":
                raise
            lines = [{"sku": line.sku, "quantity": line.quantity} for line in order.lines]
            await self._stock(
                "restock", order, return_id=compensation_id(order.id), lines=lines, disposition="restock"
            )

    async def charge(self, order: Order) -> Payment:
        """Have the customer pay; asked again for the same attempt, where that stands."""
        try:
            return await self._money(
                "charge",
                order,
                key=f"{order.id}-charge-{order.payment_attempt}",
                amount_minor=order.total_minor,
                currency="EUR",
                payment_method=order.payment_method,
                attempt=order.payment_attempt,
                capture="manual",
                return_url=f"{self._public_url}/orders/{order.id}",
                customer_id=order.customer_id,
                email=order.email,
            )
        except CallRefused as refusal:
            if refusal.remote_code == "payment-voided":
                return await self._standing(order)
            if refusal.remote_status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            # No provider was asked: there is no such way to pay.
            log.warning("charge_refused", order_id=str(order.id), problem=refusal.problem_json)
            return Payment(state="FAILED", failure_code="payment-method-refused")

    async def capture(self, order: Order) -> Payment:
        """Take the money; what cannot be taken is told by where the payment stands."""
        try:
            return await self._money("capture", order)
        except CallRefused as refusal:
            if refusal.remote_status != HTTPStatus.CONFLICT:
                raise
        return await self._standing(order)

    async def void(self, order: Order, reason: str) -> Payment:
        """Let go of the money, or of ever getting it; what is taken already stays until it is refunded."""
        try:
            return await self._money("void", order, reason=reason)
        except CallRefused as refusal:
            if refusal.remote_status != HTTPStatus.CONFLICT:
                raise
        return await self._standing(order)

    async def refund(self, order: Order, amount_minor: int, reason: str) -> Payment:
        """Give money back."""
        return await self._money(
            "refund", order, refund_id=compensation_id(order.id), amount_minor=amount_minor, reason=reason
        )

    async def refund_return(self, order: Order, return_id: UUID, amount_minor: int) -> None:
        """Give back what a return is worth."""
        body = {
            "order_id": order.id,
            "refund_id": return_id,
            "amount_minor": amount_minor,
            "reason": "withdrawal",
        }
        await self.payments.post(
            "/payments/refund", json=body, idempotency_key=f"{return_id}", deadline=_MONEY
        )

    async def restock_return(self, order: Order, return_id: UUID, lines: Sequence[tuple[str, int]]) -> None:
        """Take back what a customer sends, so many of each SKU."""
        body = {
            "order_id": order.id,
            "return_id": return_id,
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
            "disposition": "restock",
        }
        await self.inventory.post(
            "/inventory/restock", json=body, idempotency_key=f"{return_id}", deadline=_STOCK
        )

    async def payment(self, order: Order) -> Payment | None:
        """Return where the payment of an order stands, None if there is none."""
        try:
            answer = await self.payments.get(f"/payments/by-order/{order.id}", deadline=_READING)
        except CallRefused as refusal:
            if refusal.remote_status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return answer.read(Payment)

    async def clear_cart(self, order: Order) -> None:
        """Take what was ordered out of the cart."""
        lines = [{"variant_id": line.variant_id, "quantity": line.quantity} for line in order.lines]
        body = {
            "customer_id": order.customer_id,
            "cart_token_hash": order.guest_hash,
            "order_id": order.id,
            "lines": lines,
        }
        await self.cart.post("/carts/checked-out", json=body, idempotency_key=f"{order.id}", deadline=_CART)

    async def _standing(self, order: Order) -> Payment:
        payment = await self.payment(order)
        if payment is None:
            raise UpstreamFailed("payments knows nothing of an order that it has refused something for.")
        return payment

    async def _stock(self, deed: str, order: Order, **more: object) -> None:
        await self.inventory.post(
            f"/inventory/{deed}",
            json={"order_id": order.id, **more},
            idempotency_key=f"{order.id}",
            deadline=_STOCK,
        )

    async def _money(self, deed: str, order: Order, *, key: str | None = None, **more: object) -> Payment:
        answer = await self.payments.post(
            f"/payments/{deed}",
            json={"order_id": order.id, **more},
            idempotency_key=key or f"{order.id}-{deed}",
            deadline=_MONEY,
        )
        return answer.read(Payment)


def _shortages(refusal: CallRefused) -> list[dict[str, Any]]:
    told = refusal.problem_json.get("shortages")
    wanted = ("sku", "requested", "available")
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise UpstreamFailed("inventory does not say what there is too little of.")
    return [{name: each.get(name) for name in wanted} for each in told]

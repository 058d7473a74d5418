"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.db import Database
from prost.http import ServiceApp
from prost.http import create_app as create_service_app
from prost.spec import ServiceSpec
from prost_orders.resources.documents import CorrectionResource, InvoiceResource, SellerResource
from prost_orders.resources.lists import InvariantsResource, OrdersOfCustomerResource
from prost_orders.resources.orders import CancellationResource, OrderResource, OrdersResource
from prost_orders.resources.payments import PaymentResource
from prost_orders.resources.quotes import QuoteResource, ShippingMethodsResource
from prost_orders.resources.returns import WithdrawalResource
from prost_orders.resources.streams import OrderEventsResource, Watch
from prost_orders.resources.vouchers import VoucherResource, VouchersResource
from prost_orders.saga.checkout import Checkout
from prost_orders.saga.neighbours import Neighbours
from prost_orders.saga.returns import Returns
from prost_orders.saga.runner import SagaRunner
from prost_orders.settings import Settings


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or Settings()
    neighbours = Neighbours(settings)
    runner = SagaRunner(neighbours)
    checkout = Checkout(neighbours, runner)
    routes: dict[str, object] = {
        "/orders": OrdersResource(checkout),
        "/orders/user/{customer_id}": OrdersOfCustomerResource(),
        "/orders/invariants": InvariantsResource(neighbours),
        "/orders/quote": QuoteResource(neighbours),
        "/orders/shipping-methods": ShippingMethodsResource(),
        "/orders/vouchers": VouchersResource(),
        "/orders/vouchers/{voucher_id}": VoucherResource(),
        "/orders/seller": SellerResource(),
        "/orders/{order_id}": OrderResource(),
        "/orders/{order_id}/withdraw": WithdrawalResource(Returns(neighbours)),
        "/orders/{order_id}/invoice": InvoiceResource(),
        "/orders/{order_id}/corrections/{number}": CorrectionResource(),
        "/orders/{order_id}/events": OrderEventsResource(Watch()),
        "/orders/{order_id}/payment": PaymentResource(checkout),
        "/orders/{order_id}/cancel": CancellationResource(checkout),
    }
    return create_service_app(
        ServiceSpec.load(Path()),
        settings,
        routes,
        dependencies=[Database(settings), *neighbours.clients, runner],
    )

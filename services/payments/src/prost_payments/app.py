"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.db import Database
from prost.http import ServiceApp
from prost.http import create_app as create_service_app
from prost.spec import ServiceSpec
from prost_payments.flows import Flows
from prost_payments.providers import provider_of
from prost_payments.resources.customers import ChallengeResource, ReturnResource
from prost_payments.resources.orders import (
    ByOrderResource,
    CaptureResource,
    ChargeResource,
    RefundResource,
    VoidResource,
)
from prost_payments.resources.staff import InvariantsResource, PaymentResource, PaymentsResource
from prost_payments.resources.webhooks import WebhooksResource
from prost_payments.settings import Settings


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or Settings()
    flows = Flows(provider_of(settings), settings.provider_threads)
    routes: dict[str, object] = {
        "/payments/charge": ChargeResource(flows, settings.public_url),
        "/payments/capture": CaptureResource(flows),
        "/payments/void": VoidResource(flows),
        "/payments/refund": RefundResource(flows),
        "/payments/by-order/{order_id}": ByOrderResource(),
        "/payments/webhooks/{provider}": WebhooksResource(flows.provider),
        "/payments/challenges/{token}": ChallengeResource(),
        "/payments/return/{payment_id}": ReturnResource(flows, settings.public_url),
        "/payments": PaymentsResource(),
        "/payments/details/{payment_id}": PaymentResource(),
        "/payments/invariants": InvariantsResource(),
    }
    return create_service_app(
        ServiceSpec.load(Path()), settings, routes, dependencies=[Database(settings), flows]
    )

"""Stripe: PaymentIntents that are confirmed at once and captured by hand, by its own library."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import stripe
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prost.errors import MalformedRequest
from prost_payments.domain import Call, NoAnswer, Outcome, ProviderEvent, SignatureRefused, Told
from prost_payments.providers.signatures import TOLERANCE
from prost_payments.settings import Settings

_TIMEOUT: Final = (2.0, 10.0)
"""Seconds to connect, and to wait for an answer; nothing is repeated within a call."""

_INTENTS: Final = {
    "requires_capture": Told.SUCCEEDED,
    "succeeded": Told.CAPTURED,
    "requires_action": Told.ACTION_REQUIRED,
    "processing": Told.PROCESSING,
    "requires_confirmation": Told.PROCESSING,
    "requires_payment_method": Told.FAILED,
    "canceled": Told.FAILED,
}
_REFUNDS: Final = {
    "succeeded": Told.SUCCEEDED,
    "pending": Told.PROCESSING,
    "requires_action": Told.PROCESSING,
}


class _Object(BaseModel):
    model_config = ConfigDict(extra="ignore")

    metadata: dict[str, str] | None = None


class _Data(BaseModel):
    model_config = ConfigDict(extra="ignore")

    object: _Object


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200, pattern=r"^[A-Za-z_]+[\w]*$")
    type: str = Field(min_length=1, max_length=100, pattern=r"^[a-z_.0-9]+$")
    data: _Data


class StripeProvider:
    """An account at Stripe."""

    name = "stripe"
    lease = timedelta(seconds=60)
    is_remote = True

    def __init__(self, settings: Settings) -> None:
        """Use the account of the key. Raises ValueError without one."""
        if settings.stripe_api_key is None:
            raise ValueError("PROST_STRIPE_API_KEY is not set.")
        self._outside = settings.outside
        self._secret = settings.webhook_secret.get_secret_value()
        self._api = stripe.StripeClient(
            settings.stripe_api_key.get_secret_value(),
            base_addresses={"api": settings.stripe_api_base},
            # Whoever takes an attempt up uses its key again, so a call needs no repetition of its own.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT),
        ).v1

    def check_method(self, method: str) -> None:
        """Let Stripe say which methods there are."""

    def authorize(self, call: Call) -> Outcome:
        """Make and confirm a PaymentIntent; sent again under its key, Stripe answers what it did."""
        params: Any = {
            "amount": call.amount_minor,
            "currency": call.currency.lower(),
            "payment_method": call.method,
            "payment_method_types": ["card"],
            "capture_method": str(call.capture),
            "confirm": True,
            "return_url": f"{self._outside}/return/{call.payment_id}",
            "metadata": _metadata(call),
        }
        try:
            intent = self._api.payment_intents.create(params, {"idempotency_key": call.key}).to_dict()
        except stripe.CardError as declined:
            return Outcome(Told.FAILED, _intent_of(declined), failure_code=_code(declined))
        except stripe.InvalidRequestError as refused:
            return Outcome(Told.FAILED, failure_code=_code(refused))
        except stripe.StripeError as error:
            raise _silence(error) from error
        return _outcome(intent)

    def retrieve(self, call: Call) -> Outcome | None:
        """Look the PaymentIntent up, if its name is known by now."""
        return _outcome(self._intent(call.ref)) if call.ref is not None else None

    def capture(self, call: Call) -> Outcome:
        """Take what is held; what was taken before is what was wanted."""
        try:
            self._api.payment_intents.capture(_ref(call), None, {"idempotency_key": call.key})
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            if self._intent(call.ref)["status"] != "succeeded":
                return Outcome(Told.FAILED, failure_code=_code(refused))
        except stripe.StripeError as error:
            raise _silence(error) from error
        return Outcome(Told.SUCCEEDED)

    def void(self, call: Call) -> Outcome:
        """Cancel the PaymentIntent; what was cancelled before is what was wanted."""
        try:
            self._api.payment_intents.cancel(_ref(call), None, {"idempotency_key": call.key})
        except stripe.InvalidRequestError as refused:
            match self._intent(call.ref)["status"]:
                case "canceled":
                    pass
                case "succeeded":
                    return Outcome(Told.CAPTURED)
                case "processing":
                    return Outcome(Told.PROCESSING)
                case _:
                    return Outcome(Told.FAILED, failure_code=_code(refused))
        except stripe.StripeError as error:
            raise _silence(error) from error
        return Outcome(Told.SUCCEEDED)

    def refund(self, call: Call) -> Outcome:
        """Send an amount back. Under its key Stripe answers what it said first, so later it is looked up."""
        try:
            refund = self._known_refund(call) if call.is_repeated else None
            if refund is None:
                params: Any = {
                    "payment_intent": call.ref,
                    "amount": call.amount_minor,
                    "metadata": _metadata(call),
                }
                refund = self._api.refunds.create(params, {"idempotency_key": call.key}).to_dict()
        except stripe.InvalidRequestError as refused:
            return Outcome(Told.FAILED, failure_code=_code(refused))
        except stripe.StripeError as error:
            raise _silence(error) from error
        told = _REFUNDS.get(refund.get("status", ""), Told.FAILED)
        failure = _dashed(refund.get("failure_reason") or "refund-failed")
        return Outcome(told, failure_code=failure if told is Told.FAILED else None)

    def verify_webhook(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Read an event that Stripe has signed; what is not about one of our orders has none."""
        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get("stripe-signature"), self._secret, TOLERANCE
            )
            event = _Event.model_validate_json(body)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            raise SignatureRefused("The signature is not Stripe's, or too old.") from None
        except ValidationError:
            raise MalformedRequest("The event cannot be read.") from None
        return ProviderEvent(event.id, event.type, _order_of(event.data.object.metadata or {}))

    def _intent(self, ref: str | None) -> dict[str, Any]:
        try:
            return self._api.payment_intents.retrieve(ref or "").to_dict()
        except stripe.StripeError as error:
            raise _silence(error) from error

    def _known_refund(self, call: Call) -> dict[str, Any] | None:
        listed = self._api.refunds.list({"payment_intent": _ref(call), "limit": 100})
        refunds = [refund.to_dict() for refund in listed.data]
        return next((each for each in refunds if (each.get("metadata") or {}).get("key") == call.key), None)


def _metadata(call: Call) -> dict[str, str]:
    return {"order_id": str(call.order_id), "payment_id": str(call.payment_id), "key": call.key}


def _ref(call: Call) -> str:
    return call.ref or ""


def _outcome(intent: Mapping[str, Any]) -> Outcome:
    told = _INTENTS.get(intent["status"], Told.UNKNOWN)
    error = intent.get("last_payment_error") or {}
    failure = _dashed(error.get("decline_code") or error.get("code") or intent["status"])
    page = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    return Outcome(told, intent["id"], page.get("url"), failure if told is Told.FAILED else None)


def _intent_of(declined: stripe.CardError) -> str | None:
    body: Any = declined.json_body or {}
    intent = body.get("error", {}).get("payment_intent") or {}
    return intent.get("id")


def _code(error: stripe.StripeError) -> str:
    body: Any = error.json_body or {}
    told = body.get("error", {}) if isinstance(body, dict) else {}
    return _dashed(told.get("decline_code") or error.code or "refused-by-stripe")


def _dashed(code: str) -> str:
    return code.replace("_", "-")[:100]


def _silence(error: stripe.StripeError) -> NoAnswer:
    # The message of a failed connection is long, and only its kind says anything.
    return NoAnswer(type(error).__name__)


def _order_of(metadata: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(metadata.get("order_id", ""))
    except ValueError:
        return None

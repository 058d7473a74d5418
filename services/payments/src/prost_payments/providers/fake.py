"""A provider that takes no money, for development and tests: what becomes of a payment is said by its method.

Its own side are the tables `fake_*`. Each call commits there by itself, so that a process can die between
what the provider did and what this service knows of it, as with a real one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prost.db import database, utcnow
from prost.errors import FieldError, Invalid, MalformedRequest
from prost_payments.domain import Call, NoAnswer, Outcome, ProviderEvent, Told, has_card_number
from prost_payments.providers.signatures import verify
from prost_payments.settings import Settings

METHODS: Final = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_threeDSecureRequired",
    "pm_timeout_after_charge",
    "pm_late_webhook",
    "pm_unknown",
)
SIGNATURE: Final = "Prost-Signature"

_AUTHORIZE: Final = "SELECT told, ref, token, failure FROM fake_authorize(%s, %s, %s, %s, %s, %s, %s)"
_RETRIEVE: Final = "SELECT told, ref, token, failure FROM fake_retrieve(%s, %s)"
_CAPTURE: Final = "SELECT told, failure FROM fake_capture(%s)"
_VOID: Final = "SELECT told, failure FROM fake_void(%s)"
_REFUND: Final = "SELECT told, failure FROM fake_refund(%s, %s, %s)"


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200, pattern=r"^[\w-]+$")
    type: str = Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$")
    order_id: UUID


class FakeProvider:
    """The provider's side, played by this service's own database."""

    name = "fake"
    lease = timedelta(seconds=15)
    is_remote = False

    def __init__(self, settings: Settings) -> None:
        """Send customers to pages of this service."""
        self._outside = settings.outside
        self._secret = settings.webhook_secret.get_secret_value()

    def check_method(self, method: str) -> None:
        """Return for one of its methods. Raises Invalid."""
        if method not in METHODS:
            problem = FieldError("body.payment_method", f"is none of {', '.join(METHODS)}", "payment-method")
            raise Invalid("There is no such method of payment.", errors=[problem])

    def authorize(self, call: Call) -> Outcome:
        """Do what the method says."""
        back = f"{self._outside}/return/{call.payment_id}"
        arguments = (call.key, call.order_id, call.amount_minor, call.method, str(call.capture), back)
        told, ref, token, failure = _one(_AUTHORIZE, *arguments, utcnow())
        return self._outcome(told, ref, token, failure)

    def retrieve(self, call: Call) -> Outcome | None:
        """Look the key up."""
        told, ref, token, failure = _one(_RETRIEVE, call.key, utcnow())
        return None if told == "NOT_FOUND" else self._outcome(told, ref, token, failure)

    def capture(self, call: Call) -> Outcome:
        """Take what is held."""
        told, failure = _one(_CAPTURE, call.ref)
        return Outcome(Told(told), failure_code=failure)

    def void(self, call: Call) -> Outcome:
        """Let go of what is held."""
        told, failure = _one(_VOID, call.ref)
        return Outcome(Told(told), failure_code=failure)

    def refund(self, call: Call) -> Outcome:
        """Send an amount back, once for a key."""
        told, failure = _one(_REFUND, call.key, call.ref, call.amount_minor)
        return Outcome(Told(told), failure_code=failure)

    def verify_webhook(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Read an event that it has signed."""
        verify(self._secret, body, headers.get(SIGNATURE.lower()))
        try:
            event = _Event.model_validate_json(body)
        except ValidationError:
            raise MalformedRequest("The event cannot be read.") from None
        if has_card_number(f"{event.id} {event.type}"):
            raise MalformedRequest("The event has what looks like the number of a card.")
        return ProviderEvent(event.id, event.type, event.order_id)

    def _outcome(self, told: str, ref: str | None, token: str | None, failure: str | None) -> Outcome:
        if told == "LOST":
            raise NoAnswer
        redirect_url = f"{self._outside}/challenges/{token}" if token is not None else None
        return Outcome(Told(told), ref, redirect_url, failure)


def _one(statement: str, *arguments: object) -> Any:
    return database.execute_sql(statement, arguments).fetchone()

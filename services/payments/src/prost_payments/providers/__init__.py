"""The companies that move the money: one interface, and the one that the settings name."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from prost_payments.domain import Call, Outcome, ProviderEvent
from prost_payments.providers.fake import FakeProvider
from prost_payments.settings import Settings

__all__ = ["Provider", "provider_of"]


class Provider(Protocol):
    """Moves money. Each call may be made again under its key and is done once.

    All but `verify_webhook` block, and raise NoAnswer when nobody knows what was done.
    """

    name: str
    lease: timedelta
    """How long a call may be under way before somebody else goes on with it; longer than any call takes."""
    is_remote: bool
    """Whether calls wait for a network, so that no thread with a database connection may make them."""

    def check_method(self, method: str) -> None:
        """Return for a method of payment that there can be. Raises Invalid naming it."""

    def authorize(self, call: Call) -> Outcome:
        """Have an amount held, or taken at once if that is how it is captured."""

    def retrieve(self, call: Call) -> Outcome | None:
        """Say what became of an authorization; None if the provider never heard of it."""

    def capture(self, call: Call) -> Outcome:
        """Take what is held."""

    def void(self, call: Call) -> Outcome:
        """Let go of what is held or may be held yet; told as CAPTURED if it was taken."""

    def refund(self, call: Call) -> Outcome:
        """Send an amount back."""

    def verify_webhook(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Read an event; names of headers are in lower case.

        Raises:
            SignatureRefused: the provider did not send it, or not just now.
            MalformedRequest: it cannot be read.
        """


def provider_of(settings: Settings) -> Provider:
    """Return the provider that the settings name."""
    if settings.payment_provider == "stripe":
        # The library is large, and only they who use it carry it.
        from prost_payments.providers.stripe import StripeProvider  # noqa: PLC0415

        return StripeProvider(settings)
    return FakeProvider(settings)

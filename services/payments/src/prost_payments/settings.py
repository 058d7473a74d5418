"""The settings of payments: the platform's, and its own."""

from collections.abc import Iterator
from typing import Final, Literal

from pydantic import Field, SecretStr, model_validator

from prost.errors import FieldError
from prost.settings import HttpUrl
from prost.settings import Settings as PlatformSettings

DEV_SECRET: Final = "what the fake provider signs with"  # noqa: S105 - refused in production


class Settings(PlatformSettings):
    """Read from `PROST_*` variables; a field added here is read from the variable of its name."""

    payment_provider: Literal["fake", "stripe"] = "fake"
    webhook_secret: SecretStr = Field(
        default=SecretStr(DEV_SECRET), description="What the provider signs its events with."
    )
    stripe_api_key: SecretStr | None = Field(default=None, description="The secret key of the account.")
    stripe_api_base: HttpUrl = "https://api.stripe.com"
    provider_threads: int = Field(
        default=8, ge=1, le=64, description="Calls of a provider that one process waits for at once."
    )

    @model_validator(mode="after")
    def _stripe_has_its_key(self) -> "Settings":
        if self.payment_provider == "stripe" and self.stripe_api_key is None:
            raise ValueError("PROST_STRIPE_API_KEY is needed with PROST_PAYMENT_PROVIDER=stripe")
        return self

    @property
    def outside(self) -> str:
        """Where browsers and providers reach this service."""
        return f"{self.public_url}/api/payments"

    def _development_leftovers(self) -> Iterator[FieldError]:
        yield from super()._development_leftovers()
        if self.payment_provider == "fake":
            yield FieldError("PROST_PAYMENT_PROVIDER", "is the fake one, which takes no money")
        if self.webhook_secret.get_secret_value() == DEV_SECRET:
            yield FieldError("PROST_WEBHOOK_SECRET", "is the one of development")
        if not self.stripe_api_base.startswith("https://"):
            yield FieldError("PROST_STRIPE_API_BASE", "has no TLS")

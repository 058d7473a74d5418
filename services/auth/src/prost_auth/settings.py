"""The settings of auth: the platform's, and its own."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from prost.errors import FieldError
from prost.settings import Settings as PlatformSettings
from prost.settings import SettingsError

#: 19 MiB, twice: the least that OWASP's cheat sheet on storing passwords has for argon2id.
_LEAST_PASSWORD_WORK: Final = 19 * 1024 * 2
#: Different characters that a secret of 32 random ones, even of hexadecimal digits, has at the least.
_LEAST_DIFFERENT: Final = 8


class ServiceClient(BaseModel):
    """A service of the platform that gets tokens in its own name, for those whom it declares to call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    audiences: tuple[str, ...] = ()


class ExternalProvider(BaseModel):
    """An OpenID provider with whose accounts people can sign in here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    issuer: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]
    client_id: str
    client_secret: SecretStr


class Settings(PlatformSettings):
    """Read from `PROST_*` variables; a field added here is read from the variable of its name."""

    required_in_production: ClassVar[tuple[str, ...]] = (
        *PlatformSettings.required_in_production,
        "key_secret",
        "mail_url",
    )

    key_secret: SecretStr | None = Field(
        default=None, min_length=32, description="What secrets are sealed with in the database."
    )
    key_published_ahead: int = Field(
        default=600, ge=1, description="Seconds for which a signing key is published before it signs."
    )
    key_used_for_days: int = Field(
        default=90, ge=1, description="Days after which a signing key is replaced."
    )

    service_clients: dict[str, ServiceClient] = Field(
        default={}, description="The services of the platform by name, as JSON."
    )
    external_providers: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")], ExternalProvider] = (
        Field(default={}, description="Providers of outside accounts by their name in addresses, as JSON.")
    )

    password_memory_kib: int = Field(default=65536, ge=8, description="Memory of argon2id for one password.")
    password_passes: int = Field(default=3, ge=1, description="How often argon2id goes over that memory.")
    password_lanes: int = Field(default=4, ge=1, description="Threads that share in one password.")
    password_threads: int = Field(
        default=2, ge=1, le=32, description="Passwords that one process hashes at once."
    )
    dev_password: SecretStr | None = Field(
        default=None, description="The password of the seeded accounts; only in development."
    )

    def _development_leftovers(self) -> Iterator[FieldError]:
        yield from super()._development_leftovers()
        if self.dev_password is not None:
            yield FieldError("PROST_DEV_PASSWORD", "belongs to development")
        if self.key_secret is not None and len(set(self.key_secret.get_secret_value())) < _LEAST_DIFFERENT:
            yield FieldError("PROST_KEY_SECRET", "is too regular to be a secret")
        for name, provider in self.external_providers.items():
            if not provider.issuer.startswith("https://"):
                yield FieldError("PROST_EXTERNAL_PROVIDERS", f"has an issuer without TLS: {name}")
        if self.password_memory_kib * self.password_passes < _LEAST_PASSWORD_WORK:
            yield FieldError("PROST_PASSWORD_MEMORY_KIB", "makes passwords too easy to try out")

    def secret(self) -> str:
        """Return what secrets are sealed with. Raises SettingsError when it is not set."""
        if self.key_secret is None:
            raise SettingsError([FieldError("PROST_KEY_SECRET", "is needed to sign and to seal")])
        return self.key_secret.get_secret_value()

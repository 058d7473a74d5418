"""The wire of one's own account."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from prost.wire import Wire
from prost_auth.domain.people import NAME_LENGTH
from prost_auth.schemas.common import (
    Code,
    Email,
    GivenPassword,
    LanguageName,
    NewPassword,
    RoleName,
    Timestamp,
)

Line = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
PostalCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$", examples=["80331"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE"])]


class NewAddress(Wire):
    """An address to be kept; the first one is the default in any case."""

    name: Line
    street: Line
    postal_code: PostalCode
    city: Line
    country: Country
    is_default: bool = False


class AddressChange(Wire):
    """What is to change in an address. It becomes the default by true; false is no change."""

    name: Line | None = None
    street: Line | None = None
    postal_code: PostalCode | None = None
    city: Line | None = None
    country: Country | None = None
    is_default: bool | None = None


class Address(Wire):
    """An address as it is kept."""

    id: UUID
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    is_default: bool


class SecondFactor(Wire):
    """Whether there is one, and whether the account's roles need one."""

    enrolled: bool
    required: bool


class ExternalIdentity(Wire):
    """An account elsewhere that one can sign in with."""

    provider: str
    email: str


class Me(Wire):
    """One's own account: `roles` are all, `active_roles` those of the token that asked."""

    id: UUID
    email: str
    email_verified: bool
    name: str
    language: LanguageName
    marketing_consent: bool
    roles: list[RoleName]
    active_roles: list[RoleName]
    second_factor: SecondFactor
    has_password: bool
    external: list[ExternalIdentity]
    addresses: list[Address]
    created_at: Timestamp


class ProfileChange(Wire):
    """What is to change; null is no change."""

    name: Line | None = None
    language: LanguageName | None = None
    marketing_consent: bool | None = None


class EmailChange(Wire):
    """The next address, and the password to show that it is oneself."""

    email: Email
    password: GivenPassword


class PasswordChange(Wire):
    """The present password and the next."""

    current_password: GivenPassword
    new_password: NewPassword


class PasswordShown(Wire):
    """The password, to show that it is oneself."""

    password: GivenPassword


class Deletion(Wire):
    """The password; who has just signed in with a provider needs none."""

    password: GivenPassword | None = None


class Session(Wire):
    """Somewhere one is signed in; `client` is null for the shop itself."""

    id: UUID
    current: bool
    device: str
    ip: str
    created_at: Timestamp
    last_used_at: Timestamp
    client: str | None


class SessionList(Wire):
    """All sessions that can go on, the one used last first."""

    items: list[Session]


class EnrolmentSecret(Wire):
    """What an authenticator app needs: typed in, or read from a picture of `uri`."""

    secret: str
    uri: str


class CodeShown(Wire):
    """A code of the app that is being enrolled."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["123456"])]


class RecoveryCodes(Wire):
    """Codes that each stand in for the app once; they are shown only now."""

    recovery_codes: list[str]


class SecondFactorRemoval(Wire):
    """The password, and a code of the app or one to recover with."""

    password: GivenPassword
    code: Code


Export = dict[str, Any]
"""All that is kept about a person, by where it is kept."""

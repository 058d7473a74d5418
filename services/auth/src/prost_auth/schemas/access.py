"""The wire of getting in: sign-up, verification, sign-in and lost passwords."""

from typing import Annotated, Literal

from pydantic import Field

from prost.wire import Wire
from prost_auth.domain.people import NAME_LENGTH
from prost_auth.schemas.common import Code, Email, GivenPassword, LanguageName, NewPassword, OneTimeTokenText


class SignUp(Wire):
    """What somebody who wants an account says."""

    email: Email
    password: NewPassword
    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    language: LanguageName = "de"
    marketing_consent: bool = False


class MailedTo(Wire):
    """The address that a mail goes to."""

    email: str


class Verification(Wire):
    """The token of a mail's link."""

    token: OneTimeTokenText


class Credentials(Wire):
    """An address, its account's password, and the code of a second factor where there is one."""

    email: Email
    password: GivenPassword
    totp: Code | None = None


class TokenAnswer(Wire):
    """An access token and the seconds for which it is good; the refresh token is in a cookie."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - its type
    expires_in: int


class ResetRequest(Wire):
    """Whose password is lost."""

    email: Email


class ResetConfirmation(Wire):
    """The token of a mail's link, and the next password."""

    token: OneTimeTokenText
    password: NewPassword

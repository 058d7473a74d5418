"""The second factor of one's own account."""

from typing import Any

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, Invalid, TooManyRequests, Unavailable
from prost.http import operation
from prost_auth.domain.passwords import PasswordRefused
from prost_auth.domain.second_factor import (
    NoSecondFactor,
    NotEnrolling,
    SecondFactorMandatory,
    SecondFactorNotShown,
)
from prost_auth.limits import CODE_BY_ACCOUNT
from prost_auth.resources.callers import signed_in
from prost_auth.resources.tools import Tools, keep_private
from prost_auth.schemas import me as wire
from prost_auth.use_cases.second_factors import begin_enrolment, confirm_enrolment, remove_second_factor


class SecondFactorResource:
    """An authenticator app, and codes to recover with."""

    def __init__(self, tools: Tools) -> None:
        """Ask for passwords and codes with these."""
        self.tools = tools

    @operation(
        summary="Begin with an authenticator app, or replace it.",
        body=wire.PasswordShown,
        returns=wire.EnrolmentSecret,
        errors=(PasswordRefused, SecondFactorNotShown, TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.PasswordShown) -> dict[str, Any]:
        """Answer a secret, which counts once its first code has come."""
        caller = signed_in(req)
        await self.tools.require_password(caller, body.password.get_secret_value())
        secret, uri = await in_db(begin_enrolment, caller, self.tools.codes)
        keep_private(resp)
        return {"secret": secret, "uri": uri}

    @operation(
        summary="Do without a second factor.",
        body=wire.SecondFactorRemoval,
        errors=(
            PasswordRefused,
            SecondFactorMandatory,
            NoSecondFactor,
            Invalid,
            TooManyRequests,
            Unavailable,
        ),
        auth="customer",
        tags=("me",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, body: wire.SecondFactorRemoval) -> None:
        """Remove it, which staff cannot."""
        caller, tools = signed_in(req), self.tools
        await tools.require_password(caller, body.password.get_secret_value())
        await tools.throttle.require("code", caller, (str(caller.account_id), CODE_BY_ACCOUNT))
        await in_db(remove_second_factor, caller, body.code, tools.codes)


class SecondFactorConfirmationResource:
    """The first code of an authenticator app."""

    def __init__(self, tools: Tools) -> None:
        """Compare codes with these."""
        self.tools = tools

    @operation(
        summary="Confirm an authenticator app by its first code.",
        body=wire.CodeShown,
        returns=wire.RecoveryCodes,
        errors=(NotEnrolling, Conflict, TooManyRequests, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_post(self, req: Request, resp: Response, *, body: wire.CodeShown) -> dict[str, Any]:
        """Answer the recovery codes; the session's next token carries the roles of staff."""
        caller, tools = signed_in(req), self.tools
        await tools.throttle.require("code", caller, (str(caller.account_id), CODE_BY_ACCOUNT))
        keep_private(resp)
        return {"recovery_codes": await in_db(confirm_enrolment, caller, body.code, tools.codes)}

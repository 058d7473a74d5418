"""Where the browsers of customers come by: the bank's page of the fake provider, and the way back."""

from typing import Annotated
from uuid import UUID

from falcon.asgi import Request, Response
from pydantic import StringConstraints

from prost.db import in_db
from prost.errors import NotFound, Unavailable
from prost.http import operation, redirect
from prost_payments.flows import Flows
from prost_payments.providers.challenges import Challenge, decide_challenge, read_challenge
from prost_payments.resources.pages import challenge_page, language_of
from prost_payments.schemas import customers as wire
from prost_payments.use_cases.steps import take_return

Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{1,100}$")]

_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
}


class ChallengeResource:
    """What the fake provider asks a customer for their bank."""

    @operation(
        summary="Show the question of the fake provider's bank.",
        query=wire.PageQuery,
        returns=(200, None),
        errors=(NotFound, Unavailable),
        auth="anonymous",
        tags=("customers",),
    )
    async def on_get(self, req: Request, resp: Response, *, token: Token, query: wire.PageQuery) -> None:
        """Answer a page that needs neither script nor style."""
        challenge = _known(await in_db(read_challenge, token))
        language = query.lang or language_of(req.get_header("Accept-Language") or "")
        for name, value in _PAGE_HEADERS.items():
            resp.set_header(name, value)
        resp.content_type = "text/html; charset=utf-8"
        resp.data = challenge_page(challenge, language)

    @operation(
        summary="Answer the fake provider's bank.",
        form=wire.DecisionForm,
        returns=(303, None),
        errors=(NotFound, Unavailable),
        auth="anonymous",
        tags=("customers",),
    )
    async def on_post(self, req: Request, resp: Response, *, token: Token, form: wire.DecisionForm) -> None:
        """Take the answer, once, and send the customer back to the shop."""
        challenge = _known(await in_db(decide_challenge, token, approve=form.decision == "approve"))
        redirect(resp, challenge.return_url)


class ReturnResource:
    """The way back from the provider."""

    def __init__(self, flows: Flows, public_url: str) -> None:
        """Send customers on to the shop."""
        self._flows = flows
        self._home = f"{public_url}/"

    @operation(
        summary="Come back from the provider.",
        query=wire.ReturnQuery,
        returns=(303, None),
        errors=(NotFound, Unavailable),
        auth="anonymous",
        tags=("customers",),
    )
    async def on_get(
        self, req: Request, resp: Response, *, payment_id: UUID, query: wire.ReturnQuery
    ) -> None:
        """Ask the provider what has become of the payment, and send the customer on to their order."""
        step = await self._flows.run(take_return, self._flows.provider.lease, payment_id)
        redirect(resp, step.return_url or self._home)


def _known(challenge: Challenge | None) -> Challenge:
    if challenge is None:
        raise NotFound("There is no such question.")
    return challenge

"""Where providers announce what happens on their side."""

from typing import Final

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import MalformedRequest, NotFound, Unavailable
from prost.http import operation
from prost_payments.domain import SignatureRefused
from prost_payments.providers import Provider
from prost_payments.use_cases.incoming import store_event

_MAX_EVENT: Final = 512 * 1024


class WebhooksResource:
    """The events of one provider."""

    def __init__(self, provider: Provider) -> None:
        """Take the events of the provider that is used, and of no other."""
        self._provider = provider

    @operation(
        summary="Take an event of the provider.",
        files=("application/json",),
        errors=(SignatureRefused, MalformedRequest, NotFound, Unavailable),
        auth="anonymous",
        tags=("provider",),
        max_body=_MAX_EVENT,
    )
    async def on_post(self, req: Request, resp: Response, *, provider: str, body: bytes) -> None:
        """Keep it if the provider has signed it; what it means is found out later, by asking the provider."""
        if provider != self._provider.name:
            raise NotFound("No such provider is used.")
        event = self._provider.verify_webhook(body, req.headers)
        await in_db(store_event, provider, event)

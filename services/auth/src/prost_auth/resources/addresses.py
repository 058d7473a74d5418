"""The addresses of one's own account."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from prost.http import operation
from prost_auth.domain.people import clean_text
from prost_auth.resources.callers import signed_in
from prost_auth.resources.shown import shown_address
from prost_auth.schemas import me as wire
from prost_auth.use_cases.addresses import add_address, change_address, remove_address

_LINES = ("name", "street", "city")
_GERMAN_DIGITS = 5


class AddressesResource:
    """Where goods may be sent to."""

    @operation(
        summary="Add an address.",
        body=wire.NewAddress,
        returns=(HTTPStatus.CREATED, wire.Address),
        errors=(Conflict, Unavailable),
        auth="customer",
        tags=("me",),
    )
    async def on_post(self, req: Request, _resp: Response, *, body: wire.NewAddress) -> dict[str, Any]:
        """Keep it, up to twenty."""
        return shown_address(await in_db(add_address, signed_in(req), _clean(body.model_dump())))


class AddressResource:
    """One of one's own addresses."""

    @operation(
        summary="Change an address.",
        body=wire.AddressChange,
        returns=wire.Address,
        errors=(NotFound, Unavailable),
        auth="customer",
        owned=True,
        tags=("me",),
    )
    async def on_patch(
        self, req: Request, _resp: Response, *, address_id: UUID, body: wire.AddressChange
    ) -> dict[str, Any]:
        """Change what is given."""
        changes = _clean(body.model_dump(exclude_none=True))
        return shown_address(await in_db(change_address, signed_in(req), address_id, changes))

    @operation(
        summary="Remove an address.",
        errors=(NotFound, Unavailable),
        auth="customer",
        owned=True,
        tags=("me",),
    )
    async def on_delete(self, req: Request, _resp: Response, *, address_id: UUID) -> None:
        """Forget it."""
        await in_db(remove_address, signed_in(req), address_id)


def _clean(facts: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {
        field: clean_text(value, f"body.{field}") if field in _LINES else value
        for field, value in facts.items()
    }
    code = cleaned.get("postal_code")
    if cleaned.get("country") == "DE" and code is not None and not _is_german(code):
        raise Invalid(errors=[FieldError("body.postal_code", "has five digits in Germany", "postal-code")])
    return cleaned


def _is_german(postal_code: str) -> bool:
    return len(postal_code) == _GERMAN_DIGITS and postal_code.isdigit()

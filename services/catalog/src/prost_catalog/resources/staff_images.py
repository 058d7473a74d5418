"""Pictures of products as staff keeps them."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.errors import PayloadTooLarge
from prost.http import operation
from prost.objects import ObjectStore
from prost_catalog import images
from prost_catalog.resources.conditions import editor, version_read
from prost_catalog.resources.staff_products import WRITE_ERRORS, answer_with
from prost_catalog.schemas import staff as wire
from prost_catalog.use_cases.images import attach_image, detach_image


class ImagesResource:
    """The pictures of a product."""

    def __init__(self, objects: ObjectStore) -> None:
        """Keep the files in a store."""
        self._objects = objects

    @operation(
        summary="Add a picture: the body is a JPEG, PNG, WebP or AVIF file.",
        query=wire.ImageQuery,
        returns=(HTTPStatus.CREATED, wire.StaffProduct),
        errors=(PayloadTooLarge, *WRITE_ERRORS),
        auth="staff",
        tags=("staff",),
    )
    async def on_post(
        self, req: Request, resp: Response, *, product_id: UUID, query: wire.ImageQuery
    ) -> dict[str, Any]:
        """Check, scale and store the picture, then show it with the product."""
        editor(req)
        version = version_read(req)
        prepared = await asyncio.to_thread(images.prepare, await _received(req))
        stored = await images.store(self._objects, prepared)
        alt = (query.alt_de, query.alt_en)
        await in_db(attach_image, product_id, version, stored, alt, query.position)
        return await answer_with(resp, product_id)


class ImageResource:
    """One picture of a product."""

    @operation(
        summary="Stop showing a picture with a product.",
        returns=wire.StaffProduct,
        errors=WRITE_ERRORS,
        auth="staff",
        tags=("staff",),
    )
    async def on_delete(
        self, req: Request, resp: Response, *, product_id: UUID, image_id: UUID
    ) -> dict[str, Any]:
        """Take the picture away; its files stay where they are."""
        editor(req)
        await in_db(detach_image, product_id, version_read(req), image_id)
        return await answer_with(resp, product_id)


async def _received(req: Request) -> bytes:
    too_large = PayloadTooLarge(f"A picture has at most {images.MAX_BYTES} bytes.")
    if (req.content_length or 0) > images.MAX_BYTES:
        raise too_large
    received = bytearray()
    async for chunk in req.bounded_stream:
        received += chunk
        if len(received) > images.MAX_BYTES:
            raise too_large
    return bytes(received)

"""Pictures of products as staff keeps them."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from falcon.asgi import Request, Response

from prost.db import in_db
from prost.http import operation
from prost.objects import ObjectStore
from prost_catalog.domain import MAX_PICTURE_BYTES
from prost_catalog.resources.conditions import EDITORS, version_read
from prost_catalog.resources.staff_products import WRITE_ERRORS, answer_with
from prost_catalog.schemas import staff as wire
from prost_catalog.use_cases.images import attach_image, detach_image


class ImagesResource:
    """The pictures of a product."""

    def __init__(self, objects: ObjectStore) -> None:
        """Keep the files in a store."""
        self._objects = objects

    @operation(
        summary="Add a picture.",
        query=wire.ImageQuery,
        files=("image/jpeg", "image/png", "image/webp", "image/avif"),
        returns=(HTTPStatus.CREATED, wire.StaffProduct),
        errors=WRITE_ERRORS,
        auth="staff",
        roles=EDITORS,
        tags=("staff",),
        max_body=MAX_PICTURE_BYTES,
    )
    async def on_post(
        self, req: Request, resp: Response, *, product_id: UUID, query: wire.ImageQuery, body: bytes
    ) -> dict[str, Any]:
        """Check, scale and store the picture, then show it with the product."""
        # A dozen libraries, which a process that only shows pictures never loads.
        from prost_catalog import images  # noqa: PLC0415

        version = version_read(req)
        prepared = await asyncio.to_thread(images.prepare, body)
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
        roles=EDITORS,
        tags=("staff",),
    )
    async def on_delete(
        self, req: Request, resp: Response, *, product_id: UUID, image_id: UUID
    ) -> dict[str, Any]:
        """Take the picture away; its files stay where they are."""
        await in_db(detach_image, product_id, version_read(req), image_id)
        return await answer_with(resp, product_id)

"""Server-sent events of an order, until it is decided."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Final
from uuid import UUID

from falcon.asgi import Request, Response, SSEvent

from prost.db import in_db
from prost.errors import NotFound, ProstError, Unavailable
from prost.http import operation
from prost.http.answers import render
from prost_orders.domain.orders import Order
from prost_orders.resources.guests import require_access
from prost_orders.resources.orders import OrderQuery
from prost_orders.schemas.orders import order_document
from prost_orders.use_cases.reading import read_order, read_versions

LONGEST: Final = 50.0
"""Seconds after which a stream ends; a browser comes back by itself, and nobody is watched for ever."""

HEARTBEAT: Final = 10.0
LOOK_EVERY: Final = 0.5
MOST_STREAMS: Final = 500
_COME_BACK_AFTER: Final = 1000


class Watch:
    """Looks for changes of all orders that are watched in this process, with one query for all of them."""

    def __init__(self, look_every: float = LOOK_EVERY) -> None:
        """Watch nothing yet."""
        self._look_every = look_every
        self._watched: dict[UUID, dict[asyncio.Event, int]] = {}
        self._looking: asyncio.Task[None] | None = None

    @property
    def streams(self) -> int:
        """How many are watching."""
        return sum(map(len, self._watched.values()))

    @contextmanager
    def of(self, order: Order) -> Iterator[asyncio.Event]:
        """Give what is set when the order has changed since."""
        changed = asyncio.Event()
        self._watched.setdefault(order.id, {})[changed] = order.version
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield changed
        finally:
            watching = self._watched[order.id]
            del watching[changed]
            if not watching:
                del self._watched[order.id]

    async def _look(self) -> None:
        while self._watched:
            await asyncio.sleep(self._look_every)
            # While the database is away there is nothing new, and the next look comes soon.
            with suppress(ProstError):
                versions = await in_db(read_versions, list(self._watched))
                for order_id, watching in self._watched.items():
                    for changed, seen in watching.items():
                        if (version := versions.get(order_id, seen)) != seen:
                            watching[changed] = version
                            changed.set()


class OrderEventsResource:
    """What happens to an order, as it happens."""

    def __init__(self, watch: Watch, longest: float = LONGEST, heartbeat: float = HEARTBEAT) -> None:
        """Be woken by a watch."""
        self._watch = watch
        self._longest = longest
        self._heartbeat = heartbeat

    @operation(
        summary="Follow an order by server-sent events until it is decided.",
        query=OrderQuery,
        returns=(200, None),
        errors=(NotFound, Unavailable),
        auth="optional",
        also=(204,),
        tags=("orders",),
    )
    async def on_get(self, req: Request, resp: Response, *, order_id: UUID, query: OrderQuery) -> None:
        """Send an event `order` for each change, each with the whole order; the last one is decided.

        204, which keeps a browser from coming back, once that was told.
        """
        order = require_access(req, await in_db(read_order, order_id), query.key)
        resp.cache_control = ["no-store"]
        if order.is_decided and req.get_header("Last-Event-ID") == str(order.version):
            resp.status = HTTPStatus.NO_CONTENT
            return
        if self._watch.streams >= MOST_STREAMS:
            raise Unavailable("Too many orders are being watched.", headers={"Retry-After": "5"})
        resp.sse = self._follow(order)

    async def _follow(self, order: Order) -> AsyncIterator[SSEvent]:
        now: Callable[[], float] = asyncio.get_running_loop().time
        end = now() + self._longest
        yield _event(order)
        with self._watch.of(order) as changed:
            is_open = not order.is_decided
            while is_open and (left := end - now()) > 0:
                try:
                    await asyncio.wait_for(changed.wait(), min(left, self._heartbeat))
                except TimeoutError:
                    yield SSEvent(comment="still here")
                    continue
                changed.clear()
                with suppress(Unavailable):
                    found = await in_db(read_order, order.id)
                    if found is not None:
                        yield _event(found)
                        is_open = not found.is_decided


def _event(order: Order) -> SSEvent:
    document = render(order_document(order))
    return SSEvent(data=document, event="order", event_id=str(order.version), retry=_COME_BACK_AFTER)

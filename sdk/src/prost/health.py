"""Health of a web process, for probes, for people and for a gateway that is about to lose it."""

import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Literal

import falcon.asgi
import orjson

from prost.http.dependencies import Dependencies, DependencyState

__all__ = ["Health"]

State = Literal["starting", "ready", "degraded", "unavailable", "draining"]
_SERVING = frozenset({"ready", "degraded"})


class Health:
    """What a web process knows about itself.

    /health           the state in one word; 503 when it does not serve
    /health/live      200 as long as the event loop turns
    /health/ready     every dependency with its state and latency; 503 when it should get no traffic
    /health/startup   200 once every dependency was tried
    """

    def __init__(self, service: str, dependencies: Dependencies) -> None:
        """Watch the dependencies of a service."""
        self._service = service
        self._dependencies = dependencies
        self._began = time.monotonic()
        self.started = False
        self.draining = False

    def install(self, app: falcon.asgi.App[Any, Any]) -> None:
        """Add the four addresses."""
        app.add_route("/health", self)
        for suffix in ("live", "ready", "startup"):
            app.add_route(f"/health/{suffix}", self, suffix=suffix)

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer with the state of the service."""
        state = self._state(await self._dependencies.states())
        uptime = round(time.monotonic() - self._began)
        _write(
            resp, {"service": self._service, "state": state, "uptime_seconds": uptime}, ok=state in _SERVING
        )

    async def on_get_live(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer that the process lives."""
        _write(resp, {"state": "live"}, ok=True)

    async def on_get_ready(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer whether to send traffic here, and why."""
        found = await self._dependencies.states()
        state = self._state(found)
        _write(resp, {"state": state, "dependencies": [asdict(each) for each in found]}, ok=state in _SERVING)

    async def on_get_startup(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer whether the start is over."""
        _write(resp, {"state": "started" if self.started else "starting"}, ok=self.started)

    def _state(self, found: tuple[DependencyState, ...]) -> State:
        if self.draining:
            return "draining"
        if not self.started:
            return "starting"
        missing = [each for each in found if each.state != "up"]
        if any(each.required for each in missing):
            return "unavailable"
        return "degraded" if missing else "ready"


def _write(resp: falcon.asgi.Response, document: dict[str, object], *, ok: bool) -> None:
    resp.status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
    resp.data = orjson.dumps(document)
    resp.content_type = "application/json"
    resp.cache_control = ["no-store"]

"""The dashboard's pages: server-rendered, every value escaped by the template engine."""

from __future__ import annotations

import asyncio
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from prost_cli.devtools import parameters, queries
from prost_cli.devtools.formats import FILTERS
from prost_cli.devtools.mailbox import open_letter
from prost_cli.devtools.records import LEVELS
from prost_cli.devtools.red import WINDOW
from prost_cli.devtools.waterfall import WIDTH, lay_out

if TYPE_CHECKING:
    from jinja2 import Environment

    from prost_cli.devtools.state import State

HERE = Path(__file__).parent
ROLES = ("customer", "support", "catalog-manager", "admin")
"""The roles that the token page offers."""

_MAX_MAIL_TEXT = 200_000


class Pages:
    """Serves the pages and the two static files that they need."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._store = state.store

    @cached_property
    def _templates(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- for the first page

        templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.filters.update(FILTERS)
        return templates

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add every page and /static."""
        router.add_get("/", self._overview)
        router.add_get("/logs", self._logs)
        router.add_get("/traces", self._traces)
        router.add_get("/traces/{trace_id}", self._trace)
        router.add_get("/metrics", self._metrics)
        router.add_get("/events", self._events)
        router.add_get("/mail", self._mail)
        router.add_get(r"/mail/{mail_id:\d{1,18}}", self._mail)
        router.add_get("/accounts", self._accounts)
        router.add_get("/tokens", self._tokens)
        router.add_static("/static", HERE / "static")

    def _render(self, request: web.Request, name: str, *, status: int = 200, **values: Any) -> web.Response:
        template = self._templates.get_template(f"{name}.html")
        body = template.render(page=name, query=request.query, config=self._state.config(), **values)
        return web.Response(text=body, status=status, content_type="text/html")

    async def _overview(self, request: web.Request) -> web.Response:
        return self._render(request, "overview", minutes=WINDOW // 60, **await self._state.overview())

    async def _logs(self, request: web.Request) -> web.Response:
        chosen = parameters.log_filter(request.query)
        before = parameters.whole(request.query, "before", 0) or None
        lines = await self._store.read(queries.logs, **chosen, before=before)
        return self._render(
            request,
            "logs",
            lines=lines,
            before=before,
            processes=await self._store.read(queries.processes),
            levels=list(LEVELS),
        )

    async def _traces(self, request: web.Request) -> web.Response:
        found = await self._store.read(queries.traces, **parameters.trace_filter(request.query))
        services = await self._store.read(queries.span_services)
        longest = max((trace["duration_ns"] for trace in found), default=1) or 1
        return self._render(request, "traces", traces=found, services=services, longest=longest)

    async def _trace(self, request: web.Request) -> web.Response:
        trace_id = request.match_info["trace_id"]
        spans = await self._store.read(queries.trace, trace_id)
        lines = await self._store.read(queries.logs, trace_id=trace_id or "-")
        layout = lay_out(spans) if spans else None
        return self._render(
            request,
            "trace",
            status=200 if spans else 404,
            trace_id=trace_id,
            layout=layout,
            lines=lines,
            width=WIDTH,
        )

    async def _metrics(self, request: web.Request) -> web.Response:
        service = parameters.text(request.query, "service")
        return self._render(
            request,
            "metrics",
            rates=await self._state.rates(),
            metrics=await self._state.metrics(service),
            minutes=WINDOW // 60,
        )

    async def _events(self, request: web.Request) -> web.Response:
        service = parameters.text(request.query, "service")
        return self._render(request, "events", services=await self._state.databases.events(service))

    async def _mail(self, request: web.Request) -> web.Response:
        mail_id = request.match_info.get("mail_id")
        mails = await self._store.read(queries.mails, text=parameters.text(request.query, "text"))
        mail = await self._store.read(queries.mail, int(mail_id)) if mail_id else None
        letter = await asyncio.to_thread(open_letter, mail["raw"]) if mail else None
        return self._render(
            request,
            "mail",
            status=404 if mail_id and mail is None else 200,
            mails=mails,
            mail=mail,
            missing=bool(mail_id) and mail is None,
            letter=letter,
            text=letter.text[:_MAX_MAIL_TEXT] if letter else "",
        )

    async def _accounts(self, request: web.Request) -> web.Response:
        return self._render(request, "accounts", **await self._state.accounts())

    async def _tokens(self, request: web.Request) -> web.Response:
        return self._render(request, "tokens", roles=ROLES)

"""The JSON API beneath the dashboard, under /api."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from aiohttp import hdrs, web
from aiohttp.client_exceptions import ClientConnectionResetError

from prost_cli.devtools import parameters, queries
from prost_cli.devtools.mailbox import attachment, open_letter
from prost_cli.devtools.parameters import ParameterError
from prost_cli.devtools.security import problem
from prost_cli.devtools.supervisor import SupervisorError
from prost_cli.devtools.waterfall import lay_out

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from prost_cli.devtools.state import State

MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""For mail as it came: no scripts, no forms, no requests to anywhere, not even for pictures."""

_KEEP_ALIVE = 15.0
_STREAM_BATCH = 200


@web.middleware
async def refuse_bad_parameters(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 400 with the parameter's name where one cannot be used."""
    try:
        return await handler(request)
    except ParameterError as error:
        return problem(400, str(error))


class Api:
    """Serves what the pages show as JSON, and what they change."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._store = state.store

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add every /api route."""
        router.add_get("/api/health", self._health)
        router.add_get("/api/services", self._services)
        router.add_post("/api/services/{unit}/restart", self._restart)
        router.add_get("/api/logs", self._logs)
        router.add_get("/api/logs/stream", self._stream)
        router.add_get("/api/traces", self._traces)
        router.add_get(r"/api/traces/{trace_id:[0-9a-f]{1,32}}", self._trace)
        router.add_get("/api/metrics", self._metrics)
        router.add_get("/api/events", self._events)
        router.add_post("/api/events/{service}/redrive", self._redrive)
        router.add_get("/api/accounts", self._accounts)
        router.add_get("/api/mails", self._mails)
        router.add_delete("/api/mails", self._remove_mails)
        router.add_get(r"/api/mails/{mail_id:\d{1,18}}", self._mail)
        router.add_delete(r"/api/mails/{mail_id:\d{1,18}}", self._remove_mails)
        router.add_get(r"/api/mails/{mail_id:\d{1,18}}/html", self._mail_html)
        router.add_get(r"/api/mails/{mail_id:\d{1,18}}/raw", self._mail_raw)
        router.add_get(r"/api/mails/{mail_id:\d{1,18}}/parts/{index:\d{1,4}}", self._mail_part)

    async def _health(self, _request: web.Request) -> web.Response:
        return _json({"state": "ready", "store": self._store.usage()})

    async def _services(self, _request: web.Request) -> web.Response:
        return _json(await self._state.overview())

    async def _restart(self, request: web.Request) -> web.Response:
        try:
            await self._state.restart(request.match_info["unit"])
        except SupervisorError as error:
            return problem(409, str(error))
        return web.Response(status=204)

    async def _logs(self, request: web.Request) -> web.Response:
        query = request.query
        before = parameters.whole(query, "before", 0) or None
        found = await self._store.read(
            queries.logs,
            **parameters.log_filter(query),
            before=before,
            after=parameters.whole(query, "after", 0) if "after" in query else None,
            limit=parameters.limit(query, 200),
        )
        return _json({"items": found})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send log lines as they arrive, from behind `after` or Last-Event-ID on."""
        chosen = parameters.log_filter(request.query)
        resume = {"after": request.headers.get("Last-Event-ID") or request.query.get("after", "")}
        last = parameters.whole(resume, "after", 0) or await self._store.read(queries.last_log_id)
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "text/event-stream"})
        await response.prepare(request)
        try:
            await response.write(b": following\n\n")
            async for changed in self._store.changes(_KEEP_ALIVE):
                while changed:
                    lines = await self._store.read(queries.logs, **chosen, after=last, limit=_STREAM_BATCH)
                    for line in lines:
                        last = line["id"]
                        await response.write(b"id: %d\ndata: %b\n\n" % (last, orjson.dumps(line)))
                    if len(lines) < _STREAM_BATCH:
                        break
                if not changed:
                    await response.write(b": still here\n\n")
        except (ClientConnectionResetError, ConnectionResetError):
            pass
        return response

    async def _traces(self, request: web.Request) -> web.Response:
        chosen = parameters.trace_filter(request.query)
        limit = parameters.limit(request.query, 100)
        return _json({"items": await self._store.read(queries.traces, **chosen, limit=limit)})

    async def _trace(self, request: web.Request) -> web.Response:
        spans = await self._store.read(queries.trace, request.match_info["trace_id"])
        if not spans:
            return problem(404, "this trace is not known, or no longer")
        layout = lay_out(spans)
        return _json({"start_ns": layout.start_ns, "duration_ns": layout.duration_ns, "spans": spans})

    async def _metrics(self, request: web.Request) -> web.Response:
        service = parameters.text(request.query, "service")
        return _json({"rates": await self._state.rates(), "items": await self._state.metrics(service)})

    async def _events(self, request: web.Request) -> web.Response:
        return _json({"items": await self._state.databases.events(parameters.text(request.query, "service"))})

    async def _redrive(self, request: web.Request) -> web.Response:
        try:
            asked = await request.json()
        except (ValueError, RecursionError):
            return problem(400, "the body is not JSON")
        ids = asked.get("ids") if isinstance(asked, dict) else None
        if not isinstance(ids, list) or not all(isinstance(i, str) and 0 < len(i) <= 256 for i in ids):  # noqa: PLR2004
            return problem(422, "ids must be a list of texts")
        moved = await self._state.databases.redrive(request.match_info["service"], ids)
        if moved is None:
            return problem(404, "this service has no dead letters that can be reached")
        return _json({"redriven": moved})

    async def _accounts(self, _request: web.Request) -> web.Response:
        return _json(await self._state.accounts())

    async def _mails(self, request: web.Request) -> web.Response:
        found = await self._store.read(
            queries.mails,
            text=parameters.text(request.query, "text"),
            limit=parameters.limit(request.query, 200),
        )
        return _json({"items": found})

    async def _remove_mails(self, request: web.Request) -> web.Response:
        mail_id = request.match_info.get("mail_id")
        await self._store.remove_mails(int(mail_id) if mail_id else None)
        return web.Response(status=204)

    async def _mail(self, request: web.Request) -> web.Response:
        mail = await self._find_mail(request)
        letter = await asyncio.to_thread(open_letter, mail.pop("raw"))
        return _json({**mail, "letter": letter})

    async def _mail_html(self, request: web.Request) -> web.Response:
        mail = await self._find_mail(request)
        letter = await asyncio.to_thread(open_letter, mail["raw"])
        # Without this line a mail that declares no character set would be read in the browser's own.
        body = '<!doctype html><meta charset="utf-8">' + letter.html
        return web.Response(
            text=body, content_type="text/html", headers={"Content-Security-Policy": MAIL_POLICY}
        )

    async def _mail_raw(self, request: web.Request) -> web.Response:
        mail = await self._find_mail(request)
        return _download(mail["raw"], f"mail-{mail['id']}.eml")

    async def _mail_part(self, request: web.Request) -> web.Response:
        mail = await self._find_mail(request)
        found = await asyncio.to_thread(attachment, mail["raw"], int(request.match_info["index"]))
        if found is None:
            raise web.HTTPNotFound
        part, content = found
        return _download(content, part.name)

    async def _find_mail(self, request: web.Request) -> dict[str, Any]:
        mail = await self._store.read(queries.mail, int(request.match_info["mail_id"]))
        if mail is None:
            raise web.HTTPNotFound
        return mail


def _json(document: object) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json")


def _download(content: bytes, name: str) -> web.Response:
    return web.Response(
        body=content,
        content_type="application/octet-stream",
        headers={
            hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": MAIL_POLICY,
        },
    )

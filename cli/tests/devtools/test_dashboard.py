"""The pages and the JSON API, read as a browser would and fed with what is hostile."""

from __future__ import annotations

import asyncio
import json
import re
import time

import aiohttp
import orjson
import pytest

from prost_cli.devtools.records import Log, Point, Span

PAGES = ["/", "/logs", "/traces", "/metrics", "/events", "/mail", "/accounts", "/tokens"]
HOSTILE = "</span><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TRACE_ID = "5b8efff798038103d269b633813fc60c"


def log(message, **values):
    return Log(
        **{
            "time": 1_700_000_000,
            "service": "catalog",
            "process": "catalog-web",
            "level": 9,
            "message": message,
            **values,
        }
    )


def span(name, span_id, parent_id="", *, start_ms=0, ms=10, **values):
    detail = {"attributes": {}, "events": [], "links": [], "message": "", "scope": "", "resource": {}}
    return Span(
        **{
            "trace_id": TRACE_ID,
            "span_id": span_id,
            "parent_id": parent_id,
            "service": "catalog",
            "name": name,
            "kind": "server",
            "start_ns": 1_700_000_000_000_000_000 + start_ms * 1_000_000,
            "duration_ns": ms * 1_000_000,
            "error": 0,
            "detail": orjson.dumps({**detail, **values.pop("detail", {})}).decode(),
            **values,
        }
    )


async def items(http, path, **params):
    answer = await http.get(path, params=params)
    assert answer.status == 200
    return (await answer.json())["items"]


@pytest.mark.parametrize("path", PAGES)
async def test_an_empty_stack_has_every_page(http, path):
    answer = await http.get(path)

    assert answer.status == 200
    assert "<h1>" in await answer.text()


@pytest.mark.parametrize("path", [*PAGES, "/static/app.js", "/api/health", "/nowhere"])
async def test_every_answer_forbids_foreign_content(http, path):
    answer = await http.get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_needs_what_the_policy_forbids(http, path):
    text = await (await http.get(path)).text()

    assert not re.search(r"<script(?! src=\"/static/)|<style|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)


async def test_hostile_telemetry_is_shown_as_text(devtools, http):
    fields = json.dumps({HOSTILE: HOSTILE, "nested": {"a": [HOSTILE]}})
    detail = {
        "attributes": {HOSTILE: HOSTILE},
        "events": [{"name": HOSTILE, "time_ns": "0", "attributes": {HOSTILE: HOSTILE}}],
        "links": [{"trace_id": HOSTILE, "span_id": "", "attributes": {}}],
        "message": HOSTILE,
        "resource": {HOSTILE: HOSTILE},
    }
    point = Point(
        time=time.time() - 20, service=HOSTILE, instance="", name=HOSTILE, unit=HOSTILE, kind="gauge",
        value=1, count=0, detail=json.dumps({"attributes": {}}),
    )  # fmt: skip
    await devtools.store.add(
        [
            log(HOSTILE, process=HOSTILE, service=HOSTILE, trace_id=TRACE_ID, detail=fields),
            span(HOSTILE, "1", service=HOSTILE, kind=HOSTILE, detail=detail),
            point,
        ]
    )

    paths = ["/logs", "/traces", f"/traces/{TRACE_ID}", "/metrics"]
    texts = [await (await http.get(path, params={"text": HOSTILE})).text() for path in paths]

    assert all("&lt;script&gt;alert(1)" in text for text in texts)
    assert not any("<script>alert" in text or "<img src=x" in text for text in texts)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/logs?level=loud", "level"),
        ("/api/logs?before=x", "before"),
        ("/api/logs?after=-1", "after"),
        ("/api/logs?after=99999999999999999999", "after"),
        ("/api/logs?limit=501", "limit"),
        ("/api/traces?min_ms=nan", "min_ms"),
        ("/traces?min_ms=soon", "min_ms"),
        ("/api/logs?text=" + "x" * 600, "text"),
    ],
)
async def test_a_parameter_that_cannot_be_used_is_named(http, path, named):
    answer = await http.get(path)

    assert answer.status == 400
    assert named in (await answer.json(content_type=None))["detail"]


async def test_what_is_gone_is_said_to_be_gone(http):
    answers = [await http.get(path) for path in ("/traces/abc", "/mail/7", "/api/traces/abc", "/api/mails/7")]

    assert [answer.status for answer in answers] == [404, 404, 404, 404]


async def test_logs_are_searched_by_text_level_and_process(devtools, http):
    await devtools.store.add(
        [
            log("Cache miss", level=5),
            log("cache lost", level=17, process="catalog-worker"),
            log("other", detail='{"reason": "CACHE"}'),
        ]
    )

    assert [line["message"] for line in await items(http, "/api/logs", text="cache")] == [
        "Cache miss",
        "cache lost",
        "other",
    ]
    assert [line["message"] for line in await items(http, "/api/logs", level="warning")] == ["cache lost"]
    assert [line["level"] for line in await items(http, "/api/logs", process="catalog-worker")] == ["error"]
    assert await items(http, "/api/logs", text="100%_") == []


async def test_logs_are_paged_in_both_directions(devtools, http):
    await devtools.store.add([log(f"{number}") for number in range(1, 8)])

    newest = await items(http, "/api/logs", limit="3")
    older = await items(http, "/api/logs", limit="3", before=str(newest[0]["id"]))
    behind = await items(http, "/api/logs", limit="3", after=str(older[0]["id"]))

    assert [line["message"] for line in newest] == ["5", "6", "7"]
    assert [line["message"] for line in older] == ["2", "3", "4"]
    assert [line["message"] for line in behind] == ["3", "4", "5"]


async def next_event(stream):
    async with asyncio.timeout(5):
        while not (line := await stream.content.readline()).startswith(b"data: "):
            assert line
    return orjson.loads(line[6:])


async def test_the_live_tail_sends_what_matches_as_it_arrives(devtools, http):
    await devtools.store.add([log("before")])
    stream = await http.get("/api/logs/stream", params={"level": "warning"})
    await stream.content.readline()

    await devtools.store.add([log("quiet"), log("loud", level=17)])
    first = await next_event(stream)
    await devtools.store.add([log("louder", level=21)])
    second = await next_event(stream)

    assert stream.content_type == "text/event-stream"
    assert [first["message"], second["message"]] == ["loud", "louder"]
    stream.close()


async def test_a_tail_that_was_cut_resumes_behind_its_last_line(devtools, http):
    await devtools.store.add([log(f"{number}") for number in range(1, 500)])

    stream = await http.get("/api/logs/stream", headers={"Last-Event-ID": "2"})
    await stream.content.readline()
    await devtools.store.add([log("500")])
    received = [(await next_event(stream))["message"] for _ in range(498)]

    assert received == [f"{number}" for number in range(3, 501)]
    stream.close()


async def test_traces_are_listed_by_their_root_and_filtered(devtools, http):
    await devtools.store.add(
        [
            span("SELECT", "2", "1", start_ms=2, ms=5, error=1),
            span("GET /products", "1", ms=30),
            span("GET /carts", "9", ms=3, trace_id="aa", service="cart"),
        ]
    )

    both = await items(http, "/api/traces")
    assert [trace["root_name"] for trace in both] == ["GET /carts", "GET /products"]
    assert (both[1]["spans"], both[1]["errors"], both[1]["duration_ns"]) == (2, 1, 30_000_000)
    assert [t["trace_id"] for t in await items(http, "/api/traces", text="select")] == [TRACE_ID]
    assert [t["trace_id"] for t in await items(http, "/api/traces", service="cart")] == ["aa"]
    assert [t["trace_id"] for t in await items(http, "/api/traces", errors="1")] == [TRACE_ID]
    assert [t["trace_id"] for t in await items(http, "/api/traces", min_ms="10")] == [TRACE_ID]


async def test_a_trace_shows_its_spans_and_its_log_lines(devtools, http):
    await devtools.store.add([span("GET /products", "1"), log("slow query", trace_id=TRACE_ID)])

    text = await (await http.get(f"/traces/{TRACE_ID}")).text()
    document = await (await http.get(f"/api/traces/{TRACE_ID}")).json()

    assert "slow query" in text
    assert [found["name"] for found in document["spans"]] == ["GET /products"]


async def test_rates_come_from_the_duration_histogram(devtools, http):
    def point(status, count):
        buckets = [[0.01, count], [None, 0]]
        return Point(
            time=time.time() - 15, service="catalog", instance="1", name="http.server.request.duration",
            unit="s", kind="histogram", value=0.1, count=count,
            detail=json.dumps({"attributes": {"http.response.status_code": status}, "buckets": buckets}),
        )  # fmt: skip

    await devtools.store.add([point(200, 98), point(503, 2)])

    document = await (await http.get("/api/metrics")).json()
    assert [(r["service"], r["requests"], r["errors"]) for r in document["rates"]] == [("catalog", 100, 2)]
    assert document["rates"][0]["p50"] == pytest.approx(0.005)
    assert max(value or 0 for value in document["rates"][0]["rate"]["values"]) == 10.0
    assert [metric["name"] for metric in document["items"]] == ["http.server.request.duration"]


async def test_foreign_names_and_origins_are_refused(http):
    rebound = await http.get("/api/mails", headers={"Host": "evil.example"})
    foreign = await http.post("/api/services/web/restart", headers={"Origin": "https://evil.example"})

    assert (rebound.status, foreign.status) == (403, 403)


async def test_a_host_that_is_allowed_by_name_is_served(serve):
    async with serve(allowed_hosts=("workstation.lan",)) as devtools, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{devtools.http_port}/api/health"
        answer = await session.get(url, headers={"Host": "workstation.lan:9400"})

        assert answer.status == 200

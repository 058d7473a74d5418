"""Where auth's tests run: with a secret to seal with, and tokens that auth itself has signed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import partial
from urllib.request import urlopen
from uuid import UUID, uuid4

import psycopg2
import pyotp
import pytest

from prost.db import database as process_database
from prost.db import utcnow
from prost.db._connection import configure_url
from prost.db._executor import shut_down
from prost.testing.servers import START_DEADLINE, free_port, wait_until
from prost_auth.codes import Codes
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import OneTimeTokens
from prost_auth.hashing import Hasher
from prost_auth.keys import configure, ring
from prost_auth.models.mails import Mail
from prost_auth.models.second_factors import SecondFactor
from prost_auth.settings import Settings
from prost_auth.use_cases.signup import register

KEY_SECRET = "a-secret-that-only-these-tests-seal-with"
ISSUER = "http://127.0.0.1:8080/api/auth"
PASSWORD = "korrekt pferd batterie"
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHEAP_PASSWORDS = {"password_memory_kib": 64, "password_passes": 1, "password_lanes": 1}
SETTINGS = {
    "service": "auth",
    "env": "test",
    "key_secret": KEY_SECRET,
    "auth_issuer": ISSUER,
    **CHEAP_PASSWORDS,
}


@pytest.fixture
def environment(environment, monkeypatch):
    """Add what auth is told beyond other services."""
    monkeypatch.setenv("PROST_KEY_SECRET", KEY_SECRET)
    monkeypatch.setenv("PROST_AUTH_ISSUER", ISSUER)
    for name, value in CHEAP_PASSWORDS.items():
        monkeypatch.setenv(f"PROST_{name.upper()}", str(value))


@pytest.fixture
def settings():
    """Give settings for use cases that run without an application."""
    return Settings(**SETTINGS)


@pytest.fixture(autouse=True)
def key_ring(settings):
    """Give the process's key ring, empty: it makes or reads its key in this test's database."""
    return configure(settings)


@pytest.fixture
def token(database):
    """Give the function that signs tokens, with the key that the service signs with."""

    def sign(*roles, subject="someone", **claims):
        now = int(time.time())
        standard = {"iss": ISSUER, "aud": "prost", "iat": now, "exp": now + 300, "email_verified": True}
        return ring.sign({**standard, "sub": subject, "roles": list(roles), **claims}, typ="at+jwt")

    return sign


@pytest.fixture
def person(database, settings):
    """Give the function that makes somebody's account: `person("anna@example.org", "admin", app=True)`."""
    return partial(make_person, settings)


def make_person(
    settings, email="anna@example.org", *staff_roles, password=PASSWORD, verified=True, app=False
):
    """Make somebody's account."""
    hashed = None if password is None else Hasher(settings).hash_now(password)
    name = email.partition("@")[0].title()
    address = EmailAddress.parse(email)
    account = register(address, name, "de", password_hash=hashed, verified=verified)
    account.staff_roles = list(staff_roles)
    account.save()
    if app:
        sealed = Codes(KEY_SECRET).close(APP_SECRET, account.id)
        SecondFactor.create(account=account, secret=sealed, confirmed_at=utcnow())
    return account


@pytest.fixture
def app_code():
    """Give the function that reads a code from an app; `later` is in steps of 30 s."""
    return lambda secret=APP_SECRET, later=0: pyotp.TOTP(secret).at(utcnow() + timedelta(seconds=30 * later))


@pytest.fixture
def browser(client):
    """Give the function that opens a browser."""
    return lambda **headers: Browser(client, headers)


@pytest.fixture
def mailbox(database):
    """Give the mails that wait to be sent."""
    return Mailbox()


@pytest.fixture
def serve(environment, service_home, tmp_path):
    """Give the function that serves auth in a process of its own and returns it as an issuer."""
    with serving(service_home, tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def shared(request, postgres_server, postgres_template, redis_server, tmp_path_factory):
    """Give servers and databases that all tests of a module use, who leave each other alone."""
    home = next(folder for folder in request.path.parents if (folder / "service.toml").exists())
    folder = tmp_path_factory.mktemp("shared")
    variables = {
        "ENV": "test",
        "SERVICE": "auth",
        "AUTH_JWKS_URL": "http://127.0.0.1:1/jwks.json",
        "STATE_DIR": str(folder),
        "REDIS_URL": redis_server,
        "BROKER_URL": redis_server,
        "KEY_SECRET": KEY_SECRET,
        **{name.upper(): str(value) for name, value in CHEAP_PASSWORDS.items()},
    }
    with serving(home, folder, **variables) as start, ExitStack() as made:
        template = postgres_template(home / "migrations")
        yield Shared(start, lambda: made.enter_context(a_database(postgres_server, template)))


class Shared:
    """What the tests of a module share."""

    def __init__(self, start, new_database):
        """Begin without servers and databases."""
        self.start, self.new_database = start, new_database

    @contextmanager
    def person(self, url):
        """Point the process at a database for the length of a block, and give what makes accounts there."""
        configure_url(url, threads=1, application_name="prost-test")
        yield partial(make_person, Settings(**SETTINGS))
        shut_down()
        process_database.discard()


@contextmanager
def a_database(server, template):
    """Make a database, and drop it in the end."""
    name = f"prost_test_{uuid4().hex}"
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{server.rpartition('/')[0]}/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving(home, folder, **common):
    """Give the function that serves auth in a process of its own, until the block ends."""
    served = Served(home, folder, common)
    yield served
    served.stop()


class Served:
    """Processes that serve auth: calling it starts one more and returns it as an issuer."""

    def __init__(self, home, folder, common):
        """Begin without any."""
        self.home, self.folder, self.common = home, folder, common
        self.processes = []

    def __call__(self, port=None, **variables):
        """Serve with these settings, and return the issuer once it is ready."""
        bind = f"127.0.0.1:{port or free_port()}"
        told = {
            "HTTP_BIND": bind,
            "WEB_WORKERS": "1",
            "PUBLIC_URL": f"http://{bind}",
            "AUTH_ISSUER": f"http://{bind}/auth",
            **self.common,
            **variables,
        }
        with (self.folder / f"{bind}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "prost.run", "web"],
                    cwd=self.home,
                    env=os.environ | {f"PROST_{name}": value for name, value in told.items()},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        wait_until(lambda: answers(f"http://{bind}/health/ready"), START_DEADLINE)
        return f"http://{bind}/auth"

    def kill(self):
        """Kill the last one with its workers, as a machine that goes away would."""
        process = self.processes.pop()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(START_DEADLINE)

    def stop(self):
        """End them all."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(START_DEADLINE)


def answers(url):
    """Tell whether something answers 200 there."""
    try:
        urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


class Browser:
    """Somebody's browser: it keeps the cookie, and sends the token that it was given last."""

    def __init__(self, client, headers):
        """Begin signed out."""
        self.client, self.headers = client, headers
        self.cookie = self.token = None

    async def log_in(self, email="anna@example.org", password=PASSWORD, **more):
        """Sign in."""
        return await self.post("login", {"email": email, "password": password, **more})

    async def post(self, path, body=None):
        """Send a body."""
        return await self.send("POST", path, body)

    async def get(self, path):
        """Read."""
        return await self.send("GET", path)

    async def send(self, method, path, body=None):
        """Send a request below /auth and take what comes."""
        headers = dict(self.headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            headers["Cookie"] = f"prost-refresh={self.cookie}"
        answer = await self.client.simulate_request(method, f"/auth/{path}", json=body, headers=headers)
        if "prost-refresh" in answer.cookies:
            self.cookie = answer.cookies["prost-refresh"].value or None
        if answer.status_code == 200 and "access_token" in (answer.json or {}):
            self.token = answer.json["access_token"]
        return answer


class Mailbox:
    """The mails that wait, as their readers will see them."""

    def all(self):
        """Return template and recipient of each, oldest first."""
        return [(mail.template, mail.recipient) for mail in self._pending()]

    def token(self, template):
        """Return the token in the link of the last mail of this kind."""
        last = [mail for mail in self._pending() if mail.template == template][-1]
        return OneTimeTokens(KEY_SECRET).token(UUID(last.values["token_id"]))

    @staticmethod
    def _pending():
        return Mail.select().where(Mail.state == "PENDING").order_by(Mail.id)

"""A workspace with one tiny service, and the stack of it: real servers, real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from joserfc.jwk import ECKey

from prost_cli import workspace
from prost_cli.dev import control
from prost_cli.dev.stack import Stack
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DECLARATION = """\
[service]
name = "{name}"
summary = "Answers with a greeting."

[http]
prefix = "/api/{name}"

[[http.public]]
path = "/greeting"
auth = "anonymous"

[needs]
postgres = {postgres}
"""

APP = """\
from pathlib import Path

from prost.http import create_app as create_service_app, operation
from prost.settings import Settings
from prost.spec import ServiceSpec
from pydantic import BaseModel


class Greeting(BaseModel):
    text: str


class GreetingResource:
    @operation(summary="Greet.", returns=Greeting, auth="anonymous")
    async def on_get(self, req, resp):
        return Greeting(text="{text}")


def create_app():
    return create_service_app(ServiceSpec.load(Path()), Settings(), {{"/greeting": GreetingResource()}})
"""

PROVIDER = """\
[service]
name = "keys"
summary = "Knows who is who."

[http]
prefix = "/api/keys"

[[http.public]]
path = "/jwks.json"
auth = "anonymous"

[[http.public]]
path = "/me"
auth = "customer"

[provides]
identity = true
"""

PROVIDER_APP = """\
from pathlib import Path

from prost.http import create_app as create_service_app, operation
from prost.spec import ServiceSpec

from prost_keys.operations import KEY
from prost_keys.settings import Settings


class KeysResource:
    @operation(summary="Tell the keys.", returns=dict, auth="anonymous")
    async def on_get(self, req, resp):
        return {"keys": [KEY.as_dict(private=False)]}


class MeResource:
    @operation(summary="Tell who asks.", returns=dict, auth="customer")
    async def on_get(self, req, resp):
        return {"subject": req.context.principal.subject}


def create_app():
    routes = {"/jwks.json": KeysResource(), "/me": MeResource()}
    return create_service_app(ServiceSpec.load(Path()), Settings(), routes)
"""

PROVIDER_SETTINGS = """\
from prost.settings import Settings as PlatformSettings
from pydantic import SecretStr


class Settings(PlatformSettings):
    key_secret: SecretStr
    dev_password: SecretStr
    service_clients: str
"""

PROVIDER_OPERATIONS = """\
import os, sys, time

from joserfc import jwt
from joserfc.jwk import ECKey

KEY = ECKey.import_key(%s)

if __name__ == "__main__":
    _, subject, _, roles, *_ = sys.argv[2:]
    claims = {"iss": os.environ["PROST_AUTH_ISSUER"], "aud": "prost", "exp": int(time.time()) + 600}
    header = {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    print(jwt.encode(header, {**claims, "sub": subject, "roles": roles.split(",")}, KEY))
"""

MIGRATION = """\
def up(migrator, database):
    database.execute_sql("CREATE TABLE {table} (id integer PRIMARY KEY)")
"""


class CommandError(Exception):
    """A command failed; the text is what it said."""


@dataclass
class Workspace:
    """A folder that looks like a clone, with the command line run in it."""

    root: Path

    def prost(
        self, *arguments: str, check: bool = True, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "prost_cli.main", *arguments],
            cwd=self.root,
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode:
            raise CommandError(done.stdout + done.stderr)
        return done

    @property
    def stack(self) -> Stack:
        return Stack.open(workspace.Workspace(self.root))

    def status(self) -> dict[str, Any]:
        return control.ask(self.stack, "status")

    def up(self) -> None:
        if self.stack.is_running():
            control.ask(self.stack, "wait")
        else:
            self.prost("dev", "up", "--detach")

    def units(self) -> dict[str, dict[str, Any]]:
        return {unit["name"]: unit for unit in self.status()["units"]}

    def greeting(self, name: str = "tiny") -> str:
        gateway = self.status()["urls"]["gateway"]
        with urllib.request.urlopen(f"{gateway}/api/{name}/greeting", timeout=5) as response:  # noqa: S310
            return json.load(response)["text"]

    def add_service(self, name: str, text: str, *, postgres: bool = False) -> Path:
        draft = self.root / name
        package = draft / "src" / f"prost_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "app.py").write_text(APP.format(text=text))
        (draft / "service.toml").write_text(DECLARATION.format(name=name, postgres=str(postgres).lower()))
        if postgres:
            (draft / "migrations").mkdir()
            (draft / "migrations" / "001_first.py").write_text(MIGRATION.format(table="first"))
        return draft.rename(self.root / "services" / name)

    def add_provider(self) -> None:
        """Add a service that provides identity."""
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        draft = self.root / "keys"
        package = draft / "src" / "prost_keys"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "app.py").write_text(PROVIDER_APP)
        (package / "settings.py").write_text(PROVIDER_SETTINGS)
        (package / "operations.py").write_text(PROVIDER_OPERATIONS % key.as_dict(private=True))
        (draft / "service.toml").write_text(PROVIDER)
        draft.rename(self.root / "services" / "keys")

    def who_am_i(self, token: str) -> tuple[int, str]:
        """Ask the provider, through the gateway; the second is a subject or the code of a problem."""
        gateway = self.status()["urls"]["gateway"]
        request = urllib.request.Request(  # noqa: S310
            f"{gateway}/api/keys/me", headers={"Authorization": f"Bearer {token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
                return response.status, json.load(response)["subject"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)["code"]

    def add_migration(self, name: str, file: str, table: str) -> None:
        migrations = self.root / "services" / name / "migrations"
        (migrations / file).write_text(MIGRATION.format(table=table))

    def eventually(self, holds: Callable[[], bool], seconds: float = 15) -> None:
        """Wait until something holds; what raises does not hold yet."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if holds():
                    return
            except (OSError, CliError, CommandError, psutil.Error):
                pass
            assert time.monotonic() < deadline, "it did not come to hold"
            time.sleep(0.05)

    def processes(self) -> list[psutil.Process]:
        """Every process that has this workspace in its command line."""
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            command = " ".join(process.info["cmdline"] or ())
            if str(self.root) in command or str(self.root) in (process.info["cwd"] or ""):
                found.append(process)
        return [process for process in found if process.pid != os.getpid()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Make a workspace whose stack is up, with the service `tiny`."""
    root = tmp_path_factory.mktemp("clone")
    (root / "services").mkdir()
    (root / "prost").touch()
    made = Workspace(root)
    made.add_service("tiny", "hello", postgres=True)
    try:
        made.prost("dev", "up", "--detach")
        yield made
    finally:
        made.prost("dev", "reset", "--yes", check=False)
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def running(clone: Workspace) -> Workspace:
    """Hand out the workspace with its stack up, whatever the test before did to it."""
    clone.up()
    # A file that the test before put back restarts the service a moment later.
    clone.eventually(lambda: clone.greeting() == "hello", seconds=30)
    return clone

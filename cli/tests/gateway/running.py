"""Envoy as a process, and how it is talked to."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.gateway import command, write

if TYPE_CHECKING:
    from prost.spec import ServiceSpec
    from prost_cli.gateway import Addresses, GatewaySettings


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case, and of repeated ones the last is in `headers`."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    def json(self):
        """Read the body as JSON."""
        return json.loads(self.body)


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
            cookies = response.headers.get_all("Set-Cookie") or []
            return Answer(response.status, fields, response.read(), cookies)

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
        method = "GET" if body is None else "POST"
        return self.until(lambda: self.send(method, path, body=body).status == status)

    def until(self, holds):
        """Wait until something holds; False when it does not within 5 seconds."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if holds():
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

"""A service's declaration as units: its database and buckets, its one-shots, its processes."""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from prost_cli.dev import buckets, identity
from prost_cli.dev.environment import inherited
from prost_cli.dev.marker import Marker
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import HandlesEnd, HttpAnswers
from prost_cli.dev.servers import devtools, gateway, rabbitmq, seaweed, valkey
from prost_cli.dev.unit import Kind, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prost.spec import ServiceSpec
    from prost_cli.dev.servers.postgres import Postgres
    from prost_cli.dev.stack import Stack

PROCESSES = ("web", "worker")


@dataclass(frozen=True, slots=True)
class LocalService:
    """One service on this stack."""

    stack: Stack
    postgres: Postgres
    folder: Path
    spec: ServiceSpec

    @property
    def name(self) -> str:
        """The service's name."""
        return self.spec.name

    @property
    def web_port(self) -> int:
        """Where its web process listens; the declared port when that is free."""
        purpose = f"{self.name}:web"
        wanted = self.spec.service.port
        return self.stack.prefer_port(purpose, wanted) if wanted else self.stack.port(purpose)

    @property
    def database_url(self) -> str | None:
        """The connection URL of its own database, or None without one."""
        if not self.spec.needs.postgres:
            return None
        return self.postgres.url(self.name, self.stack.secret(f"{self.name}:database"))

    def environment(self, others: Mapping[str, LocalService]) -> dict[str, str]:
        """Return what its processes are told: the contract that is the same on every engine."""
        stack = self.stack
        env = inherited(
            PATH=f"{Path(sys.executable).parent}:{inherited().get('PATH', '')}",
            PYTHONPATH=str(self.folder / "src"),
            PYTHONUNBUFFERED="1",
            # Otherwise each thread that allocates keeps what it has freed in an arena of its own.
            MALLOC_ARENA_MAX="2",
            PROST_ENV="dev",
            PROST_SERVICE=self.name,
            PROST_HTTP_BIND=f"{LOOPBACK}:{self.web_port}",
            PROST_WEB_WORKERS=str(min(self.spec.run.web.workers, stack.workers)),
            PROST_DATABASE_THREADS=str(self.spec.run.web.db_threads),
            PROST_PUBLIC_URL=gateway.url(stack),
            PROST_MAIL_URL=devtools.mail(stack),
            PROST_LOG_FORMAT="json",
            PROST_STATE_DIR=str(stack.data / "services" / self.name),
            PROST_CACHE_DIR=str(stack.workspace.state / "cache" / self.name),
            OTEL_SERVICE_NAME=self.name,
            OTEL_EXPORTER_OTLP_ENDPOINT=devtools.otlp(stack),
            OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
            # A receiver that is gone must not hold up the end of a process.
            OTEL_EXPORTER_OTLP_TIMEOUT="1",
            # The dashboard shows ten seconds a point; the exporters' own minute would leave gaps.
            OTEL_METRIC_EXPORT_INTERVAL="5000",
            OTEL_BSP_SCHEDULE_DELAY="1000",
        )
        env |= identity.environment(self, others)
        if stack.faults:
            env["PROST_FAULTS"] = str(stack.faults_folder)
        if self.database_url is not None:
            env["PROST_DATABASE_URL"] = self.database_url
        if self.spec.needs.redis:
            env["PROST_REDIS_URL"] = valkey.url(stack, valkey.CACHE)
        if self.spec.needs.objects:
            env["PROST_OBJECTS_URL"] = seaweed.url(stack)
        if self.spec.run.worker:
            env["PROST_BROKER_URL"] = broker_url(stack)
        for callee in self.spec.callees:
            if callee in others:
                variable = f"PROST_SERVICE_{callee.upper().replace('-', '_')}_URL"
                env[variable] = f"http://{LOOPBACK}:{others[callee].web_port}"
        return env

    def units(self, others: Mapping[str, LocalService], callees: frozenset[str]) -> Iterator[Unit]:
        """Declare everything of this service. `callees` are the services whose web processes come first."""
        env = self.environment(others)
        ready: set[str] = set()
        (self.stack.data / "services" / self.name).mkdir(parents=True, exist_ok=True)
        if missing := self._missing_requirements():
            yield self._task(
                "install", (str(_UV), "pip", "install", "--python", sys.executable, *missing), inherited()
            )
            ready.add(f"{self.name}:install")
        if self.spec.needs.postgres:
            create = partial(
                self.postgres.ensure_database, self.name, self.stack.secret(f"{self.name}:database")
            )
            yield Unit(
                f"{self.name}:database",
                Kind.TASK,
                step=create,
                service=self.name,
                after=frozenset({"postgres"}),
            )
            yield self._task("migrate", _prost("migrate"), env, after={f"{self.name}:database", *ready})
            ready.add(f"{self.name}:migrate")
        if self.spec.needs.objects and (create_buckets := self._buckets()) is not None:
            yield create_buckets
            ready.add(create_buckets.name)
        # The processes need not wait for these: what they write reaches them as any other change does.
        yield from self._seeds(env, ready)
        ready |= {f"{callee}:web" for callee in callees}
        yield Unit(
            f"{self.name}:web",
            Kind.SERVICE,
            argv=_prost("web"),
            env=env,
            cwd=self.folder,
            after=frozenset(ready),
            probe=HttpAnswers(self.web_port, "/health/ready"),
            port=self.web_port,
            service=self.name,
        )
        if self.spec.run.worker:
            broker = {rabbitmq.NAME} if self.stack.broker == rabbitmq.NAME else {valkey.NAME}
            yield Unit(
                f"{self.name}:worker",
                Kind.SERVICE,
                argv=_prost("worker"),
                env=env,
                cwd=self.folder,
                after=frozenset(ready | broker),
                probe=HandlesEnd(),
                service=self.name,
            )

    def _buckets(self) -> Unit | None:
        """Declare the creation of the buckets, unless these very buckets are there."""
        public = set(self.spec.http.media.values()) if self.spec.http else set()
        names = [name + buckets.PUBLIC * (name in public) for name in self.spec.needs.objects]
        env = inherited(**{buckets.URL_VARIABLE: seaweed.url(self.stack)})
        marker = Marker(self.stack.data / "services" / self.name / "buckets", json.dumps(names))
        argv = (sys.executable, "-m", buckets.__name__, *names)
        return (
            None if marker.matches() else self._task("buckets", argv, env, after={seaweed.NAME}, then=marker)
        )

    def _seeds(self, env: Mapping[str, str], ready: set[str]) -> Iterator[Unit]:
        """Declare the seeding, and behind it what may take long, unless these very seeds are sown."""
        after = {*ready, valkey.NAME}
        for command, wanted in (("seed", self.spec.run.seed), ("backfill", self.spec.run.backfill)):
            marker = Marker(
                self.stack.data / "services" / self.name / command, _digest(self.folder, self.spec.package)
            )
            if wanted and not marker.matches():
                waited_for = command == "seed"
                argv = _prost(command) if waited_for else ("nice", "-n", "10", *_prost(command))
                unit = self._task(command, argv, env, after=after, then=marker)
                yield replace(unit, background=not waited_for)
                after = {unit.name}

    def _task(
        self,
        name: str,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        *,
        after: set[str] | frozenset[str] = frozenset(),
        then: Marker | None = None,
    ) -> Unit:
        return Unit(
            f"{self.name}:{name}",
            Kind.TASK,
            argv=argv,
            env=env,
            cwd=self.folder,
            after=frozenset(after),
            service=self.name,
            then=then.write if then else None,
        )

    def _missing_requirements(self) -> list[str]:
        """List what the service's pyproject asks for and this environment lacks."""
        try:
            project = tomllib.loads((self.folder / "pyproject.toml").read_text())["project"]
        except (FileNotFoundError, KeyError, tomllib.TOMLDecodeError):
            return []
        return [text for text in project.get("dependencies", ()) if not _is_installed(Requirement(text))]


_UV = Path(sys.executable).parent / "uv"


def broker_url(stack: Stack) -> str:
    """Return the broker's connection URL."""
    if stack.broker == rabbitmq.NAME:
        return rabbitmq.url(stack)
    return valkey.url(stack, valkey.BROKER) if stack.broker == valkey.NAME else stack.broker


def _prost(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "prost.run", command)


def _is_installed(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _digest(folder: Path, package: str) -> str:
    """Digest what decides which data is sown: the seed's code and files, and the migrations."""
    digest = hashlib.sha256()
    source = folder / "src" / package
    files = [*source.glob("seed.py"), *source.glob("seed/**/*"), *folder.glob("migrations/*.py")]
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()

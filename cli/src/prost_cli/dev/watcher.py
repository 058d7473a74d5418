"""From changed files to what has to happen to the running stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import DefaultFilter, awatch

from prost_cli.dev.unit import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prost_cli.dev.supervisor import Supervisor

_DECLARATIONS = ("service.toml", "gateway.toml", "pyproject.toml")
_QUIET_MS = 100


class Sources(DefaultFilter):
    """Lets through what a process is made of."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "tests", ".state")

    def __init__(self) -> None:
        super().__init__(
            ignore_entity_patterns=(*DefaultFilter.ignore_entity_patterns, r"\.part$", r"^\.stamping-")
        )


async def watch(supervisor: Supervisor) -> None:
    """React to changed files until cancelled."""
    workspace = supervisor.stack.workspace
    sdk = workspace.root / "sdk" / "src"
    folders = [folder for folder in (workspace.services, sdk) if folder.is_dir()]
    async for changes in awatch(*folders, watch_filter=Sources(), step=_QUIET_MS):
        await react(supervisor, [Path(path) for _, path in changes])


async def react(supervisor: Supervisor, paths: Iterable[Path]) -> None:
    """Bring the running stack in line with the changed files."""
    folder_of_services = supervisor.stack.workspace.services
    files: dict[str, set[str]] = {}
    sdk_changed = False
    for path in paths:
        if path.is_relative_to(folder_of_services):
            folder, *inside = path.relative_to(folder_of_services).parts
            files.setdefault(folder, set()).add("/".join(inside))
        else:
            sdk_changed = True
    if any(inside in _DECLARATIONS or not inside for changed in files.values() for inside in changed):
        await supervisor.replan()
    restarts: set[str] = set()
    for folder, name in supervisor.services.items():
        changed = files.get(folder, set())
        migrate = f"{name}:migrate"
        if supervisor.has(migrate) and any(file.startswith("migrations/") for file in changed):
            supervisor.note(f"{name}: migrations changed")
            await supervisor.restart([migrate])
            restarts.update(supervisor.names(name, Kind.SERVICE))
        if sdk_changed or any(file.startswith("src/") for file in changed):
            restarts.update(supervisor.names(name, Kind.SERVICE), supervisor.failed_tasks(name))
    if restarts:
        supervisor.note(f"{', '.join(sorted(restarts))}: code changed")
        # Not awaited until they are up: the next change may be what mends them.
        await supervisor.begin_again(restarts)

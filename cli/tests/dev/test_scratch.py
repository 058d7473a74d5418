"""Workspaces that are thrown away, and stacks whose services have fault points."""

from __future__ import annotations

from pathlib import Path

import pytest

from prost.spec import ServiceSpec
from prost_cli.dev import start
from prost_cli.dev.scratch import scratch_workspace
from prost_cli.dev.servers.postgres import Postgres
from prost_cli.dev.services import LocalService
from prost_cli.workspace import Workspace

ROOT = Path(__file__).parents[3]
INVENTORY = ROOT / "services" / "inventory"


@pytest.mark.parametrize("copied", [False, True])
def test_a_scratch_workspace_has_what_was_chosen_and_is_gone_afterwards(copied):
    with scratch_workspace(Workspace(ROOT), [INVENTORY], copied=copied) as made:
        names = [spec.name for spec in made.specs().values()]
        is_link = (made.services / "inventory").is_symlink()
        has_gateway = (made.services / "gateway" / "gateway.toml").is_file()

    assert (names, is_link, has_gateway) == (["inventory"], not copied, True)
    assert not made.root.exists()


def test_a_copied_service_has_what_runs_and_nothing_else():
    with scratch_workspace(Workspace(ROOT), [INVENTORY], copied=True) as made:
        names = {path.name for path in (made.services / "inventory").iterdir()}

    assert {"service.toml", "src", "migrations"} <= names
    assert "tests" not in names


@pytest.mark.parametrize("faults", [False, True])
def test_services_are_told_of_fault_points_where_the_stack_has_them(tmp_path, faults):
    stack = start.choose(Workspace(tmp_path), "default", isolated=False, faults=faults)
    spec = ServiceSpec.model_validate({"service": {"name": "tiny", "summary": "A service."}})

    service = LocalService(stack, Postgres.of(stack), tmp_path, spec)
    told = service.environment({"tiny": service})

    assert told.get("PROST_FAULTS") == (str(stack.faults_folder) if faults else None)
    assert stack.faults_folder.is_dir()


def test_a_stack_remembers_that_it_has_fault_points(tmp_path):
    start.choose(Workspace(tmp_path), "default", isolated=False, faults=True)

    chosen = start.choose(Workspace(tmp_path), "default", isolated=False)

    assert chosen.faults

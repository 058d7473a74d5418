"""The whole check, on small workspaces with code that really runs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from prost_cli.check import find
from prost_cli.describe import BEGIN, END
from prost_cli.workspace import Workspace

DECLARATION = """
[service]
name = "loyalty"
summary = "Counts points."

[http]
prefix = "/api/loyalty"

[[http.public]]
path = "/health"
methods = ["GET"]
auth = "anonymous"

[[http.public]]
path = "/points/**"
methods = ["GET"]
auth = "customer"

[needs]
postgres = true

[events]
publishes = ["loyalty.points-earned.v1"]

[run]
worker = true
"""

APP = """
from pathlib import Path

from prost.http import create_app as create_service_app, operation
from prost.settings import Settings
from prost.spec import ServiceSpec


class PointsResource:
    @operation(summary="Read the points.", auth="{auth}")
    async def on_get(self, req, resp):
        return {{"points": 1}}

    @operation(summary="Recount.", auth="staff")
    async def on_post(self, req, resp):
        return {{"points": 1}}


def create_app():
    resource = PointsResource()
    routes = {{"{path}": resource, "/internal/points": resource}}
    return create_service_app(ServiceSpec.load(Path()), Settings(), routes)
"""

EVENTS = """
from uuid import UUID

from prost.events import Event


class PointsEarned(Event):
    type = "loyalty.points-earned.v1"
    customer_id: UUID
    points: int
"""

LAYERS = """
[importlinter]
root_package = prost_loyalty

[importlinter:contract:layers]
name = Imports point one way
type = layers
containers = prost_loyalty
layers =
    app
    events
"""

SETTINGS = """
from prost.settings import Settings


class LoyaltySettings(Settings):
    points_per_euro: int = 1
"""


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "services" / "loyalty"
    package = folder / "src" / "prost_loyalty"
    package.mkdir(parents=True)
    (tmp_path / "prost").touch()
    (folder / "service.toml").write_text(DECLARATION)
    (folder / "README.md").write_text("PROST_POINTS_PER_EURO, 1 by default.")
    (folder / ".importlinter").write_text(LAYERS)
    (package / "__init__.py").touch()
    (package / "app.py").write_text(APP.format(auth="customer", path="/points"))
    (package / "events.py").write_text(EVENTS)
    (package / "settings.py").write_text(SETTINGS)
    return Workspace(tmp_path)


def problems(workspace):
    return sorted(
        (finding.file.removeprefix("services/loyalty/"), finding.problem) for finding in find(workspace)
    )


def generate(workspace, monkeypatch):
    folder = workspace.services / "loyalty"
    monkeypatch.setenv("PYTHONPATH", str(folder / "src"), prepend=":")
    command = [sys.executable, "-m", "prost.run"]
    printed = subprocess.run([*command, "openapi"], cwd=folder, check=True, capture_output=True)
    (folder / "openapi.json").write_bytes(printed.stdout)
    subprocess.run([*command, "contracts"], cwd=folder, check=True, capture_output=True)
    return folder


def commit(folder):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)


def test_what_is_missing_and_what_is_too_much_is_all_named_at_once(workspace):
    package = workspace.services / "loyalty" / "src" / "prost_loyalty"
    (package / "app.py").write_text(APP.format(auth="anonymous", path="/points"))
    declaration = workspace.services / "loyalty" / "service.toml"
    extra = '[[http.public]]\npath = "/gifts"\nmethods = ["GET"]\nauth = "anonymous"\n\n[needs]'
    declaration.write_text(DECLARATION.replace("[needs]", extra, 1))
    (workspace.services / "loyalty" / "README.md").write_text("Nothing is said here.")
    (workspace.services / "loyalty" / "contracts").mkdir()
    (workspace.services / "loyalty" / "contracts" / "loyalty.points-lost.v1.json").write_text("{}")

    assert problems(workspace) == [
        ("README.md", "the setting PROST_POINTS_PER_EURO is not described"),
        ("contracts/loyalty.points-earned.v1.json", "it is not the schema that the code gives"),
        ("contracts/loyalty.points-lost.v1.json", "loyalty.points-lost.v1 is not in events.publishes"),
        ("openapi.json", "it is not the document that the code gives"),
        ("service.toml", "GET /internal/points is internal and asks nobody who they are"),
        ("service.toml", "GET /points asks for 'anonymous', http.public /points/** for 'customer'"),
        ("service.toml", "POST /points is in the code and not declared"),
        ("service.toml", "http.public[2] /gifts leads to no operation"),
    ]


def test_an_operation_for_services_needs_no_entry_and_may_have_none(workspace):
    package = workspace.services / "loyalty" / "src" / "prost_loyalty"
    (package / "app.py").write_text(APP.format(auth="service", path="/points"))
    covered = problems(workspace)
    declaration = workspace.services / "loyalty" / "service.toml"
    declaration.write_text(DECLARATION.replace("/points/**", "/gifts"))

    about = "GET /points"
    assert [problem for _, problem in covered if about in problem] == [
        "GET /points asks for 'service', http.public /points/** for 'customer'"
    ]
    assert not [problem for _, problem in problems(workspace) if about in problem]


def test_a_service_that_is_as_it_says_has_only_its_undeclared_operation(workspace, monkeypatch):
    generate(workspace, monkeypatch)

    assert problems(workspace) == [("service.toml", "POST /points is in the code and not declared")]


def test_an_event_that_consumers_cannot_follow_needs_a_new_version(workspace, monkeypatch):
    folder = generate(workspace, monkeypatch)
    commit(folder)
    events = folder / "src" / "prost_loyalty" / "events.py"
    # Of another size: Python tells a changed module by its size and second.
    events.write_text(EVENTS.replace("points: int", "points: str") + "\n")
    generate(workspace, monkeypatch)

    found = [finding for finding in find(workspace) if finding.file.endswith("points-earned.v1.json")]

    assert [(finding.problem, finding.remedy) for finding in found] == [
        (
            "consumers cannot follow: points was integer and is string",
            "Publish loyalty.points-earned.v2 beside it.",
        )
    ]


def test_an_internal_operation_is_not_let_out(workspace):
    declaration = workspace.services / "loyalty" / "service.toml"
    declaration.write_text(DECLARATION.replace('path = "/points/**"\nmethods = ["GET"]', 'path = "/**"'))

    assert ("service.toml", "GET /internal/points is internal and reachable by http.public /**") in problems(
        workspace
    )


def test_a_route_that_does_not_say_for_whom_or_says_for_services_is_named(workspace):
    declaration = workspace.services / "loyalty" / "service.toml"
    silent = DECLARATION.replace('methods = ["GET"]\nauth = "anonymous"', 'methods = ["GET"]')
    declaration.write_text(silent)
    first = problems(workspace)
    declaration.write_text(DECLARATION.replace('auth = "customer"', 'auth = "service"'))

    assert first == [("service.toml", "http.public[0].auth: Field required")]
    assert [problem for _, problem in problems(workspace)] == [
        "http.public[1].auth: services call each other without the gateway: this cannot be public"
    ]


def test_an_owned_operation_has_a_sample_for_the_policy_test(workspace):
    folder = workspace.services / "loyalty"
    app = APP.format(auth="customer", path="/points/{point_id}")
    app = app.replace('auth="customer"', 'auth="customer", owned=True').replace(
        "def on_get(self, req, resp)", "def on_get(self, req, resp, point_id: str)"
    )
    (folder / "src" / "prost_loyalty" / "app.py").write_text(
        app.replace(', "/internal/points": resource', "")
    )
    before = problems(workspace)
    (folder / "tests").mkdir()
    (folder / "tests" / "policy.py").write_text('SAMPLES = {"/points/{point_id}": None}')

    missing = ("tests/policy.py", "GET /points/{point_id} is owned and has no sample")
    assert missing in before
    assert missing not in problems(workspace)


def test_imports_that_point_the_wrong_way_are_named(workspace, monkeypatch):
    folder = generate(workspace, monkeypatch)
    events = folder / "src" / "prost_loyalty" / "events.py"
    events.write_text(f"import prost_loyalty.app{EVENTS}")

    message = "prost_loyalty.events is not allowed to import prost_loyalty.app:"
    assert (".importlinter", message) in problems(workspace)


def test_layers_that_nothing_holds_are_a_problem(workspace):
    (workspace.services / "loyalty" / ".importlinter").unlink()

    assert (".importlinter", "it is missing, so nothing holds the layers") in problems(workspace)


def test_code_that_does_not_run_is_one_problem_and_hides_no_other_service(workspace):
    (workspace.services / "loyalty" / "src" / "prost_loyalty" / "app.py").write_text(
        "import nothing_of_the_kind"
    )
    broken = workspace.services / "broken"
    broken.mkdir()
    (broken / "service.toml").write_text("[service]\nname = 3\n")

    found = find(workspace)

    assert ("services/loyalty/service.toml", True) in [
        (finding.file, "No module named 'nothing_of_the_kind'" in finding.problem) for finding in found
    ]
    assert [finding.problem for finding in found if finding.file == "services/broken/service.toml"] == [
        "service.name: Input should be a valid string",
        "service.summary: Field required",
    ]


def test_a_picture_that_lags_is_found_and_brought_up_to_date(workspace, monkeypatch):
    (workspace.root / "docs").mkdir()
    document = workspace.root / "docs" / "architecture.md"
    document.write_text(f"Before.\n{BEGIN}\n{END}\nAfter.\n")
    monkeypatch.chdir(workspace.root)
    command = [sys.executable, "-m", "prost_cli.main"]

    before = ("its picture of the services lags" in problem for _, problem in problems(workspace))
    assert any(before)
    subprocess.run([*command, "describe", "--into", "docs/architecture.md"], check=True)

    assert not [problem for _, problem in problems(workspace) if "picture" in problem]
    assert document.read_text().startswith(f"Before.\n{BEGIN}\n\n```mermaid\nflowchart LR\n")
    assert document.read_text().endswith(f"```\n\n{END}\nAfter.\n")


def test_the_command_ends_with_1_and_tells_machines_what_is_wrong(workspace):
    (workspace.services / "loyalty" / "service.toml").write_text("[service]\n")

    done = subprocess.run(
        [sys.executable, "-m", "prost_cli.main", "check", "--json"],
        cwd=workspace.root,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0] == {
        "file": "services/loyalty/service.toml",
        "problem": "service.name: Field required",
        "remedy": "Correct it.",
    }

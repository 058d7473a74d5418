"""A stamped service, as its engineer gets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prost.spec import ServiceSpec
from prost_cli.stamping.history import TemplateError
from prost_cli.stamping.new_service import stamp

REPOSITORY = Path(__file__).parents[3]
LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))


def test_a_stamped_service_declares_itself_and_its_contracts(stamped):
    spec = ServiceSpec.load(stamped)
    document = json.loads((stamped / "openapi.json").read_text())
    contracts = [path.name for path in (stamped / "contracts").glob("*.json")]

    assert (spec.name, spec.package) == ("gift-cards", "prost_gift_cards")
    assert sorted(document["paths"]) == ["/cards", "/cards/{card_id}"]
    assert contracts == ["gift-cards.card-added.v1.json"]


@pytest.mark.parametrize(
    "command",
    [["-m", "ruff", "check"], ["-m", "ruff", "format", "--check"], ["-m", "mypy"], [LINT_IMPORTS]],
    ids=["ruff", "format", "mypy", "imports"],
)
def test_a_stamped_service_is_clean_under_its_own_rules(stamped, command):
    environment = {**os.environ, "PYTHONPATH": str(stamped / "src")}
    done = subprocess.run(
        [sys.executable, *command], cwd=stamped, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stamped_service_passes_its_tests_alone_against_the_built_sdk(stamped, tmp_path):
    uv = str(Path(sys.executable).with_name("uv"))
    venv = tmp_path / "venv"
    python = str(venv / "bin" / "python")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*command: str, cwd: Path = stamped) -> None:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    build = [uv, "build", "--wheel", "--quiet", "--no-build-isolation", "--python", sys.executable]
    run(*build, "--out-dir", str(tmp_path / "dist"), str(REPOSITORY / "sdk"))
    run(uv, "venv", "--quiet", "--python", sys.executable, str(venv))
    run(
        *(uv, "pip", "install", "--quiet", "--python", python, "--find-links", str(tmp_path / "dist")),
        *("--constraint", str(REPOSITORY / "requirements.txt"), f"{stamped}[test]"),
    )
    run(python, "-m", "pytest", "-q")


@pytest.mark.parametrize("name", ["Loyalty", "1st", "a_b", "-x", "x" * 41, "../evil", ""])
def test_a_name_that_cannot_be_a_service_is_refused(workspace, tmp_path, name):
    with pytest.raises(TemplateError, match="service name"):
        stamp(workspace.root, name, tmp_path / "out")


def test_an_existing_folder_is_never_stamped_over(workspace, tmp_path):
    (tmp_path / "out").mkdir()

    with pytest.raises(TemplateError, match="exists already"):
        stamp(workspace.root, "loyalty", tmp_path / "out")

"""A small workspace of its own for each test: the real template, in a git repository."""

import shutil
import subprocess
from pathlib import Path

import pytest

from prost_cli.stamping.new_service import stamp

REPOSITORY = Path(__file__).parents[3]


class StampingWorkspace:
    """A workspace with the template as it lies in the working tree, released by its first commit."""

    def __init__(self, root: Path):
        self.root = root
        self.template = root / "templates" / "service"
        shutil.copytree(REPOSITORY / "templates" / "service", self.template)
        (root / "services").mkdir()
        (root / "prost").touch()
        self.git("init", "--quiet", "--initial-branch=main")
        self.release("1.0.0")

    def git(self, *arguments: str) -> str:
        person = ["-c", "user.name=Test", "-c", "user.email=test@prost.example"]
        done = subprocess.run(
            ["git", *person, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def release(self, version: str) -> None:
        (self.template / "VERSION").write_text(f"{version}\n")
        self.commit(f"feat(template): release {version}")

    def edit(self, path: str, before: str, after: str) -> None:
        file = self.root / path
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))


@pytest.fixture
def workspace(tmp_path):
    return StampingWorkspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def stamped(tmp_path_factory):
    """Give the folder of a service that was stamped once; who changes it takes a copy."""
    folder = tmp_path_factory.mktemp("stamped")
    place = folder / "elsewhere" / "gift-cards"
    stamp(StampingWorkspace(folder / "workspace").root, "gift-cards", place, {"entity": "card"})
    return place

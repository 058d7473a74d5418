"""Finding the workspace and its services."""

from __future__ import annotations

import pytest

from prost_cli.errors import CliError
from prost_cli.workspace import Workspace, find_root

DECLARATION = '[service]\nname = "{name}"\nsummary = "Something."\n'


@pytest.fixture
def root(tmp_path):
    """Make a folder that looks like a clone, with two services."""
    (tmp_path / "prost").touch()
    for name in ("beta", "alpha"):
        (tmp_path / "services" / name).mkdir(parents=True)
        (tmp_path / "services" / name / "service.toml").write_text(DECLARATION.format(name=name))
    return tmp_path


def test_a_workspace_is_found_from_any_folder_in_it(root):
    assert find_root(root / "services" / "alpha") == root


def test_services_are_listed_by_name(root):
    specs = Workspace(root).specs()

    assert [spec.name for spec in specs.values()] == ["alpha", "beta"]


def test_every_faulty_declaration_is_named_at_once(root):
    for name in ("alpha", "beta"):
        (root / "services" / name / "service.toml").write_text("[nonsense]\n")

    with pytest.raises(CliError) as caught:
        Workspace(root).specs()

    assert "alpha/service.toml" in caught.value.message
    assert "beta/service.toml" in caught.value.message


def test_two_services_of_one_name_are_refused(root):
    (root / "services" / "beta" / "service.toml").write_text(DECLARATION.format(name="alpha"))

    with pytest.raises(CliError, match="is taken by"):
        Workspace(root).specs()

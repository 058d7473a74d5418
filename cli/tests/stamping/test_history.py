"""The derived history of the template."""

import subprocess

import pytest

from prost_cli.stamping import history
from prost_cli.stamping.history import TemplateError, is_released, releases, template


def test_each_raise_of_the_version_is_one_release(workspace):
    workspace.edit("templates/service/template/pytest.ini", "xfail_strict = true", "xfail_strict = false")
    workspace.release("1.1.0")
    (workspace.root / "notes.md").write_text("no release")
    workspace.commit("docs: notes")

    assert [str(release.version) for release in releases(workspace.root)] == ["1.0.0", "1.1.0"]


def test_the_derived_commits_are_the_same_every_time(workspace):
    with template(workspace.root) as first, template(workspace.root) as second:
        hashes = [
            subprocess.run(
                ["git", "rev-parse", "v1.0.0"], cwd=source.repository, capture_output=True, check=True
            ).stdout
            for source in (first, second)
        ]

    assert hashes[0] == hashes[1]


def test_an_edit_without_a_new_version_is_not_released(workspace):
    assert is_released(workspace.root)

    workspace.edit("templates/service/template/pytest.ini", "xfail_strict = true", "xfail_strict = false")

    assert not is_released(workspace.root)


def test_the_bundle_of_a_wheel_holds_every_release(workspace, tmp_path, monkeypatch):
    workspace.release("1.1.0")
    history.write_bundle(workspace.root, tmp_path / history.BUNDLE)
    monkeypatch.setattr(history.resources, "files", lambda _package: tmp_path)

    with template(None) as source:
        assert str(source.newest) == "1.1.0"
        assert source.file("VERSION", releases(workspace.root)[0].version) == "1.0.0"


def test_a_folder_without_history_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "templates" / "service").mkdir(parents=True)
    (tmp_path / "templates" / "service" / "VERSION").write_text("1.0.0\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)

    with pytest.raises(TemplateError), template(tmp_path):
        pass

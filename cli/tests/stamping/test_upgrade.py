"""Template changes on their way into stamped services."""

import shutil

import pytest

from prost_cli.stamping.history import TemplateError
from prost_cli.stamping.upgrade import check, upgrade


@pytest.fixture
def service(workspace, stamped):
    place = shutil.copytree(stamped, workspace.root / "services" / "gift-cards")
    workspace.commit("feat: stamp gift-cards")
    return place


def test_a_fresh_service_has_nothing_to_upgrade(workspace, service):
    assert check(workspace.root, [service]) == []


def test_a_service_behind_the_template_is_found_and_brought_up(workspace, service):
    workspace.edit("templates/service/template/.dockerignore", "tests", "tests\ndocs")
    workspace.release("1.1.0")

    found = check(workspace.root, [service])
    before, after, rejected = upgrade(workspace.root, service)

    assert [finding.remedy for finding in found] == ["prost upgrade gift-cards"]
    assert (str(before), str(after), rejected) == ("1.0.0", "1.1.0", [])
    assert "docs" in (service / ".dockerignore").read_text()
    workspace.commit("chore: upgrade")
    assert check(workspace.root, [service]) == []


def test_an_upgrade_leaves_the_services_own_files_alone(workspace, service):
    (service / "src" / "prost_gift_cards" / "consumers.py").unlink()
    (service / "src" / "prost_gift_cards" / "domain.py").write_text('"""Mine."""\n')
    workspace.commit("feat: make it mine")
    workspace.edit("templates/service/template/.dockerignore", "tests", "tests\ndocs")
    workspace.release("1.1.0")

    upgrade(workspace.root, service)

    assert not (service / "src" / "prost_gift_cards" / "consumers.py").exists()
    assert (service / "src" / "prost_gift_cards" / "domain.py").read_text() == '"""Mine."""\n'


def test_an_edited_file_of_the_template_is_named(workspace, service):
    (service / "Dockerfile").write_text("FROM scratch\n")

    problems = [finding.problem for finding in check(workspace.root, [service])]

    assert problems == ["Dockerfile belongs to the template and was edited"]


def test_a_deleted_file_of_the_template_is_named(workspace, service):
    (service / "pytest.ini").unlink()

    problems = [finding.problem for finding in check(workspace.root, [service])]

    assert problems == ["pytest.ini belongs to the template and was edited"]


def test_a_change_that_does_not_merge_lies_beside_its_file(workspace, service):
    workspace.edit("services/gift-cards/.dockerignore", "tests", "my-tests")
    workspace.commit("chore: edit what is not mine")
    workspace.edit("templates/service/template/.dockerignore", "tests", "all-tests")
    workspace.release("1.1.0")

    _, _, rejected = upgrade(workspace.root, service)

    assert [path.name for path in rejected] == [".dockerignore.rej"]


def test_an_unreleased_template_is_named(workspace, service):
    workspace.edit("templates/service/template/.dockerignore", "tests", "tests\ndocs")

    assert [finding.place for finding in check(workspace.root, [service])] == ["templates/service"]


def test_a_service_with_uncommitted_changes_is_not_upgraded(workspace, service):
    workspace.edit("templates/service/template/.dockerignore", "tests", "tests\ndocs")
    workspace.release("1.1.0")
    (service / "Dockerfile").write_text("FROM scratch\n")

    with pytest.raises(TemplateError, match="gift-cards"):
        upgrade(workspace.root, service)

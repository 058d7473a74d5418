"""`prost test`: sessions at once, those of a tag one by one, and what each said told in one piece."""

from textwrap import dedent

import pytest
from typer.testing import CliRunner

from prost_cli import test as testing
from prost_cli.errors import CliError

NOXFILE = """
import pathlib, time
import nox

nox.options.default_venv_backend = "none"
HERE = pathlib.Path(__file__).parent


def meet(own, other):
    (HERE / own).touch()
    deadline = time.monotonic() + 60
    while not (HERE / other).exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@nox.session
def left(session):
    meet("left", "right")
    print("left was here")


@nox.session
def right(session):
    meet("right", "left")


@nox.session(tags=["alone"])
def first(session):
    (HERE / "busy").mkdir()
    time.sleep(0.2)
    (HERE / "busy").rmdir()


@nox.session(tags=["alone"])
def second(session):
    (HERE / "busy").mkdir()
    (HERE / "busy").rmdir()


@nox.session(default=False)
def broken(session):
    session.error("it is broken")
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "noxfile.py").write_text(dedent(NOXFILE))
    monkeypatch.setattr(testing, "find_root", lambda: tmp_path)
    return tmp_path


def prost_test(*arguments):
    return CliRunner().invoke(testing.app, [*arguments])


@pytest.mark.usefixtures("root")
def test_two_sessions_run_at_once_and_what_each_said_is_told():
    done = prost_test("--at-once", "2", "left", "right")

    assert done.exit_code == 0, done.output
    assert "left was here" in done.output
    assert done.output.count("passed") == 2


@pytest.mark.usefixtures("root")
def test_sessions_of_one_tag_never_run_at_once():
    done = prost_test("--at-once", "2", "first", "second")

    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("root")
def test_one_session_that_fails_fails_the_run_and_the_others_run_nevertheless():
    done = prost_test("--at-once", "2", "broken", "first")

    assert done.exit_code == 1
    assert "it is broken" in done.output
    assert "FAILED  broken" in done.output
    assert "passed  first" in done.output
    first_to_end = done.output.index("prost: first ended")
    assert "it is broken" in done.output[first_to_end:], "what failed is told again at the end"


def test_default_sessions_run_where_none_is_named(root):
    names = [session.name for session in testing._sessions(root, [])]

    assert names == ["left", "right", "first", "second"]


@pytest.mark.usefixtures("root")
def test_a_session_that_does_not_exist_is_told_with_where_to_look():
    done = prost_test("nosuch")

    assert isinstance(done.exception, CliError)
    assert "nosuch" in done.exception.message
    assert "--list" in done.exception.remedy

"""The launcher and its set-up: what they say when something is missing, and when they do nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
POSIX_TOOLS = ("sh", "cat", "cksum", "dirname", "readlink")


@pytest.fixture
def clone(tmp_path):
    """Copy the launcher into a clone of its own, with tools and without any Python in PATH."""
    shutil.copy(CLONE / "prost", tmp_path)
    (tmp_path / "requirements.txt").write_text("uv==1\n")
    (tmp_path / "tools").mkdir()
    for tool in POSIX_TOOLS:
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool))
    return tmp_path


@pytest.fixture
def bootstrap():
    """Import the set-up, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("bootstrap", CLONE / "cli" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(clone, *arguments, environment=None):
    """Run the launcher with nothing but the clone's tools in PATH."""
    return subprocess.run(
        [clone / "prost", *arguments],
        env={"PATH": str(clone / "tools"), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def script(path, text):
    """Write a program in place of the real one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def make_environment(clone):
    """Set the clone up with an interpreter that only tells how it was called."""
    script(clone / ".prost" / "venv" / "bin" / "python", 'echo "started: $*"')
    shown = subprocess.run(["cksum", clone / "requirements.txt"], capture_output=True, text=True, check=True)
    (clone / ".prost" / "venv" / "prost-stamp").write_text(shown.stdout.strip())


def test_a_machine_without_python_is_told_what_to_install(clone):
    done = run(clone, "dev", "up")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "python3-venv" in done.stderr


def test_an_up_to_date_clone_starts_at_once(clone):
    make_environment(clone)

    done = run(clone, "dev", "up")

    assert done.stdout == "started: -m prost_cli.main dev up\n"


def test_compiled_modules_are_kept_in_the_environment_whatever_the_shell_says(clone):
    make_environment(clone)
    script(
        clone / ".prost" / "venv" / "bin" / "python",
        'echo "$PYTHONPYCACHEPREFIX ${PYTHONDONTWRITEBYTECODE-unset}"',
    )

    done = run(clone, "dev", "up", environment={"PYTHONDONTWRITEBYTECODE": "1"})

    assert done.stdout == f"{clone}/.prost/venv/bytecode unset\n"


def test_a_link_to_the_launcher_finds_its_clone(clone):
    make_environment(clone)
    (clone / "elsewhere").mkdir()
    (clone / "elsewhere" / "prost").symlink_to("../prost")

    done = subprocess.run([clone / "elsewhere" / "prost", "ps"], capture_output=True, text=True, check=True)

    assert done.stdout == "started: -m prost_cli.main ps\n"


def test_changed_requirements_are_set_up_before_the_start(clone):
    make_environment(clone)
    (clone / "requirements.txt").write_text("uv==2\n")
    script(clone / "tools" / "python3", '[ "$1" = -c ] || echo "set up: $2"')

    done = run(clone, "dev", "up")

    assert f"set up: {clone}/cli/bootstrap.py" in done.stdout
    assert done.stdout.endswith("started: -m prost_cli.main dev up\n")


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("error: No space left on device (os error 28)", "Free some space"),
        ("Caused by: dns error: failed to lookup address information", "Check the network"),
        ("ERROR: Could not find a version (from versions: none)", "Check the network"),
        ("something nobody thought of", "Mend that and run this again"),
    ],
)
def test_a_failed_installation_names_its_remedy(bootstrap, capfd, said, remedy):
    with pytest.raises(SystemExit, match=remedy):
        bootstrap.run([sys.executable, "-c", f"import sys; print({said!r}); sys.exit(1)"])

    assert said in capfd.readouterr().err


def test_what_every_package_is_called_is_not_shown(bootstrap, capfd):
    pieces = ["Resolved 2\n", " + ", "peewee==4.5\n", " + kombu==5.7\nInstalled", " 2\n"]
    program = f"import time\nfor piece in {pieces!r}: print(piece, end='', flush=True); time.sleep(0.05)"

    bootstrap.run([sys.executable, "-c", program])

    assert capfd.readouterr().err == "Resolved 2\nInstalled 2\n"


def test_a_python_without_ensurepip_is_told_which_package_brings_it(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        bootstrap.make_venv(tmp_path / "venv")


def test_too_little_space_is_noticed_before_anything_is_installed(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "NEEDED_BYTES", 1 << 60)

    with pytest.raises(SystemExit, match="Free some space"):
        bootstrap.check_space(tmp_path)


def test_an_unknown_platform_is_refused(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.platform, "system", lambda: "Windows")

    with pytest.raises(SystemExit, match="WSL 2"):
        bootstrap.check_platform()


def test_a_linux_without_glibc_is_refused(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.platform, "libc_ver", lambda: ("", ""))

    with pytest.raises(SystemExit, match="glibc"):
        bootstrap.check_platform()


def test_two_launchers_take_turns(bootstrap, tmp_path):
    holder = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("bootstrap", {str(CLONE / "cli" / "bootstrap.py")!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from pathlib import Path
with module.alone(Path({str(tmp_path)!r})):
    print("mine", flush=True)
    input()
    Path({str(tmp_path / "done")!r}).touch()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        os.write(other.stdin.fileno(), b"\n")
        with bootstrap.alone(tmp_path):
            was_done = (tmp_path / "done").exists()

    assert was_done

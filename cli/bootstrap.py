# ruff: noqa: INP001, S603
"""Sets up .prost/venv for the launcher; runs on a bare Python and knows nothing but the standard library.

`python bootstrap.py ROOT FINGERPRINT`: the fingerprint is what the launcher compares at the next start. It
is written last, so a set-up that was interrupted begins again.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STAMP = "prost-stamp"
COMPLETE = "prost-requirements"
NEEDED_BYTES = 2 << 30
PLATFORMS = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64")}
CAPTURED = 64 << 10
PACKAGE_LINES = re.compile(rb"^ (?:\x1b\[\d+m)?[+~-](?:\x1b\[\d+m)? .*\n", re.MULTILINE)

NETWORK = re.compile(
    r"error sending request|dns error|failed to lookup|Network is unreachable|operation timed out"
    r"|Connection (refused|reset|timed out)|Temporary failure in name resolution"
    r"|NewConnectionError|Max retries exceeded|from versions: none",
    re.IGNORECASE,
)
DISK_FULL = re.compile(r"No space left on device|os error 28|Disk quota exceeded", re.IGNORECASE)


def fail(message: str, remedy: str) -> NoReturn:
    """End with what is wrong and what to do about it."""
    sys.exit(f"prost: {message}\n       {remedy}")


def say(text: str) -> None:
    """Tell how far the set-up is."""
    sys.stderr.write(f"prost: {text}\n")


def check_platform() -> None:
    """Refuse where the servers' wheels do not exist."""
    system, machine = platform.system(), platform.machine()
    if (system, machine) not in PLATFORMS:
        fail(
            f"{system} on {machine} is not supported.",
            "Use Linux on x86_64 or aarch64, or macOS on arm64 (on Windows: WSL 2).",
        )
    if system == "Linux" and platform.libc_ver()[0] != "glibc":
        fail(
            "This Linux has no glibc (Alpine, for one).",
            "Use a distribution with glibc, such as Debian or Fedora.",
        )


def check_space(root: Path) -> None:
    """Refuse before half of it is installed."""
    free = shutil.disk_usage(root).free
    if free < NEEDED_BYTES:
        fail(
            f"{free >> 20} MiB are free under {root}; the set-up needs {NEEDED_BYTES >> 20} MiB.",
            "Free some space and run this again.",
        )


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Wait until no other launcher sets up this clone."""
    with (state / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another launcher is setting up; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv(venv: Path) -> None:
    """Create an environment with pip in it."""
    shutil.rmtree(venv, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        fail(
            f"Python {version} at {sys.executable} has no ensurepip, so it cannot make an environment.",
            f"Debian, Ubuntu: apt install python{version}-venv. Or put another Python first in PATH.",
        )
    say(f"making {venv} with Python {platform.python_version()}")
    run([sys.executable, "-m", "venv", str(venv)])


def has_requirements(venv: Path, requirements: bytes) -> bool:
    """Tell whether these very pins were installed to the end."""
    complete = venv / COMPLETE
    return complete.exists() and complete.read_bytes() == requirements


def install(root: Path, venv: Path, requirements: bytes) -> None:
    """Bring the packages to their pinned versions, then the workspace's own."""
    python = str(venv / "bin" / "python")
    uv = venv / "bin" / "uv"
    if not has_requirements(venv, requirements):
        (venv / COMPLETE).unlink(missing_ok=True)
        pins = root / "requirements.txt"
        if not uv.exists():
            install_uv(python, requirements.decode())
        count = len(re.findall(rb"^[A-Za-z0-9]", requirements, re.MULTILINE))
        say(f"installing {count} packages; this is done once and takes a minute or two")
        run([str(uv), "pip", "install", "--python", python, "--require-hashes", "-r", str(pins)])
        (venv / COMPLETE).write_bytes(requirements)
    projects = [
        root / "sdk",
        root / "cli",
        *sorted(path.parent for path in root.glob("services/*/pyproject.toml")),
    ]
    editable = [argument for project in projects for argument in ("--editable", str(project))]
    say(f"installing {', '.join(str(project.relative_to(root)) for project in projects)}")
    run(
        [
            str(uv),
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            "--no-deps",
            "--no-build-isolation",
            *editable,
        ]
    )


def install_uv(python: str, requirements: str) -> None:
    """Install the pinned uv by pip: it does the rest in a tenth of pip's time."""
    pin = re.search(r"^uv==(?:.*\\\n)*.*$", requirements, re.MULTILINE)
    if pin is None:
        fail("requirements.txt does not pin uv.", "Restore the file: git checkout requirements.txt")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pin[0] + "\n")
        file.flush()
        quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
        run([python, "-m", "pip", "install", *quiet, "--require-hashes", "-r", file.name])


def run(argv: Sequence[str]) -> None:
    """Run a program, show what it says as it says it, and turn its failure into advice."""
    code, output = run_shown(argv)
    if code == 0:
        return
    if DISK_FULL.search(output):
        fail("The disk is full.", "Free some space and run this again: it goes on where it stopped.")
    if NETWORK.search(output):
        fail(
            "The packages could not be fetched: no way to the package index.",
            "Check the network, HTTPS_PROXY and the index in pip's or uv's settings, then run this again.",
        )
    fail(
        f"{Path(argv[0]).name} failed with exit code {code}; its last words are above.",
        "Mend that and run this again.",
    )


def run_shown(argv: Sequence[str]) -> tuple[int, str]:
    """Run a program on a terminal if there is one, for its progress bars; return its code and last output."""
    reading, writing = pty.openpty() if sys.stderr.isatty() else os.pipe()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, env=environment
    ) as process:
        os.close(writing)
        output = unfinished = b""
        # A pseudo-terminal reports its closed end as an error.
        with suppress(OSError):
            while chunk := os.read(reading, 1 << 16):
                shown, unfinished = split_unfinished(unfinished + chunk)
                sys.stderr.buffer.write(PACKAGE_LINES.sub(b"", shown))
                sys.stderr.flush()
                output = (output + chunk)[-CAPTURED:]
        sys.stderr.buffer.write(unfinished)
        os.close(reading)
    return process.returncode, output.decode(errors="replace")


def split_unfinished(said: bytes) -> tuple[bytes, bytes]:
    """Split off a last line that may yet turn out to name a package, which nobody wants to read."""
    begin = said.rfind(b"\n") + 1
    return (said[:begin], said[begin:]) if said[begin : begin + 1] == b" " else (said, b"")


def main() -> None:
    """Set up the clone at ROOT and stamp it with FINGERPRINT."""
    root, fingerprint = Path(sys.argv[1]), sys.argv[2]
    began = time.monotonic()
    check_platform()
    state = root / ".prost"
    venv = state / "venv"
    stamp = venv / STAMP
    try:
        requirements = (root / "requirements.txt").read_bytes()
        state.mkdir(exist_ok=True)
        with alone(state):
            if stamp.exists() and stamp.read_text() == fingerprint:
                return
            if not has_requirements(venv, requirements):
                check_space(root)
            # Its programs name the folder they were installed in, and their interpreter.
            if (
                not stamp.exists()
                or str(root) not in stamp.read_text()
                or not (venv / "bin" / "python").exists()
            ):
                make_venv(venv)
            install(root, venv, requirements)
            stamp.write_text(fingerprint)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}.", "Mend that and run this again.")
    except KeyboardInterrupt:
        sys.exit("\nprost: interrupted; run this again to go on")
    say(f"ready after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()

"""Generated requests against every documented operation; they take minutes: `pytest -m schemathesis`."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from prost.testing.servers import START_DEADLINE, free_port, wait_until

__all__ = ["attack", "pytest_addoption", "pytest_collection_modifyitems", "pytest_configure", "served"]

MARK = "schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_EXAMPLES = "--attack-examples"
_EXAMPLES_UNLESS_TOLD = 10
#: Seconds that as many requests may take; more have more of them.
_DEADLINE = 300.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take how many requests are generated for each operation."""
    parser.addoption(
        _EXAMPLES,
        type=int,
        default=_EXAMPLES_UNLESS_TOLD,
        help=f"how many requests are generated for each operation, with -m {MARK} (%(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, and let no example of a property be too slow: no test asserts a time."""
    config.addinivalue_line("markers", f"{MARK}: generated requests; minutes, so only by `-m`")
    if find_spec("hypothesis"):
        from hypothesis import settings  # noqa: PLC0415 - a service may do without it.

        settings.register_profile("prost", deadline=None)
        settings.load_profile("prost")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked, unless marks are asked for."""
    if config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker(MARK)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def served(environment: None, service_home: Path, tmp_path: Path) -> Iterator[str]:  # noqa: ARG001 - it is read by the process.
    """Serve the application in a process of its own, as in production, and give its address."""
    bind = f"127.0.0.1:{free_port()}"
    variables = {"PROST_HTTP_BIND": bind, "PROST_WEB_WORKERS": "1"}
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prost.run", "web"],
            cwd=service_home,
            env=os.environ | variables,
            stdout=log,
            stderr=log,
        )
        wait_until(lambda: _answers(f"http://{bind}/health/ready"), START_DEADLINE)
        yield f"http://{bind}"
        process.terminate()
        process.wait(START_DEADLINE)


@pytest.fixture
def attack(served: str, tmp_path: Path, pytestconfig: pytest.Config) -> Callable[[str | None], str]:
    """Give the function that sends generated requests, with a token or without.

    It returns what was found: an answer of 5xx, or one that the OpenAPI document does not describe. Nothing
    found is an empty text.
    """
    examples: int = pytestconfig.getoption(_EXAMPLES)
    deadline = _DEADLINE * max(1, examples / _EXAMPLES_UNLESS_TOLD)

    def send(token: str | None = None) -> str:
        header = [] if token is None else ["-H", f"Authorization: Bearer {token}"]
        command = [
            str(Path(sys.executable).with_name("st")), "run", f"{served}/openapi.json", *header,
            "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples),
            "--continue-on-failure", "--suppress-health-check", "all", "--report-dir", str(tmp_path),
        ]  # fmt: skip
        found = subprocess.run(  # noqa: S603 - schemathesis, on our own server.
            command, cwd=tmp_path, capture_output=True, text=True, timeout=deadline, check=False
        )
        return "" if found.returncode == 0 else found.stdout + found.stderr

    return send


def _answers(url: str) -> bool:
    try:
        urlopen(url, timeout=2).close()  # noqa: S310 - the address is our own.
    except HTTPError as error:
        error.close()
        return False
    except OSError:
        return False
    return True

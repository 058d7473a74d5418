"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from prost.testing.servers import free_port

pytestmark = pytest.mark.schemathesis

HOME = Path(__file__).parents[1]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def served(environment, make_product, tmp_path):
    """Serve the application in a process of its own and give its address."""
    make_product("Augustinus Helles")
    bind = f"127.0.0.1:{free_port()}"
    log = (tmp_path / "web.log").open("wb")
    command = [Path(sys.executable).parent / "prost-service", "web"]
    environment = os.environ | {"PROST_HTTP_BIND": bind, "PROST_WEB_WORKERS": "1"}
    process = subprocess.Popen(command, cwd=HOME, env=environment, stdout=log, stderr=log)
    wait_for(f"http://{bind}/categories")
    yield f"http://{bind}"
    process.terminate()
    process.wait(30)
    log.close()


def wait_for(url):
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (OSError, urllib.error.HTTPError):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(served, token, role, tmp_path):
    sent = [] if role == "anonymous" else ["-H", f"Authorization: Bearer {token(role)}"]
    command = [
        Path(sys.executable).parent / "st", "run", f"{served}/openapi.json", *sent,
        "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10",
        "--continue-on-failure", "--suppress-health-check", "all", "--report-dir", str(tmp_path),
    ]  # fmt: skip

    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert found.returncode == 0, found.stdout[-6000:]

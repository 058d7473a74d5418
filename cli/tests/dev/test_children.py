"""What the supervisor's children inherit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")

START_A_CHILD = """
import subprocess
from prost_cli.dev.children import use_small_pages
use_small_pages()
subprocess.run(["grep", "THP_enabled", "/proc/self/status"])
"""


def test_no_child_is_given_huge_pages():
    told = subprocess.run(
        [sys.executable, "-c", START_A_CHILD], stdout=subprocess.PIPE, text=True, check=True
    )

    assert told.stdout.split() == ["THP_enabled:", "0"]

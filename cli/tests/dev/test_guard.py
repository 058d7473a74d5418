"""What a killed supervisor leaves is ended without the kernel's help, too."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from prost_cli.dev.records import RECORDS, Records
from prost_cli.dev.stack import Stack
from prost_cli.workspace import Workspace

HOLD_THE_LOCK = """
import sys, time
from pathlib import Path
from prost_cli.dev.stack import Stack
from prost_cli.workspace import Workspace
Stack.open(Workspace(Path(sys.argv[1]))).lock()
print("locked", flush=True)
time.sleep(60)
"""


def test_the_guard_waits_for_the_supervisor_and_ends_its_sessions(tmp_path):
    stack = Stack.open(Workspace(tmp_path))
    stack.make_folders()
    stack.save()
    supervisor = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout.readline() == "locked\n"
    # A leader that dies first, as a web server's parent may, and a child of it that stays.
    leader = subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True)
    Records(stack.run / RECORDS).add(leader.pid, signal.SIGTERM)
    guard = subprocess.Popen([sys.executable, "-m", "prost_cli.dev.guard", str(tmp_path), stack.name])

    time.sleep(0.3)
    was_waiting = guard.poll() is None and leader.poll() is None
    supervisor.kill()
    supervisor.communicate()

    assert was_waiting
    assert guard.wait(timeout=15) == 0
    assert leader.wait(timeout=1) == -signal.SIGTERM
    # A zombie is nobody: whoever is process 1 here will bury it.
    assert subprocess.run(["pgrep", "-s", str(leader.pid), "-r", "R,S,D"], check=False).returncode == 1


def test_a_process_that_only_has_the_same_number_is_left_alone(tmp_path):
    bystander = subprocess.Popen(["sleep", "60"], start_new_session=True)
    file = tmp_path / RECORDS
    file.write_text(f'{{"{bystander.pid}": {{"started": 1.0, "stop": 15}}}}')

    ended = Records(file).end_leftovers()
    alive = bystander.poll() is None
    bystander.kill()
    bystander.wait()

    assert ended == 0
    assert alive

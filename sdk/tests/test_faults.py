"""Points at which a test kills, delays or fails a real process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "fault_process.py"
POINT = "beers.after-pour"
PASSED = "before\nbehind\n"
KILLED = -signal.SIGKILL
HELD_UP = 60


@pytest.fixture
def start(tmp_path):
    started = []

    def run(**environment):
        told = {"PROST_ENV": "test", "PROST_FAULTS": str(tmp_path)} | environment
        process = subprocess.Popen(
            [sys.executable, PROGRAM],
            env=os.environ | told,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def arm(folder, order):
    (folder / POINT).write_text(order)


def test_a_point_that_nobody_armed_does_nothing(start):
    process = start()

    assert process.communicate() == (PASSED, "")


def test_a_process_is_killed_at_the_point_and_leaves_word_of_it(start, tmp_path):
    arm(tmp_path, "kill once")

    process = start()

    assert process.communicate() == ("before\n", "")
    assert process.returncode == KILLED
    assert [path.name for path in tmp_path.iterdir()] == [f"{POINT}.met"]


def test_of_many_processes_exactly_one_meets_what_is_armed_once(start, tmp_path):
    arm(tmp_path, "kill once")

    processes = [start() for _ in range(6)]

    assert sorted(process.communicate()[0] for process in processes) == ["before\n", *[PASSED] * 5]


def test_what_is_not_armed_once_meets_every_process(start, tmp_path):
    arm(tmp_path, "kill")

    processes = [start(), start()]

    assert [process.communicate()[0] for process in processes] == ["before\n", "before\n"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [POINT, f"{POINT}.met"]


def test_a_delay_holds_the_process_up_until_its_file_is_taken_away(start, tmp_path):
    arm(tmp_path, f"delay {HELD_UP} once")
    met = tmp_path / f"{POINT}.met"

    process = start()
    assert process.stdout.readline() == "before\n"
    while not met.exists():
        assert process.poll() is None
    met.unlink()

    assert process.communicate(timeout=HELD_UP / 2) == ("behind\n", "")


def test_a_delay_ends_by_itself(start, tmp_path):
    arm(tmp_path, "delay 0.05")

    process = start()

    assert process.communicate(timeout=HELD_UP) == (PASSED, "")


def test_an_error_names_the_point(start, tmp_path):
    arm(tmp_path, "error once")

    process = start()

    assert process.communicate()[1].endswith(f"InjectedFault: {POINT}\n")
    assert process.returncode == 1


@pytest.mark.parametrize("order", ["", "explode", "once", "delay", "kill twice"])
def test_an_order_that_is_none_is_told(start, tmp_path, order):
    arm(tmp_path, order)

    process = start()

    assert "expected kill, delay SECONDS or error" in process.communicate()[1]


@pytest.mark.parametrize(
    "environment", [{"PROST_FAULTS": ""}, {"PROST_ENV": "production"}, {"PROST_ENV": ""}]
)
def test_without_the_variable_or_in_production_what_is_armed_is_not_even_looked_at(
    start, tmp_path, environment
):
    arm(tmp_path, "kill")

    process = start(**environment)

    assert process.communicate() == (PASSED, "")
    assert [path.name for path in tmp_path.iterdir()] == [POINT]

"""Nothing is imported only because it is installed."""

import ast
import subprocess
import sys
from importlib import import_module

import pytest

from prost._imports import without

SET_UP = """
import sys
from prost import telemetry
from prost.settings import Settings
telemetry.setup(Settings(service="beers", env="test"))
print({"opentelemetry.sdk.resources", "psutil", "requests", "rich"} & sys.modules.keys())
import psutil, requests, rich
"""


def test_a_hidden_package_is_not_found_within_the_block_and_found_behind_it():
    sys.modules.pop("wave", None)

    with without("wave"), pytest.raises(ModuleNotFoundError):
        import_module("wave")
    found = import_module("wave")

    assert found.__name__ == "wave"


def test_what_is_imported_already_stays():
    with without("sys"):
        found = import_module("sys")

    assert found is sys


def set_up(collector):
    done = subprocess.run(
        [sys.executable, "-c", SET_UP],
        env={"OTEL_EXPORTER_OTLP_ENDPOINT": collector},
        capture_output=True,
        text=True,
        check=True,
    )
    return ast.literal_eval(done.stdout)


def test_logs_and_export_bring_nothing_that_they_do_not_use_and_leave_it_to_others():
    assert set_up("http://127.0.0.1:1") == {"opentelemetry.sdk.resources"}


def test_a_collector_behind_tls_is_reached_by_requests_and_its_certificates():
    assert set_up("https://127.0.0.1:1") == {"opentelemetry.sdk.resources", "requests"}

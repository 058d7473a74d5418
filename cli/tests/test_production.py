"""Secrets of development open nothing in production: no process of any service starts with one."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from prost_cli.workspace import Workspace

ROOT = Path(__file__).parents[2]
SPECS = Workspace(ROOT).specs()
PROCESSES = [
    (spec.name, process)
    for spec in SPECS.values()
    for process in ("web", "worker")
    if process == "web" or spec.run.worker
]

PRODUCTION = {
    "PROST_ENV": "production",
    "PROST_PUBLIC_URL": "https://shop.example",
    "PROST_AUTH_ISSUER": "https://shop.example/api/auth",
    "PROST_AUTH_JWKS_URL": "http://auth:8000/auth/jwks.json",
    "PROST_MAIL_FROM": "Prost <shop@shop.example>",
}
GUESSABLE = {
    "PROST_DATABASE_URL": "postgresql://shop:postgres@db/shop",
    "PROST_REDIS_URL": "redis://cache",
    "PROST_BROKER_URL": "amqp://guest:guest@mq",
    "PROST_OBJECTS_URL": "https://minioadmin:minioadmin@objects",
    "PROST_KEY_SECRET": "changeme" * 5,
}
OWN = {"payments": {"PROST_PAYMENT_PROVIDER": "stripe"}}


def secrets_of(service):
    """Return the variables of all secrets that a service reads, but that of the mail server.

    A mail server in the same network may well ask for no password.
    """
    file = ROOT / "services" / service / "src" / f"prost_{service}" / "settings.py"
    described = importlib.util.spec_from_file_location(f"settings_of_{service}", file)
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    fields = module.Settings.model_fields
    secret = [name for name, field in fields.items() if SecretStr.__name__ in str(field.annotation)]
    return {f"PROST_{name.upper()}" for name in secret} - {"PROST_MAIL_URL"}


@pytest.mark.parametrize(("service", "process"), PROCESSES)
def test_production_does_not_start_with_a_secret_that_anybody_guesses(service, process):
    secrets = secrets_of(service)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PROST_")}
    guessed = {name: GUESSABLE.get(name, "changeme") for name in secrets}

    done = subprocess.run(
        [sys.executable, "-m", "prost.run", process],
        cwd=ROOT / "services" / service,
        env={**inherited, **PRODUCTION, **OWN.get(service, {}), **guessed},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 2
    refused = set(re.findall(r"^\s*(PROST_\w+):", done.stderr, re.MULTILINE))
    assert refused - {"PROST_MAIL_URL"} == secrets
    assert [value for value in guessed.values() if value in done.stderr] == []

"""S3 object storage: SeaweedFS in one process, with a bucket for each that the services declare."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import HttpAnswers
from prost_cli.dev.unit import Kind, Unit

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack

NAME = "objects"
_KEY = "prost"
# One LevelDB instead of eight: a development stack's names fit into a fifth of the memory.
_FILER = """\
[leveldb]
enabled = true
dir = "names"
"""
_PARTS = ("master", "volume", "filer", "admin")


def url(stack: Stack) -> str:
    """Return the address with its credentials."""
    return f"http://{_KEY}:{stack.secret(NAME)}@{address(stack)}"


def address(stack: Stack) -> str:
    """Return "host:port" of the S3 interface."""
    return f"{LOOPBACK}:{stack.port(NAME)}"


def units(stack: Stack) -> list[Unit]:
    """Declare the server."""
    data = stack.data / "objects"
    data.mkdir(exist_ok=True)
    (data / "filer.toml").write_text(_FILER)
    flags = {
        "dir": data,
        "ip": LOOPBACK,
        "ip.bind": LOOPBACK,
        "s3.port": stack.port(NAME),
        **{f"{part}.port": stack.port(f"{NAME}:{part}") for part in _PARTS},
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "webdav": "false",
        "admin.ui": "false",
        "master.telemetry": "false",
        "volume.preStopSeconds": 0,
    }
    return [
        Unit(
            NAME,
            Kind.SERVER,
            argv=(
                str(Path(sys.prefix) / "bin" / "weed"),
                "mini",
                *(f"-{name}={value}" for name, value in flags.items()),
            ),
            env={
                "PATH": os.defpath,
                "HOME": str(data),
                "AWS_ACCESS_KEY_ID": _KEY,
                "AWS_SECRET_ACCESS_KEY": stack.secret(NAME),
                # It reserves 100 MB of buffers and hardly touches them. As they count, as much garbage would
                # pile up beside the 20 MB that are in use.
                "GOGC": "10",
            },
            cwd=data,
            probe=HttpAnswers(stack.port(NAME), "/healthz"),
            port=stack.port(NAME),
        )
    ]

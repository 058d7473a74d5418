"""Free ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from typing import TYPE_CHECKING

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Container

LOOPBACK = "127.0.0.1"
COMPANION = 10_000
"""SeaweedFS listens for gRPC this far above each of its ports, so a pick leaves that one free, too."""

# Below what Linux and macOS hand out for outgoing connections, companion included.
_RANGE = range(12_000, 22_000)


def is_free(port: int) -> bool:
    """Tell whether nothing listens on `port` and this user may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def pick(avoid: Container[int]) -> int:
    """Return a free port that is not in `avoid`.

    Raises:
        CliError: none was found.
    """
    for port in random.sample(_RANGE, 500):
        if port not in avoid and is_free(port) and is_free(port + COMPANION):
            return port
    raise CliError(
        "No free port was found on 127.0.0.1.", remedy="End what listens there: `ss -ltn` lists it."
    )

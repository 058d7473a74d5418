"""Short programs that the supervisor runs to their end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prost_cli.dev.unit import Account


async def run(
    argv: Sequence[str], *, env: Mapping[str, str], text: str = "", account: Account | None = None
) -> str:
    """Run a program with `text` as its input and return its output.

    Raises:
        CliError: it ended with another exit code than 0.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(env),
        # Whatever the caller's folder, another account can be in this one.
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    output, _ = await process.communicate(text.encode())
    if process.returncode:
        raise CliError(f"{argv[0]} failed with exit code {process.returncode}:\n{output.decode().strip()}")
    return output.decode()

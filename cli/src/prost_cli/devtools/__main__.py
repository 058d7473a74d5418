"""`python -m prost_cli.devtools --config FILE.json`: runs until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from prost_cli.devtools.config import Config, ConfigError
from prost_cli.devtools.server import Devtools, PortTakenError

log = logging.getLogger("prost.devtools")


async def _run(path: Path) -> None:
    devtools = Devtools(Config.load(path))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with devtools.running():
        follower = asyncio.create_task(devtools.follow(path))
        log.info(
            "dashboard on %d, telemetry on %d, mail on %d",
            devtools.http_port,
            devtools.otlp_port,
            devtools.smtp_port,
        )
        await stop.wait()
        follower.cancel()


def main() -> None:
    """Run the process; a configuration that cannot be used ends it with 2, a taken port with 3."""
    parser = argparse.ArgumentParser(prog="python -m prost_cli.devtools", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the JSON file that the supervisor writes")
    arguments = parser.parse_args()
    # Mail, log lines and the signing key concern nobody else on this machine.
    os.umask(0o077)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    # aiosmtpd's log, which tells every command of every client.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    try:
        asyncio.run(_run(arguments.config))
    except ConfigError as error:
        sys.exit(_complain(error, 2))
    except PortTakenError as error:
        sys.exit(_complain(error, 3))


def _complain(error: Exception, status: int) -> int:
    sys.stderr.write(f"devtools: {error}\n")
    return status


if __name__ == "__main__":
    main()

"""`python -m chaos`: the proofs, on stacks of their own; exit code 1 when one fails."""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from chaos import attacks, broker, crashes, last_bottles, outages
from chaos.report import Report
from chaos.rig import Rig, running
from chaos.shop import opened
from prost_cli.dev.servers import rabbitmq, valkey

PROOFS = {
    "last-bottles": last_bottles,
    "attacks": attacks,
    "outages": outages,
    "crashes": crashes,
    "broker": broker,
}
ON_RABBITMQ = ("broker",)
_REQUIRE = "PROST_TEST_REQUIRE"
_STATE_MACHINES = """\
The order, the stock and the ledger are also walked at random, by Hypothesis, in the services' own tests:
  nox -s "services(inventory)" "services(payments)" "services(orders)"
"""


async def _prove(rig: Rig, report: Report, names: Sequence[str]) -> None:
    async with opened(rig) as shop:
        for name in names:
            await PROOFS[name].prove(shop, report)
        report.add("all of it", "requests that were answered 500", [], shop.faults)


async def _prove_in_short(rig: Rig, report: Report) -> None:
    async with opened(rig) as shop:
        struck = await crashes.strike(shop, crashes.WORST)
        # The leases of who was killed run out meanwhile.
        await attacks.prove(shop, report, attacks.SHORT)
        await last_bottles.prove(shop, report, buyers=60)
        await crashes.outcomes(shop, report, struck)
        report.add("all of it", "requests that were answered 500", [], shop.faults)


def _stacks(names: Sequence[str], report: Report) -> Iterator[tuple[str, list[str]]]:
    """Yield each broker that is needed and what is proved with it."""
    if usual := [name for name in names if name not in ON_RABBITMQ]:
        yield valkey.NAME, usual
    if with_rabbitmq := [name for name in names if name in ON_RABBITMQ]:
        if rabbitmq.is_installed():
            yield rabbitmq.NAME, with_rabbitmq
        elif rabbitmq.NAME in os.environ.get(_REQUIRE, ""):
            report.add(broker.NAME, f"RabbitMQ, which {_REQUIRE} names", "is installed", "is not installed")
        else:
            print(f"skip {', '.join(with_rabbitmq)}: RabbitMQ is not on this machine", flush=True)


def main() -> int:
    """Run what is asked for, everything unless told."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--only", choices=PROOFS, action="append", help="repeatable")
    parser.add_argument("--short", action="store_true", help="a minute's choice, which `prost test` runs")
    chosen = parser.parse_args()
    # Asked to end, it clears away what it has made, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    report, began = Report(), time.monotonic()
    stacks = [(valkey.NAME, [])] if chosen.short else _stacks(chosen.only or list(PROOFS), report)
    for name, proofs in stacks:
        starting, failed_before = time.monotonic(), len(report.failed)
        with running(name) as rig:
            print(f"the stack on {name} is up after {time.monotonic() - starting:.0f} s", flush=True)
            asyncio.run(_prove_in_short(rig, report) if chosen.short else _prove(rig, report, proofs))
            if len(report.failed) > failed_before:
                print(f"the stack's logs are kept in {rig.keep_logs()}")
    print(f"{len(report.cases)} cases, {len(report.failed)} failed, {time.monotonic() - began:.0f} s")
    if not chosen.short:
        print(_STATE_MACHINES, end="")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m chaos`: the proofs, on a stack of their own; exit code 1 when one fails."""

import argparse
import asyncio
import signal
import sys
import time

from chaos import attacks, crashes, last_bottles, outages
from chaos.report import Report
from chaos.rig import Rig, running
from chaos.shop import opened

PROOFS = {
    "last-bottles": last_bottles,
    "attacks": attacks,
    "outages": outages,
    "crashes": crashes,
}
_STATE_MACHINES = """\
The order, the stock and the ledger are also walked at random, by Hypothesis, in the services' own tests:
  nox -s "services(inventory)" "services(payments)" "services(orders)"
"""


async def _prove(rig: Rig, names: list[str], *, short: bool) -> Report:
    report = Report()
    async with opened(rig) as shop:
        if short:
            struck = await crashes.strike(shop, crashes.WORST)
            # The leases of who was killed run out meanwhile.
            await attacks.prove(shop, report, attacks.SHORT)
            await last_bottles.prove(shop, report, buyers=60)
            await crashes.outcomes(shop, report, struck)
        else:
            for name in names:
                await PROOFS[name].prove(shop, report)
        report.add("all of it", "requests that were answered 500", [], shop.faults)
    return report


def main() -> int:
    """Run what is asked for, everything unless told."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--only", choices=PROOFS, action="append", help="repeatable")
    parser.add_argument("--short", action="store_true", help="a minute's choice, which `prost test` runs")
    chosen = parser.parse_args()
    # Asked to end, it clears away what it has made, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    with running() as rig:
        print(f"the stack is up after {time.monotonic() - began:.0f} s", flush=True)
        report = asyncio.run(_prove(rig, chosen.only or list(PROOFS), short=chosen.short))
        if report.failed:
            print(f"the stack's logs are kept in {rig.keep_logs()}")
    print(f"{len(report.cases)} cases, {len(report.failed)} failed, {time.monotonic() - began:.0f} s")
    if not chosen.short:
        print(_STATE_MACHINES, end="")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())

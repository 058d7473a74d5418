"""Runs the benchmarks: `nox -s bench`, or `nox -s bench -- --only reads --seconds 10`."""

import argparse

import buying
import identity
import local_stack
import peer
import reads
import uncached

WORKS = ("stack", "reads", "peer", "uncached", "identity", "buying")


def main() -> None:
    """Run what is asked for, everything unless told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=WORKS, action="append", help="repeatable")
    parser.add_argument("--seconds", type=int, default=8, help="of each load (default: 8)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is printed (default: 3)")
    parser.add_argument(
        "--products",
        default="200,20000,1000000",
        help="sizes of the catalogue for `uncached`; a million takes minutes to fill",
    )
    chosen = parser.parse_args()
    works = chosen.only or WORKS
    if "stack" in works:
        local_stack.run(chosen.rounds)
    if "reads" in works:
        reads.run(chosen.seconds, chosen.rounds)
    if "peer" in works:
        peer.run(chosen.seconds, chosen.rounds)
    if "uncached" in works:
        uncached.run([int(size) for size in chosen.products.split(",")], chosen.seconds, chosen.rounds)
    if "buying" in works:
        buying.run(chosen.seconds, chosen.rounds)
    if "identity" in works:
        identity.verification()
        identity.login()


if __name__ == "__main__":
    main()

"""A process with a point: says "before", meets it, says "behind"."""

import sys

from prost.faults import fault_point


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


say("before")
fault_point("beers.after-pour")
say("behind")

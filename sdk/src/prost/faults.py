"""Named places at which a test may kill, delay or fail a process; without `PROST_FAULTS` they are empty."""

import os
import signal
import time
from pathlib import Path

__all__ = ["MET", "InjectedFault", "fault_point"]

MET = ".met"
"""What is put behind the name of a point's file when the point was met."""
_LOOK_EVERY = 0.02


class InjectedFault(RuntimeError):
    """A test has asked for this error at this point."""


class _Armed:
    """Points that are armed by files of their names in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def meet(self, point: str) -> None:
        """Do what the point's file says: `kill`, `delay SECONDS` or `error`, with `once` behind it or not.

        A file that says `once` is renamed, so one process alone meets it. Others stay, and leave a file
        beside them that says that they were met. A delay ends early when the file of a met point goes away.
        """
        armed, met = self._folder / point, self._folder / f"{point}{MET}"
        try:
            order = armed.read_text(encoding="utf-8").split()
            if order[-1:] == ["once"]:
                armed.rename(met)
                order.pop()
            else:
                met.touch()
        except FileNotFoundError:
            return
        match order:
            case ["kill"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case ["delay", seconds]:
                _delay(float(seconds), met)
            case ["error"]:
                raise InjectedFault(point)
            case _:
                raise ValueError(f"{armed} says {' '.join(order)!r}; expected kill, delay SECONDS or error")


def _delay(seconds: float, met: Path) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and met.exists():
        time.sleep(_LOOK_EVERY)


def _nothing(point: str, /) -> None:
    pass


# Not through Settings: a module with points is imported before there are any. In production they refuse it.
_folder = os.environ.get("PROST_FAULTS") if os.environ.get("PROST_ENV") in {"dev", "test"} else None
fault_point = _Armed(Path(_folder)).meet if _folder else _nothing
"""Mark a place by its name: "orders.after-reserve". A delay holds up the thread with its event loop."""

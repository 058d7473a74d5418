"""The environment of child processes."""

from __future__ import annotations

import os

_OWN = ("PROST_", "OTEL_", "GUNICORN_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def inherited(**more: str) -> dict[str, str]:
    """Return this process's environment without what belongs to the stack, and with `more`."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OWN)} | more

"""Imports that take up nothing but what they are told to."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without"]


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Let no import in the block find these packages, unless somebody has imported them before.

    Libraries take up others that only happen to be installed, beside the CLI for example: megabytes in each
    process for what it never uses.
    """
    hidden = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in hidden:
            del sys.modules[package]

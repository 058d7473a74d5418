"""Memory of what was done to a stack's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Marker:
    """A file beside the data that tells what was done to it, so that both vanish together."""

    path: Path
    content: str

    def matches(self) -> bool:
        """Tell whether this very thing was done."""
        return self.path.exists() and self.path.read_text() == self.content

    def write(self) -> None:
        """Remember that it was done."""
        self.path.write_text(self.content)

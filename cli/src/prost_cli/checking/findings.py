"""One thing that is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem in `file`, which is relative to the workspace, and its remedy."""

    file: str
    problem: str
    remedy: str

    @classmethod
    def at(cls, root: Path, file: Path, problem: str, remedy: str) -> Finding:
        """Make a finding about a file below `root`."""
        return cls(file.relative_to(root).as_posix(), problem, remedy)

    def as_dict(self) -> dict[str, str]:
        """Return the finding for a machine."""
        return asdict(self)

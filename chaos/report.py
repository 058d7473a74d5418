"""What was proved and what was not, as a table that grows while the proofs run."""

import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WIDTH = 400


@dataclass(frozen=True)
class Case:
    """What one case had to end in, and what it did."""

    proof: str
    name: str
    expected: Any
    found: Any
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return bool(self.expected == self.found)


@dataclass
class Report:
    """All cases so far; each is printed when it is added."""

    cases: list[Case] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    def add(self, proof: str, name: str, expected: Any, found: Any) -> bool:
        """Take a case in, and tell whether it holds."""
        now = time.monotonic()
        case = Case(proof, name, expected, found, now - self._since)
        self._since = now
        self.cases.append(case)
        mark = "ok  " if case.holds else "FAIL"
        print(f"{mark} {proof:<14} {name:<62} {case.seconds:>6.1f} s  {_shown(found)}", flush=True)
        if not case.holds:
            print(f"     expected {_shown(expected)}", flush=True)
        return case.holds

    @property
    def failed(self) -> list[Case]:
        """The cases that do not hold."""
        return [case for case in self.cases if not case.holds]


def write_matrix(path: Path, name: str, columns: Sequence[str], rows: dict[str, dict[str, str]]) -> None:
    """Put a matrix into a document, between the marks of its name; what is around them stays."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = path.read_text().partition(begin)
    after = rest.partition(end)[2]
    table = "\n".join(_table(columns, rows))
    path.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}")


def _table(columns: Sequence[str], rows: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f"| at | {' | '.join(columns)} |"
    yield f"| --- |{' --- |' * len(columns)}"
    for name, cells in rows.items():
        yield f"| `{name}` | {' | '.join(cells.get(column, '') for column in columns)} |"


def _shown(value: Any) -> str:
    text = (
        ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)
    )
    return textwrap.shorten(text, _WIDTH)

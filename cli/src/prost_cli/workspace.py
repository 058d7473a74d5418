"""Where the workspace is and which services it has."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost.spec import ServiceSpec


def find_root(start: Path | None = None) -> Path:
    """Find the workspace around `start` (default: the current folder), else the one this CLI is installed in.

    A workspace is the nearest folder upwards that holds `services/` and the launcher `prost`.

    Raises:
        CliError: there is none.
    """
    origin = (start or Path.cwd()).resolve()
    # The launcher installs into .prost/venv, so `../clone/prost dev ps` works from anywhere.
    for folder in (origin, *origin.parents, Path(sys.prefix).parent.parent):
        if (folder / "services").is_dir() and (folder / "prost").is_file():
            return folder
    raise CliError(f"{origin} lies in no Prost workspace.", remedy="Go into a clone of the repository.")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one clone."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """Find the workspace around `start`; see `find_root`."""
        return cls(find_root(start))

    @property
    def state(self) -> Path:
        """Everything that is made rather than committed."""
        return self.root / ".prost"

    @property
    def services(self) -> Path:
        """The folder that holds a folder for each service."""
        return self.root / "services"

    @property
    def frontend(self) -> Path | None:
        """The storefront's folder, or None when the workspace has no storefront."""
        folder = self.root / "frontend"
        return folder if (folder / "package.json").is_file() else None

    def service_folders(self) -> list[Path]:
        """List the folders with a declaration, by name."""
        return sorted(path.parent for path in self.services.glob("*/service.toml"))

    def specs(self) -> Mapping[Path, ServiceSpec]:
        """Load every service's declaration, by its folder.

        Raises:
            CliError: one or more cannot be used; all their problems are named at once.
        """
        from prost.spec import ServiceSpec, SpecError  # noqa: PLC0415  pydantic costs what `prost --help` need not pay

        specs: dict[Path, ServiceSpec] = {}
        problems: list[str] = []
        for folder in self.service_folders():
            try:
                specs[folder] = ServiceSpec.load(folder)
            except SpecError as error:
                problems.append(str(error))
        owners: dict[str, Path] = {}
        for folder, spec in specs.items():
            first = owners.setdefault(spec.name, folder)
            if first != folder:
                problems.append(f"{folder}: the name {spec.name!r} is taken by {first}")
        if problems:
            raise CliError("\n".join(problems), remedy="Correct the declarations named above.")
        return specs

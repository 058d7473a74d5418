"""The settings of catalog: the platform's, and its own."""

from pathlib import Path

from prost.settings import Settings as PlatformSettings


class Settings(PlatformSettings):
    """Read from `PROST_*` variables; a field added here is read from the variable of its name."""

    @property
    def search_folder(self) -> Path:
        """Where the search index is kept; it is derived, so it may be lost."""
        return self.state_dir / "search"

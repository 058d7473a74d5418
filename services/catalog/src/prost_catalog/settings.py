"""What the service is told by its environment."""

from pathlib import Path

from prost.settings import Settings


class CatalogSettings(Settings):
    """The settings of every service; the catalogue adds none."""

    @property
    def search_folder(self) -> Path:
        """Where the search index is kept; it is derived, so it may be lost."""
        return self.state_dir / "search"

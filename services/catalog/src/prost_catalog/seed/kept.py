"""Pictures that were drawn before, kept in a folder that may vanish at any time."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prost_catalog.images import RECIPE, PreparedImage

_COLOR: Final = "color"


@dataclass(frozen=True)
class KeptPictures:
    """The encoded files of each drawing, in a folder by its fingerprint and by how they were encoded."""

    folder: Path

    def find(self, fingerprint: str) -> PreparedImage | None:
        """Return the picture of a drawing, or None when it is not here as a whole."""
        place = self._place(fingerprint)
        try:
            color = (place / _COLOR).read_text()
            return PreparedImage.of(
                color, {int(file.stem): file.read_bytes() for file in place.glob("*.avif")}
            )
        except OSError:
            return None

    def keep(self, fingerprint: str, picture: PreparedImage) -> None:
        """Keep a picture, all of it or nothing."""
        place = self._place(fingerprint)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=place.parent))
        for width, data in picture.files.items():
            (draft / f"{width}.avif").write_bytes(data)
        (draft / _COLOR).write_text(picture.color)
        try:
            os.rename(draft, place)  # noqa: PTH104 - only this refuses to replace what another has kept meanwhile.
        except OSError:
            shutil.rmtree(draft)

    def _place(self, fingerprint: str) -> Path:
        return self.folder / RECIPE / fingerprint

"""Pictures on their way into the shop: checked, turned upright, stripped, scaled, encoded, stored.

A picture is addressed by the hash of its files, so what a URL shows never changes and may be cached for ever.
"""

from __future__ import annotations

import asyncio
import io
import warnings
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import resvg_py
from PIL import Image, ImageOps, UnidentifiedImageError

from prost.errors import FieldError, Invalid, PayloadTooLarge
from prost_catalog.artwork.lettering import font_folder
from prost_catalog.domain import MAX_PICTURE_BYTES, ImageMeta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost.objects import ObjectStore

BUCKET: Final = "catalog-media"
WIDTHS: Final = (320, 640, 1280)
MAX_PIXELS: Final = 50_000_000
IMMUTABLE: Final = "public, max-age=31536000, immutable"

_UPLOADS: Final = ("JPEG", "PNG", "WEBP", "AVIF")
_MAX_ASPECT: Final = 4
_TYPE: Final = "image/avif"
_QUALITY: Final = 62
# Of the encoder's 0 to 10, the slowest at which all pictures of the seed are made within a minute.
_SPEED: Final = 9
_HASH_LENGTH: Final = 32
#: Names everything that decides which files a drawing becomes.
RECIPE: Final = f"avif-{_QUALITY}-{_SPEED}-{'-'.join(map(str, WIDTHS))}"


@dataclass(frozen=True)
class PreparedImage:
    """A picture ready to be stored: its address, dominant colour `#rrggbb`, an AVIF file per width."""

    content_hash: str
    color: str
    files: Mapping[int, bytes]

    @classmethod
    def of(cls, color: str, files: Mapping[int, bytes]) -> PreparedImage:
        """Address the files by their content."""
        digest = sha256()
        for width in sorted(files):
            digest.update(files[width])
        return cls(digest.hexdigest()[:_HASH_LENGTH], color, files)

    @property
    def meta(self) -> ImageMeta:
        """What the database keeps of it."""
        return ImageMeta(self.content_hash, self.color, tuple(sorted(self.files)), ("avif",))

    def key(self, width: int) -> str:
        """Name the object that holds the file of this width."""
        return f"{self.content_hash}/{width}.avif"


def render(svg: str, width: int) -> Image.Image:
    """Rasterise an SVG document to this width in pixels; only the package's own typefaces are used."""
    png: bytes = resvg_py.svg_to_bytes(
        svg_string=svg, width=width, skip_system_fonts=True, font_files=_font_files()
    )
    return Image.open(io.BytesIO(png), formats=["PNG"])


def prepare(data: bytes) -> PreparedImage:
    """Make the shop's files of an uploaded JPEG, PNG, WebP or AVIF of at least 320 pixels in width.

    The format is told by the content. Metadata are dropped, the orientation is applied, transparency becomes
    white. Widths that the picture does not have are left out.

    Raises:
        PayloadTooLarge: more than 12 MiB.
        Invalid: not such a picture, too small, too large or too slim; names `body.image`.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise PayloadTooLarge(f"A picture has at most {MAX_PICTURE_BYTES // 1024 // 1024} MiB.")
    return encode(_opened(data))


def encode(picture: Image.Image) -> PreparedImage:
    """Make the shop's files of an RGB picture at least 320 pixels wide."""
    # What is missing is the sidecar of a picture: colour profile, EXIF and XMP are left behind with it.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    files: dict[int, bytes] = {}
    scaled = bare
    for width in sorted((width for width in WIDTHS if width <= bare.width), reverse=True):
        height = max(round(bare.height * width / bare.width), 1)
        if scaled.width != width:
            scaled = scaled.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        files[width] = _avif(scaled)
    return PreparedImage.of(_dominant(scaled), files)


async def store(objects: ObjectStore, image: PreparedImage) -> ImageMeta:
    """Upload the files of a picture; doing it again changes nothing.

    Raises:
        Unavailable: the object store is away.
    """
    await asyncio.gather(
        *(
            objects.put(BUCKET, image.key(width), data, _TYPE, IMMUTABLE)
            for width, data in image.files.items()
        )
    )
    return image.meta


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_UPLOADS)
            # Nothing is decoded yet: a small file that unfolds to gigabytes ends here.
            _check_size(*picture.size)
            upright = ImageOps.exif_transpose(picture)
            return _on_white(upright)
    except UnidentifiedImageError as error:
        raise _refused("A picture is a JPEG, PNG, WebP or AVIF file.", "format") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(f"A picture has at most {MAX_PIXELS} pixels.", "too_large") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _refused("The picture is damaged.", "damaged") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _refused(f"A picture has at most {MAX_PIXELS} pixels.", "too_large")
    if min(width, height) < WIDTHS[0]:
        raise _refused(f"A picture measures at least {WIDTHS[0]} by {WIDTHS[0]} pixels.", "too_small")
    if max(width, height) > _MAX_ASPECT * min(width, height):
        raise _refused(f"The long side is at most {_MAX_ASPECT} times the short one.", "aspect")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")


def _avif(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "AVIF", quality=_QUALITY, speed=_SPEED, max_threads=1)
    return target.getvalue()


def _dominant(picture: Image.Image) -> str:
    few = picture.resize((48, 48), Image.Resampling.BOX).quantize(6)
    histogram = few.histogram()
    index = histogram.index(max(histogram))
    palette = few.getpalette() or [255, 255, 255]
    red, green, blue = palette[index * 3 : index * 3 + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _refused(message: str, code: str) -> Invalid:
    return Invalid(message, errors=[FieldError("body.image", message, code)])


@cache
def _font_files() -> list[str]:
    return sorted(str(path) for path in font_folder().glob("*.ttf"))

"""Uploads are checked by content, stripped and turned upright, and addressed by what they show."""

import io

import pytest
from PIL import Image

from prost.errors import Invalid, PayloadTooLarge
from prost.objects import ObjectStore
from prost_catalog import images
from prost_catalog.domain import MAX_PICTURE_BYTES
from prost_catalog.images import BUCKET, prepare, store


def picture(size=(1400, 1750), color="#336699", kind="JPEG", mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, kind, **options)
    return target.getvalue()


def opened(prepared, width):
    return Image.open(io.BytesIO(prepared.files[width]))


def refusal(data):
    with pytest.raises(Invalid) as caught:
        prepare(data)
    return [(error.field, error.code) for error in caught.value.errors]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_upload_becomes_three_avif_files(kind):
    prepared = prepare(picture(kind=kind))
    assert {width: opened(prepared, width).size for width in prepared.files} == {
        320: (320, 400),
        640: (640, 800),
        1280: (1280, 1600),
    }
    assert opened(prepared, 640).format == "AVIF"


def test_a_small_picture_is_not_blown_up():
    assert sorted(prepare(picture(size=(700, 700))).files) == [320, 640]


def test_the_address_tells_the_content():
    blue, red = picture(color="#336699"), picture(color="#993333")
    assert prepare(blue).content_hash == prepare(blue).content_hash
    assert prepare(blue).content_hash != prepare(red).content_hash
    assert prepare(blue).key(320) == f"{prepare(blue).content_hash}/320.avif"


def test_the_dominant_colour_is_found():
    red, green, blue = (int(prepare(picture(kind="PNG")).color[at : at + 2], 16) for at in (1, 3, 5))
    assert abs(red - 0x33) < 6
    assert abs(green - 0x66) < 6
    assert abs(blue - 0x99) < 6


def test_orientation_is_applied_and_metadata_are_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    prepared = prepare(picture(size=(800, 400), exif=exif))
    smallest = opened(prepared, 320)
    assert smallest.size == (320, 640)
    assert not smallest.getexif()
    assert b"taken at home" not in prepared.files[320]


def test_transparency_becomes_white():
    prepared = prepare(picture(size=(400, 400), color=(0, 0, 0, 0), kind="PNG", mode="RGBA"))
    assert min(opened(prepared, 320).convert("RGB").getpixel((10, 10))) > 250


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(100), b"%PDF-1.7", bytes(2000)],
)
def test_what_is_no_picture_is_refused(data):
    assert refusal(data) == [("body.image", "format")]


def test_a_gif_is_refused():
    assert refusal(picture(kind="GIF", mode="P", color=0)) == [("body.image", "format")]


def test_a_torn_picture_is_refused():
    assert refusal(picture(kind="PNG")[:400]) == [("body.image", "damaged")]


def test_a_tiny_picture_is_refused():
    assert refusal(picture(size=(319, 900))) == [("body.image", "too_small")]


def test_a_strip_is_refused():
    assert refusal(picture(size=(400, 1700))) == [("body.image", "aspect")]


def test_a_decompression_bomb_is_refused_before_it_unfolds():
    bomb = picture(size=(12_000, 12_000), kind="PNG", mode="1", color=0)
    assert len(bomb) < 200_000
    assert refusal(bomb) == [("body.image", "too_large")]


def test_too_many_bytes_are_refused():
    with pytest.raises(PayloadTooLarge):
        prepare(bytes(MAX_PICTURE_BYTES + 1))


async def test_a_stored_picture_is_served_for_ever(objects_url):
    objects = ObjectStore(objects_url)
    prepared = prepare(picture(size=(400, 400)))
    await objects.ensure_bucket(BUCKET, public=True)
    await store(objects, prepared)
    meta = await store(objects, prepared)
    assert meta.widths == (320,)
    assert await objects.get(BUCKET, prepared.key(320)) == prepared.files[320]
    await objects.stop()


def test_the_cache_header_is_immutable():
    assert images.IMMUTABLE == "public, max-age=31536000, immutable"

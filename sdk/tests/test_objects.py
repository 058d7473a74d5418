import asyncio
import urllib.error
import urllib.request
from datetime import timedelta
from uuid import uuid4

import pytest

from prost.errors import NotFound, Unavailable
from prost.objects import ObjectStore
from prost.testing import servers


@pytest.fixture
async def store(objects_url):
    store = ObjectStore(objects_url)
    yield store
    await store.stop()


@pytest.fixture
async def bucket(store):
    name = f"test-{uuid4().hex}"
    await store.ensure_bucket(name)
    return name


async def fetch(url, **options):
    def work():
        with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=10) as response:  # noqa: S310
            return response.status, dict(response.headers), response.read()

    return await asyncio.to_thread(work)


async def test_an_object_comes_back_as_it_was_put_and_goes_when_deleted(store, bucket):
    await store.put(bucket, "labels/pils.txt", b"hop \x00 malt", "text/plain")

    assert await store.get(bucket, "labels/pils.txt") == b"hop \x00 malt"
    assert await store.exists(bucket, "labels/pils.txt")
    await store.delete(bucket, "labels/pils.txt")
    assert not await store.exists(bucket, "labels/pils.txt")
    await store.delete(bucket, "labels/pils.txt")


async def test_what_is_not_there_is_not_found(store, bucket):
    with pytest.raises(NotFound):
        await store.get(bucket, "nothing")
    with pytest.raises(NotFound):
        await store.get("no-such-bucket", "nothing")


async def test_anyone_reads_a_public_bucket_with_its_headers_and_nobody_lists_it(store, objects_url):
    bucket = f"public-{uuid4().hex}"
    await store.ensure_bucket(bucket, public=True)
    await store.ensure_bucket(bucket, public=True)
    await store.put(bucket, "a/1.avif", b"image", "image/avif", "public, max-age=31536000, immutable")
    base = f"http://{objects_url.rpartition('@')[2]}/{bucket}"

    status, headers, body = await fetch(f"{base}/a/1.avif")

    assert (status, body) == (200, b"image")
    assert headers["Content-Type"] == "image/avif"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        await fetch(f"{base}/?list-type=2")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        await fetch(f"{base}/b", data=b"intruder", method="PUT")


async def test_a_private_object_opens_to_its_presigned_url_alone(store, bucket):
    await store.put(bucket, "invoice.pdf", b"secret", "application/pdf")
    url = store.presigned_get(bucket, "invoice.pdf", timedelta(minutes=5))

    status, _, body = await fetch(url)

    assert (status, body) == (200, b"secret")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        await fetch(url.partition("?")[0])


async def test_a_presigned_url_takes_an_upload(store, bucket):
    url = store.presigned_put(bucket, "photo.png", timedelta(minutes=5))

    await fetch(url, data=b"pixels", method="PUT")

    assert await store.get(bucket, "photo.png") == b"pixels"


async def test_a_store_that_is_gone_is_unavailable_soon():
    store = ObjectStore(f"http://key:secret@127.0.0.1:{servers.free_port()}")

    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await store.check()
        with pytest.raises(Unavailable):
            await store.get("bucket", "key")

    await store.stop()


async def test_a_store_that_hangs_is_given_up_on_at_the_deadline(monkeypatch, unused_port):
    monkeypatch.setattr("prost.objects.CHECK_DEADLINE", 0.2)
    server = await asyncio.start_server(lambda _r, w: silent.append(w), "127.0.0.1", unused_port)
    silent = []
    store = ObjectStore(f"http://key:secret@127.0.0.1:{unused_port}")

    async with asyncio.timeout(2):
        with pytest.raises(Unavailable):
            await store.check()

    await store.stop()
    for writer in silent:
        writer.close()
    server.close()

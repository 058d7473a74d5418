"""Objects in S3 buckets, moved in threads of their own and never waited for longer than a deadline."""

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Self, TypeVar
from urllib.parse import unquote, urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from prost.errors import NotFound, Unavailable
from prost.settings import Settings

__all__ = ["ObjectStore"]

T = TypeVar("T")

#: Transfers that one process has in hand at once.
THREADS = 8
#: Seconds that an operation may take in all, and that the store has for each answer within it.
DEADLINE = 30.0
ANSWER = 10.0
CHECK_DEADLINE = 2.0

_ABSENT = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchObject"})
_FAILURES = (MinioException, urllib3.exceptions.HTTPError, OSError)


class ObjectStore:
    """An S3 store. Keys are paths without a leading slash; data are bytes, whole.

    Every method but `presigned_*` raises `Unavailable` when the store does not answer in time.
    """

    name = "objects"
    required = False

    def __init__(self, url: str, *, region: str = "us-east-1") -> None:
        """Reach `http(s)://KEY:SECRET@host:port`."""
        parts = urlsplit(url)
        self._client = Minio(
            parts.netloc.rpartition("@")[2],
            access_key=unquote(parts.username or ""),
            secret_key=unquote(parts.password or ""),
            secure=parts.scheme == "https",
            # Given here, it is not asked for before every first use of a bucket.
            region=region,
            http_client=urllib3.PoolManager(
                maxsize=THREADS,
                timeout=urllib3.Timeout(connect=2.0, read=ANSWER),
                retries=urllib3.Retry(1, read=0, status_forcelist=(502, 503, 504), backoff_factor=0.2),
            ),
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="prost-objects")

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Reach the settings' store.

        Raises:
            ValueError: PROST_OBJECTS_URL is not set.
        """
        if settings.objects_url is None:
            raise ValueError("PROST_OBJECTS_URL is not set, and this service needs object storage.")
        return cls(settings.objects_url.get_secret_value())

    async def start(self) -> None:
        """Connect with the first call."""

    async def stop(self) -> None:
        """Give up what has not begun and let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Return when the store answers.

        Raises:
            Unavailable: it does not, within two seconds.
        """
        await self._run(self._client.list_buckets, CHECK_DEADLINE)

    async def ensure_bucket(self, bucket: str, *, public: bool = False) -> None:
        """Make the bucket unless it is there; anyone may read a public one's objects, and list none."""
        await self._run(lambda: self._ensure_bucket(bucket, public=public))

    async def put(
        self, bucket: str, key: str, data: bytes, content_type: str, cache_control: str | None = None
    ) -> None:
        """Store `data`, which replaces what is there; it is served with these headers."""
        await self._run(
            lambda: self._client.put_object(
                bucket,
                key,
                io.BytesIO(data),
                len(data),
                content_type=content_type,
                metadata={"Cache-Control": cache_control} if cache_control else None,
            )
        )

    async def get(self, bucket: str, key: str) -> bytes:
        """Return the object's bytes.

        Raises:
            NotFound: there is no such object.
        """
        return await self._run(lambda: self._get(bucket, key))

    async def exists(self, bucket: str, key: str) -> bool:
        """Return whether the object is there."""
        try:
            await self._run(lambda: self._client.stat_object(bucket, key))
        except NotFound:
            return False
        return True

    async def delete(self, bucket: str, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        await self._run(lambda: self._client.remove_object(bucket, key))

    def presigned_get(self, bucket: str, key: str, lifetime: timedelta) -> str:
        """Return a URL that reads the object without credentials, for at most seven days."""
        return str(self._client.presigned_get_object(bucket, key, expires=lifetime))

    def presigned_put(self, bucket: str, key: str, lifetime: timedelta) -> str:
        """Return a URL that writes the object without credentials, for at most seven days."""
        return str(self._client.presigned_put_object(bucket, key, expires=lifetime))

    def _ensure_bucket(self, bucket: str, *, public: bool) -> None:
        if not self._client.bucket_exists(bucket):
            try:
                self._client.make_bucket(bucket)
            except S3Error as error:
                # Another process made it in between.
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise
        if public:
            self._client.set_bucket_policy(bucket, _anyone_may_read(bucket))

    def _get(self, bucket: str, key: str) -> bytes:
        response = self._client.get_object(bucket, key)
        try:
            return bytes(response.read())
        finally:
            response.close()
            response.release_conn()

    async def _run(self, operation: Callable[[], T], deadline: float = DEADLINE) -> T:
        future = self._threads.submit(operation)
        try:
            async with asyncio.timeout(deadline):
                return await asyncio.wrap_future(future)
        except S3Error as error:
            if error.code in _ABSENT:
                raise NotFound("There is no such object.") from error
            raise Unavailable("The object store refused.") from error
        except (*_FAILURES, TimeoutError) as error:
            raise Unavailable("The object store did not answer in time.") from error


def _anyone_may_read(bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

"""`python -m prost_cli.dev.buckets NAME[:public]...` creates buckets on the store at $OBJECTS_URL."""

from __future__ import annotations

import json
import os
import sys
from urllib.parse import urlsplit

URL_VARIABLE = "OBJECTS_URL"
PUBLIC = ":public"


def policy(bucket: str) -> str:
    """Return the policy that lets everyone read a bucket's objects and list nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def main() -> None:
    """Create what is missing and set the policy of the public ones."""
    from minio import Minio  # noqa: PLC0415  the supervisor reads the names above and needs no client

    url = urlsplit(os.environ[URL_VARIABLE])
    store = Minio(f"{url.hostname}:{url.port}", url.username, url.password, secure=url.scheme == "https")
    for argument in sys.argv[1:]:
        bucket = argument.removesuffix(PUBLIC)
        if not store.bucket_exists(bucket):
            store.make_bucket(bucket)
        if argument.endswith(PUBLIC):
            store.set_bucket_policy(bucket, policy(bucket))


if __name__ == "__main__":
    main()

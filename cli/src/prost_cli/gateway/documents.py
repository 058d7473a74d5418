"""The small pieces that all of Envoy's documents are made of."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]
"""A JSON object in the form of one of Envoy's protobuf messages."""


def typed(message: str, **fields: Any) -> Json:
    """Name the message that an open field holds."""
    return {"@type": f"type.googleapis.com/{message}", **fields}


def extension(name: str, message: str, **fields: Any) -> Json:
    """Configure one of Envoy's extensions."""
    return {"name": name, "typed_config": typed(message, **fields)}


def seconds(value: float) -> str:
    """Write a duration, such as "0.25s"."""
    return f"{value:g}s"


def discovery(resources: Sequence[Json]) -> Json:
    """Wrap resources as the file that a discovery service is read from, its version made of its content."""
    digest = hashlib.sha256(json.dumps(resources, sort_keys=True).encode()).hexdigest()
    return {"version_info": digest[:16], "resources": list(resources)}


def encode(document: Json) -> bytes:
    """Write a document the same way every time."""
    return json.dumps(document, indent=2).encode() + b"\n"

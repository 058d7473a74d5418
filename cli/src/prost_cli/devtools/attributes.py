"""OpenTelemetry attributes as plain values, bounded in length, number and depth."""

from __future__ import annotations

import base64
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from prost_cli.devtools.records import clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

MAX_ATTRIBUTES = 128
_MAX_NESTING = 8
_LARGEST_BINARY = 4096


class HasAttributes(Protocol):
    """A resource, span, event, link, log record or metric point."""

    @property
    def attributes(self) -> Iterable[KeyValue]:
        """Its attributes as messages."""
        ...


def attributes(owner: HasAttributes) -> dict[str, Any]:
    """Return a message's attributes as plain values, the long ones clipped."""
    return _pairs(owner.attributes, 0)


def _pairs(pairs: Iterable[KeyValue], depth: int) -> dict[str, Any]:
    return {clip(pair.key, 256): plain(pair.value, depth) for pair in islice(pairs, MAX_ATTRIBUTES)}


def plain(value: AnyValue, depth: int = 0) -> Any:
    """Return one attribute value; what lies nested too deep becomes an ellipsis."""
    match value.WhichOneof("value"):
        case "string_value":
            result: Any = clip(value.string_value)
        case "bytes_value":
            result = base64.b64encode(value.bytes_value[:_LARGEST_BINARY]).decode()
        case "array_value" | "kvlist_value" if depth >= _MAX_NESTING:
            result = "…"
        case "array_value":
            result = [plain(item, depth + 1) for item in value.array_value.values[:MAX_ATTRIBUTES]]
        case "kvlist_value":
            result = _pairs(value.kvlist_value.values, depth + 1)
        case "int_value":
            # Beyond 53 bits a browser would round it.
            result = value.int_value if abs(value.int_value) < 1 << 53 else str(value.int_value)
        case None:
            result = None
        case scalar:
            result = getattr(value, scalar)
    return result


def service_name(resource: Mapping[str, Any]) -> str:
    """Return the service that a resource names."""
    return clip(str(resource.get("service.name") or "unknown"), 128)

"""The errors that a service answers with, each one an RFC 9457 problem.

ProstError
├── MalformedRequest        400
├── Unauthenticated         401
├── Forbidden               403
│   └── EmailNotVerified
├── NotFound                404
├── MethodNotAllowed        405
├── NotAcceptable           406
├── Conflict                409
├── PreconditionFailed      412
├── PayloadTooLarge         413
├── UriTooLong              414
├── UnsupportedMediaType    415
├── Invalid                 422
├── PreconditionRequired    428
├── TooManyRequests         429
├── HeadersTooLarge         431
├── InternalError           500
├── UpstreamFailed          502
├── Unavailable             503
└── DeadlineExceeded        504
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

__all__ = [
    "Conflict",
    "DeadlineExceeded",
    "EmailNotVerified",
    "FieldError",
    "Forbidden",
    "HeadersTooLarge",
    "InternalError",
    "Invalid",
    "MalformedRequest",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PayloadTooLarge",
    "PreconditionFailed",
    "PreconditionRequired",
    "ProstError",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedMediaType",
    "UpstreamFailed",
    "UriTooLong",
]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one input: `field` is its path, such as `body.variants.0.price`."""

    field: str
    message: str
    code: str = "invalid"


class ProstError(Exception):
    """An error that a caller is told about.

    A subclass states a fact, inherits its parent's HTTP `status`, and has its machine-readable `code` and
    its `title` derived from its name (`OutOfStock`: "out-of-stock", "Out of stock") unless it sets them.

    One that belongs to a protocol with errors of its own overrides `problem` and says what comes of it:
    `media_type` and `schema`, the document's JSON Schema.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Error"
    media_type: ClassVar[str] = "application/problem+json"
    schema: ClassVar[Mapping[str, Any] | None] = None

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Derive the code and the title that the class does not set itself."""
        super().__init_subclass__(**kwargs)
        words = _WORD_START.sub(" ", cls.__name__).split()
        if "code" not in cls.__dict__:
            cls.code = "-".join(words).lower()
        if "title" not in cls.__dict__:
            cls.title = " ".join(words).capitalize()

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        """Say what happened; `extensions` become members of the problem document."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = extensions

    @classmethod
    def type_uri(cls) -> str:
        """Return the URI that identifies this kind of problem."""
        return "about:blank" if cls is ProstError else f"urn:prost:problem:{cls.code}"

    def problem(self, *, instance: str = "", trace_id: str = "") -> dict[str, object]:
        """Return the RFC 9457 document; members without a value are left out."""
        document: dict[str, object] = {
            **self.extensions,
            "type": self.type_uri(),
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        if instance:
            document["instance"] = instance
        if trace_id:
            document["trace_id"] = trace_id
        if self.errors:
            document["errors"] = [
                {"field": e.field, "message": e.message, "code": e.code} for e in self.errors
            ]
        return document


class MalformedRequest(ProstError):
    """The request cannot be understood, so no field of it was looked at."""

    status = 400


class Unauthenticated(ProstError):
    """No valid credentials came with the request."""

    status = 401


class Forbidden(ProstError):
    """The caller is known and may not do this."""

    status = 403


class EmailNotVerified(Forbidden):
    """This takes an account whose e-mail address is known to be its owner's."""


class NotFound(ProstError):
    """There is nothing here, or nothing that the caller may know of."""

    status = 404


class MethodNotAllowed(ProstError):
    """The resource exists and does not answer this method."""

    status = 405


class NotAcceptable(ProstError):
    """No representation matches what the caller accepts."""

    status = 406


class Conflict(ProstError):
    """The state of the resource does not allow this now."""

    status = 409


class PreconditionFailed(ProstError):
    """The resource changed since the caller read it."""

    status = 412


class PayloadTooLarge(ProstError):
    """The body is larger than this operation takes."""

    status = 413


class UriTooLong(ProstError):
    """The request line is longer than this service reads."""

    status = 414


class UnsupportedMediaType(ProstError):
    """The body has a content type that this operation does not read."""

    status = 415


class Invalid(ProstError):
    """The request was understood and one or more of its fields are not valid."""

    status = 422


class PreconditionRequired(ProstError):
    """The operation overwrites, and has to be told which version it overwrites (If-Match)."""

    status = 428


class TooManyRequests(ProstError):
    """The caller is over its rate limit."""

    status = 429

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        """Tell the caller to come back after `retry_after` seconds."""
        super().__init__(detail, headers={"Retry-After": str(retry_after)})
        self.retry_after = retry_after


class HeadersTooLarge(ProstError):
    """The request's header fields are larger than this service reads."""

    status = 431


class InternalError(ProstError):
    """The service has a defect; its logs say which under the problem's trace id."""

    status = 500


class UpstreamFailed(ProstError):
    """Another service that this one needs answered with a failure."""

    status = 502


class Unavailable(ProstError):
    """The service, or something that it needs, cannot do this now; trying again later is right."""

    status = 503


class DeadlineExceeded(ProstError):
    """The work was not done within the time that the caller or the service allows."""

    status = 504

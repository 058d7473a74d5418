"""The declaration of a service: `service.toml` as one model, from which the platform derives the rest."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from prost._declaration import SpecError, problems_of
from prost.errors import FieldError

__all__ = [
    "FILE_NAME",
    "Access",
    "Events",
    "Http",
    "Needs",
    "Provides",
    "PublicRoute",
    "Rate",
    "Run",
    "Service",
    "ServiceSpec",
    "SpecError",
    "WebProcess",
]

FILE_NAME = "service.toml"

Access = Literal["anonymous", "optional", "customer", "staff", "admin", "service"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Scripts = Literal["any", "service"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
EventType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[1-9][0-9]*$", max_length=120)]
UrlPath = Annotated[str, Field(pattern=r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$", max_length=200)]
RoutePattern = Annotated[
    str, Field(pattern=r"^(/|(/([A-Za-z0-9._~-]+|\*))*(/\*\*)?)$", min_length=1, max_length=200)
]

_UNITS = {"s": 1, "min": 60, "h": 3600}
_RATE = re.compile(r"([1-9][0-9]{0,6})/(s|min|h)")


class Rate(BaseModel):
    """A rate limit, written "60/min": `requests` in each period of `seconds`."""

    model_config = ConfigDict(frozen=True)

    requests: int = Field(gt=0)
    seconds: int = Field(gt=0)

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read "60/min"; the units are s, min and h. Raises ValueError."""
        match = _RATE.fullmatch(text)
        if match is None:
            raise ValueError('a rate is a number per s, min or h, such as "60/min"')
        return cls(requests=int(match[1]), seconds=_UNITS[match[2]])

    def __str__(self) -> str:
        """Return the limit as it is written in the declaration."""
        unit = next((name for name, length in _UNITS.items() if length == self.seconds), f"{self.seconds}s")
        return f"{self.requests}/{unit}"


def _parse_rate(value: object) -> object:
    return value if isinstance(value, Rate) else Rate.parse(str(value))


RateText = Annotated[
    Rate,
    BeforeValidator(_parse_rate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_RATE.pattern}$"}),
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Section):
    """`[service]`: who the service is."""

    name: Name
    summary: str = Field(min_length=1, max_length=200)
    port: int | None = Field(default=None, ge=1024, le=65535)


class PublicRoute(_Section):
    """One `[[http.public]]` entry: inner paths that the gateway lets through, and for whom.

    In `path`, `*` stands for one segment and a final `**` for any number of them, none included.

    `scripts` says whose read the answers, beside the shop's own: "any" page's, or those of the origins that
    the "service" itself allows. Such an entry is anonymous, and no cookie passes.
    """

    path: RoutePattern
    auth: Access
    rate: RateText | None = None
    methods: tuple[Method, ...] = get_args(Method)
    scripts: Scripts | None = None

    @model_validator(mode="after")
    def _check_scripts(self) -> Self:
        if self.scripts is not None and self.auth != "anonymous":
            raise ValueError('scripts of other origins are let in with auth = "anonymous" only')
        return self

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request of this method for this inner path falls under the entry."""
        method = "GET" if method == "HEAD" else method
        return method in self.methods and re.fullmatch(self.regex, path) is not None

    @property
    def regex(self) -> str:
        """The pattern of whole paths as a regular expression that RE2 and Python read alike."""
        if self.path == "/**":
            return "/.*"
        open_ended = self.path.endswith("/**")
        segments = self.path.removesuffix("/**").split("/")
        pattern = "/".join("[^/]+" if segment == "*" else re.escape(segment) for segment in segments)
        return f"{pattern}(/.*)?" if open_ended else pattern


class Http(_Section):
    """`[http]`: where the service is found at the gateway, and what of it can be reached from outside.

    Only a service with `cookies` is sent those of browsers and may set some.
    """

    prefix: UrlPath
    upstream: UrlPath = "/"
    cookies: bool = False
    public: tuple[PublicRoute, ...] = ()
    media: dict[UrlPath, BucketName] = {}

    def route_for(self, method: str, path: str) -> PublicRoute | None:
        """Return the first public entry that covers an inner path, or None when it is not reachable."""
        return next((route for route in self.public if route.matches(method, path)), None)


class Needs(_Section):
    """`[needs]`: the infrastructure that the service is given, each its own credentials."""

    postgres: bool = False
    redis: bool = False
    objects: tuple[BucketName, ...] = ()


class Provides(_Section):
    """`[provides]`: what the platform finds in one service; `identity` makes it the issuer of all tokens."""

    identity: bool = False


class Events(_Section):
    """`[events]`: the facts that the service announces and those that it listens to."""

    publishes: tuple[EventType, ...] = ()
    consumes: tuple[EventType, ...] = ()


class WebProcess(_Section):
    """`run.web`: size of the web process. `replicas` is the range (minimum, maximum)."""

    db_threads: int = Field(default=8, ge=1, le=64)
    workers: int = Field(default=2, ge=1, le=32)
    cpu: str = Field(default="250m", pattern=r"^[1-9]\d*m?$")
    memory: str = Field(default="192Mi", pattern=r"^[1-9]\d*(Mi|Gi)$")
    replicas: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1, le=200)]] = (2, 10)


class Run(_Section):
    """`[run]`: the processes that the service is made of.

    `seed` is for first data without which the service is of no use, `backfill` for what may follow while it
    already serves.
    """

    web: WebProcess = WebProcess()
    worker: bool = False
    seed: bool = False
    backfill: bool = False


class ServiceSpec(_Section):
    """One service.toml."""

    file_name: ClassVar[str] = FILE_NAME

    service: Service
    http: Http | None = None
    needs: Needs = Needs()
    provides: Provides = Provides()
    calls: dict[Name, bool] = {}
    events: Events = Events()
    run: Run = Run()

    @classmethod
    def load(cls, path: Path) -> "ServiceSpec":
        """Read a service.toml, or the one in a folder. Raises SpecError with every problem at once."""
        file = path / FILE_NAME if path.is_dir() else path
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            raise SpecError(file, [FieldError("", reason)]) from error
        try:
            spec = cls.model_validate(document)
        except ValidationError as error:
            raise SpecError(file, list(problems_of(error, cls))) from error
        if contradictions := list(_contradictions(spec)):
            raise SpecError(file, contradictions)
        return spec

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of service.toml, for editors that complete and check TOML."""
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **cls.model_json_schema()}

    @property
    def name(self) -> str:
        """The service's name."""
        return self.service.name

    @property
    def package(self) -> str:
        """The name of the service's Python package: "catalog" lives in "prost_catalog"."""
        return "prost_" + self.service.name.replace("-", "_")

    @property
    def callees(self) -> tuple[str, ...]:
        """The services that this one may call, sorted by name."""
        return tuple(sorted(name for name, allowed in self.calls.items() if allowed))


def _contradictions(spec: ServiceSpec) -> Iterator[FieldError]:
    if spec.name in spec.calls:
        yield FieldError(f"calls.{spec.name}", "a service does not call itself")
    for index, event in enumerate(spec.events.publishes):
        if not event.startswith(f"{spec.name}."):
            message = f"a published event begins with the service's name: {spec.name!r}"
            yield FieldError(f"events.publishes[{index}]", message)
    if (spec.events.publishes or spec.events.consumes) and not spec.run.worker:
        yield FieldError("run.worker", "events need the worker process: worker = true")
    if (spec.events.publishes or spec.events.consumes) and not spec.needs.postgres:
        yield FieldError("needs.postgres", "events need the outbox and inbox tables: postgres = true")
    minimum, maximum = spec.run.web.replicas
    if minimum > maximum:
        yield FieldError("run.web.replicas", "the minimum is above the maximum")
    if spec.provides.identity and spec.http is None:
        yield FieldError("provides.identity", "an issuer is found by its address: it needs [http]")
    if spec.http is not None:
        yield from _http_contradictions(spec.http, spec.needs)


def _http_contradictions(http: Http, needs: Needs) -> Iterator[FieldError]:
    for index, route in enumerate(http.public):
        if route.auth == "service":
            message = "services call each other without the gateway: this cannot be public"
            yield FieldError(f"http.public[{index}].auth", message)
    for prefix, bucket in http.media.items():
        if bucket not in needs.objects:
            yield FieldError(f"http.media.{prefix}", f"bucket {bucket!r} is not listed in needs.objects")

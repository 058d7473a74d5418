"""What the renderer is told besides the declarations: the gateway's own settings and where things are."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from prost.spec import Http, ServiceSpec

FILE_NAME = "gateway.toml"
"""The file of the gateway's folder that `GatewaySettings.load` reads."""

_HIGHEST_PORT = 65535
_MEBIBYTE = 1 << 20


class Endpoint(BaseModel):
    """One host and port, and whether TLS is spoken there."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int
    tls: bool = False

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Read "host:port", "[::1]:port" or an http(s) URL, whose path is ignored.

        Raises:
            ValueError: the text is neither.
        """
        parts = urlsplit(text if "://" in text else f"http://{text}")
        default = {"http": 80, "https": 443}.get(parts.scheme, 0)
        port = default if parts.port is None else parts.port
        if parts.scheme not in {"http", "https"} or not parts.hostname or not 0 < port <= _HIGHEST_PORT:
            raise ValueError(f'{text!r} is not an address such as "127.0.0.1:8000" or "http://catalog:8000"')
        return cls(host=parts.hostname, port=port, tls=parts.scheme == "https")

    @property
    def authority(self) -> str:
        """The value of a Host header for this endpoint."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _check_address(text: str) -> str:
    Endpoint.parse(text)
    return text


Address = Annotated[str, AfterValidator(_check_address)]


class Identity(BaseModel):
    """Whose tokens are accepted: the values of `iss` and `aud`, and where the issuer's keys are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    audience: str = "prost"
    jwks_url: Address

    @classmethod
    def provided(cls, http: Http, public_url: str, address: str) -> Identity:
        """Return the identity that a service provides which is found at `address`, "host:port"."""
        inside = f"http://{address}{http.upstream.rstrip('/')}"
        return cls(issuer=f"{public_url.rstrip('/')}{http.prefix}", jwks_url=f"{inside}/jwks.json")


class Addresses(BaseModel):
    """Where the gateway listens and where it finds what it leads to; all that differs between engines.

    An address is "host:port" or an http(s) URL. A service that is declared and not in `services` is
    answered 503, so its address may come later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    listen: Address = "127.0.0.1:8080"
    admin: Address = Field(default="127.0.0.1:9901", description="Never reachable from outside.")
    public_url: str = Field(
        default="http://127.0.0.1:8080", description="As browsers see the gateway; https:// turns on HSTS."
    )
    services: dict[str, Address] = {}
    storefront: Address | None = None
    storefront_hot_reload: bool = Field(
        default=False, description="The storefront is Vite's development server: web sockets, inline styles."
    )
    objects: Address | None = None
    identity: Identity | None = None
    otlp: Address | None = Field(default=None, description="An OTLP/HTTP receiver; None turns tracing off.")
    trusted_authorities: str = Field(
        default="/etc/ssl/certs/ca-certificates.crt",
        description="Verifies addresses that begin with https://.",
    )
    access_log: str = Field(default="/dev/stdout", description="A file, or /dev/stdout.")

    def with_identity_of(self, specs: Iterable[ServiceSpec]) -> Addresses:
        """Fill in the issuer that the declarations name, unless these addresses name one."""
        provider = next((spec for spec in specs if spec.provides.identity and spec.http is not None), None)
        if self.identity is not None or provider is None or provider.name not in self.services:
            return self
        assert provider.http is not None  # noqa: S101  just seen
        found = Identity.provided(provider.http, self.public_url, self.services[provider.name])
        return self.model_copy(update={"identity": found})


class GatewaySettings(BaseModel):
    """The settings that are the gateway's own, from services/gateway/gateway.toml. Times are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=1, ge=1, le=64, description="Worker threads.")
    request_timeout: float = Field(
        default=15, gt=0, description="From the request's end to the answer's end."
    )
    stream_idle_timeout: float = Field(
        default=60, gt=0, description="Silence after which a server-sent event stream is ended."
    )
    max_request_bytes: int = Field(
        default=10 * _MEBIBYTE, ge=1024, description="A larger body is refused with 413; services set less."
    )
    max_connections: int = Field(default=10_000, ge=10, description="Of clients; the next one is refused.")
    trusted_hops: int = Field(
        default=0, ge=0, le=10, description="Proxies in front whose X-Forwarded-For entries are believed."
    )
    rate_limits: bool = Field(default=True, description="Whether the declared rates are enforced.")
    compression: tuple[Literal["br", "zstd", "gzip"], ...] = Field(
        default=("br", "zstd", "gzip"), description="In order of preference where the client leaves a choice."
    )
    trace_sampling: float = Field(default=0.1, ge=0, le=1, description="Share of requests that are traced.")
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Other origins whose scripts may call the API."
    )
    content_security_policy: dict[str, tuple[str, ...]] = Field(
        default={}, description="Sources that are added to the storefront's policy, by directive."
    )

    @classmethod
    def load(cls, folder: Path) -> GatewaySettings:
        """Read gateway.toml in `folder`; a missing file means the defaults.

        Raises:
            CliError: the file cannot be used; every problem is named.
        """
        file = folder / FILE_NAME
        try:
            return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls()
        except tomllib.TOMLDecodeError as error:
            raise CliError(f"{file}: {error}", remedy="Correct the file.") from error
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
            message = "\n  ".join([f"{file}:", *problems])
            raise CliError(message, remedy="Correct the settings named above.") from error

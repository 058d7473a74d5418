"""Typed settings from the environment and from files, all checked before anything starts."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from prost.errors import FieldError

__all__ = ["Settings", "SettingsError"]

PREFIX = "PROST_"
# Read by the pytest plugin, which runs beside settings and not through them.
_TEST_PREFIX = "PROST_TEST_"
_SERVICE_URL = re.compile(r"PROST_SERVICE_([A-Z][A-Z0-9_]*)_URL")
_SECRET = 32
_GUESSABLE = frozenset(
    {"", "admin", "changeme", "dev", "guest", "minioadmin", "password", "postgres", "prost", "root", "secret"}
)


class SettingsError(ValueError):
    """The environment cannot be used. `problems` has every fault by its variable, never a value."""

    def __init__(self, problems: Sequence[FieldError]) -> None:
        """Collect all problems of one environment."""
        self.problems = tuple(problems)
        lines = [f"{problem.field}: {problem.message}" for problem in self.problems]
        super().__init__("\n  ".join(["the settings cannot be used:", *lines]))


def _url_check(*schemes: str) -> AfterValidator:
    def check(value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        try:
            parts = urlsplit(text)
            well_formed = parts.scheme in schemes and bool(parts.netloc) and (parts.port or 1) > 0
        except ValueError:
            well_formed = False
        if not well_formed:
            raise ValueError(f"expected a URL that begins with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return AfterValidator(check)


HttpUrl = Annotated[str, _url_check("http", "https"), AfterValidator(lambda url: str(url).rstrip("/"))]
Bind = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$")]
PostgresUrl = Annotated[SecretStr, _url_check("postgresql", "postgres")]
RedisUrl = Annotated[SecretStr, _url_check("redis", "rediss")]
BrokerUrl = Annotated[SecretStr, _url_check("redis", "rediss", "amqp", "amqps")]
ObjectsUrl = Annotated[SecretStr, _url_check("http", "https")]
MailUrl = Annotated[SecretStr, _url_check("smtp", "smtps")]


class Settings(BaseSettings):
    """What every process of a service is told, one `PROST_<NAME>` variable per field.

    A service subclasses it with fields of its own under the same prefix. `PROST_<NAME>_FILE` names a file
    that holds the value instead. An empty variable counts as not set.

    Raises SettingsError listing every problem at once: missing and malformed values, `PROST_` names that
    no field reads, and, in production, addresses and passwords that belong to development.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    required_in_production: ClassVar[tuple[str, ...]] = ("public_url", "auth_issuer", "auth_jwks_url")

    service: str
    env: Literal["dev", "test", "production"] = "production"
    http_bind: Bind = "127.0.0.1:8000"
    web_workers: int = Field(default=2, ge=1, le=64)
    database_url: PostgresUrl | None = None
    database_threads: int = Field(default=8, ge=1, le=64)
    redis_url: RedisUrl | None = None
    broker_url: BrokerUrl | None = None
    objects_url: ObjectsUrl | None = None
    mail_url: MailUrl | None = None
    mail_from: str = Field(default="Prost <shop@prost.test>", pattern=r"^[^<>@\r\n]*<?[^<>@\s]+@[^<>@\s]+>?$")
    public_url: HttpUrl = "http://127.0.0.1:8080"
    auth_issuer: HttpUrl | None = None
    auth_jwks_url: HttpUrl | None = None
    auth_audience: str = "prost"
    auth_token_url: HttpUrl | None = None
    auth_client_secret: SecretStr | None = Field(
        default=None, description="With which the service asks for tokens in its own name."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    state_dir: Path = Path(".state")
    cache_dir: Path | None = Field(
        default=None, description="A folder for what is costly to make again; it may vanish at any time."
    )
    faults: Path | None = Field(
        default=None, description="A folder of files that arm fault points (prost.faults); tests only."
    )
    service_urls: dict[str, HttpUrl] = Field(
        default={}, description="Base URLs of other services by name, from PROST_SERVICE_<NAME>_URL."
    )

    def __init__(self, **values: Any) -> None:
        """Read the environment; `values` override it by field name."""
        problems = list(_unknown_names(type(self), os.environ))
        try:
            super().__init__(**values)
        except ValidationError as error:
            problems += _invalid_values(error)
        else:
            problems += self._development_leftovers() if self.env == "production" else ()
        if problems:
            raise SettingsError(problems) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by the source that reads files, too
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a .env file would be a second truth
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - PROST_<NAME>_FILE says where
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment with its files."""
        return init_settings, _Environment(settings_cls)

    @property
    def drain_seconds(self) -> float:
        """How long a stopping web process serves on while it says that it is not ready."""
        return 5.0 if self.env == "production" else 0.0

    def service_url(self, name: str) -> str:
        """Return another service's base URL, without a final slash. Raises SettingsError if not set."""
        try:
            return self.service_urls[name]
        except KeyError:
            variable = f"PROST_SERVICE_{name.upper().replace('-', '_')}_URL"
            raise SettingsError([FieldError(variable, "is needed to call this service")]) from None

    def _development_leftovers(self) -> Iterator[FieldError]:
        if self.faults is not None:
            yield FieldError(_variable("faults"), "is for tests, and refused in production")
        sending = ["mail_from"] if self.mail_url is not None else []
        for name in [*self.required_in_production, *sending]:
            if name not in self.model_fields_set:
                yield FieldError(_variable(name), "has to be set in production")
        for name in type(self).model_fields:
            value = getattr(self, name)
            if not isinstance(value, SecretStr):
                continue
            text = value.get_secret_value()
            password = urlsplit(text).password or "" if "://" in text else text
            if password.lower() in _GUESSABLE and name != "mail_url":
                yield FieldError(_variable(name), "has no password, or one from development")
            elif name == "auth_client_secret" and (len(text) < _SECRET or len(set(text)) < _SECRET // 4):
                yield FieldError(_variable(name), f"has fewer than {_SECRET} characters, or only a few kinds")


class _Environment(EnvSettingsSource):
    """The process environment with `PROST_<NAME>_FILE` read and the services' URLs gathered."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        variables = dict(super()._load_env_vars())
        problems = []
        for field in self.settings_cls.model_fields:
            name = f"{PREFIX}{field}".lower()
            source = variables.get(f"{name}_file")
            if source is None:
                continue
            if name in variables:
                message = f"both it and {_variable(field)} are set"
                problems.append(FieldError(f"{_variable(field)}_FILE", message))
                continue
            try:
                variables[name] = Path(source).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "is not UTF-8 text"
                problems.append(FieldError(f"{_variable(field)}_FILE", f"cannot read {source}: {reason}"))
        if problems:
            raise SettingsError(problems)
        return variables

    def __call__(self) -> dict[str, Any]:
        urls = {
            match[1].lower().replace("_", "-"): url
            for name, url in os.environ.items()
            if url and (match := _SERVICE_URL.fullmatch(name))
        }
        return {**super().__call__(), **({"service_urls": urls} if urls else {})}


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _unknown_names(settings: type[Settings], environment: Mapping[str, str]) -> Iterator[FieldError]:
    known = {_variable(field) for field in settings.model_fields if field != "service_urls"}
    known |= {f"{name}_FILE" for name in known}
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(_TEST_PREFIX):
            continue
        if name not in known and not _SERVICE_URL.fullmatch(name):
            endings = [each.removeprefix(PREFIX) for each in known]
            close = difflib.get_close_matches(name.removeprefix(PREFIX), endings, n=1)
            hint = f"; did you mean {PREFIX}{close[0]}?" if close else ""
            yield FieldError(name, f"no setting has this name{hint}")


def _invalid_values(error: ValidationError) -> Iterator[FieldError]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        field, *rest = item["loc"] or ("",)
        name = _variable(str(field))
        if field == "service_urls" and rest:
            name = f"PROST_SERVICE_{str(rest[0]).upper().replace('-', '_')}_URL"
        message = "is not set" if item["type"] == "missing" else item["msg"].removeprefix("Value error, ")
        yield FieldError(name, message, item["type"])

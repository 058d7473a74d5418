"""What the supervisor tells the devtools process, as one JSON file.

The file is read again whenever it changes, so a service that joins the running stack appears without a
restart; ports, folders and the issuer are read once, at start-up::

    {
      "http_port": 9400, "otlp_port": 4318, "smtp_port": 1025,
      "data_dir": ".prost/dev/devtools", "log_dir": ".prost/dev/logs",
      "control_socket": ".prost/dev/control.sock",
      "issuer": "http://127.0.0.1:9400/issuer", "audience": "prost", "gateway": "http://127.0.0.1:8080",
      "services": [{"name": "catalog", "database_url": "postgresql://..."}],
      "identity": {"argv": ["python", "-m", "prost_auth.operations"], "cwd": "services/auth", "env": {}}
    }
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

MEBIBYTE = 1 << 20
_HIGHEST_PORT = 65535


class ConfigError(Exception):
    """The configuration file cannot be used; the message names the file and every problem in it."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the stack and where its outbox and inbox are read; no URL when it has no database."""

    name: str
    database_url: str | None = None


@dataclass(frozen=True, slots=True)
class Operations:
    """How the commands of the service that provides identity are run."""

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Retention:
    """How much the ring buffer keeps: bytes for each signal, seconds for all of them."""

    traces_bytes: int = 32 * MEBIBYTE
    logs_bytes: int = 24 * MEBIBYTE
    metrics_bytes: int = 12 * MEBIBYTE
    mail_bytes: int = 24 * MEBIBYTE
    max_age: int = 24 * 3600


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the process is told; ports of 0 mean any free one.

    `log_dir` holds one `PROCESS.log` for each process of the stack, appended to, or copied to
    `PROCESS.log.1` and emptied.
    `allowed_hosts` are names besides loopback under which the dashboard may be addressed.
    """

    data_dir: Path
    http_port: int = 9400
    otlp_port: int = 4318
    smtp_port: int = 1025
    bind: str = "127.0.0.1"
    log_dir: Path | None = None
    control_socket: Path | None = None
    issuer: str | None = None
    audience: str = "prost"
    gateway: str | None = None
    services: tuple[Service, ...] = ()
    identity: Operations | None = None
    allowed_hosts: tuple[str, ...] = ()
    retention: Retention = field(default_factory=Retention)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file at `path`; raises ConfigError naming every problem at once."""
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: {error}") from error
        if not isinstance(document, dict):
            raise ConfigError(f"{path}: an object is expected")
        problems = _problems(document)
        if problems:
            raise ConfigError(f"{path}: " + "; ".join(problems))
        values = dict(document)
        for name in ("data_dir", "log_dir", "control_socket"):
            if values.get(name) is not None:
                values[name] = Path(values[name])
        values["services"] = tuple(Service(**entry) for entry in values.get("services", ()))
        if (told := values.get("identity")) is not None:
            values["identity"] = Operations(tuple(told["argv"]), told["cwd"], told["env"])
        values["allowed_hosts"] = tuple(values.get("allowed_hosts", ()))
        values["retention"] = Retention(**values.get("retention", {}))
        return cls(**values)


_TEXTS = ("data_dir", "bind", "log_dir", "control_socket", "issuer", "audience", "gateway")
_PORTS = ("http_port", "otlp_port", "smtp_port")


def _problems(document: Mapping[str, object]) -> list[str]:
    problems = [
        f"{name} is not a setting" for name in document if name not in {f.name for f in fields(Config)}
    ]
    if "data_dir" not in document:
        problems.append("data_dir is missing")
    problems += [f"{name} must be text" for name in _TEXTS if not isinstance(document.get(name), str | None)]
    problems += [
        f"{name} must be a port number"
        for name in _PORTS
        if not _is_integer(document.get(name, 0)) or not 0 <= int(str(document.get(name, 0))) <= _HIGHEST_PORT
    ]
    hosts = document.get("allowed_hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        problems.append("allowed_hosts must be a list of names")
    retention = document.get("retention", {})
    known = {f.name for f in fields(Retention)}
    if not isinstance(retention, dict) or not all(
        k in known and _is_integer(v) for k, v in retention.items()
    ):
        problems.append(f"retention takes whole numbers for {', '.join(sorted(known))}")
    services = document.get("services", [])
    if not isinstance(services, list) or not all(map(_is_service, services)):
        problems.append("services must be a list of {name, database_url}")
    if not _is_command(document.get("identity")):
        problems.append("identity must have argv, cwd and env")
    return problems


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_command(told: object) -> bool:
    if told is None:
        return True
    return (
        isinstance(told, dict)
        and set(told) == {"argv", "cwd", "env"}
        and isinstance(told["argv"], list)
        and isinstance(told["cwd"], str)
        and isinstance(told["env"], dict)
        and all(isinstance(text, str) for text in (*told["argv"], *told["env"].values()))
    )


def _is_service(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("database_url"), str | None)
        and set(entry) <= {"name", "database_url"}
    )

"""`prost upgrade`: template changes into stamped services, and the check that none lags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from packaging.version import InvalidVersion, Version
from pathspec import GitIgnoreSpec

from prost_cli.stamping.history import SOURCE, Template, TemplateError, is_released, template

if TYPE_CHECKING:
    from collections.abc import Iterable

ANSWERS = ".copier-answers.yml"


@dataclass(frozen=True)
class Finding:
    """One thing that keeps a service, or the template itself, from being up to date."""

    place: str
    problem: str
    remedy: str


def _answers(service: Path) -> dict[str, Any]:
    loaded = yaml.safe_load((service / ANSWERS).read_text())
    if not isinstance(loaded, dict) or "_commit" not in loaded:
        raise TemplateError(f"{service / ANSWERS} records no template version; restore it from git.")
    return loaded


def _version(service: Path) -> Version:
    recorded = str(_answers(service)["_commit"])
    try:
        return Version(recorded)
    except InvalidVersion:
        raise TemplateError(f"{service / ANSWERS}: {recorded!r} is no version of the template.") from None


def _owned_by_service(source: Template, version: Version | None = None) -> list[str]:
    """List the patterns of files that are stamped once and then the service's own."""
    patterns = yaml.safe_load(source.file("copier.yml", version))["_skip_if_exists"]
    return [str(pattern) for pattern in patterns]


def _render(service: Path, version: Version, into: Path) -> None:
    import copier  # noqa: PLC0415  half a second that `prost --help` need not pay

    data = {key: value for key, value in _answers(service).items() if not key.startswith("_")}
    copier.run_copy(SOURCE, into, data=data, vcs_ref=f"v{version}", defaults=True, quiet=True)


def _edited(source: Template, service: Path, version: Version) -> list[str]:
    """List the template's files in a service that are not as the template renders them."""
    own = GitIgnoreSpec.from_lines(_owned_by_service(source, version))
    with TemporaryDirectory() as scratch:
        fresh = Path(scratch) / service.name
        _render(service, version, fresh)
        names = sorted(str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.is_file())
        return [
            name
            for name in names
            if not own.match_file(name)
            and not (
                (service / name).is_file() and (service / name).read_bytes() == (fresh / name).read_bytes()
            )
        ]


def check(root: Path, services: Iterable[Path]) -> list[Finding]:
    """Find stamped services that lag behind the template or whose template-owned files were edited."""
    findings = []
    if not is_released(root):
        findings.append(
            Finding(
                "templates/service",
                "it differs from its newest release",
                "raise templates/service/VERSION and commit",
            )
        )
    with template(root) as source, source.mounted():
        for service in services:
            version = _version(service)
            if version < source.newest:
                problem = f"it was stamped from template {version}, the newest is {source.newest}"
                findings.append(Finding(service.name, problem, f"prost upgrade {service.name}"))
            findings.extend(
                Finding(
                    service.name, f"{name} belongs to the template and was edited", "move the change there"
                )
                for name in _edited(source, service, version)
            )
    return findings


def upgrade(root: Path, service: Path) -> tuple[Version, Version, list[Path]]:
    """Bring one service to the newest template; return its versions before and after, and rejected hunks.

    The service's own files are left alone. Where an edited template-owned file does not merge, the
    template's change lies beside it as `FILE.rej`.

    Raises:
        TemplateError: the service has uncommitted changes, or no recorded version.
    """
    import copier  # noqa: PLC0415  half a second that `prost --help` need not pay
    from copier.errors import UserMessageError  # noqa: PLC0415

    before = _version(service)
    with template(root) as source, source.mounted():
        if before < source.newest:
            try:
                copier.run_update(
                    service,
                    vcs_ref=f"v{source.newest}",
                    exclude=_owned_by_service(source),
                    conflict="rej",
                    skip_tasks=True,
                    defaults=True,
                    overwrite=True,
                    quiet=True,
                )
            except UserMessageError as error:
                raise TemplateError(f"{service.name}: {error}") from error
        return before, source.newest, sorted(service.rglob("*.rej"))

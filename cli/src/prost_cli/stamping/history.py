"""The released versions of the service template, as the git repository that Copier wants.

Copier can only update what came from a repository with tags. The template lives in a folder of the
workspace instead, so its history is derived: every commit that raises `templates/service/VERSION`
becomes one commit and one tag in a small bare repository. Authors and dates are taken over, which
makes the derived commits the same on every machine. A wheel of the CLI carries it as a git bundle.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.version import Version

from prost_cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "https://templates.prost.example/service.git"
"""What services record as the origin of their template; no host answers there, git maps it to the cache."""

FOLDER = "templates/service"
BUNDLE = "service-template.bundle"


class TemplateError(CliError):
    """The template's history cannot be read, or a service does not fit it."""


@dataclass(frozen=True)
class Release:
    """One released version of the template: its version and the workspace commit that released it."""

    version: Version
    commit: str

    @property
    def tag(self) -> str:
        """The tag in the derived repository, e.g. `v1.2.0`."""
        return f"v{self.version}"


def _git(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | (env or {})
    done = subprocess.run(  # noqa: S603  our own words
        ["git", *arguments],  # noqa: S607  git is found on the path like everywhere else
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TemplateError(f"git {' '.join(arguments[:2])} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def releases(root: Path) -> list[Release]:
    """Read the template's releases from the workspace's git history, oldest first.

    Raises:
        TemplateError: `root` is no git checkout, or a shallow one without the releases.
    """
    commits = _git("log", "--reverse", "--format=%H", "--", f"{FOLDER}/VERSION", cwd=root).split()
    found: dict[Version, Release] = {}
    for commit in commits:
        try:
            version = Version(_git("show", f"{commit}:{FOLDER}/VERSION", cwd=root))
        except TemplateError:
            continue  # The commit that removed or moved the file.
        found.setdefault(version, Release(version, commit))
    if not found:
        raise TemplateError(
            f"No release of {FOLDER} in the history of {root}. Commit {FOLDER}/VERSION,"
            " or fetch the whole history (git fetch --unshallow)."
        )
    return sorted(found.values(), key=lambda release: release.version)


def is_released(root: Path) -> bool:
    """Tell whether the template in the working tree is exactly its newest release."""
    newest = releases(root)[-1]
    changed = _git("diff", "--name-only", newest.commit, "--", FOLDER, cwd=root)
    untracked = _git("ls-files", "--others", "--exclude-standard", "--", FOLDER, cwd=root)
    return not (changed or untracked)


def _build(root: Path, into: Path, released: list[Release]) -> None:
    """Write the derived bare repository; complete on its own when this returns."""
    _git("init", "--quiet", "--bare", "--initial-branch=main", str(into), cwd=root)
    borrowed = (root / _git("rev-parse", "--git-path", "objects", cwd=root)).resolve()
    alternates = into / "objects" / "info" / "alternates"
    alternates.write_text(f"{borrowed}\n")
    parent: list[str] = []
    for release in released:
        tree = _git("rev-parse", f"{release.commit}:{FOLDER}", cwd=root)
        date = _git("show", "--no-patch", "--format=%cI", release.commit, cwd=root)
        person = {"NAME": "Prost", "EMAIL": "template@prost.example", "DATE": date}
        env = {
            f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()
        }
        message = f"Service template {release.version}"
        commit = _git("commit-tree", tree, *parent, "-m", message, cwd=into, env=env)
        _git("update-ref", f"refs/tags/{release.tag}", commit, cwd=into)
        parent = ["-p", commit]
    _git("update-ref", "refs/heads/main", parent[1], cwd=into)
    _git("repack", "-a", "-d", "-q", cwd=into)
    alternates.unlink()


def write_bundle(root: Path, target: Path) -> None:
    """Write the template's history as a git bundle, for the CLI's wheel."""
    with TemporaryDirectory() as scratch:
        repository = Path(scratch) / "service.git"
        _build(root, repository, releases(root))
        _git("bundle", "create", "--quiet", str(target), "main", "--tags", cwd=repository)


@dataclass(frozen=True)
class Template:
    """The template's repository, ready for Copier, with its newest version."""

    repository: Path
    newest: Version

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Let git, as Copier calls it, find `SOURCE` in the derived repository."""
        # Copier runs git through plumbum, which keeps an environment of its own.
        from plumbum import local  # noqa: PLC0415

        config = {
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": f"url.{self.repository.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": SOURCE,
            "GIT_CONFIG_KEY_1": "protocol.file.allow",
            "GIT_CONFIG_VALUE_1": "always",
            "GIT_CONFIG_KEY_2": "safe.directory",
            "GIT_CONFIG_VALUE_2": "*",
            "COPIER_CACHE_DIR": str(self.repository.parent / "mirror"),
        }
        before = {key: os.environ.get(key) for key in config}
        os.environ.update(config)
        try:
            with local.env(**config):
                yield
        finally:
            for key, value in before.items():
                if value is None:
                    os.environ.pop(key, None)
                else:
                    os.environ[key] = value

    def file(self, path: str, version: Version | None = None) -> str:
        """Read one file of the template at a version (default: the newest)."""
        return _git("show", f"v{version or self.newest}:{path}", cwd=self.repository)


@contextmanager
def template(root: Path | None) -> Iterator[Template]:
    """Open the template's history: from the workspace at `root`, or from the bundle in the wheel.

    Raises:
        TemplateError: neither holds a released template, or git is missing.
    """
    if shutil.which("git") is None:
        raise TemplateError("git is not installed; stamping and upgrading services need it.")
    with TemporaryDirectory(prefix="prost-template-") as scratch:
        repository = Path(scratch) / "service.git"
        if root is not None and (root / FOLDER / "VERSION").is_file():
            released = releases(root)
            _build(root, repository, released)
            yield Template(repository, released[-1].version)
            return
        with resources.as_file(resources.files("prost_cli") / BUNDLE) as bundle:
            if not bundle.is_file():
                raise TemplateError(
                    "This installation of prost carries no service template; install its wheel."
                )
            _git("clone", "--quiet", "--bare", str(bundle), str(repository), cwd=Path(scratch))
        tags = _git("tag", "--list", "v*", cwd=repository).split()
        yield Template(repository, max(Version(tag) for tag in tags))

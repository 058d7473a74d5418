"""`prost new-service`: a complete service from the template."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from prost_cli.stamping.history import SOURCE, TemplateError, template

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_NAME = 40


def stamp(root: Path | None, name: str, out: Path, answers: dict[str, str] | None = None) -> str:
    """Render the newest template for `name` into the folder `out`, all at once; return its version.

    Raises:
        TemplateError: the name is not usable, `out` exists, or the template cannot be read.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise TemplateError(
            f"{name!r} is no service name: lower-case words of letters and digits, joined by hyphens.",
            remedy="Names look like `loyalty` or `gift-cards` and have at most 40 characters.",
        )
    if out.exists():
        raise TemplateError(f"{out} exists already.", remedy="Choose another name, or remove it.")
    import copier  # noqa: PLC0415  half a second that `prost --help` need not pay

    out.parent.mkdir(parents=True, exist_ok=True)
    with template(root) as source, TemporaryDirectory(dir=out.parent, prefix=".stamping-") as scratch:
        # Rendered beside its place and renamed: a running stack never sees half a service.
        draft = Path(scratch) / name
        with source.mounted():
            copier.run_copy(
                SOURCE,
                draft,
                data={"name": name, **(answers or {})},
                vcs_ref=f"v{source.newest}",
                defaults=True,
                quiet=True,
            )
        _tidy(draft)
        _generate(draft)
        draft.rename(out)
        return str(source.newest)


def _tidy(service: Path) -> None:
    """Sort and wrap what names of any length have moved; ruff's rules lie in the service itself."""
    for arguments in (["check", "--quiet", "--select=I", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, "."], cwd=service, check=True)  # noqa: S603
    shutil.rmtree(service / ".ruff_cache", ignore_errors=True)


def _generate(service: Path) -> None:
    """Write what is derived from the service's code: its OpenAPI document and event contracts."""
    entry = [sys.executable, "-m", "prost.run"]
    env = {"PYTHONPATH": str(service / "src"), "PATH": "/usr/bin:/bin", "PROST_ENV": "dev"}
    for command, target in (("openapi", service / "openapi.json"), ("contracts", None)):
        done = subprocess.run(  # noqa: S603  our own interpreter on files that were just rendered
            [*entry, command], cwd=service, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise TemplateError(f"The stamped service does not load: {done.stderr.strip()}")
        if target is not None:
            target.write_text(done.stdout)
    for cache in service.rglob("__pycache__"):
        shutil.rmtree(cache)

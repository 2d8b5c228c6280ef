"""A throw-away PostgreSQL server for the tests: Debian's own binaries, in a temporary folder, without fsync."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

MISSING = (
    "these tests need a PostgreSQL server on this machine (initdb and postgres, version 14 or later); "
    "on Debian or Ubuntu: apt-get install postgresql"
)


def binaries() -> Path:
    """The folder with initdb and postgres; fails with what to install."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    candidates = [*folders, Path("/usr/local/bin"), Path("/usr/local/pgsql/bin"), Path("/opt/homebrew/bin")]
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError(MISSING)


def _as_server_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root; Debian's package brings the user `postgres`."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError as error:
        raise RuntimeError(f"{MISSING} (it also makes the user `postgres`, needed because you are root)") from error
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server; `stop` ends it and removes its folder."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(*, durable: bool = False) -> Server:
    """Make a cluster and start it; about two seconds. `durable`: with fsync, as in production."""
    tools = binaries()
    user = _as_server_user()
    folder = Path(tempfile.mkdtemp(prefix="tongan-postgresql-"))
    if user:
        os.chown(folder, user["user"], user["group"])  # type: ignore[arg-type]
    data = folder / "data"
    made = subprocess.run(
        [tools / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        capture_output=True,
        cwd=folder,
        **user,  # type: ignore[call-overload]
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {made.stderr.decode()}")
    port = _free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 100,
        "shared_buffers": "256MB" if durable else "64MB",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [tools / "postgres", "-D", data, *arguments],
            stdout=log,
            stderr=log,
            cwd=folder,
            **user,  # type: ignore[call-overload]
        )
    server = Server(folder=folder, port=port, process=process)
    _wait_until_ready(server)
    return server


def _wait_until_ready(server: Server) -> None:
    for _ in range(200):
        if server.process.poll() is not None:
            raise RuntimeError(f"postgres did not start: {(server.folder / 'log').read_text()}")
        try:
            psycopg.connect(host="127.0.0.1", port=server.port, user="tester", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"postgres did not answer: {(server.folder / 'log').read_text()}")

"""A PostgreSQL cluster of the test run's own: a temporary folder, a socket in it, nothing shared.

PostgreSQL refuses to run as root, so a run by root hands it to an unprivileged account.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "paigong"
#: What a run fills at most.
ROOM_BYTES = 1024**3
ACCOUNTS = ("postgres", "nobody")
#: The tests may lose everything in a crash of the machine; they are quicker for it.
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


_PR_SET_PDEATHSIG = 1


class NoPostgres(Exception):
    """PostgreSQL's programs are not on this machine, or the cluster did not start."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running cluster, reached through the socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as PAIGONG_DATABASE_URL takes it."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template0") -> None:
        """Make a database, as a copy of `template`, to which nobody may be connected."""
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(database), sql.Identifier(template), sql.Identifier("file_copy")
            )
        )

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.folder), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A new cluster; stopped and its folder removed at the end. Raises NoPostgres."""
    account = _account()
    # Not below pytest's folder: another account could not reach it there.
    folder = Path(tempfile.mkdtemp(prefix="paigong-pg-", dir=quick_place()))
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        _initialise(data, account)
        server = _start(data, folder, account)
        try:
            cluster = Cluster(folder=folder)
            _await(cluster, server, folder / "log")
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # a fast, clean shutdown
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them off PATH. Raises NoPostgres."""
    if found := shutil.which(name):
        return found
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    if not versions:
        raise NoPostgres(f"{name} is not installed: apt-get install postgresql")
    return str(versions[-1])


def quick_place() -> str | None:
    """Memory, where there is enough of it: a database is made for every test."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES:
        return str(memory)
    return None


def _initialise(data: Path, account: pwd.struct_passwd | None) -> None:
    arguments = [f"--pgdata={data}", f"--username={SUPERUSER}", "--auth=trust", "--no-sync"]
    made = subprocess.run(
        [program("initdb"), *arguments, "--encoding=UTF8", "--locale=C"],
        capture_output=True,
        text=True,
        check=False,
        **_as(account, data.parent),
    )
    if made.returncode:
        raise NoPostgres(made.stderr)


def _start(
    data: Path, folder: Path, account: pwd.struct_passwd | None
) -> "subprocess.Popen[bytes]":
    options: Sequence[str] = [
        word for name, value in HASTE.items() for word in ("-c", f"{name}={value}")
    ]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [program("postgres"), "-D", str(data), "-k", str(folder), *options],
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_the_run,  # noqa: PLW1509  # nothing but one system call
            **_as(account, folder),
        )


def end_with_the_run() -> None:
    """A run that is killed takes its server along (Linux; elsewhere the server stays behind)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _await(cluster: Cluster, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(cluster.folder), user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"{error}\n{log.read_text()}") from error
            time.sleep(0.02)
        else:
            return


def _account() -> pwd.struct_passwd | None:
    """Who is to run PostgreSQL, where we may not ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres(f"run as root, but none of the accounts {ACCOUNTS} exists")


def _as(account: pwd.struct_passwd | None, folder: Path) -> dict[str, object]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    words: dict[str, object] = {"cwd": folder, "env": environment}
    if account is not None:
        words |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return words

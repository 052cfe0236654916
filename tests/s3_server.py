"""An S3 server of the test run's own: SeaweedFS on free ports, its folder in memory."""

import contextlib
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from server.evidence.s3 import S3Store
from server.settings import Settings
from tests.free_ports import free_ports
from tests.postgres_cluster import end_with_the_run, quick_place

BUCKET, KEY_ID, SECRET = "photos", "house", "secret-of-the-house"
READERS_KEY_ID = "reader"
PROGRAM = Path(sysconfig.get_path("scripts")) / "weed"
STARTUP_S = 30
PARTS = ("master", "volume", "filer", "admin", "s3")
#: Nobody is told that tests run, and nothing is served that they do not ask.
SWITCHED_OFF = (
    "-master.telemetry=false",
    "-admin.ui=false",
    "-webdav=false",
    "-s3.iam=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
)


class NoS3(Exception):
    """The server did not start."""


class S3Server:
    """A server that may go away and comes back with what it holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = free_ports(2 * len(PARTS))
        self._ports = [
            f"-{part}.port{kind}={ports.pop()}" for part in PARTS for kind in (".grpc", "")
        ]
        self._process: subprocess.Popen[bytes] | None = None
        who = [
            _identity(KEY_ID, ["Read", "Write", "List"]),
            _identity(READERS_KEY_ID, ["Read", "List"]),
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": who}))
        (folder / "data").mkdir()

    @property
    def settings(self) -> dict[str, str]:
        """What an installation says whose photos lie here."""
        return {
            "photo_store": "s3",
            "s3_endpoint": f"http://127.0.0.1:{self._ports[-1].partition('=')[2]}",
            "s3_bucket": BUCKET,
            "s3_key_id": KEY_ID,
            "s3_secret": SECRET,
        }

    @property
    def running(self) -> bool:
        """Whether it is there."""
        return self._process is not None

    def start(self) -> None:
        """Serve, and return once it does. Raises NoS3."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(PROGRAM),
                    "-logtostderr=true",
                    "mini",
                    f"-dir={self._folder / 'data'}",
                    "-ip=127.0.0.1",
                    "-ip.bind=127.0.0.1",
                    *SWITCHED_OFF,
                    *self._ports,
                    f"-s3.config={self._folder / 's3.json'}",
                    f"-bucket={BUCKET}",
                ],
                cwd=self._folder,
                env={"HOME": str(self._folder), "PATH": os.environ["PATH"]},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_the_run,  # noqa: PLW1509  # nothing but one system call
            )
        store = S3Store(Settings(**self.settings))
        deadline = time.monotonic() + STARTUP_S
        while trouble := store.trouble():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NoS3(f"{trouble}\n{(self._folder / 'log').read_text()[-4000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Go away from one moment to the next."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None


@contextlib.contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server with an empty bucket; stopped and its folder removed at the end. Raises NoS3."""
    folder = Path(tempfile.mkdtemp(prefix="paigong-s3-", dir=quick_place()))
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _identity(key_id: str, actions: list[str]) -> dict[str, object]:
    key = {"accessKey": key_id, "secretKey": SECRET}
    return {"name": key_id, "credentials": [key], "actions": actions}

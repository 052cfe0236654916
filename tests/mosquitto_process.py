"""A real Mosquitto on free loopback ports, run by the example configuration of deploy/mosquitto."""

import contextlib
import datetime as dt
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mqtt.brokers import Credentials, Endpoint
from mqtt.brokers.mosquitto import MosquittoBroker
from tests.free_ports import free_ports
from tests.postgres_cluster import end_with_the_run

EXAMPLE = Path(__file__).parents[1] / "deploy" / "mosquitto" / "mosquitto.conf"
_PLUGIN_NAME = "mosquitto_dynamic_security.so"
_PLUGIN = f"/usr/lib/x86_64-linux-gnu/{_PLUGIN_NAME}"
_HOST = "127.0.0.1"


class Mosquitto:
    """One Mosquitto whose files stand in `folder`; `changes` of lines make it another's example."""

    def __init__(self, folder: Path, changes: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.admin = Credentials(username="admin", password=secrets.token_urlsafe(24))
        self.accounts_file = folder / "dynamic-security.json"
        self.ca_file = folder / "server.crt"
        self._ports = dict(zip(("1883", "8883", "8084"), map(str, free_ports(3)), strict=True))
        self._changes = dict(changes or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._key = secrets.token_bytes(32)

    @property
    def endpoint(self) -> Endpoint:
        """Plain MQTT, and the WebSocket under TLS."""
        websocket = f"wss://{_HOST}:{self._ports['8084']}/mqtt"
        return Endpoint(host=_HOST, port=int(self._ports["1883"]), websocket_url=websocket)

    @property
    def tls_endpoint(self) -> Endpoint:
        """MQTT under TLS, by a certificate that no machine trusts unasked."""
        port, ca_file = int(self._ports["8883"]), str(self.ca_file)
        return Endpoint(host=_HOST, port=port, websocket_url="", tls=True, ca_file=ca_file)

    @property
    def driver(self) -> MosquittoBroker:
        return self.driver_at(self.endpoint)

    def driver_at(self, endpoint: Endpoint, *, admin: Credentials | None = None) -> MosquittoBroker:
        return MosquittoBroker(endpoint=endpoint, admin=admin or self.admin, key=self._key)

    def initialise(self) -> None:
        """As README.md says: accounts with nobody but the administrator in them."""
        self.accounts_file.unlink(missing_ok=True)
        command = [_program("mosquitto_ctrl"), "dynsec", "init", str(self.accounts_file)]
        command += [self.admin.username, self.admin.password]
        subprocess.run(command, check=True, capture_output=True)

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(self._config())
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("mosquitto"), "-c", str(config)],
                stdout=log,
                stderr=log,
                preexec_fn=end_with_the_run,  # noqa: PLW1509  # nothing but one system call
            )
        deadline = time.monotonic() + 10
        while not _listens(int(self._ports["1883"])):
            alive = self._process.poll() is None and time.monotonic() < deadline
            assert alive, (self.folder / "log").read_text()
            time.sleep(0.01)

    def kill(self) -> None:
        """kill -9; `start` brings it back."""
        self.stop(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(20)

    def certify(self) -> None:
        """A key and a certificate for this machine, signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mosquitto of a test")])
        now = dt.datetime.now(dt.UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_HOST))])
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(here, critical=False)
            .sign(key, hashes.SHA256())
        )
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self.folder / "server.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def _config(self) -> str:
        """The example, elsewhere."""
        changes = {
            _PLUGIN: _plugin(),
            "/var/lib/mosquitto/": f"{self.folder}/",
            "/etc/mosquitto/certs/": f"{self.folder}/",
            "listener 1883 127.0.0.1": f"listener {self._ports['1883']} {_HOST}",
            "listener 8883": f"listener {self._ports['8883']} {_HOST}",
            "listener 8084": f"listener {self._ports['8084']} {_HOST}",
            **self._changes,
        }
        text = EXAMPLE.read_text(encoding="utf-8")
        for theirs, ours in changes.items():
            assert theirs in text, f"the example does not say {theirs}"
            text = text.replace(theirs, ours)
        # Started by root it would go on as an account that may not read the run's folder.
        return f"user root\n{text}" if os.geteuid() == 0 else text


@contextlib.contextmanager
def running_mosquitto(
    folder: Path, changes: Mapping[str, str] | None = None
) -> Iterator[Mosquitto]:
    """A started Mosquitto in which our own accounts are there; skips where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Mosquitto(folder, changes)
    running.initialise()
    running.certify()
    running.start()
    try:
        running.driver.prepare()
        yield running
    finally:
        running.stop()


def _program(name: str) -> str:
    """The path of one of Mosquitto's programs; Debian keeps the server off most people's PATH."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not on this machine: apt-get install mosquitto")
    return found


def _plugin() -> str:
    for folder in ("/usr/lib", "/usr/local/lib"):
        for pattern in (_PLUGIN_NAME, f"*/{_PLUGIN_NAME}"):
            for found in Path(folder).glob(pattern):
                return str(found)
    pytest.skip("Mosquitto's dynamic-security plugin is not on this machine")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
        return True
    return False

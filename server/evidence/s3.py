"""Photos in a bucket that speaks S3: the promises of the folder, for more than one machine."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store as Client

from server.evidence.storage import Size, StoreAway, all_keys, derived_key, key_of
from server.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

log = logging.getLogger(__name__)

CONNECT = "2s"
#: How long requests may take: a read as long as bytes keep coming, a health check not at all.
READING: ClientConfig = {"timeout": "60s", "read_timeout": "5s", "connect_timeout": CONNECT}
WRITING: ClientConfig = {"timeout": "60s", "connect_timeout": CONNECT}
ASKING: ClientConfig = {"timeout": "1500ms", "connect_timeout": "1s"}
RETRYING_S = 5
MOST_RETRIES = 2
#: A picture that is read lies in memory up to this size, a larger one in a temporary file.
IN_MEMORY_BYTES = 1 << 20
#: What a start writes, to see whether it may.
PROBE, PROBE_BYTES = "paigong-probe", b"paigong"
#: The library's threads are those of one process: in a forked child every request would hang.
_PROCESS = os.getpid()
_CODE = re.compile(r"<Code>(\w+)</Code>")


class S3Store:
    """Originals and derivatives as objects, under the names that they have in a folder.

    Several machines may use one bucket. Whatever reads or writes raises StoreAway where the
    bucket cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients: dict[str, Client] = {}

    def trouble(self, *, writing: bool = False) -> str:
        """A server that does not answer, a refused key, a missing bucket; `writing`: also a server
        that overwrites what it holds."""
        try:
            try:
                # First of all, because some servers make whatever bucket is written to.
                obstore.get(self._client(ASKING), PROBE).bytes()
            except FileNotFoundError as missing:
                if _says_no_bucket(missing):
                    return f"没有存储桶 there is no bucket {self._settings.s3_bucket}"
            return self._trouble_with_writing() if writing else ""
        except BaseError as error:
            log.warning("photo store: %s", _first_line(error))
            return _why(error)

    def _trouble_with_writing(self) -> str:
        client = self._client(WRITING)
        obstore.put(client, PROBE, PROBE_BYTES)
        try:
            obstore.put(client, PROBE, PROBE_BYTES, mode="create")
        except AlreadyExistsError:
            return ""
        return "服务器会覆盖已有的照片 the server overwrites what it holds (If-None-Match)"

    def put(self, sha256: str, source: Path) -> None:
        """Create the object; one of this name is held already, with the same bytes."""
        key = key_of(sha256)
        with source.open("rb") as file, _told(), suppress(AlreadyExistsError):
            obstore.put(self._client(WRITING), key, file, mode="create")

    def open(self, sha256: str) -> BinaryIO:
        """The original, for reading; all of it is here when this returns."""
        return self._fetched(key_of(sha256))

    def exists(self, sha256: str) -> bool:
        """Whether the original is held."""
        key = key_of(sha256)
        try:
            with _told():
                obstore.head(self._client(READING), key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        """Remove the original and its derivatives."""
        keys = all_keys(sha256)
        with _told():
            obstore.delete(self._client(WRITING), keys)

    def put_derivative(self, sha256: str, size: Size, content: bytes) -> None:
        """Write one derivative, replacing an earlier one."""
        key = derived_key(sha256, size)
        with _told():
            obstore.put(self._client(WRITING), key, content, use_multipart=False)

    def open_derivative(self, sha256: str, size: Size) -> BinaryIO:
        """One derivative, for reading."""
        return self._fetched(derived_key(sha256, size))

    def sizes(self, folder: str) -> dict[str, int]:
        """What is held below one folder of the bucket: names and their bytes."""
        with _told():
            pages = obstore.list(self._client(READING), folder)
            return {one["path"]: one["size"] for page in pages for one in page}

    def _fetched(self, key: str) -> BinaryIO:
        # To the end before anybody sees the first byte: a server that goes away meanwhile is a
        # plain refusal then, no picture that ends in the middle.
        file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  # the reader closes it
        try:
            with _told():
                for piece in obstore.get(self._client(READING), key).stream():
                    file.write(piece)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast("BinaryIO", file)

    def _client(self, purpose: ClientConfig) -> Client:
        if os.getpid() != _PROCESS:
            raise RuntimeError("S3 cannot be used after a fork; start a process of its own")
        known = str(purpose)
        if known not in self._clients:
            self._clients[known] = self._connected(purpose)
        return self._clients[known]

    def _connected(self, purpose: ClientConfig) -> Client:
        chosen = self._settings
        url = chosen.s3_url
        # Everything is said, so that no AWS_… variable that happens to be set has a say.
        return Client(
            chosen.s3_bucket,
            endpoint=url,
            region=chosen.s3_region,
            virtual_hosted_style_request=chosen.s3_bucket_in_host,
            skip_signature=False,
            credential_provider=self._credential,
            client_options={**purpose, "allow_http": url.startswith("http://")},
            retry_config={
                "max_retries": 0 if purpose is ASKING else MOST_RETRIES,
                "retry_timeout": timedelta(seconds=RETRYING_S),
            },
        )

    def _credential(self) -> S3Credential:
        chosen = self._settings
        return {
            "access_key_id": chosen.s3_key_id,
            "secret_access_key": chosen.s3_secret_key,
            "token": None,
            "expires_at": None,
        }


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises, as the house expects it: FileNotFoundError or StoreAway."""
    try:
        yield
    except FileNotFoundError as missing:
        if not _says_no_bucket(missing):
            raise FileNotFoundError(_first_line(missing)) from None
        log.warning("photo store: %s", _first_line(missing))
        raise StoreAway from missing
    except BaseError as error:
        log.warning("photo store: %s", _first_line(error))
        raise StoreAway from error


def _says_no_bucket(error: FileNotFoundError) -> bool:
    return "<Code>NoSuchBucket</Code>" in str(error)


def _why(error: BaseError) -> str:
    code = _CODE.search(str(error))
    said = f" ({code[1]})" if code else ""
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return f"密钥被拒绝 the key is refused{said}"
    return f"服务器没有应答 the server does not answer{said}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]

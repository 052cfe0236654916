"""Every setting, read once from the environment; a bad one is named with all the others.

The product settings P-01 … P-18 of the trade are here too: what they mean stands in
docs/settings.md, and a house test keeps that page complete.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.vocabulary import PhotoTag

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
#: Scores and percents, a day that every month has, the reach of an index: least, most.
BOUNDS = {
    "qa_weak_score": (1, 100),
    "qa_share_percent": (1, 100),
    "fee_due_day": (1, 28),
    "photo_near_duplicate_bits": (0, 11),
}
#: What a handheld can sensibly work by: least, most.
HANDHELD_BOUNDS = {
    "photo_longest_edge_px": (640, 8000),
    "photo_jpeg_quality_percent": (40, 100),
    "handheld_undo_s": (0, 60),
}


class BadSettings(Exception):
    """One or more settings cannot be used; the message lists all of them."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation can choose. Names follow the environment: PAIGONG_<NAME>."""

    home: Path = Path("var")
    database_url: str = ""
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    web_threads: int = 8
    public_url: str = ""
    broker: str = "nats"
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = 1883
    mqtt_ws_port: int = 8083
    mqtt_public_host: str = ""
    mqtt_tls: bool = False
    mqtt_ca_file: str = ""
    mqtt_admin_user: str = "admin"
    mqtt_admin_password: str = ""
    mqtt_admin_password_file: str = ""
    handheld_dist: Path = Path("handheld/dist")
    mqtt_public_ws_url: str = ""
    timezone: str = "Asia/Shanghai"
    reply_minutes: int = 15
    reply_warning_minutes: int = 10
    dispatch_minutes: int = 15
    ack_minutes: int = 5
    ack_ring_minutes: int = 2
    ack_next_minutes: int = 10
    arrival_grace_minutes: int = 0
    pairing_minutes: int = 15
    clock_skew_s: int = 120
    session_hours: int = 12
    token_hours: int = 24
    photo_max_bytes: int = 20 * 1024 * 1024
    photo_max_pixels: int = 60_000_000
    photo_near_duplicate_bits: int = 10
    photo_keep_place: bool = False
    photo_longest_edge_px: int = 1600
    photo_jpeg_quality_percent: int = 82
    photo_gallery_tags: str = "nameplate,rating_label,materials,route_sketch"
    handheld_undo_s: int = 5
    dispatch_phone: str = ""
    warranty_basis: str = "either"
    repeat_repair_days: int = 90
    qa_weak_score: int = 40
    qa_share_percent: int = 10
    fee_due_day: int = 20
    upload_expiry_hours: int = 72
    document_max_bytes: int = 32 * 1024 * 1024
    photo_store: str = "folder"
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_bucket_in_host: bool = False
    s3_region: str = "us-east-1"
    s3_key_id: str = ""
    s3_secret: str = ""
    s3_secret_file: str = ""
    body_max_bytes: int = 1024 * 1024
    push_hosts: str = (
        "fcm.googleapis.com,updates.push.services.mozilla.com,web.push.apple.com,notify.windows.com"
    )
    push_contact: str = ""
    webhook_origins: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    password_memory_kib: int = 19456
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read PAIGONG_* variables. Raises BadSettings naming every variable that is wrong."""
        values: dict[str, object] = {}
        wrong: list[str] = []
        known = {f"PAIGONG_{f.name.upper()}": f for f in fields(cls)}
        for variable, field in known.items():
            raw = environ.get(variable)
            if raw is None or raw == "":
                continue
            try:
                values[field.name] = _read(raw, type(field.default))
            except ValueError as error:
                wrong.append(f"{variable}={raw!r}: {error}")
        if not wrong:
            settings = cls(**values)  # type: ignore[arg-type]  # values come from the same fields
            wrong = settings.complaints()
        if wrong:
            raise BadSettings("; ".join(wrong))
        return settings

    def complaints(self) -> list[str]:
        """What cannot be right about these values, one sentence each; empty when all is well."""
        wrong: list[str] = []
        if not 1 <= self.reply_minutes <= 15:  # noqa: PLR2004  # P-01: may only be lowered
            wrong.append("PAIGONG_REPLY_MINUTES: may only be lowered from 15 (R-051)")
        if not 0 <= self.reply_warning_minutes < self.reply_minutes:
            wrong.append("PAIGONG_REPLY_WARNING_MINUTES: must be less than the reply minutes")
        if self.warranty_basis not in {"either", "earliest"}:
            wrong.append("PAIGONG_WARRANTY_BASIS: either or earliest (A-44)")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            wrong.append(f"PAIGONG_TIMEZONE: no such time zone {self.timezone!r}")
        if any(not _HOST.fullmatch(name) for name in self.push_host_names):
            wrong.append("PAIGONG_PUSH_HOSTS: names of hosts with commas between them")
        if not self.push_contact_uri.startswith(("mailto:", "https://")):
            wrong.append("PAIGONG_PUSH_CONTACT: begins with mailto: or https://")
        wrong += [
            f"PAIGONG_{name.upper()}: from {least} to {most}"
            for name, (least, most) in BOUNDS.items()
            if not least <= getattr(self, name) <= most
        ]
        wrong += self._broker_complaints()
        wrong += self._outgoing_complaints()
        wrong += self._handheld_complaints()
        wrong += self._photo_store_complaints()
        wrong += [
            f"PAIGONG_{name.upper()}: not a port"
            for name in ("web_port", "mqtt_port", "mqtt_ws_port", "smtp_port")
            if not 0 < getattr(self, name) < 65536  # noqa: PLR2004  # the range of ports
        ]
        wrong += [
            f"PAIGONG_{f.name.upper()}: must not be negative"
            for f in fields(self)
            if isinstance(f.default, int) and getattr(self, f.name) < 0
        ]
        return wrong

    def _broker_complaints(self) -> list[str]:
        """The same for the broker; a file that is named has to be there."""
        if self.broker not in {"nats", "mosquitto"}:
            return ["PAIGONG_BROKER: nats or mosquitto"]
        if self.broker == "nats":
            alone = "only with PAIGONG_BROKER=mosquitto"
            return [f"PAIGONG_MQTT_TLS: {alone}"] if self.mqtt_tls else []
        wrong = [
            f"PAIGONG_{name.upper()}: no such file"
            for name in ("mqtt_ca_file", "mqtt_admin_password_file")
            if getattr(self, name) and not Path(getattr(self, name)).is_file()
        ]
        if bool(self.mqtt_admin_password) == bool(self.mqtt_admin_password_file):
            wrong.append("PAIGONG_MQTT_ADMIN_PASSWORD or PAIGONG_MQTT_ADMIN_PASSWORD_FILE: one")
        return wrong

    def _outgoing_complaints(self) -> list[str]:
        """The same for mail and neighbour systems."""
        wrong: list[str] = []
        if not all(_ORIGIN.fullmatch(one) for one in self.webhook_origin_list):
            wrong.append("PAIGONG_WEBHOOK_ORIGINS: https://host or http://host:port, with commas")
        if self.smtp_security not in {"none", "starttls", "tls"}:
            wrong.append("PAIGONG_SMTP_SECURITY: none, starttls or tls")
        if self.smtp_host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.mail_from):
            wrong.append("PAIGONG_MAIL_FROM: an address, where PAIGONG_SMTP_HOST is set")
        return wrong

    @property
    def webhook_origin_list(self) -> frozenset[str]:
        """Where neighbour systems may be called."""
        return frozenset(one.strip() for one in self.webhook_origins.split(",") if one.strip())

    def _handheld_complaints(self) -> list[str]:
        """The same for what is handed to handhelds."""
        wrong = [
            f"PAIGONG_{name.upper()}: from {least} to {most}"
            for name, (least, most) in HANDHELD_BOUNDS.items()
            if not least <= getattr(self, name) <= most
        ]
        unknown = [tag for tag in self.gallery_tags if tag not in list(PhotoTag)]
        if unknown:
            wrong.append(f"PAIGONG_PHOTO_GALLERY_TAGS: no such photo tags: {', '.join(unknown)}")
        if self.dispatch_phone and not re.fullmatch(r"\+?[0-9][0-9 -]{2,29}", self.dispatch_phone):
            wrong.append("PAIGONG_DISPATCH_PHONE: digits, spaces and hyphens, or empty")
        if self.mqtt_public_ws_url and not re.fullmatch(
            r"wss?://[^/\s]+(/\S*)?", self.mqtt_public_ws_url
        ):
            wrong.append("PAIGONG_MQTT_PUBLIC_WS_URL: a whole address, ws://… or wss://…")
        return wrong

    def _photo_store_complaints(self) -> list[str]:
        """The same for where photos are kept; S3 is named whole or not at all."""
        if self.photo_store != "s3":
            known = self.photo_store == "folder"
            return [] if known else ["PAIGONG_PHOTO_STORE: folder or s3"]
        wrong: list[str] = []
        if importlib.util.find_spec("obstore") is None:
            wrong.append("PAIGONG_PHOTO_STORE: s3 needs what requirements/s3.txt lists; make s3")
        if self.s3_endpoint and not _ORIGIN.fullmatch(self.s3_endpoint):
            wrong.append("PAIGONG_S3_ENDPOINT: https://host or http://host:port")
        if not _BUCKET.fullmatch(self.s3_bucket):
            wrong.append("PAIGONG_S3_BUCKET: the name of a bucket")
        if not self.s3_key_id:
            wrong.append("PAIGONG_S3_KEY_ID: needed for s3")
        if bool(self.s3_secret) == bool(self.s3_secret_file):
            wrong.append("PAIGONG_S3_SECRET or PAIGONG_S3_SECRET_FILE: one of the two")
        elif not self.s3_secret:
            try:
                empty = not self.s3_secret_key
            except (OSError, UnicodeDecodeError):
                empty = True
            if empty:
                wrong.append("PAIGONG_S3_SECRET_FILE: no readable file with a secret in it")
        return wrong

    @property
    def s3_secret_key(self) -> str:
        """The secret of the key, from the environment or from its file. Raises OSError."""
        if self.s3_secret_file:
            return Path(self.s3_secret_file).read_text(encoding="utf-8").strip()
        return self.s3_secret

    @property
    def s3_url(self) -> str:
        """Where requests to the bucket go; with the bucket in the host where that is chosen."""
        china = ".cn" if self.s3_region.startswith("cn-") else ""
        origin = self.s3_endpoint or f"https://s3.{self.s3_region}.amazonaws.com{china}"
        if not self.s3_bucket_in_host:
            return origin
        scheme, _, host = origin.partition("://")
        return f"{scheme}://{self.s3_bucket}.{host}"

    @property
    def gallery_tags(self) -> list[str]:
        """Tags whose photos may come from the gallery instead of the camera."""
        return [tag.strip() for tag in self.photo_gallery_tags.split(",") if tag.strip()]

    @property
    def sqlalchemy_url(self) -> str:
        """The database: PostgreSQL where one is named, else SQLite in the home folder."""
        return self.database_url or f"sqlite:///{(self.home / 'paigong.sqlite3').resolve()}"

    @property
    def web_url(self) -> str:
        """The address people open."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def websocket_url(self) -> str:
        """The address at which a browser reaches the broker."""
        host, scheme = self.mqtt_public_host or self.mqtt_host, "wss" if self.mqtt_tls else "ws"
        return self.mqtt_public_ws_url or f"{scheme}://{host}:{self.mqtt_ws_port}/mqtt"

    @property
    def handheld_folder(self) -> Path:
        """Where the built handheld app lies; a relative path counts from the project's folder."""
        return (Path(__file__).parents[1] / self.handheld_dist).resolve()

    @property
    def push_host_names(self) -> frozenset[str]:
        """The push services that may be called; hosts below one of them count as well."""
        return frozenset(name.strip().lower() for name in self.push_hosts.split(","))

    @property
    def push_contact_uri(self) -> str:
        """Where the people of a push service turn to when our messages give them trouble."""
        page = self.public_url if self.public_url.startswith("https://") else ""
        return self.push_contact or page or "mailto:admin@localhost"

    @property
    def zone(self) -> ZoneInfo:
        """Where the estate's clock stands."""
        return ZoneInfo(self.timezone)

    def mqtt_admin_secret(self) -> str:
        """The password of the broker's administrator, without the end of the file's line."""
        if not self.mqtt_admin_password_file:
            return self.mqtt_admin_password
        return Path(self.mqtt_admin_password_file).read_text(encoding="utf-8").rstrip("\r\n")

    def secret_key(self) -> bytes:
        """The installation's own key, made at first start, mode 600; never in the database."""
        path = self.home / "secret.key"
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        return path.read_bytes()


def _read(raw: str, kind: type) -> object:
    if kind is bool:
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ValueError("say 1 or 0")
        return raw.lower() in {"1", "true", "yes"}
    if kind is int:
        return int(raw)
    return Path(raw) if issubclass(kind, Path) else raw

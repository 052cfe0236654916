"""The tus door of the handheld: photos and signatures come in here, piece by piece."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected, MethodNotAllowed

from field_app_api import tus
from server.db import session, transaction, utcnow
from server.errors import Problem
from server.evidence import uploads
from server.evidence.announcing import Named
from server.evidence.models import Upload
from server.evidence.reception import Reception
from server.evidence.uploads import Subject
from server.history import Actor

PATH = "/field/v1/photos"
_ONE = "/<uuid:upload_id>"
_PIECE_BYTES = 256 * 1024

#: who is asking; raises Unauthenticated
Caller = Callable[[], Actor]
#: the order or incident that an upload names, where this handheld may bring evidence of it; raises
#: NotFound. The hash is that of the picture.
SubjectLookup = Callable[[Session, Actor, Named, str], Subject]


@dataclass(frozen=True, kw_only=True)
class PhotosDoor:
    """The views of `/field/v1/photos` and what they ask of the rest of the house."""

    reception: Reception
    caller: Caller
    subject_of: SubjectLookup

    def blueprint(self) -> Blueprint:
        """The views, ready to be registered."""
        door = Blueprint("field_photos", __name__, url_prefix=PATH)
        door.before_request(self._speak_tus)
        door.after_request(_say_version)
        for rule in ("", _ONE):
            door.add_url_rule(
                rule,
                f"options{rule and '_one'}",
                self.options,
                methods=["OPTIONS"],
                provide_automatic_options=False,
            )
        door.add_url_rule("", "create", self.create, methods=["POST"])
        door.add_url_rule(_ONE, "one", self.one, methods=["HEAD", "PATCH", "DELETE", "POST"])
        return door

    def options(self, **_: uuid.UUID) -> Response:
        """What this server can do; asked without a token."""
        return _answer(204, tus.abilities(self.reception.limits.max_bytes))

    def create(self) -> Response:
        """Open an upload, with its first bytes where the body has some."""
        by = self.caller()
        size = tus.length(
            request.headers.get("Upload-Length"),
            deferred=request.headers.get("Upload-Defer-Length"),
            most_bytes=self.reception.limits.max_bytes,
        )
        named, announced = tus.announcement(request.headers.get("Upload-Metadata"), size)
        with transaction() as current:
            upload = uploads.create(
                current,
                announced,
                subject=self.subject_of(current, by, named, announced.sha256),
                lifetime=self.reception.lifetime,
                by=by,
                at=utcnow(),
            )
        if request.mimetype == tus.PIECE_TYPE and not upload.finished:
            try:
                upload = self._append(upload.id, 0, by)
            except Problem:
                # The sender has not heard of this upload yet and cannot go on with it.
                self.reception.forget(upload.id, by=by)
                raise
        location = url_for(".one", upload_id=upload.id)
        return _answer(201, {"Location": location, **_progress(upload)})

    def one(self, upload_id: uuid.UUID) -> Response:
        """Ask how far an upload is, add to it or let go of it."""
        by = self.caller()
        match request.headers.get("X-HTTP-Method-Override", request.method):
            case "HEAD":
                return self._told(upload_id, by)
            case "PATCH":
                if request.mimetype != tus.PIECE_TYPE:
                    raise tus.no_piece()
                offset = tus.offset(request.headers.get("Upload-Offset"))
                return _answer(204, _progress(self._append(upload_id, offset, by)))
            case "DELETE":
                self.reception.terminate(upload_id, by=by)
                return _answer(204, {})
        raise MethodNotAllowed(["DELETE", "HEAD", "OPTIONS", "PATCH"])

    def _speak_tus(self) -> None:
        # What is read of a body is bounded by the room that its upload was announced with.
        request.max_content_length = None
        if request.method != "OPTIONS":
            tus.check_version(request.headers.get("Tus-Resumable"))

    def _told(self, upload_id: uuid.UUID, by: Actor) -> Response:
        upload = uploads.find(session(), upload_id, by=by)
        headers = {
            **_progress(upload),
            "Upload-Length": str(upload.length_bytes),
            "Upload-Metadata": upload.announced,
            "Cache-Control": "no-store",
        }
        return _answer(200, headers)

    def _append(self, upload_id: uuid.UUID, offset: int, by: Actor) -> Upload:
        checksum = tus.checksum(request.headers.get("Upload-Checksum"))
        return self.reception.append(upload_id, _pieces(), offset=offset, checksum=checksum, by=by)


def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code == tus.UnknownVersion.status:
        response.headers["Tus-Version"] = tus.VERSION
    return response


def _pieces() -> Iterator[bytes]:
    """The body as it arrives. A sender that breaks off has sent what came until then."""
    try:
        while piece := request.stream.read(_PIECE_BYTES):
            yield piece
    except ClientDisconnected:
        return


def _progress(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Expires": tus.http_date(upload.expires_at),
    }


def _answer(status: int, headers: dict[str, str]) -> Response:
    response = make_response("", status)
    response.headers.update(headers)
    return response

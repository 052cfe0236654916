"""The part of the OpenAPI document that no schema makes: pictures and tus uploads."""

from __future__ import annotations

from typing import Any

from apispec import APISpec

PROBLEM = {
    "description": "Refused, with the reason",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
DEVICE: list[dict[str, list[str]]] = [{"device": []}]
TUS = {
    "name": "Tus-Resumable",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": ["1.0.0"]},
}


def describe(spec: APISpec) -> None:
    """Add the paths that are plain Flask routes. tus 1.0.0 itself is described at its home."""
    # The Flask plugin wants a rule for every path, so these join the document as they are.
    spec.options["paths"] = _paths()


def _paths() -> dict[str, Any]:
    one = _in_path("upload", {"type": "string", "format": "uuid"})
    return {
        "/api/v1/photos/{sha256}/{size}": {
            "get": {
                "operationId": "getPhoto",
                "tags": ["photos"],
                "parameters": [
                    _in_path("sha256", {"type": "string", "pattern": "^[0-9a-f]{64}$"}),
                    _in_path(
                        "size", {"type": "string", "enum": ["screen", "thumbnail", "original"]}
                    ),
                ],
                "responses": {
                    "200": {
                        "description": "The picture; its address names its bytes",
                        "content": {
                            kind: {"schema": {"type": "string", "contentMediaType": kind}}
                            for kind in ("image/jpeg", "image/png", "image/webp")
                        },
                    },
                    "304": {"description": "Not modified"},
                    "default": PROBLEM,
                },
            }
        },
        "/field/v1/photos": {
            "options": _tus("tusAbilities", "204", "What the server can do", [], security=[]),
            "post": _tus(
                "createUpload",
                "201",
                "Opened; Location names it, Upload-Offset says how far it is",
                [
                    TUS,
                    _header("Upload-Length", {"type": "integer", "minimum": 1}),
                    _header("Upload-Metadata", {"type": "string"}),
                ],
            ),
        },
        "/field/v1/photos/{upload}": {
            "head": _tus("uploadOffset", "200", "Upload-Offset says how far it is", [one, TUS]),
            "patch": _tus(
                "appendUpload",
                "204",
                "Taken; with the last byte the picture is judged and held",
                [one, TUS, _header("Upload-Offset", {"type": "integer", "minimum": 0})],
            ),
            "delete": _tus("terminateUpload", "204", "Forgotten", [one, TUS]),
        },
    }


def _tus(
    operation_id: str,
    code: str,
    text: str,
    parameters: list[dict[str, Any]],
    *,
    security: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    # The answer to HEAD has no body, whatever it says.
    refused = {"description": "Refused"} if operation_id == "uploadOffset" else PROBLEM
    return {
        "operationId": operation_id,
        "tags": ["photos"],
        "security": DEVICE if security is None else security,
        "parameters": parameters,
        "responses": {code: {"description": text}, "default": refused},
    }


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": schema}

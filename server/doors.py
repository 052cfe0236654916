"""Opening every HTTP door on the core: desk API, handheld API, photos, console, documents."""

from __future__ import annotations

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, jsonify
from flask_smorest import Api

from contracts import asyncapi
from contracts.problem import ProblemSchema
from field_app_api import custody as field_custody
from field_app_api import messages as field_messages
from field_app_api import pool as field_pool
from field_app_api import presence as field_presence
from field_app_api import push as field_push
from field_app_api import settings as field_settings
from field_app_api import views as field_views
from field_app_api import web_app
from field_app_api import work_list as field_work_list
from field_app_api.identity import this_actor
from field_app_api.photos import PhotosDoor
from server import health, http
from server.api import (
    accounts,
    asset_documents,
    assets,
    billing,
    clusters,
    complaints,
    corrections,
    custody,
    damages,
    devices,
    fees,
    handovers,
    incidents,
    matters,
    messages,
    month_ends,
    neighbours,
    orders,
    photos,
    preventive,
    price_lists,
    public_notices,
    registers,
    reports,
    requests,
    slips,
    stores,
    trainings,
    visits,
    warehouse,
    warranties,
)
from server.api.described import describe
from server.console import blueprint as console
from server.evidence.reception import Reception
from server.evidence.storage import photo_store
from server.evidence.views import photo_views
from server.fieldwork.entitlement import subject_of_upload
from server.http import public
from server.settings import Settings


class DeskApi(Api):
    """flask-smorest with our problems: its own error pages are left to `server.http`."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_error_handlers(self) -> None:
        """Leave errors to `http.install`, which answers problem+json for every door alike."""

    def _register_responses(self) -> None:
        """Document refusals under the media type that they are sent with (RFC 9457)."""
        usual = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = usual


def open_doors(app: Flask, settings: Settings) -> None:
    """Register every route. Each names who may (a house test walks over them)."""
    http.install(app)
    _open_api(app)
    store = photo_store(settings)
    reception = Reception.of(settings, store)
    door = PhotosDoor(reception=reception, caller=this_actor, subject_of=subject_of_upload)
    field_photos = door.blueprint()
    app.register_blueprint(field_photos)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(f"{field_photos.name}."):
            # Bound methods carry no attributes; the caller of the door admits devices only.
            _mark(view, "device: its own")
    app.register_blueprint(photo_views(store))
    app.register_blueprint(web_app.blp)
    console.install(app, store)
    app.add_url_rule("/healthz", view_func=health.healthz)
    app.add_url_rule("/asyncapi.json", view_func=asyncapi_json)


@public("a published description")
def asyncapi_json() -> Response:
    """The MQTT half of the contract, from the schemas that run."""
    settings = http.settings()
    host = settings.mqtt_public_host or settings.mqtt_host
    scheme = "mqtts" if settings.mqtt_tls else "mqtt"
    return jsonify(asyncapi.document(f"{scheme}://{host}:{settings.mqtt_port}"))


def _open_api(app: Flask) -> None:
    app.config.update(
        API_TITLE="Paigong 派工",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = DeskApi(
        app,
        spec_kwargs={
            "marshmallow_plugin": MarshmallowPlugin(),
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "device": {"type": "http", "scheme": "bearer"},
                }
            },
            "security": [{"bearer": []}],
        },
    )
    for blp in (
        accounts.blp,
        requests.blp,
        orders.blp,
        corrections.blp,
        devices.blp,
        stores.blp,
        warehouse.blp,
        custody.blp,
        photos.blp,
        matters.blp,
        incidents.blp,
        damages.blp,
        registers.blp,
        neighbours.blp,
        visits.blp,
        handovers.blp,
        billing.blp,
        fees.blp,
        price_lists.blp,
        public_notices.blp,
        messages.blp,
        complaints.blp,
        clusters.blp,
        reports.blp,
        assets.blp,
        asset_documents.blp,
        trainings.blp,
        warranties.blp,
        preventive.blp,
        slips.blp,
        month_ends.blp,
        field_views.blp,
        field_work_list.blp,
        field_push.blp,
        field_settings.blp,
        field_presence.blp,
        field_pool.blp,
        field_messages.blp,
        field_custody.blp,
    ):
        api.register_blueprint(blp)
    describe(api.spec)
    _say_public(app)


def _say_public(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("api-docs."):
            _mark(view, "public: a published description")


def _mark(view: Any, who: str) -> None:
    """Say who may use a route whose code is not ours to decorate."""
    getattr(view, "__func__", view).permission = who


def route_permissions(app: Flask) -> dict[str, Any]:
    """Endpoint -> who may, for the house test and the docs; None where a route forgot."""
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "permission", None)
        for rule in app.url_map.iter_rules()
    }

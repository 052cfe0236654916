"""The handheld's HTTP door as a paired handheld uses it: with its token, in JSON."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from server.accounts.operations import token_hash
from server.db import transaction
from server.devices.models import Device
from tests.cast import Staff
from tests.factories.world import World

PATH = "/field/v1"


@dataclass(kw_only=True)
class FieldDoor:
    """One technician's handheld and the web process that it speaks to."""

    web: Flask
    world: World
    staff: Staff
    token: str = field(default="")

    def __post_init__(self) -> None:
        self.token = f"token-of-{self.staff.handheld}"
        with transaction() as current:
            device = current.get_one(Device, self.staff.handheld)
            device.token_hash = token_hash(self.token)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> TestResponse:
        return self.web.test_client().get(PATH + path, headers=self.headers)

    def post(self, path: str, body: Any) -> TestResponse:
        """Send JSON, or bytes as they are."""
        words = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.web.test_client().post(PATH + path, headers=self.headers, **words)

    def as_it_stands(self) -> Device:
        """The handheld's row, as others have left it."""
        self.world.session.rollback()
        self.world.session.expire_all()
        return self.world.handheld(self.staff)

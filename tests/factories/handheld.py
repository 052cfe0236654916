"""A handheld as the server meets it: numbered events in, replies out, no network between."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from uuid_utils.compat import uuid7

from server.db import transaction
from server.fieldwork import inbox
from server.work_orders.models import WorkOrder
from tests.cast import Staff
from tests.factories.world import World


def spelled(moment: dt.datetime) -> str:
    """A moment as the wire spells it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(kw_only=True)
class Handheld:
    """Numbers what a technician does and sends it."""

    world: World
    staff: Staff
    seq: int = 0

    def event(
        self,
        kind: str,
        order: WorkOrder | None = None,
        *,
        at: dt.datetime | None = None,
        **data: Any,
    ) -> dict[str, Any]:
        """The next event, against the order's present version unless `order_version` is given."""
        self.seq += 1
        moment = at or self.world.later()
        message = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": f"devices/{self.staff.handheld}",
            "type": kind,
            "time": spelled(moment),
            "seq": self.seq,
            "data": data,
        }
        if order is not None:
            message["subject"] = order.number
            data.setdefault("order_version", order.version)
        return message

    def send(self, message: bytes | dict[str, Any], *, at: dt.datetime | None = None) -> Any:
        """What the inbox answers, `at` being the server's clock."""
        with transaction() as current:
            device = self.world.handheld(self.staff)
            current.refresh(device, with_for_update=True)
            return inbox.receive(
                current, self.world.settings, device, message, at=at or self.world.now
            )

    def does(self, kind: str, order: WorkOrder | None = None, **data: Any) -> Any:
        """Make an event and send it at once."""
        return self.send(self.event(kind, order, **data))

"""What the desk decides reaches the handheld."""

import time

import sqlalchemy as sa

from server.db import utcnow
from server.outbox import Owed
from server.work_orders.operations import dispatching, moving
from tests.broker_process import wait_until


def test_a_dispatched_order_is_on_the_handheld_at_once(office, estates):
    with office.working(estates):
        technician = estates.technician()
        device = estates.handheld(technician)
    with office.worker(), office.handheld(device) as handheld:
        assert handheld.sync()["orders"] == []
        with office.working(estates):
            order = estates.dispatched(technician)
        committed = time.monotonic()
        snapshot = handheld.snapshot(order.number)

        assert time.monotonic() - committed < 1
        assert snapshot["state"] == "dispatched"
        assert snapshot["checklist"]["code"] == "CL-LAMP"
        assert snapshot["customer"]["unit_code"] == "3栋2单元1502"

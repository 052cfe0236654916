"""What the rules of complaints are checked with."""

import pytest

from server.alerts import operations as alerts
from tests.cast import HUANG_ZHIYUAN
from tests.factories.complaints import judged, recorded


def refused(world, kind, rule, operation, *args, **words):
    """Refused by the rule, and nothing is different."""
    with pytest.raises(kind) as raised:
        world.do(operation, *args, **words)
    assert raised.value.rule == rule
    return raised.value


def major(world):
    complaint = recorded(world, HUANG_ZHIYUAN, channel="petition", apology=False)
    return judged(world, complaint, major=True)


def alerted(world, complaint, kind):
    """The roles that this alert is open for."""
    return next(
        set(row.audience)
        for row in world.alert_rows("complaint", complaint.number)
        if row.kind == kind and row.resolved_at is None
    )


def told_one(world, complaint, kind, who):
    """Whether this alert is open for one person's eyes."""
    found = alerts.find_open(
        world.session,
        kind,
        subject_kind="complaint",
        subject=complaint.number,
        addressee_id=world.user(who).id,
    )
    return found is not None

"""first"""

from tests.cast import ZHAO_MIN
from server.work_orders.states import State
from tests.factories import acts


def test_page(at_desk, today):
    d = at_desk(ZHAO_MIN)
    p = d.page("/figures?weeks=1")
    for s in State:
        acts.order_in(today, s)
    p = d.page("/figures?weeks=1")

    for c in (
        "K-01",
        "K-02",
        "K-03",
        "K-04",
        "K-05",
        "K-06",
        "K-07",
        "K-08",
        "K-20",
        "K-23",
        "K-24",
    ):
        d.page(f"/figures/{c}?from=2026-11-01&to=2026-11-25")

"""The way of an order's fee, each act by whoever does it: ledger, report, notices, waivers."""

import datetime as dt

from server.accounts.operations import system_actor
from server.billing import ledger, notices, queries, reports, waivers
from server.billing.models import FinanceReport
from server.work_orders.models import WorkOrder
from server.work_orders.operations import moving
from server.work_orders.states import State
from tests.cast import HE_FANG, SHANGHAI, WANG_LIHUA, YANG_FAN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts
from tests.factories.world import World

MARCH = dt.date(2025, 3, 1)
APRIL = dt.date(2025, 4, 1)
#: 15.00 + 12.00 + 3.00, and 15.00 + 18.00 (S-18)
LAMP = (({"item": "L-LAMP"}, {"item": "M-TUBE36"}, {"item": "M-STARTER"}), 3000)
SWITCH = (({"item": "L-SW"}, {"item": "M-SW10A"}), 3300)


def month_end(world: World) -> None:
    """The evening of the last of March."""
    world.now = dt.datetime(2025, 3, 31, 18, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)


def repaired(world: World, customer=WANG_LIHUA, *, price=LAMP, closed=True) -> WorkOrder:
    """An order of this price, signed and, where `closed`, written off."""
    items, total_fen = price
    order = world.issued(customer=customer)
    for act in (acts.dispatch, acts.acknowledge, acts.arrive, acts.inspect):
        act(world, order)
    acts.quote(world, order, lines=[{**one, "qty": "1"} for one in items], total_fen=total_fen)
    for act in (acts.confirm_quote, acts.ready, acts.accept, acts.signature_arrives):
        act(world, order)
    if closed:
        acts.write_off(world, order)
    return order


def follow(world: World, order: WorkOrder):
    """What the house itself does a moment after the write-off or a decision."""
    system, at = system_actor(world.estate_id), world.later()
    return world.do(
        lambda current: ledger.follow(
            current,
            world.settings,
            moving.find_order(current, order.number, by=system),
            by=system,
            at=at,
        )
    )


def entry(world: World, order: WorkOrder):
    """The order in the ledger, as lists show it."""
    world.session.expire_all()
    return queries.entry_of(world.session, world.estate_id, order.number)


def register(world: World, order: WorkOrder, method="monthly_notice", *, by=HE_FANG, **words):
    return world.do(
        ledger.register_order,
        world.settings,
        order.number,
        payment_method=method,
        by=world.by(by),
        at=world.later(),
        **words,
    )


def make(world: World, month=MARCH, *, by=HE_FANG) -> FinanceReport:
    return world.do(reports.make_report, world.settings, month, by=world.by(by), at=world.later())


def submit(world: World, month=MARCH, *, by=HE_FANG, **words) -> FinanceReport:
    return world.do(
        reports.submit, world.settings, month, by=world.by(by), at=world.later(), **words
    )


def approve(world: World, month=MARCH, *, by=ZHOU_JIANGUO) -> None:
    actor, at = world.by(by), world.later()
    world.do(
        lambda current: reports.approve(
            current, reports.find_report(current, month, by=actor), by=actor, at=at
        )
    )


def give_back(world: World, month=MARCH, *, by=ZHOU_JIANGUO, reason="请核对减免") -> None:
    actor, at = world.by(by), world.later()
    world.do(
        lambda current: reports.give_back(
            current,
            reports.find_report(current, month, by=actor),
            reason=reason,
            by=actor,
            at=at,
        )
    )


def issue(world: World, month=MARCH, *, by=HE_FANG):
    return world.do(notices.issue_notices, world.settings, month, by=world.by(by), at=world.later())


def open_again(world: World, order: WorkOrder) -> None:
    """QA sent steps back, and what was done anew reads otherwise than the customer signed for."""

    def open_it(current, by):
        found = moving.find_order(current, order.number, by=by)
        found.state, found.closed_at, found.month = State.AWAITING_ACCEPTANCE, None, None

    world.do(open_it, world.by(HE_FANG))


def not_signed_again(world: World, order: WorkOrder) -> None:
    """The same, and the customer will not sign: it goes up to the CS manager (A-15)."""
    open_again(world, order)
    acts.refuse_signature(world, order)


def approved(world: World, *orders: WorkOrder) -> None:
    """All of them registered for the monthly notice, and the month approved."""
    for order in orders:
        register(world, order)
    month_end(world)
    make(world)
    submit(world)
    approve(world)


def _notice(world: World, number: str, operation, by, **words):
    actor, at = world.by(by), world.later()
    return world.do(
        lambda current: operation(
            current, notices.find_notice(current, number, by=actor), by=actor, at=at, **words
        )
    )


def deliver(world: World, number: str, *, by=YANG_FAN):
    return _notice(world, number, notices.deliver, by)


def remind(world: World, number: str, *, by=YANG_FAN, channel="phone", note="答应周五来交"):
    return _notice(world, number, notices.remind, by, channel=channel, note=note)


def pay(world: World, number: str, *, by=HE_FANG, method="mobile_pay"):
    return _notice(world, number, notices.pay, by, method=method)


def ask_waiver(world: World, order: WorkOrder, amount_fen: int, *, by=YANG_FAN, reason="重复上门"):
    return world.do(
        waivers.ask,
        world.settings,
        order.number,
        amount_fen=amount_fen,
        reason=reason,
        by=world.by(by),
        at=world.later(),
    )


def decide_waiver(world: World, waiver, *, approved=True, note=None, by=ZHAO_MIN):
    return world.do(
        waivers.decide,
        world.settings,
        waiver.id,
        approved=approved,
        note=note,
        by=world.by(by),
        at=world.later(),
    )

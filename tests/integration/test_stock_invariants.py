"""Whatever goes over the counter, in whatever sequence: lines, ledgers and stock agree."""

import shutil
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from server.alerts.models import Alert
from server.app import create_core
from server.db import db
from server.deadlines.models import Timer
from server.errors import Problem
from server.settings import Settings
from server.stores import old_parts
from server.stores import operations as stores
from server.stores.counting import Counted
from server.stores.models import CustodyEntry, OldPart, StockItem, StockLine, StockMovement
from server.work_orders.in_hand import in_hand
from server.work_orders.operations import supplying
from server.work_orders.states import State
from tests.cast import LIU_QIANG, MA_CHAO, QIAN_JIN, ZHANG_WEI, ZHAO_MIN
from tests.factories import acts, stock
from tests.factories.acts import order_in
from tests.factories.world import World

CODES = (stock.WC_SET, stock.PLUG, stock.MEGGER)
codes = st.sampled_from(CODES)
quantities = st.sampled_from(["0.5", "1", "2", "3"])
which = st.sampled_from([0, 1])
pick = st.integers(min_value=0, max_value=5)


class AnyCounter(RuleBasedStateMachine):
    """Two technicians with an order each, one storekeeper, and everybody does anything."""

    template = None
    homes = None

    @initialize()
    def open_the_counter(self):
        home = type(self).homes.mktemp("counter")
        shutil.copy(type(self).template, home / "paigong.sqlite3")
        chosen = Settings(home=home, password_memory_kib=8)
        self.app = create_core(chosen)
        self.context = self.app.app_context()
        self.context.push()
        self.world = World(settings=chosen)
        other = self.world.issued()
        acts.dispatch(self.world, other, to=ZHANG_WEI)
        acts.acknowledge(self.world, other)
        self.orders = (order_in(self.world, State.IN_PROGRESS), other)
        self.opening = {row.code: row.stock_qty for row in self.all(StockItem)}

    def teardown(self):
        if hasattr(self, "context"):
            db.session.remove()
            db.engine.dispose()
            self.context.pop()
            shutil.rmtree(self.world.settings.home)

    def all(self, model):
        return list(self.world.session.scalars(sa.select(model)))

    def attempt(self, act, *args, **words):
        """Do it, or be refused; either is whole."""
        try:
            act(self.world, *args, **words)
        except Problem:
            self.world.session.rollback()
            self.world.session.expire_all()

    def on_line(self, number, nth, act, *args):
        lines = stores.lines_of(self.world.session, self.orders[number].id)
        if lines:
            self.attempt(act, self.orders[number], lines[nth % len(lines)], *args)

    @rule(number=which, code=codes, qty=quantities)
    def something_is_drawn(self, number, code, qty):
        self.attempt(stock.draws, self.orders[number], code, qty)

    @rule(number=which, code=codes, qty=quantities)
    def something_is_asked_for(self, number, code, qty):
        self.attempt(stock.asks, self.orders[number], code, qty)

    @rule(number=which, nth=pick, qty=quantities)
    def something_is_handed_out(self, number, nth, qty):
        self.on_line(number, nth, stock.hands_out, qty)

    @rule(number=which, code=codes, qty=quantities)
    def something_is_used(self, number, code, qty):
        self.attempt(stock.uses, self.orders[number], code, qty)

    @rule(number=which, nth=pick, qty=quantities)
    def something_comes_back(self, number, nth, qty):
        self.on_line(number, nth, stock.takes_back, qty)

    @rule(number=which, code=codes, qty=quantities)
    def somebody_says_it_is_brought(self, number, code, qty):
        def say(world, order):
            words = {"handed": [(code, Decimal(qty), None)]}
            by = world.by(acts.holder(world, order))
            world.do(supplying.hand_back_stock, order, by=by, at=world.later(), **words)

        self.attempt(say, self.orders[number])

    @rule(number=which, code=codes, qty=quantities)
    def something_is_lost(self, number, code, qty):
        self.attempt(stock.loses, self.orders[number], code, qty)

    @rule(number=which, nth=pick)
    def a_loss_is_decided(self, number, nth):
        def decide(world, order, line):
            words = {"by": world.by(ZHAO_MIN), "at": world.later()}
            world.do(supplying.decide_loss, order, line, **words)

        self.on_line(number, nth, decide)

    @rule(code=codes, qty=quantities, act=st.sampled_from([stock.receives, stock.scraps]))
    def the_store_is_filled_or_cleared(self, code, qty, act):
        self.attempt(act, code, qty)

    @rule(code=codes, counted=quantities, reason=st.sampled_from(["", "少了"]))
    def somebody_counts(self, code, counted, reason):
        self.attempt(stock.counts, Counted(code=code, counted=Decimal(counted), reason=reason))

    @rule(number=which, fate=st.sampled_from([None, "scrapped"]))
    def an_old_part_is_brought(self, number, fate):
        self.attempt(stock.brings, self.orders[number], fate=fate)

    @rule(nth=pick)
    def an_old_part_is_handed_in(self, nth):
        def hand_in(world, part):
            number = next(one.number for one in self.orders if one.id == part.order_id)
            words = {"fate": "kept", "by": world.by(QIAN_JIN), "at": world.later()}
            world.do(old_parts.hand_in, part, number, **words)

        if parts := self.all(OldPart):
            self.attempt(hand_in, parts[nth % len(parts)])

    @rule(to=st.sampled_from([MA_CHAO, LIU_QIANG]))
    def the_order_goes_to_somebody_else(self, to):
        self.attempt(acts.hand_over, self.orders[0], to=to)

    @invariant()
    def each_line_adds_up_in_the_ledger_of_whoever_drew_it(self):
        held = self.all(CustodyEntry)
        for line in self.all(StockLine):
            own = [one for one in held if one.line_id == line.id]
            assert {one.holder_id for one in own} <= {line.technician_id}
            assert sum((one.qty for one in own), Decimal(0)) == stores.quantities(line).out >= 0

    @invariant()
    def each_level_is_what_its_movements_make_of_it(self):
        moved = sorted(self.all(StockMovement), key=lambda one: (one.at, one.id))
        for item in self.all(StockItem):
            level = self.opening[item.code]
            for one in moved:
                if one.item_id == item.id:
                    level += one.qty
                    assert one.balance_qty == level
            assert item.stock_qty == level >= 0

    @invariant()
    def no_piece_appears_or_disappears(self):
        lines, moved = self.all(StockLine), self.all(StockMovement)
        for item in self.all(StockItem):
            brought_in = sum(
                (one.qty for one in moved if one.item_id == item.id and one.line_id is None),
                self.opening[item.code],
            )
            own = [line for line in lines if line.item_id == item.id]
            gone = sum((line.used_qty + line.lost_qty for line in own), Decimal(0))
            out = sum((stores.quantities(line).out for line in own), Decimal(0))
            assert brought_in == item.stock_qty + out + gone

    @invariant()
    def what_people_have_in_hand_is_what_their_ledgers_say(self):
        said = {}
        for one in self.all(CustodyEntry):
            key = (one.holder_id, one.kind)
            said[key] = said.get(key, Decimal(0)) + one.qty
        shown = {}
        for thing in in_hand(self.world.session, self.world.estate_id):
            key = (thing.holder_id, thing.kind)
            shown[key] = shown.get(key, Decimal(0)) + thing.qty
        assert shown == {key: qty for key, qty in said.items() if qty}

    @invariant()
    def exactly_what_is_low_is_told(self):
        told = [
            row.subject
            for row in self.all(Alert)
            if row.kind == "stock.low" and row.resolved_at is None
        ]
        low = [row.code for row in self.all(StockItem) if row.stock_qty < row.minimum_qty]
        assert sorted(told) == sorted(low)

    @invariant()
    def a_clock_runs_exactly_where_a_tool_is_out(self):
        running = {row.subject for row in self.all(Timer) if row.kind == "tool_out"}
        out = {
            order.number
            for order in self.orders
            for line in stores.lines_of(self.world.session, order.id)
            if line.item.kind == "tool" and stores.quantities(line).out > 0
        }
        assert running == out


def test_lines_ledgers_and_stock_agree_after_any_sequence(
    sqlite_template, tmp_path_factory, monkeypatch
):
    monkeypatch.setattr(AnyCounter, "template", sqlite_template)
    monkeypatch.setattr(AnyCounter, "homes", tmp_path_factory)
    run_state_machine_as_test(
        AnyCounter,
        settings=settings(
            max_examples=16,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # each try costs a database: no time to make it shorter
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

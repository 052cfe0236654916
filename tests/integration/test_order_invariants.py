"""Whatever is done to an order, in whatever sequence: what must always hold."""

import shutil
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.app import create_core
from server.checklist_runs.models import StepResult
from server.db import db
from server.errors import Problem
from server.evidence.queries import photos_of
from server.history import verify
from server.settings import Settings
from server.stores import operations as stores
from server.stores.lifecycle import settled
from server.work_orders import queries
from server.work_orders.operations import supplying
from server.work_orders.states import State
from tests.cast import MA_CHAO, QIAN_JIN, TECHNICIANS, ZHANG_WEI, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts
from tests.factories.world import World, sha

TOOL = "T-MEGGER"
FIELD_ACTS = (
    acts.acknowledge,
    acts.give_back,
    acts.arrive,
    acts.inspect,
    acts.quote,
    acts.confirm_quote,
    acts.suspend,
    acts.resume,
    acts.alarm,
    acts.ready,
    acts.accept,
    acts.reject,
    acts.refuse_signature,
    acts.request_cancel,
)
DESK_ACTS = (
    acts.recall,
    acts.cancel,
    acts.void,
    acts.clear_hazard,
    acts.write_off,
    acts.archive,
)
#: The next act of an ordinary order, so that it comes far enough to be interesting.
ONWARD = {
    State.CREATED: acts.dispatch,
    State.DISPATCHED: acts.acknowledge,
    State.ACKNOWLEDGED: acts.arrive,
    State.ON_SITE: acts.quote,
    State.QUOTED: acts.confirm_quote,
    State.IN_PROGRESS: acts.ready,
    State.REWORK: acts.ready,
    State.SUSPENDED: acts.clear_hazard,
    State.AWAITING_ACCEPTANCE: acts.reject,
    State.ACCEPTED: acts.write_off,
    State.CANCEL_PENDING: acts.write_off,
    State.CLOSED: acts.archive,
}
BEFORE_THE_END = {
    State.CREATED,
    State.DISPATCHED,
    State.ACKNOWLEDGED,
    State.ON_SITE,
    State.QUOTED,
    State.IN_PROGRESS,
    State.SUSPENDED,
}
#: Steps of CL-TAP in which something is taken apart or put together.
WORK_STEPS = {"TAP-03", "TAP-04", "TAP-06", "TAP-07", "TAP-08"}
STEPS = {
    "TAP-01": ({}, ["before"]),
    "TAP-02": ({"confirmed": True}, ["isolation"]),
    "TAP-03": ({"done": True}, []),
    "TAP-04": ({"done": True}, []),
}


class AnyOrder(RuleBasedStateMachine):
    """One order, to which everybody does anything at any time."""

    template = None
    homes = None

    @initialize(state=st.sampled_from(State), has_checklist=st.booleans())
    def call(self, state, has_checklist):
        home = type(self).homes.mktemp("order")
        shutil.copy(type(self).template, home / "paigong.sqlite3")
        chosen = Settings(home=home, password_memory_kib=8)
        self.app = create_core(chosen)
        self.context = self.app.app_context()
        self.context.push()
        self.world = World(settings=chosen)
        # An order with a checklist comes no further than to work by itself.
        category = "tap_valve" if has_checklist and state in BEFORE_THE_END else "household_other"
        self.order = acts.order_in(self.world, state, category=category)
        self.remember()

    def teardown(self):
        if hasattr(self, "context"):
            db.session.remove()
            db.engine.dispose()
            self.context.pop()
            shutil.rmtree(self.world.settings.home)

    def remember(self):
        self.version = self.order.version
        self.state = self.order.state
        self.rows = len(self.world.history(self.order))

    def attempt(self, act, *args, versions=(1,), **words):
        """Do it, or be refused; either is whole."""
        try:
            act(self.world, self.order, *args, **words)
        except Problem:
            self.world.session.expire_all()
            assert self.order.version == self.version, "a refusal raises no version"
            assert self.order.state == self.state, "a refusal moves nothing"
            assert len(self.world.history(self.order)) == self.rows, "a refusal leaves no trace"
        else:
            assert self.order.version - self.version in versions
            is_told = len(self.world.history(self.order)) > self.rows
            assert is_told == (self.order.version > self.version)
        self.remember()

    @rule(act=st.sampled_from(FIELD_ACTS))
    def the_technician_acts(self, act):
        self.attempt(act)

    @rule(act=st.sampled_from(FIELD_ACTS), technician=st.sampled_from(TECHNICIANS))
    def some_technician_acts(self, act, technician):
        self.attempt(act, by=technician)

    @rule(act=st.sampled_from(DESK_ACTS))
    def the_desk_acts(self, act):
        # An order that has been recalled already stays as it is.
        self.attempt(act, versions=(0, 1) if act is acts.recall else (1,))

    @precondition(lambda self: State(self.order.state) in ONWARD)
    @rule()
    def the_order_goes_on(self):
        act = ONWARD[State(self.order.state)]
        if act is acts.quote and self.order.inspection_note is None:
            act = acts.inspect
        self.attempt(act)

    @precondition(lambda self: self.order.state == State.AWAITING_ACCEPTANCE)
    @rule()
    def the_customer_signs(self):
        self.attempt(acts.accept)

    @rule(technician=st.sampled_from(TECHNICIANS), reassign=st.booleans())
    def the_desk_dispatches(self, technician, reassign):
        self.attempt(acts.dispatch, to=technician, reassign=reassign, versions=(1, 2))

    @rule(technician=st.sampled_from([MA_CHAO, ZHANG_WEI]))
    def the_desk_hands_over(self, technician):
        self.attempt(acts.hand_over, to=technician)

    @rule(
        decision=st.sampled_from(["rework", "accept", "waive", "reduce", "other", "cancel"]),
        by=st.sampled_from([ZHAO_MIN, ZHOU_JIANGUO]),
        anew=st.booleans(),
    )
    def a_manager_decides(self, decision, by, anew):
        technician = self.world.user(MA_CHAO) if anew else None
        charge_fen = 500 if decision == "reduce" else None
        self.attempt(acts.decide, decision, by=by, technician=technician, charge_fen=charge_fen)

    @rule(step=st.sampled_from(sorted(STEPS)), attempt=st.sampled_from([1, 1, 2]))
    def a_step_is_recorded(self, step, attempt):
        answer, tags = STEPS[step]
        self.attempt(acts.record_step, step, answer, attempt=attempt, tags=tags)

    @rule()
    def a_tool_is_drawn(self):
        def draw(world, order):
            words = {"wanted": [(TOOL, Decimal(1))], "by": world.by(acts.holder(world, order))}
            world.do(supplying.request_stock, world.settings, order, at=world.later(), **words)
            line = stores.lines_of(world.session, order.id)[-1]
            words = {"qty": Decimal(1), "by": world.by(QIAN_JIN), "at": world.later()}
            world.do(supplying.issue_stock, order, line, **words)

        if not stores.lines_of(self.world.session, self.order.id):
            self.attempt(draw, versions=(2,))

    @rule()
    def a_tool_comes_back(self):
        def give(world, order):
            line = stores.lines_of(world.session, order.id)[-1]
            words = {"qty": Decimal(1), "condition": "完好", "by": world.by(QIAN_JIN)}
            world.do(supplying.take_back_stock, order, line, at=world.later(), **words)

        if stores.lines_of(self.world.session, self.order.id):
            self.attempt(give)

    @precondition(lambda self: self.order.accepted_at is not None)
    @rule()
    def the_signature_arrives(self):
        held = {photo.sha256 for photo in photos_of(self.world.session, self.order.id)}
        if sha(f"{self.order.number} signature") not in held:
            acts.signature_arrives(self.world, self.order)

    @invariant()
    def the_chain_of_history_holds(self):
        assert verify(self.world.session, "order", self.order.number) is None

    @invariant()
    def the_version_never_falls_and_the_state_is_the_last_one_written(self):
        rows = self.world.history(self.order)
        versions = [row.data["version"] for row in rows if "version" in row.data]
        assert versions == sorted(versions)
        assert versions[-1] == self.order.version
        moves = [row.data for row in rows if "transition" in row.data]
        assert moves[-1]["to"] == self.order.state

    @invariant()
    def rework_is_counted_as_often_as_it_happened(self):
        moves = [row.data for row in self.world.history(self.order) if "transition" in row.data]
        # Coming back from a pause is no new round.
        begun = [move for move in moves if move["transition"] in {"WO15", "WO17"}]
        decided = [m for m in moves if m["transition"] == "WO19" and m["to"] == State.REWORK]
        assert self.order.rework_round == len(begun) + len(decided)

    @invariant()
    def no_work_was_done_before_the_price_was_agreed(self):
        results = self.world.session.query(StepResult)
        for result in results.filter_by(order_id=self.order.id):
            if result.step in WORK_STEPS:
                assert self.order.started_at is not None
                assert self.order.started_at <= result.device_at

    @invariant()
    def what_is_closed_was_written_off_and_owes_the_warehouse_nothing(self):
        if State(self.order.state) in {State.CLOSED, State.CANCELLED, State.ARCHIVED}:
            assert self.order.written_off_by is not None
            lines = stores.lines_of(self.world.session, self.order.id)
            assert all(settled(stores.quantities(line)) for line in lines)

    @invariant()
    def what_is_accepted_was_signed_or_decided(self):
        if State(self.order.state) in {State.ACCEPTED, State.CLOSED, State.ARCHIVED}:
            signed = queries.signatures_of(self.world.session, self.order.id)
            assert self.order.closed_by_decision or "acceptance" in {row.kind for row in signed}

    @invariant()
    def whoever_has_it_has_it_alone_and_holds_the_licence(self):
        given = queries.assignments_of(self.world.session, self.order.id)
        now = [row.technician_id for row in given if row.until_at is None]
        holder = self.order.technician_id
        assert now == ([holder] if holder is not None else [])
        if State(self.order.state) not in {
            State.CREATED,
            State.VOID,
            State.CANCEL_PENDING,
            State.CANCELLED,
        }:
            assert holder is not None

    @invariant()
    def danger_never_passes_for_finished_work(self):
        if self.order.hazard:
            finished = {State.AWAITING_ACCEPTANCE, State.ACCEPTED, State.CLOSED, State.ARCHIVED}
            assert State(self.order.state) not in finished


def test_what_must_hold_holds_whatever_is_done(sqlite_template, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(AnyOrder, "template", sqlite_template)
    monkeypatch.setattr(AnyOrder, "homes", tmp_path_factory)
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=24,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # each try costs a database: no time to make it shorter
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

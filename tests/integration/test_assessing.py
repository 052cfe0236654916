"""What the house finds in an order's evidence, and who has to look at it (QA1, R-005)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server import reactions
from server.db import session, transaction, utcnow
from server.devices.models import Device
from server.evidence.models import Flag, Photo
from server.evidence.uploads import flag_photo
from server.quality import assessing, operations, sampling
from server.quality.models import Assessment, Review
from server.work_orders.models import Signature, WorkOrder
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import LIU_QIANG, SUN_QIAN, WANG_LIHUA, ZHOU_MIN
from tests.factories import acts, pictures
from tests.factories.lamp_repair import BEFORE_PRICE, arrive, record, repaired_lamp


@pytest.fixture
def assessed(world):
    """Lets everything that follows happen; gives what was found in an order, by code."""

    def look(order):
        # Photos are flagged by the clock on the wall, everything else happens in the world's time.
        exhaust(lambda: reactions.run_once(world.settings, max(world.now, utcnow())))
        row = session().get(Assessment, order.id, populate_existing=True)
        return {one["code"]: one for one in row.findings} if row is not None else None

    return look


def row_of(order):
    return session().get(Assessment, order.id, populate_existing=True)


def queued(order):
    """Place in the queue and whether somebody has to look."""
    session().expire_all()
    fresh = session().get(WorkOrder, order.id)
    return fresh.qa_place, fresh.qa_chosen


def complete(world, order):
    """The pictures that were named and not sent: of the inspection, and the signatures."""
    named = [one["sha256"] for one in session().get(WorkOrder, order.id).inspection_photos]
    signed = session().scalars(sa.select(Signature.sha256).where(Signature.order_id == order.id))
    held = set(session().scalars(sa.select(Photo.sha256)))
    for sha256 in {*named, *signed} - held:
        photo = world.photo(order, tag="before" if sha256 in named else "signature")
        with transaction():
            photo.sha256 = sha256


def judge(world, order, outcome="passed", **words):
    words = {"steps": {}, "note": None, **words}
    return world.do(
        operations.review,
        world.settings,
        order,
        outcome=outcome,
        by=world.by(SUN_QIAN),
        at=world.later(),
        **words,
    )


def judged_before(world, order, outcomes):
    """A record for the technician of `order`: judgements of another order, oldest first."""
    earlier = acts.order_in(world, State.CREATED)
    with transaction() as current:
        for number, outcome in enumerate(outcomes):
            current.add(
                Review(
                    estate_id=order.estate_id,
                    number=f"QC-202502-{number:04}",
                    order_id=earlier.id,
                    outcome=outcome,
                    findings=[],
                    order_version=1,
                    technician_id=order.technician_id,
                    reviewer_id=world.user(SUN_QIAN).id,
                    reviewed_at=world.now + dt.timedelta(seconds=number),
                )
            )


def test_well_shown_work_has_nothing_against_it(world, assessed):
    order = acts.order_in(world, State.ACCEPTED)
    complete(world, order)
    assert assessed(order) == {}
    assert queued(order)[0] == 100
    assert row_of(order).score == 0
    assert not row_of(order).must_review


def test_work_that_is_not_done_yet_is_not_assessed(world, assessed):
    order = acts.order_in(world, State.IN_PROGRESS)
    world.photo(order, tag="before")
    assert assessed(order) is None
    acts.ready(world, order)
    assert queued(order) == (-1, True), "until the house has looked, somebody has to"
    assert set(assessed(order)) == {"missing_evidence"}


def test_evidence_that_comes_later_betters_the_score(world, assessed):
    order = acts.order_in(world, State.ACCEPTED)
    missing = assessed(order)["missing_evidence"]
    assert missing["values"] == {"count": 2, "photos": ["before", "signature"]}
    assert queued(order) == (50, True)
    complete(world, order)
    with transaction() as current:
        flag_photo(current, current.scalars(sa.select(Photo)).first(), Flag.TIME_MISMATCH)
    assert set(assessed(order)) == {"camera_time_differs"}
    assert queued(order)[0] == 85


def test_assessing_again_changes_nothing_and_never_draws_again(world, assessed):
    order = acts.order_in(world, State.CLOSED)
    assessed(order)
    first = row_of(order)
    before = (first.score, first.findings, first.draw, first.share_percent, first.sampled)
    judged_before(world, order, ["passed"] * 50)  # a share for others: this one was drawn
    version = order.version
    for _ in range(2):
        world.do(assessing.assess, world.settings, order, at=world.later())
    again = row_of(order)
    assert (
        again.score,
        again.findings,
        again.draw,
        again.share_percent,
        again.sampled,
    ) == before
    assert session().scalar(sa.select(sa.func.count()).select_from(Assessment)) == 1
    assert session().get(WorkOrder, order.id).version == version


@pytest.mark.parametrize(
    ("outcomes", "share"),
    [
        (["passed"] * 19, 100),
        (["passed"] * 20, 10),
        (["passed"] * 50, 5),
        (["passed"] * 47 + ["returned"] * 3, 20),
        (["passed"] * 30 + ["failed"] * 20, 100),
        # only the last fifty count
        (["failed"] * 20 + ["passed"] * 50, 5),
    ],
)
def test_the_share_that_is_looked_at_follows_the_record(world, assessed, outcomes, share):
    order = acts.order_in(world, State.ACCEPTED)
    judged_before(world, order, outcomes)
    assessed(order)
    row = row_of(order)
    assert row.share_percent == share
    assert row.draw == sampling.draw(world.settings.secret_key(), order.id)
    assert row.sampled is sampling.drawn(row.draw, share)


def test_the_judgement_counts_for_whoever_had_the_order(world):
    order = acts.order_in(world, State.CLOSED)
    judge(world, order)
    assert assessing.record_of(session(), world.user(LIU_QIANG).id) == ["passed"]


def test_an_unsuspicious_order_that_is_not_drawn_need_not_be_looked_at(
    world, assessed, monkeypatch
):
    monkeypatch.setattr(sampling, "draw", lambda _key, _order: 9_999)
    order = acts.order_in(world, State.ACCEPTED)
    judged_before(world, order, ["passed"] * 30)
    complete(world, order)
    assessed(order)
    assert queued(order) == (100, False)


def test_a_copied_photo_makes_the_order_weak(world, assessed):
    order, other = (acts.order_in(world, State.AWAITING_ACCEPTANCE) for _ in range(2))
    arrive(world, order, pictures.photo(7), tag="before")
    arrive(world, other, pictures.cropped(pictures.photo(7), part=0.06), tag="before")
    assert assessed(other)["near_duplicate"]["weight"] == 50
    assert row_of(other).must_review
    assert "near_duplicate" not in assessed(order)


def signed(world, order, drawn, signer):
    """The customer signs on the screen; the strokes arrive."""
    sha256 = arrive(world, order, drawn, tag="signature")
    acts.accept(world, order, signer=signer.name, signature=sha256)


def test_strokes_that_were_signed_on_another_order_are_found(world, assessed):
    first, second = (
        acts.order_in(world, State.AWAITING_ACCEPTANCE, customer=customer)
        for customer in (WANG_LIHUA, ZHOU_MIN)
    )
    signed(world, first, pictures.signature(1), WANG_LIHUA)
    # Encoded anew these are other bytes, so P-17 alone would let them pass.
    signed(world, second, pictures.redrawn(pictures.signature(1)), ZHOU_MIN)
    assert assessed(second)["signature_reused"]["values"] == {"orders": [first.number]}
    assert row_of(second).must_review
    assert "signature_reused" not in assessed(first)


def test_other_strokes_of_the_same_customer_are_no_finding(world, assessed):
    first, second = (acts.order_in(world, State.AWAITING_ACCEPTANCE) for _ in range(2))
    signed(world, first, pictures.signature(1), WANG_LIHUA)
    signed(world, second, pictures.signature(2), WANG_LIHUA)
    assert set(assessed(second)) == {"missing_evidence"}


def test_the_same_strokes_of_the_same_customer_weigh_less(world, assessed):
    first, second = (acts.order_in(world, State.AWAITING_ACCEPTANCE) for _ in range(2))
    signed(world, first, pictures.signature(1), WANG_LIHUA)
    signed(world, second, pictures.redrawn(pictures.signature(1)), WANG_LIHUA)
    found = assessed(second)
    assert found["signature_repeated"]["values"] == {"orders": [first.number]}
    assert "signature_reused" not in found


def test_what_was_sent_back_comes_again_to_whoever_sent_it_back(world, assessed):
    order = repaired_lamp(world)
    complete(world, order)
    assert assessed(order) == {}
    judge(world, order, "returned", steps={"LAMP-20": "没有拍到整体"})
    record(world, order, "LAMP-20", {}, ("after",), seed=900, attempt=2)
    assessed(order)
    assert session().get(WorkOrder, order.id).qa_state == "pending"
    assert row_of(order).must_review
    assert queued(order)[1]


def test_cancelled_work_is_assessed_and_a_visit_that_never_began_is_not(world, assessed):
    """A-13: cancelled orders are sampled too."""
    begun, not_begun = world.issued(), acts.order_in(world, State.CANCELLED)
    for act in (acts.dispatch, acts.acknowledge, acts.arrive, acts.cancel, acts.write_off):
        act(world, begun)
    assert begun.qa_state == "pending"
    assert assessed(begun) == {}
    assert not_begun.qa_state == "none"
    assert assessed(not_begun) is None


def test_nothing_in_the_archive_waits(world):
    order = acts.order_in(world, State.ARCHIVED)
    assert order.qa_state == "none"
    judged = acts.order_in(world, State.CLOSED)
    judge(world, judged)
    acts.archive(world, judged)
    assert judged.qa_state == "passed"


def test_a_visit_far_shorter_than_usual_stands_out(world, assessed):
    for _ in range(5):
        acts.order_in(world, State.ACCEPTED)
    with transaction() as current:
        longer = sa.update(WorkOrder).values(finished_at=world.now + dt.timedelta(hours=2))
        current.execute(longer)
    order = acts.order_in(world, State.ACCEPTED)
    assert assessed(order)["time_on_site_short"]["values"]["minutes"] == 4


def test_the_clock_of_the_handheld_counts(world, assessed):
    """P-18: device times prove little where the clock is off."""
    order = acts.order_in(world, State.ACCEPTED)
    world.photo(order, tag="after")
    with transaction() as current:
        skewed = sa.update(Device).where(Device.id == LIU_QIANG.handheld)
        current.execute(skewed.values(clock_skew_s=-300))
    assert assessed(order)["clock_skew"]["values"] == {"seconds": -300}


def test_a_charge_though_every_check_passed_stands_out(world):
    """S-01 with a lamp that was not broken, as far as the checks say."""
    order = world.issued(category="lamp")
    for act in (acts.dispatch, acts.acknowledge, acts.arrive):
        act(world, order)
    for number, (step, answer, tags) in enumerate(BEFORE_PRICE):
        record(
            world,
            order,
            step,
            answer | {"ok": True} if "ok" in answer else answer,
            tags,
            seed=number,
        )
    for act in (acts.inspect, acts.quote, acts.confirm_quote):
        act(world, order)
    with transaction():
        order.qa_state = "pending"
    world.do(assessing.assess, world.settings, order, at=world.later())
    found = {one["code"]: one for one in row_of(order).findings}
    assert found["nothing_failed_yet_charged"]["values"]["charge_fen"] == acts.TOTAL_FEN

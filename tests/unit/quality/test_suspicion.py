"""What speaks against an order's evidence, one finding at a time, and the score they come to.

Every case begins with an order against which nothing speaks and changes what is named."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quality import suspicion
from server.quality.suspicion import WEIGHTS, Facts, Finding, PhotoFact, StepFact, Strokes

ARRIVED = dt.datetime(2025, 3, 5, 1, 0, tzinfo=dt.UTC)
WEAK = 40


def minutes(count: float) -> dt.datetime:
    """So long after arrival."""
    return ARRIVED + dt.timedelta(minutes=count)


def step(name: str, status: str = "pass", *, at: float = 10, **more: object) -> StepFact:
    return StepFact(step=name, status=status, device_at=minutes(at), **more)


def photo(*flags: str, name: str = "LAMP-01", at: float = 12, redone: bool = False) -> PhotoFact:
    return PhotoFact(step=name, tag="before", received_at=minutes(at), flags=flags, redone=redone)


CLEAN = Facts(
    arrived_at=ARRIVED,
    inspected_at=minutes(5),
    quote_confirmed_at=minutes(8),
    finished_at=minutes(40),
    accepted_at=minutes(45),
    steps=(
        step("LAMP-08", "fail", at=6, diagnosis=True),
        step("LAMP-09", "done", at=20),
        step("LAMP-19", at=30, reading=True),
    ),
    photos=(photo(),),
    usual_minutes=(30, 35, 40, 45, 60),
    charge_fen=3000,
)


def found(**changes: object) -> dict[str, Finding]:
    """What speaks against the clean order with these changes, by code."""
    return {one.code: one for one in suspicion.findings(dataclasses.replace(CLEAN, **changes))}


def test_nothing_speaks_against_a_clean_order():
    assert suspicion.findings(CLEAN) == []
    assert suspicion.score([]) == 0


def test_nothing_speaks_against_an_order_of_which_nothing_is_known():
    assert suspicion.findings(Facts()) == []


@pytest.mark.parametrize(
    ("code", "changes", "values"),
    [
        (
            "missing_evidence",
            {"missing": [("LAMP-20", "after"), ("", "signature")]},
            {"count": 2, "photos": ["signature", "LAMP-20/after"]},
        ),
        (
            "late_evidence",
            {"photos": [photo(at=40 + 13 * 60)]},
            {"count": 1, "hours": 13},
        ),
        (
            "out_of_limit",
            {"steps": [step("LAMP-03", "fail", reading=True)]},
            {"count": 1, "steps": ["LAMP-03"]},
        ),
        (
            "near_limit",
            {"steps": [step("AC-05", "warn", reading=True)]},
            {"count": 1, "steps": ["AC-05"]},
        ),
        ("limit_overridden", {"overrides": ["SW-08"]}, {"count": 1, "steps": ["SW-08"]}),
        (
            "near_duplicate",
            {"photos": [photo("near_duplicate")]},
            {"count": 1, "steps": ["LAMP-01"]},
        ),
        ("blurred_photo", {"photos": [photo("blurred")]}, {"count": 1, "steps": ["LAMP-01"]}),
        ("dark_photo", {"photos": [photo("dark", name="")]}, {"count": 1, "steps": []}),
        (
            "photo_before_arrival",
            {"photos": [photo("taken_before_arrival")]},
            {"count": 1, "steps": ["LAMP-01"]},
        ),
        (
            "photo_after_finish",
            {"photos": [photo("taken_after_finish")]},
            {"count": 1, "steps": ["LAMP-01"]},
        ),
        (
            "camera_time_differs",
            {"photos": [photo("exif_time_mismatch")]},
            {"count": 1, "steps": ["LAMP-01"]},
        ),
        (
            "photo_not_processed",
            {"photos": [photo("not_processed")]},
            {"count": 1, "steps": ["LAMP-01"]},
        ),
        (
            "times_backwards",
            {"steps": [step("LAMP-01", at=9), step("LAMP-02", at=7.5)]},
            {"count": 1, "steps": ["LAMP-02"]},
        ),
        (
            "times_out_of_order",
            {"accepted_at": minutes(30)},
            {"pairs": [["finished_at", "accepted_at"]]},
        ),
        (
            "times_out_of_order",
            {"inspected_at": minutes(-9)},
            {"pairs": [["arrived_at", "inspected_at"]]},
        ),
        ("clock_skew", {"clock_skew_s": -121}, {"seconds": -121}),
        (
            "time_on_site_short",
            {"finished_at": minutes(13), "quote_confirmed_at": None},
            {"minutes": 13, "usual": 40},
        ),
        (
            "nothing_failed_yet_charged",
            {"steps": [step("LAMP-08", diagnosis=True), step("LAMP-10", diagnosis=True)]},
            {"checks": 2, "charge_fen": 3000},
        ),
        (
            "signature_reused",
            {"strokes": [Strokes(order="FW-202503-0007", same_signer=False)]},
            {"orders": ["FW-202503-0007"]},
        ),
        (
            "signature_repeated",
            {"strokes": [Strokes(order="FW-202503-0007", same_signer=True)]},
            {"orders": ["FW-202503-0007"]},
        ),
        ("unsigned", {"unsigned_reason": "absent"}, {"why": "absent"}),
    ],
)
def test_each_thing_is_found_for_itself_and_explained(code, changes, values):
    assert [*found(**changes)] == [code]
    assert found(**changes)[code].values == values
    assert found(**changes)[code].weight >= WEIGHTS[code].each


@pytest.mark.parametrize(
    "changes",
    [
        # a shift without network is no delay (P-18)
        {"photos": [photo(at=40 + 12 * 60)]},
        # QA itself wanted it later
        {"photos": [photo("taken_after_finish", at=99 * 60, redone=True)]},
        # measured, repaired, measured again
        {
            "steps": [
                step("LAMP-03", "fail", at=6, reading=True, last=False),
                step("LAMP-03", at=30, reading=True),
            ]
        },
        # a reading that called for the remedy it was given
        {"steps": [step("SW-08", "fail", reading=True, diagnosis=True)]},
        # the same minute, and a clock that is set right by a few seconds
        {"steps": [step("LAMP-01", at=9), step("LAMP-02", at=8.1)]},
        {"accepted_at": minutes(39.5)},
        {"clock_skew_s": 120},
        {"finished_at": minutes(14)},
        # four visits are no custom
        {"finished_at": minutes(9), "usual_minutes": (30, 35, 40, 45)},
        # nothing was wrong, and nothing was charged
        {"steps": [step("LAMP-08", diagnosis=True)], "charge_fen": 0},
        # an installation: nothing was there that could fail
        {"steps": [step("PIPE-01"), step("PIPE-02", "done")]},
    ],
)
def test_what_has_an_honest_reason_is_not_held_against_anybody(changes):
    assert found(**changes) == {}


def test_forged_evidence_is_weak_for_itself_and_bad_luck_is_not():
    def weak(**changes):
        return suspicion.score([*found(**changes).values()]) >= WEAK

    assert weak(photos=[photo("near_duplicate")])
    assert weak(strokes=[Strokes(order="FW-202503-0007", same_signer=False)])
    assert weak(steps=[step("LAMP-08", diagnosis=True)])
    assert weak(missing=[("LAMP-20", "after"), ("", "signature")])
    assert not weak(photos=[photo("blurred"), photo("dark")])
    assert not weak(unsigned_reason="absent", clock_skew_s=500)


def test_the_heaviest_finding_comes_first():
    codes = [*found(unsigned_reason="absent", photos=[photo("near_duplicate", "blurred")])]
    assert codes == ["near_duplicate", "unsigned", "blurred_photo"]


def test_a_finding_that_comes_often_weighs_more_up_to_its_most():
    weights = [
        found(photos=[photo("blurred")] * count)["blurred_photo"].weight for count in range(1, 8)
    ]
    assert weights == [10, 20, 30, 40, 40, 40, 40]


FINDINGS = st.lists(
    st.builds(Finding, code=st.sampled_from(sorted(WEIGHTS)), weight=st.integers(0, 100))
)


@given(FINDINGS, st.builds(Finding, code=st.just("unsigned"), weight=st.integers(0, 100)))
def test_one_more_finding_never_lowers_the_score(known, more):
    assert 0 <= suspicion.score(known) <= suspicion.score([*known, more]) <= 100


FLAGS = st.lists(st.sampled_from(sorted(suspicion.OF_FLAG)), max_size=3, unique=True)
PHOTOS = st.lists(st.builds(lambda flags: photo(*flags), FLAGS), max_size=8)


@given(PHOTOS, PHOTOS, st.integers(0, 5))
def test_worse_evidence_never_scores_better(photos, further, missing):
    def score(shown, lacking):
        facts = dataclasses.replace(
            CLEAN, photos=shown, missing=[(f"LAMP-{number}", "after") for number in range(lacking)]
        )
        return suspicion.score(suspicion.findings(facts))

    assert score(photos, missing) <= score([*photos, *further], missing)
    assert score(photos, missing) <= score(photos, missing + 1)


def test_every_finding_has_a_weight_that_counts():
    assert all(0 < weight.each <= weight.most <= 100 for weight in WEIGHTS.values())
    assert set(suspicion.OF_FLAG.values()) <= set(WEIGHTS)

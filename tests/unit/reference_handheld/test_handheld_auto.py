"""The automatic technician carries every kind of order through, as the rules would have it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import checklists
from checklists.authoring import load_template
from checklists.evaluate import Answer, Context, Photo, Refused, Run, judge, missing
from checklists.template import Template
from checklists.vocabulary import Kind, Status
from reference_handheld import auto as auto_module
from reference_handheld import held_orders, outgoing, photos
from reference_handheld.auto import Auto
from reference_handheld.store import Store

ORDER = "FW-202503-0001"
AT = datetime(2025, 3, 5, 1, 8, tzinfo=UTC)
CATALOGUE = Path(checklists.__file__).parent / "catalogue"
BY_CODE = {
    template.code: template for template in map(load_template, sorted(CATALOGUE.glob("*.yaml")))
}
TEMPLATES = {template.category: template for template in BY_CODE.values() if not template.emergency}
PRICES = {
    "L-LAMP": 1500,
    "M-TUBE36": 1200,
    "M-STARTER": 300,
    "L-SW": 1500,
    "M-SW10A": 1800,
    "L-TAP": 2000,
    "M-TAP15": 4500,
    "L-GWH": 4000,
    "L-STOVE": 4000,
    "L-WC": 2500,
    "M-WCSET": 4800,
    "M-WCPLUG": 800,
    "L-ACCHK": 5000,
    "L-ACLEAK": 8000,
    "M-R22": 2000,
    "L-PIPE": 2500,
}
GOES_TO = {
    "order.acknowledged": ("dispatched", "acknowledged"),
    "order.arrived": ("acknowledged", "on_site"),
    "quote.confirmed": ("quoted", "in_progress"),
    "order.accepted": ("awaiting_acceptance", "accepted"),
}


class Desk:
    """Judges events one by one as the trade does; what it would refuse fails the test."""

    def __init__(self, store: Store, template: Template) -> None:
        self.store = store
        self.template = template
        self.state = "dispatched"
        self.version = 1
        self.seen = 0
        self.children = {code: BY_CODE[code] for code in template.child_codes}
        self.run = Run(template=template, children=self.children)
        self.quote: dict[str, Any] | None = None
        self.inspected = False
        self.rework_round = 0
        self.returned: dict[str, str] = {}
        self.types: list[str] = []
        self.refuse: Callable[[str], bool] = lambda _type: False
        for one in (template, *self.children.values()):
            store.keep_template(one.code, one.version, one.to_json())
        store.remember(
            "price_list",
            {
                "version": "1",
                "items": [{"code": code, "price_fen": fen} for code, fen in PRICES.items()],
            },
        )
        self.push()

    def push(self) -> None:
        snapshot = {
            "number": ORDER,
            "version": self.version,
            "state": self.state,
            "category": self.template.category,
            "customer": {"name": "王丽华", "unit_code": "3栋2单元1502", "phone": "139"},
            "checklist": {"code": self.template.code, "version": self.template.version},
            "child_checklists": [
                {"code": code, "version": child.version} for code, child in self.children.items()
            ],
            "quote": self.quote,
            "run": [
                {
                    "step": result.step,
                    "attempt": result.attempt,
                    "status": str(result.status),
                    "answer": dict(result.answer),
                    "photos": [{"sha256": p.sha256, "tag": p.tag} for p in result.photos],
                    "text": result.text,
                    "reason": result.reason,
                }
                for result in self.run.results
            ],
            "rework_round": self.rework_round,
            "returned_steps": [
                {"step": step, "reason": reason} for step, reason in self.returned.items()
            ],
        }
        held_orders.take(self.store, snapshot)

    def answer_all(self) -> None:
        """Judge what waits, answer it, and send the order as it then is."""
        while photo := photos.next_to_send(self.store):
            photos.mark_sent(self.store, photo)
        for event in outgoing.waiting(self.store):
            assert event.seq == self.seen + 1
            self.seen += 1
            self.types.append(event.type)
            reply: dict[str, Any] = {"event": event.id, "outcome": "applied"}
            if self.refuse(event.type):
                reply["outcome"] = "rejected"
            else:
                self.judge(event.type, event.data)
                self.version += 1
            reply["order_version"] = self.version
            outgoing.settle(self.store, reply, at=AT)
        self.push()

    def judge(self, type_: str, data: Any) -> None:
        if type_ in GOES_TO:
            before, after = GOES_TO[type_]
            assert self.state == before, type_
            self.state = after
        elif type_ == "order.inspected":
            assert self.state == "on_site"
            assert [photo["tag"] for photo in data["photos"]] == ["before"]
            self.inspected = True
        elif type_ == "order.quoted":
            assert self.inspected
            assert self.state in {"on_site", "quoted", "in_progress"}
            total = sum(int(line["qty"]) * PRICES[line["item"]] for line in data["lines"])
            assert data["total_fen"] == total > 0
            self.quote, self.state = {"lines": data["lines"]}, "quoted"
        elif type_ == "step.recorded":
            self.record(data)
        elif type_ == "order.ready":
            assert self.state in {"in_progress", "rework"}
            assert missing(self.run, self.context()) == ()
            self.state = "awaiting_acceptance"
        elif type_ == "order.rejected":
            assert self.state == "awaiting_acceptance"
            self.state = "rework"
            self.rework_round += 1
            tests = [step.id for step in self.template.steps if step.test]
            self.returned = {step: "客户不满意" for step in tests if self.run.last(step)}

    def context(self) -> Context:
        return Context(
            price_confirmed=self.state in {"in_progress", "rework", "awaiting_acceptance"},
            held_photos=photos.kept(self.store, ORDER),
            rework_steps=frozenset(self.returned),
        )

    def record(self, data: Any) -> None:
        answer = Answer(
            step=data["step"],
            attempt=data["attempt"],
            answer=data["answer"],
            photos=tuple(Photo(**photo) for photo in data.get("photos", ())),
            text=data.get("text"),
            reason=data.get("reason"),
        )
        try:
            result = judge(self.run, answer, self.context())
        except Refused as refused:
            pytest.fail(f"{data['step']}: {refused}")
        self.run = self.run.with_result(result)
        self.returned.pop(data["step"], None)


def technician(store: Store, seed: int) -> Auto:
    return Auto(
        store,
        device="hh-01",
        clock=lambda: AT,
        seed=str(seed),
        pace_s=0,
        say=lambda _line: None,
    )


def work(store: Store, desk: Desk, auto: Auto, *, answer_every: int = 1) -> None:
    for turn in range(400):
        auto.turn()
        if turn % answer_every == 0:
            desk.answer_all()
        if auto.idle and outgoing.waiting_count(store) == 0:
            return
    pytest.fail(f"still at work in state {desk.state}: {desk.types[-5:]}")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("category", sorted(TEMPLATES))
def test_technician_carries_an_order_through(store: Store, category: str, seed: int) -> None:
    desk = Desk(store, TEMPLATES[category])
    work(store, desk, technician(store, seed))
    assert desk.state == "accepted"


@pytest.mark.parametrize("category", sorted(TEMPLATES))
def test_technician_without_a_network_does_the_same_before_any_answer_comes(
    store: Store, category: str
) -> None:
    desk = Desk(store, TEMPLATES[category])
    work(store, desk, technician(store, 7), answer_every=50)
    assert desk.state == "accepted"


def test_a_restart_in_the_middle_of_the_work_changes_nothing(store: Store) -> None:
    desk = Desk(store, TEMPLATES["lamp"])
    for turn in range(200):
        technician(store, turn).turn()
        desk.answer_all()
    assert desk.state == "accepted"
    assert len(desk.types) == len(set(outgoing_keys(store)))


def outgoing_keys(store: Store) -> list[tuple[str, Any, Any]]:
    """Type, step and attempt of all that was sent; quote revisions by their lines."""
    return [
        (
            event.type,
            event.data.get("step") or json.dumps(event.data.get("lines")),
            event.data.get("attempt") or event.data.get("total_fen"),
        )
        for event in outgoing.of_order(store, ORDER)
    ]


def test_some_first_readings_fail_and_are_put_right(tmp_path: Path) -> None:
    statuses = set()
    for seed in range(7):
        store = Store(tmp_path / f"{seed}.sqlite")
        desk = Desk(store, TEMPLATES["switch"])
        work(store, desk, technician(store, seed))
        statuses |= {result.status for result in desk.run.results if result.step == "SW-08"}
        store.close()
    assert statuses == {Status.PASS, Status.FAIL}


@pytest.mark.parametrize("state", ["awaiting_acceptance", "accepted", "closed"])
def test_a_step_sent_back_is_done_again_before_anything_else(store: Store, state: str) -> None:
    desk = Desk(store, TEMPLATES["tap_valve"])
    auto = technician(store, 3)
    work(store, desk, auto)
    done = len(desk.types)
    desk.returned = {"TAP-12": "照片模糊 blurred"}
    desk.state = state
    desk.version += 1
    desk.push()
    work(store, desk, auto)
    assert desk.types[done] == "step.recorded"
    assert desk.types[done + 1 :] == (["order.accepted"] if state == "awaiting_acceptance" else [])
    assert desk.returned == {}


@pytest.mark.parametrize("category", sorted(TEMPLATES))
def test_a_dissatisfied_customer_gets_the_tests_done_again(
    store: Store, category: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_module, "_DISSATISFIED", 1.0)
    desk = Desk(store, TEMPLATES[category])
    work(store, desk, technician(store, 1))
    rejected = desk.types.index("order.rejected")
    again = desk.types[rejected + 1 :]
    assert desk.state == "accepted"
    assert again[:1] == ["step.recorded"]
    assert again[-2:] == ["order.ready", "order.accepted"]


def test_an_order_of_which_something_was_refused_is_left_alone(store: Store) -> None:
    desk = Desk(store, TEMPLATES["lamp"])
    desk.refuse = lambda type_: type_ == "order.quoted"
    auto = technician(store, 1)
    work(store, desk, auto)
    assert desk.types[-1] == "order.quoted"
    assert desk.state == "on_site"


def test_every_picture_is_another(store: Store) -> None:
    desk = Desk(store, TEMPLATES["air_conditioner"])
    work(store, desk, technician(store, 2))
    named = [sha256 for _, _, sha256 in photos.kept(store, ORDER)]
    assert len(named) == len(set(named)) > 8


def test_nothing_is_done_by_hand_before_the_customer_agreed_to_the_price(store: Store) -> None:
    desk = Desk(store, TEMPLATES["lamp"])
    work(store, desk, technician(store, 5))
    events = outgoing.of_order(store, ORDER)
    agreed = next(event.seq for event in events if event.type == "quote.confirmed")
    actions = {step.id for step in desk.template.steps if step.kind is Kind.ACTION}
    first = next(event.seq for event in events if event.data.get("step") in actions)
    assert first > agreed

"""The checklists carried through as technicians do, with the figures of the scenarios."""

from dataclasses import dataclass
from typing import Any

import pytest

from checklists.catalogue import children_of, load_catalogue
from checklists.evaluate import (
    Answer,
    Consequence,
    Context,
    Photo,
    Reason,
    Refused,
    Result,
    Run,
    Status,
    consequence,
    judge,
    missing,
    next_steps,
)

PRICED = Context(price_confirmed=True)
NOT_PRICED = Context(price_confirmed=False)


@dataclass
class Visit:
    """One technician at one order."""

    run: Run
    context: Context = PRICED

    def record(self, step: str, reason: str | None = None, **body: Any) -> Result:
        last = self.run.last(step)
        needs = self.run.find(step)[1].photos
        result = judge(
            self.run,
            Answer(
                step=step,
                attempt=last.attempt + 1 if last else 1,
                answer=body,
                photos=tuple(Photo(sha256="a" * 64, tag=need.tag) for need in needs),
                reason=reason,
            ),
            self.context,
        )
        self.run = self.run.with_result(result)
        return result

    def refused(self, step: str, reason: str | None = None, **body: Any) -> tuple[Reason, ...]:
        with pytest.raises(Refused) as caught:
            self.record(step, reason, **body)
        return caught.value.reasons

    def lacks(self) -> list[tuple[str, str]]:
        return [(m.step, m.code) for m in missing(self.run, self.context) if m.tag is None]


def visit(code: str) -> Visit:
    template = load_catalogue()[code]
    return Visit(run=Run(template=template, children=children_of(template)))


def volts(value: str) -> dict[str, str]:
    return {"value": value, "unit": "V"}


def mpa(value: str) -> dict[str, str]:
    return {"value": value, "unit": "MPa"}


def test_s01_a_lamp_is_inspected_priced_repaired_and_lights() -> None:
    lamp = visit("CL-LAMP")
    lamp.context = NOT_PRICED
    lamp.record("LAMP-01")
    lamp.record("LAMP-02", confirmed=True)
    assert lamp.record("LAMP-03", **volts("221")).status is Status.PASS
    lamp.record("LAMP-05", confirmed=True)
    lamp.record("LAMP-06", ok=True)
    assert lamp.record("LAMP-08", ok=False).status is Status.FAIL
    assert lamp.record("LAMP-10", ok=False).status is Status.FAIL
    lamp.record("LAMP-12", ok=True)
    lamp.record("LAMP-16", ok=True)
    [why] = lamp.refused("LAMP-09", done=True)
    assert (why.code, why.rule) == ("price-not-confirmed", "R-056")
    assert "客户" in why.zh
    assert next_steps(lamp.run, lamp.context) == ()

    lamp.context = PRICED
    lamp.record("LAMP-09", done=True)
    lamp.record("LAMP-11", done=True, old_spec="T8 36W", new_spec="t8 36w")
    lamp.record("LAMP-18", done=True)
    assert lamp.record("LAMP-19", value="2", unit="times").status is Status.PASS
    lamp.record("LAMP-20")
    assert lamp.lacks() == []


def test_s01_four_flickers_send_the_run_back_and_keep_the_first_attempt() -> None:
    lamp = visit("CL-LAMP")
    lamp.record("LAMP-01")
    lamp.record("LAMP-02", confirmed=True)
    lamp.record("LAMP-03", **volts("221"))
    lamp.record("LAMP-05", confirmed=True)
    for check in ("LAMP-06", "LAMP-08", "LAMP-10", "LAMP-12", "LAMP-16"):
        lamp.record(check, ok=True)
    lamp.record("LAMP-18", done=True)
    assert lamp.record("LAMP-19", value="4", unit="times").status is Status.FAIL
    assert ("LAMP-03", "repeat") in lamp.lacks()
    assert lamp.record("LAMP-03", **volts("220")).attempt == 2
    assert lamp.record("LAMP-19", value="3", unit="times").status is Status.PASS
    flickers = [r.answer["value"] for r in lamp.run.results if r.step == "LAMP-19"]
    assert flickers == ["4", "3"]


def test_s09_a_gas_alarm_opens_the_emergency_and_keeps_the_order_open() -> None:
    heater = visit("CL-GWH")
    alarm = heater.record("GWH-01", confirmed=False)
    step = heater.run.find("GWH-01")[1]
    assert consequence(step, alarm) == Consequence(kind="hazard", value="CL-GASEMG")
    assert next_steps(heater.run, heater.context)[0] == "GE-01"
    heater.context = NOT_PRICED
    assert heater.record("GE-03", done=True).status is Status.DONE
    assert ("GWH-01", "failed") in heater.lacks()


def test_s10_a_leaking_air_conditioner_is_mended_and_both_readings_stay() -> None:
    cooler = visit("CL-AC")
    cooler.record("AC-01", choices=["no_cooling"])
    plate = {"ambient_c": "30", "refrigerant": "R22", "rated_current_a": "5.2"}
    cooler.record("AC-02", fields=plate)
    cooler.record("AC-04", ok=True)
    cooler.record("AC-06", confirmed=True)
    cooler.record("AC-07", ok=True)
    cooler.record("AC-09", ok=True)
    cooler.record("AC-11", done=True)
    cooler.record("AC-12", choices=["cooler"])
    cooler.record("AC-15", ok=True)
    cooler.record("AC-16", choices=["slightly_warm"])

    [hint] = cooler.refused("AC-18", **mpa("5.2"))
    assert hint.code == "unit-suspected"
    assert "kgf/cm²" in hint.zh
    assert "kgf/cm²" in hint.en
    low = cooler.record("AC-18", **mpa("0.36"))
    assert (low.status, low.band) == (Status.FAIL, "fail_leak")
    assert cooler.refused("AC-19", **mpa("1.05"))[0].code == "reason-required"
    high = cooler.record("AC-19", "the leak", **mpa("1.05"))
    assert (high.status, high.band) == (Status.WARN, "warn_low")
    assert cooler.refused("AC-14", done=True, fields={"charged_g": "300"})[0].rule == "R-175"

    cooler.record("AC-13", done=True)
    cooler.record("AC-14", done=True, fields={"charged_g": "300"})
    assert ("AC-18", "repeat") in cooler.lacks()
    assert cooler.record("AC-18", **mpa("0.52")).status is Status.PASS
    assert cooler.record("AC-19", **mpa("1.28")).status is Status.PASS
    assert cooler.record("AC-20", value="5.0", unit="A").status is Status.PASS
    cooler.record("AC-22", ok=True)
    cooler.record("AC-23")
    assert cooler.lacks() == []
    lows = [(r.answer["value"], r.status) for r in cooler.run.results if r.step == "AC-18"]
    assert lows == [("0.36", Status.FAIL), ("0.52", Status.PASS)]


def test_an_overloaded_switch_waits_for_more_capacity() -> None:
    switch = visit("CL-SWITCH")
    switch.record("SW-01")
    switch.record("SW-02", value="20", unit="A", fields={"rated_a": "10"})
    decided = switch.record("SW-03", choices=["apply"])
    step = switch.run.find("SW-03")[1]
    assert consequence(step, decided) == Consequence(kind="suspend", value="capacity_increase")


def test_what_is_missing_is_told_in_both_languages() -> None:
    for lack in missing(visit("CL-PIPE").run, PRICED):
        assert lack.step in lack.zh
        assert lack.step in lack.en

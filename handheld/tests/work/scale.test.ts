/** Limits as a band: the drawing says what the engine says, for every reading of the catalogue. */

import { describe, expect, test } from "vitest";
import { Refused, type Run, type Step, weigh } from "../../src/engine/evaluate";
import { placeOn, type Scale, scaleOf } from "../../src/work/scale";
import { CATALOGUE, contextOf, type Entry, freshRun, Walk } from "../engine/golden";

const AT_30: Entry = {
  step: "AC-02",
  answer: { fields: { ambient_c: "30", refrigerant: "R22", rated_current_a: "5.2" } },
};
const R410A = {
  step: "AC-02",
  answer: {
    fields: {
      ambient_c: "30",
      refrigerant: "R410A",
      rated_current_a: "5.2",
      low_min_mpa: "0.8",
      low_max_mpa: "1.0",
    },
  },
};

function airConditioner(plate: Entry): Run {
  const walk = new Walk(freshRun("CL-AC"));
  walk.play({ step: "AC-01", answer: { choices: ["weak_cooling"] } });
  walk.play(plate);
  return walk.run;
}

function scale(run: Run, id: string, given = {}): Scale | null {
  return scaleOf(run, run.find(id)!, contextOf(run, {}), given);
}

/** `0.40 to 0.49: warn` with round brackets where the end does not belong to it. */
function told(found: Scale | null): string[] {
  return (found?.zones ?? []).map((zone) => {
    const from = zone.from === null ? "(" : `${zone.withFrom ? "[" : "("}${zone.from}`;
    const to = zone.to === null ? ")" : `${zone.to}${zone.withTo ? "]" : ")"}`;
    return `${from} ${to} ${zone.status}${zone.band === null ? "" : ` ${zone.band}`}`;
  });
}

describe("the low side of an R22 air-conditioner at 30 °C", () => {
  test("has the manual's figures as its ends, each on its own side", () => {
    expect(told(scale(airConditioner(AT_30), "AC-18"))).toEqual([
      "[0 0.4) fail fail_leak",
      "[0.4 0.49) warn warn_low",
      "[0.49 0.54] pass pass",
      "(0.54 1.5] warn warn_high",
      "(1.5 ) refused unit-suspected",
    ]);
  });

  test("ends where the high side begins, once that was measured", () => {
    const walk = new Walk(airConditioner(AT_30), contextOf(freshRun("CL-AC"), {}));
    const run = walk.run.withResult({
      step: "AC-19",
      attempt: 1,
      status: "pass",
      band: "pass",
      answer: { value: "1.25", unit: "MPa" },
      photos: [],
      text: null,
      reason: null,
    });
    expect(told(scale(run, "AC-18")).at(-2)).toBe("[1.25 1.5] refused implausible-pressures");
  });

  test("goes by the plate for other refrigerants, and is not drawn where nothing is known", () => {
    expect(told(scale(airConditioner(R410A), "AC-18"))).toEqual([
      "[0 0.8) warn warn_low",
      "[0.8 1] pass plate",
      "(1 2] warn warn_high",
      "(2 ) refused unit-suspected",
    ]);
    expect(scale(airConditioner(R410A), "AC-19")).toBeNull();
  });
});

test("the high side warns on both sides and never fails", () => {
  expect(told(scale(airConditioner(AT_30), "AC-19"))).toEqual([
    "[0 1.17) warn warn_low",
    "[1.17 1.37] pass pass",
    "(1.37 3] warn warn_high",
    "(3 ) refused unit-suspected",
  ]);
});

test("a current may be 15 % off the plate", () => {
  expect(told(scale(airConditioner(AT_30), "AC-20"))).toEqual([
    "[0 4.42) fail too_low",
    "[4.42 5.98] pass",
    "(5.98 ) fail too_high",
  ]);
});

test("a load is drawn once the rated current is entered", () => {
  const run = freshRun("CL-SWITCH");
  expect(scale(run, "SW-02")).toBeNull();
  expect(told(scale(run, "SW-02", { fields: { rated_a: "16" } }))).toEqual([
    "[0 16] pass",
    "(16 ) fail overload",
  ]);
});

test("what is counted has whole numbers and nothing between", () => {
  expect(told(scale(freshRun("CL-GWH"), "GWH-T2"))).toEqual([
    "[0 0] fail none_good",
    "[1 2] incomplete too_few",
    "[3 5] pass",
    "[6 ) refused too-many-trials",
  ]);
  expect(told(scale(freshRun("CL-LAMP"), "LAMP-19"))).toEqual(["[0 3] pass", "[4 ) fail flickers"]);
});

test("insulation of exactly zero has a name of its own", () => {
  expect(told(scale(freshRun("CL-SWITCH"), "SW-08"))).toEqual([
    "[0 0] fail leakage",
    "(0 0.5) fail below_minimum",
    "[0.5 ) pass",
  ]);
});

test("readings without limits, and what is no reading, have no scale", () => {
  expect(scale(freshRun("CL-PIPE"), "PIPE-16")).toBeNull();
  expect(scale(airConditioner(AT_30), "AC-02")).toBeNull();
  expect(scale(freshRun("CL-LAMP"), "LAMP-06")).toBeNull();
});

const FIELDS = {
  fields: { rated_a: "16", test_voltage_v: "500", leaks: "0", hold_min: "10", lit: "1" },
};

function* readings(): Generator<[string, Run, Step]> {
  for (const [code, template] of CATALOGUE) {
    const run = code === "CL-AC" ? airConditioner(AT_30) : freshRun(code);
    for (const step of template.steps) if (step.kind === "reading") yield [step.id, run, step];
  }
}

test.each([...readings()])("%s: a reading lies in the zone of its verdict", (_, run, step) => {
  const context = contextOf(run, {});
  const found = scaleOf(run, step, context, FIELDS);
  if (found === null) return;
  for (const value of valuesAround(found)) {
    const worth = verdict(run, step, value);
    const place = placeOn(found, value);
    if (place === null) {
      expect([value, worth]).toEqual([value, "refused"]);
      continue;
    }
    expect([value, found.zones[place.zone]!.status]).toEqual([value, worth]);
    expect(place.along).toBeGreaterThanOrEqual(0);
    expect(place.along).toBeLessThanOrEqual(1);
  }
});

function verdict(run: Run, step: Step, value: string): string {
  try {
    const answer = { step: step.id, attempt: 1, answer: { ...FIELDS, value, unit: step.unit } };
    return weigh(run, step, answer, contextOf(run, {})).status;
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    return "refused";
  }
}

function valuesAround({ zones, whole }: Scale): string[] {
  const ends = zones.flatMap(({ from, to }) => [from, to]).filter((end) => end !== null);
  const offs = whole ? [-1, 0, 1, 7] : [-0.001, 0, 0.001, 0.03, 900];
  return ends.flatMap((end) => offs.map((off) => (Number(end) + off).toFixed(whole ? 0 : 6)));
}

test("along a scale a greater reading never stands further left", () => {
  const found = scale(airConditioner(AT_30), "AC-18")!;
  const at = (value: string) => {
    const place = placeOn(found, value)!;
    return place.zone + place.along;
  };
  const values = ["0", "0.2", "0.399", "0.4", "0.45", "0.49", "0.52", "0.54", "0.55", "1.2", "5.2"];
  const places = values.map(at);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});

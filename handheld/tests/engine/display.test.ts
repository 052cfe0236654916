/** What a technician is shown of each step, and of an answer while it is entered. */

import { beforeEach, expect, test } from "vitest";
import { refusals, standing, verdictOf } from "../../src/engine/evaluate";
import { type Entry, freshRun, type GivenContext, Walk } from "./golden";

let lamp: Walk;

beforeEach(() => {
  lamp = recorded("CL-LAMP", [
    { step: "LAMP-01", answer: {} },
    { step: "LAMP-02", answer: { confirmed: true } },
    { step: "LAMP-03", answer: { value: "221", unit: "V" } },
  ]);
});

function recorded(code: string, entries: readonly Entry[]): Walk {
  const walk = new Walk(freshRun(code));
  record(walk, entries);
  return walk;
}

function record(walk: Walk, entries: readonly Entry[]): void {
  for (const entry of entries) {
    expect(walk.play(entry)).not.toHaveProperty("refused");
  }
}

function shown(walk: Walk, ...ids: readonly string[]): string[] {
  return ids.map((id) => standing(walk.run, walk.run.find(id)!, walk.context));
}

function given(context: GivenContext): Entry {
  return { context };
}

const isolated: Entry = { step: "LAMP-05", answer: { confirmed: true } };

test("hands stay off the lamp until it is cut off and proved dead", () => {
  expect(shown(lamp, "LAMP-03", "LAMP-05", "LAMP-06", "LAMP-16")).toEqual([
    "pass",
    "open",
    "locked",
    "locked",
  ]);
  record(lamp, [isolated]);
  expect(shown(lamp, "LAMP-05", "LAMP-06", "LAMP-16")).toEqual(["pass", "open", "waiting"]);
});

test("a remedy is not there until something has failed, and waits for the price", () => {
  record(lamp, [isolated, given({ price_confirmed: false })]);
  expect(shown(lamp, "LAMP-06", "LAMP-07")).toEqual(["open", "not-applicable"]);
  record(lamp, [{ step: "LAMP-06", answer: { ok: false } }]);
  expect(shown(lamp, "LAMP-06", "LAMP-07")).toEqual(["fail", "waiting"]);
  const why = refusals(lamp.run, lamp.run.find("LAMP-07")!, lamp.context);
  expect(why.map((reason) => reason.code)).toEqual(["price-not-confirmed"]);
});

test("once the contact was mended it has to be looked at again", () => {
  record(lamp, [
    isolated,
    { step: "LAMP-06", answer: { ok: false } },
    { step: "LAMP-07", answer: { done: true } },
  ]);
  expect(shown(lamp, "LAMP-06", "LAMP-07")).toEqual(["again", "done"]);
});

test("what was sent back is to be done again, and is locked when the supply is back on", () => {
  record(lamp, [
    isolated,
    { step: "LAMP-06", answer: { ok: true } },
    { step: "LAMP-08", answer: { ok: true } },
    given({ rework_steps: ["LAMP-05", "LAMP-06"] }),
  ]);
  expect(shown(lamp, "LAMP-05", "LAMP-06", "LAMP-08")).toEqual(["again", "locked", "pass"]);
});

test("the customer may sign once nothing is missing, pictures included", () => {
  record(lamp, [
    isolated,
    ...["06", "08", "10", "12", "16"].map((number) => ({
      step: `LAMP-${number}`,
      answer: { ok: true },
    })),
    { step: "LAMP-18", answer: { done: true } },
    { step: "LAMP-19", answer: { value: "1", unit: "times" } },
    { step: "LAMP-20", answer: {} },
  ]);
  expect(shown(lamp, "LAMP-21")).toEqual(["waiting"]);
  record(lamp, [given({ held: "all" })]);
  expect(shown(lamp, "LAMP-21")).toEqual(["open"]);
});

const plate = { ambient_c: "30", refrigerant: "R22", rated_current_a: "5.2" };

/** The opinion on a low side of so much, of an R22 air-conditioner at 30 °C. */
function lowSide(value: string, reason: string | null = null) {
  const walk = new Walk(freshRun("CL-AC"));
  record(walk, [
    { step: "AC-01", answer: { choices: ["weak_cooling"] } },
    { step: "AC-02", answer: { fields: plate } },
  ]);
  const step = walk.run.find("AC-18")!;
  const answer = { step: step.id, attempt: 1, answer: { value, unit: "MPa" }, reason };
  return verdictOf(walk.run, step, answer, walk.context);
}

test("a pressure is judged as it is entered, long before its turn", () => {
  expect(lowSide("0.50")).toEqual({
    verdict: { status: "pass", band: "pass", rule: "R-174" },
    reasons: [],
  });
  expect(lowSide("0.39").verdict).toEqual({ status: "fail", band: "fail_leak", rule: "R-173" });
});

test("a warning is shown together with the wish for a reason", () => {
  const bare = lowSide("0.45");
  expect(bare.verdict?.band).toBe("warn_low");
  expect(bare.reasons.map((reason) => reason.code)).toEqual(["reason-required"]);
  expect(lowSide("0.45", "冷机刚起动").reasons).toEqual([]);
});

test("a half-typed or impossible figure has no verdict, and says why", () => {
  for (const [value, code] of [
    ["0.", "not-a-decimal"],
    ["5.2", "unit-suspected"],
  ] as const) {
    const { verdict, reasons } = lowSide(value);
    expect(verdict).toBeNull();
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
  }
});

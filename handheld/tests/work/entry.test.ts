/** What is typed for a step, judged with every keystroke. */

import { expect, test } from "vitest";
import { BLANK, type Entry, weighEntry } from "../../src/work/entry";
import { asMpa, type Key, press, tidy } from "../../src/work/figures";
import { contextOf, freshRun, Walk } from "../engine/golden";

function typed(code: string, id: string, entry: Partial<Entry>, plate?: Record<string, string>) {
  const walk = new Walk(freshRun(code));
  if (plate) {
    walk.play({ step: "AC-01", answer: { choices: ["weak_cooling"] } });
    walk.play({ step: "AC-02", answer: { fields: plate } });
  }
  const { run } = walk;
  return weighEntry(run, contextOf(run, {}), run.find(id)!, { ...BLANK, ...entry });
}

const AT_30 = { ambient_c: "30", refrigerant: "R22", rated_current_a: "5.2" };
const AT_20 = { ...AT_30, ambient_c: "20" };

function keys(...pressed: Key[]): string {
  return pressed.reduce(press, "");
}

test("the pad writes figures that the engine can read", () => {
  expect(keys("0", "0", "5")).toBe("5");
  expect(keys(".", "4", "9")).toBe("0.49");
  expect(keys("1", ".", ".", "5")).toBe("1.5");
  expect(keys("1", "2", "back")).toBe("1");
  expect(keys("7", "-", "-", "-")).toBe("-7");
  expect(tidy("0。49")).toBe("0.49");
  expect(tidy("1234567890123")).toBe("123456789");
  expect(tidy("0.12345678")).toBe("0.123456");
});

test("a figure that is not MPa is offered in MPa", () => {
  expect(asMpa("5.2")).toEqual([
    { unit: "kgf/cm²", mpa: "0.51" },
    { unit: "bar", mpa: "0.52" },
    { unit: "psi", mpa: "0.04" },
  ]);
  expect(asMpa("")).toEqual([]);
});

test("nothing typed, and a figure that is not finished, are not called wrong", () => {
  for (const value of ["", "-", "0."]) {
    const { verdict, wrong, lacking } = typed("CL-LAMP", "LAMP-03", { value });
    expect({ verdict, wrong, lacking }).toEqual({ verdict: null, wrong: [], lacking: ["value"] });
  }
});

test("221 V passes, 180 V fails, minus is impossible", () => {
  expect(typed("CL-LAMP", "LAMP-03", { value: "221" }).verdict?.status).toBe("pass");
  expect(typed("CL-LAMP", "LAMP-03", { value: "180" }).verdict?.band).toBe("low");
  const minus = typed("CL-LAMP", "LAMP-03", { value: "-5" });
  expect(minus.verdict).toBeNull();
  expect(minus.wrong.map((one) => one.code)).toEqual(["out-of-range"]);
});

test("kgf/cm² in place of MPa is refused", () => {
  const { verdict, wrong } = typed("CL-AC", "AC-18", { value: "5.2" }, AT_30);
  expect(verdict).toBeNull();
  expect(wrong.map((one) => one.code)).toEqual(["unit-suspected"]);
});

test("a warning wants a reason, and the reason goes with the answer", () => {
  const bare = typed("CL-AC", "AC-18", { value: "0.45" }, AT_30);
  expect(bare.verdict?.band).toBe("warn_low");
  expect(bare.lacking).toEqual(["reason"]);
  const given = typed("CL-AC", "AC-18", { value: "0.45", reason: "刚开机" }, AT_30);
  expect(given.lacking).toEqual([]);
  expect(given.answer.reason).toBe("刚开机");
});

test("a reason typed for an earlier figure does not soften a failure", () => {
  const failed = typed("CL-AC", "AC-18", { value: "0.36", reason: "刚开机" }, AT_30);
  expect(failed.verdict?.status).toBe("fail");
  expect(failed.answer.reason).toBeNull();
  expect(failed.mayDeviate).toBe(false);
});

test("P-24: outside the window the supervisor may allow what would fail", () => {
  const failed = typed("CL-AC", "AC-18", { value: "0.36" }, AT_20);
  expect([failed.verdict?.status, failed.mayDeviate]).toEqual(["fail", true]);
  const asked = typed("CL-AC", "AC-18", { value: "0.36", allowed: true }, AT_20);
  expect(asked.lacking).toEqual(["reason"]);
  const allowed = { value: "0.36", allowed: true, reason: "主管同意" };
  const taken = typed("CL-AC", "AC-18", allowed, AT_20);
  expect([taken.verdict?.status, taken.answer.reason]).toEqual(["warn", "主管同意"]);
});

test("R-162: parts of one specification, or the supervisor's leave and a reason", () => {
  const specs = { yes: true, oldSpec: "36 W", newSpec: "36w" };
  expect(typed("CL-LAMP", "LAMP-11", { yes: true }).lacking).toEqual(["spec"]);
  expect(typed("CL-LAMP", "LAMP-11", specs).verdict?.status).toBe("done");
  const other = { ...specs, newSpec: "40W" };
  const refused = typed("CL-LAMP", "LAMP-11", other);
  expect([refused.verdict, refused.mayDeviate]).toEqual([null, true]);
  expect(refused.wrong.map((one) => one.code)).toEqual(["specification-differs"]);
  const leave = { ...other, allowed: true, reason: "停产" };
  expect(typed("CL-LAMP", "LAMP-11", leave).verdict?.band).toBe("deviation");
  expect(typed("CL-LAMP", "LAMP-11", { yes: false, oldSpec: "x" }).answer.answer).toEqual({
    done: false,
  });
});

test("something else wants words", () => {
  expect(typed("CL-AC", "AC-01", { choices: ["other"] }).lacking).toEqual(["text"]);
  const told = typed("CL-AC", "AC-01", { choices: ["other"], text: "漏水" });
  expect([told.verdict?.status, told.answer.text]).toEqual(["pass", "漏水"]);
});

test("further quantities go along; what is not typed is left out", () => {
  expect(typed("CL-SWITCH", "SW-02", { value: "12" }).lacking).toEqual(["rated_a"]);
  const load = typed("CL-SWITCH", "SW-02", { value: "12", fields: { rated_a: "16" } });
  expect(load.answer.answer).toEqual({ value: "12", unit: "A", fields: { rated_a: "16" } });
  expect(load.verdict?.status).toBe("pass");
  expect(typed("CL-AC", "AC-02", { fields: AT_30 }).verdict?.status).toBe("pass");
});

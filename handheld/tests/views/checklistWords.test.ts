/** The checklist's words: every name of the catalogue is said in both languages. */

import { afterEach, describe, expect, test } from "vitest";
import { bandWords, isBandKnown } from "../../src/views/checklist/bands";
import { instrumentOf } from "../../src/views/checklist/instrument";
import { reasonsFor } from "../../src/views/checklist/reasons";
import { answerWords, provenanceWords, reasonWords } from "../../src/views/checklist/sentences";
import { isJudged, signOfStatus } from "../../src/views/checklist/standings";
import { figure, tradeUnitWords, unitsToChoose, unitWords } from "../../src/views/checklist/units";
import { language } from "../../src/words/words";
import { BLANK, weighEntry } from "../../src/work/entry";
import { CATALOGUE, contextOf, freshRun } from "../engine/golden";

const STEPS = [...CATALOGUE.values()].flatMap((template) => template.steps);

function step(id: string) {
  return STEPS.find((one) => one.id === id)!;
}

afterEach(() => {
  language.value = "zh";
});

describe("bands", () => {
  const bands = STEPS.flatMap((one) => [
    ...(one.limits?.bands ?? []).map((band) => band.band),
    ...(one.limits?.if_no ?? []).map((line) => line.band),
  ]).filter((band) => band !== undefined);

  test("of the catalogue all have words", () => {
    expect(bands.length).toBeGreaterThan(20);
    expect([...new Set(bands)].filter((band) => !isBandKnown(band))).toEqual([]);
  });

  test("that somebody else's checklist invents say no more than the verdict", () => {
    expect(bandWords("of_their_own", "fail")).toBe("不合格");
    expect(bandWords("fail_leak", "fail")).toBe("疑似泄漏");
  });
});

test("whatever may warn has reasons to choose from, in both languages", () => {
  for (const one of STEPS) {
    const warns = [...(one.limits?.bands ?? []), ...(one.limits?.if_no ?? [])].filter(
      (line) => line.status === "warn",
    );
    for (const line of warns) {
      const zh = reasonsFor(one, { band: line.band ?? null });
      language.value = "en";
      const en = reasonsFor(one, { band: line.band ?? null });
      language.value = "zh";
      expect(zh.length).toBeGreaterThanOrEqual(2);
      expect(en).toHaveLength(zh.length);
      expect(en.filter((reason) => zh.includes(reason))).toEqual([]);
    }
  }
});

test("our own steps and figures are never shown as the manual's", () => {
  for (const one of STEPS.filter(({ provenance }) => provenance !== "seed")) {
    expect(provenanceWords(one)).toContain("非手册规定");
    expect(provenanceWords(one)).not.toContain("SVC");
  }
  const limits = step("LAMP-03").limits!;
  expect(provenanceWords({ provenance: limits.provenance!, source: "SVC 2.3.3.1 a" })).toContain(
    "非手册规定",
  );
});

test("a refusal names the quantity in words, and leaves the sentence alone otherwise", () => {
  const run = freshRun("CL-LAMP");
  const typed = { ...BLANK, value: "-5" };
  const { wrong } = weighEntry(run, contextOf(run, {}), step("LAMP-03"), typed);
  expect(wrong.map((one) => reasonWords(step("LAMP-03"), one))).toEqual(["读数 超出可能的范围"]);
  language.value = "en";
  const ac = freshRun("CL-AC");
  const unit = weighEntry(ac, contextOf(ac, {}), step("AC-18"), { ...BLANK, value: "5.2" });
  expect(unit.wrong.map((one) => reasonWords(step("AC-18"), one))[0]).toContain("likely MPa value");
});

test("answers in short", () => {
  const text = null;
  expect(answerWords(step("LAMP-03"), { answer: { value: "221", unit: "V" }, text })).toBe("221 V");
  expect(answerWords(step("LAMP-06"), { answer: { ok: false }, text })).toBe("不正常");
  const lit = { value: "2", unit: "times", fields: { lit: "1" } };
  expect(answerWords(step("LAMP-19"), { answer: lit, text })).toBe(
    "2次 · 是否点亮(1 亮,0 不亮) 是",
  );
  const specs = { done: true, old_spec: "36 W", new_spec: "36W" };
  expect(answerWords(step("LAMP-11"), { answer: specs, text })).toBe("已完成 · 36 W → 36W");
});

test("units as people write them, each spelling once", () => {
  expect(unitWords("Mohm")).toBe("MΩ");
  expect(figure("3", "times")).toBe("3次");
  expect(unitsToChoose(step("SW-08"))).toEqual(["Mohm"]);
  expect(unitsToChoose(step("AC-18"))).toEqual(["MPa", "MPa (gauge)"]);
});

test("a picture says which instrument to read, and on which side", () => {
  const of = (id: string) => instrumentOf(step(id));
  expect([of("AC-18"), of("AC-19"), of("AC-20")]).toEqual(["low", "high", "clamp"]);
  expect([of("LAMP-03"), of("GWH-A1"), of("SW-08")]).toEqual(["tube", "battery", "megger"]);
  expect([of("PIPE-08"), of("PIPE-09"), of("PIPE-13")]).toEqual(["plumb", "level", "ruler"]);
  expect([of("LAMP-06"), of("WC-T1"), of("GWH-T2")]).toEqual([null, null, null]);
});

test("what judges nothing is noted rather than passed", () => {
  expect([isJudged(step("LAMP-01")), isJudged(step("AC-01"))]).toEqual([false, false]);
  expect([isJudged(step("AC-12")), isJudged(step("LAMP-03"))]).toEqual([true, true]);
  expect(signOfStatus("pass", step("AC-02")).word).toBe("已记录");
  expect(signOfStatus("pass", step("LAMP-03")).word).toBe("合格");
});

test("units of the price list and the store are written in the reader's language", () => {
  expect(["次", "米", "个", "捆"].map(tradeUnitWords)).toEqual(["次", "米", "个", "捆"]);
  language.value = "en";
  expect(["次", "米", "个", "捆"].map(tradeUnitWords)).toEqual(["job", "m", "pcs", "捆"]);
});

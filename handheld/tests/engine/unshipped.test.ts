/** What the page on checklists allows and no shipped checklist, nor any vector, turns on. */

import { expect, test } from "vitest";
import {
  type Answer,
  type Context,
  judge,
  locked,
  type Refused,
  Run,
  refusals,
  type Step,
  verdictOf,
} from "../../src/engine/evaluate";
import type { Kind } from "../../src/engine/vocabulary";
import { contextOf } from "./golden";

/** A run of a checklist with just these steps. */
function runOf(...steps: readonly Step[]): Run {
  const text = { zh: "门", en: "Door" };
  const template = { code: "CL-DOOR", version: 1, title: text, category: null, source: "E", steps };
  return new Run(template, []);
}

function step(seq: number, kind: Kind, more: Partial<Step> = {}): Step {
  return {
    id: `DOOR-0${seq}`,
    seq,
    kind,
    text: { zh: "看门", en: "Look at the door" },
    source: "E",
    provenance: "engineering",
    when: null,
    photos: [],
    locks: [],
    on_fail: null,
    ...more,
  };
}

const context: Context = contextOf(runOf(), {});

function after(start: Run, ...answers: readonly Omit<Answer, "attempt">[]): Run {
  return answers.reduce(
    (run, answer) => run.withResult(judge(run, { attempt: 1, ...answer }, context)),
    start,
  );
}

function codes(run: Run, answer: Omit<Answer, "attempt">): string[] {
  try {
    judge(run, { attempt: 1, ...answer }, context);
    return [];
  } catch (refusal) {
    return (refusal as Refused).reasons.map((reason) => reason.code);
  }
}

const photo = (tag: string) => ({ sha256: "a".repeat(64), tag });

test("a lock that needs two pictures is not opened by one of them", () => {
  const isolation = step(1, "safety", {
    photos: [
      { tag: "isolation", min: 1 },
      { tag: "tag", min: 1 },
    ],
    locks: ["DOOR-02"],
    lock_needs_photo: true,
  });
  const run = after(runOf(isolation, step(2, "check")), {
    step: "DOOR-01",
    answer: { confirmed: true },
    photos: [photo("isolation")],
  });
  expect(locked(run, context)).toEqual(new Map([["DOOR-02", ["DOOR-01"]]]));
  const held = contextOf(run, { held: [["DOOR-01", "tag", "b".repeat(64)]] });
  expect(locked(run, held)).toEqual(new Map());
});

test("of several options one that fails is enough", () => {
  const text = { zh: "锁", en: "Lock" };
  const look = step(1, "choice", {
    multiple: true,
    choices: [
      { id: "oiled", text, verdict: "pass" },
      { id: "bent", text, verdict: "fail" },
    ],
  });
  const answer = { step: look.id, attempt: 1, answer: { choices: ["oiled", "bent"] } };
  expect(verdictOf(runOf(look), look, answer, context).verdict?.status).toBe("fail");
});

test("a check waits for no step that needs a failure among other things", () => {
  const mended = step(3, "check", {
    when: {
      all: [
        { step: "DOOR-01", is: "pass" },
        { step: "DOOR-02", is: "fail" },
      ],
    },
  });
  const last = step(4, "check");
  const run = after(
    runOf(step(1, "check"), step(2, "check"), mended, last),
    { step: "DOOR-01", answer: { ok: true } },
    { step: "DOOR-02", answer: { ok: false } },
  );
  expect(refusals(run, last, context)).toEqual([]);
});

test("so many percent of something that was never measured is nothing", () => {
  const rated = { percent: "15", of: { step: "DOOR-01" } };
  const force = step(2, "reading", {
    unit: "N",
    limits: {
      bands: [
        { if: [{ within_percent: rated }], status: "pass" },
        { status: "info", band: "unrated" },
      ],
    },
  });
  const run = runOf(step(1, "reading", { optional: true, unit: "N" }), force);
  const answer = { step: force.id, attempt: 1, answer: { value: "10", unit: "N" } };
  expect(verdictOf(run, force, answer, context).verdict?.band).toBe("unrated");
});

test("words and pictures have an end", () => {
  const fit = step(1, "action", { limits: { same_spec: true } });
  const part = (length: number) => {
    const spec = "长".repeat(length);
    return { step: fit.id, answer: { done: true, old_spec: spec, new_spec: spec } };
  };
  const run = runOf(fit);
  expect(codes(run, { ...part(200), text: "😀".repeat(2000) })).toEqual([]);
  expect(codes(run, { ...part(200), text: "😀".repeat(2001) })).toEqual(["bad-answer"]);
  expect(codes(run, part(201))).toEqual(["bad-answer"]);
  expect(codes(run, { ...part(1), photos: Array(20).fill(photo("after")) })).toEqual([]);
  expect(codes(run, { ...part(1), photos: Array(21).fill(photo("after")) })).toEqual(["bad-photo"]);
});

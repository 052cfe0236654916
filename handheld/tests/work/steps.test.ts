/** The checklist as a technician walks through it: what is next, what waits, what came back. */

import { describe, expect, test } from "vitest";
import type { RunEntry, Snapshot } from "../../src/contract/wire";
import { childCodes, type Result } from "../../src/engine/evaluate";
import type { Act } from "../../src/store/database";
import { attemptsAt, refusedAct } from "../../src/work/attempts";
import type { Job } from "../../src/work/job";
import { onwardFrom } from "../../src/work/onward";
import {
  follows,
  groupsOf,
  isAtWork,
  isReturnedOnly,
  neighbours,
  obstacles,
  photosOwed,
  progressOf,
  seen,
  stepsNamed,
  suggested,
} from "../../src/work/steps";
import { CATALOGUE } from "../engine/golden";
import { photo } from "../trade";
import { did, job } from "./given";

const AGREED: Partial<Snapshot> = {
  quote: {
    revision: 1,
    total_fen: 3000,
    price_list_version: "2025-01",
    confirmed_at: "2026-03-02T01:00:00Z",
    method: "paper",
    signer: "王丽华",
    lines: [],
  },
};
const OPEN: Partial<Snapshot> = { state: "on_site" };

function at(code: string, acts: Act[] = [], snapshot: Partial<Snapshot> = AGREED): Job {
  const own = CATALOGUE.get(code)!;
  const children = [...new Set([...childCodes(own), "CL-GASEMG"])].map(
    (child) => CATALOGUE.get(child)!,
  );
  return job({ checklist: { code, version: 1 }, ...snapshot }, acts, {
    templates: [own, ...children],
  });
}

function recorded(step: string, answer: object, more: object = {}): Act {
  return did("step.recorded", { step, attempt: 1, answer, photos: [], order_version: 4, ...more });
}

const BEGUN = [
  recorded("LAMP-01", {}),
  recorded("LAMP-02", { confirmed: true }),
  recorded("LAMP-03", { value: "221", unit: "V" }),
];
const ISOLATED = [...BEGUN, recorded("LAMP-05", { confirmed: true })];

function result(of: Job, step: string, status: Result["status"], photos: string[] = []): Result {
  const attempt = (of.run!.last(step)?.attempt ?? 0) + 1;
  const named = photos.map((tag) => ({ tag, sha256: tag.padEnd(64, "0") }));
  const { run } = of;
  const answer = run!.find(step)!.kind === "check" ? { ok: status === "pass" } : { done: true };
  return { step, attempt, status, band: null, answer, photos: named, text: null, reason: null };
}

function onward(of: Job, done: Result) {
  return onwardFrom(of, of.run!, of.run!.find(done.step)!, done);
}

describe("the list", () => {
  test("shows what applies and folds the rest; checklists never opened are not there", () => {
    const [own, ...others] = groupsOf(at("CL-LAMP", ISOLATED));
    expect(others).toEqual([]);
    expect(own!.idle.map((step) => step.id)).toContain("LAMP-09");
    const lamp06 = own!.steps.find((one) => one.step.id === "LAMP-06");
    expect(lamp06?.standing).toBe("open");
  });

  test("puts an open emergency first, and an opened checklist after its own", () => {
    const gas = groupsOf(at("CL-LAMP", BEGUN, { ...AGREED, hazard: true, state: "suspended" }));
    expect(gas.map((group) => group.role)).toEqual(["emergency", "own"]);
    const dark = [...BEGUN.slice(0, 2), recorded("LAMP-03", { value: "180", unit: "V" })];
    expect(groupsOf(at("CL-LAMP", dark)).map((group) => group.role)).toEqual(["own", "child"]);
  });

  test("a locked step names its key, a failure put right says so", () => {
    const locked = groupsOf(at("CL-LAMP", BEGUN))[0]!.steps;
    expect(locked.find((one) => one.step.id === "LAMP-06")?.lockers[0]?.id).toBe("LAMP-05");
    const mended = [
      ...ISOLATED,
      recorded("LAMP-06", { ok: true }),
      recorded("LAMP-08", { ok: false }),
      recorded("LAMP-09", { done: true }),
    ];
    const steps = groupsOf(at("CL-LAMP", mended))[0]!.steps;
    const lamp08 = steps.find((one) => one.step.id === "LAMP-08")!;
    expect([lamp08.standing, lamp08.isRemedied]).toEqual(["fail", true]);
  });

  test("counts what is demanded, and grows when a failure demands more", () => {
    const before = progressOf(at("CL-LAMP", ISOLATED));
    const failed = [...ISOLATED, recorded("LAMP-06", { ok: false })];
    const after = progressOf(at("CL-LAMP", failed));
    expect(before.done).toBe(4);
    expect([after.done - before.done, after.total - before.total]).toEqual([0, 1]);
  });

  test("turning over goes by what is shown", () => {
    const lamp = at("CL-LAMP", ISOLATED);
    expect(neighbours(lamp, "LAMP-01").previous).toBeNull();
    expect(neighbours(lamp, "LAMP-06")).toEqual({ previous: "LAMP-05", next: "LAMP-08" });
    expect(neighbours(lamp, "LAMP-21").next).toBeNull();
  });
});

describe("after a step was recorded", () => {
  test("a photo that it asks for comes first, then the next step", () => {
    const lamp = at("CL-LAMP", BEGUN);
    const bare: Result = { ...result(lamp, "LAMP-05", "pass"), answer: { confirmed: true } };
    expect(onward(lamp, bare)).toEqual({ to: "stay" });
    const pictured = { ...bare, photos: [{ tag: "isolation", sha256: "a".repeat(64) }] };
    expect(onward(lamp, pictured)).toEqual({ to: "step", step: "LAMP-06" });
  });

  test("a failure leads to its remedy", () => {
    const lamp = at("CL-LAMP", [...ISOLATED, recorded("LAMP-06", { ok: true })]);
    expect(onward(lamp, result(lamp, "LAMP-08", "fail"))).toEqual({ to: "step", step: "LAMP-09" });
  });

  test("a remedy that opens a checklist leads into it, and its end leads back", () => {
    const dark = [...BEGUN.slice(0, 2), recorded("LAMP-03", { value: "180", unit: "V" })];
    const lamp = at("CL-LAMP", dark);
    expect(suggested(lamp)).toBe("SW-01");
  });

  test("before the price is agreed inspecting goes on, then the order asks for the price", () => {
    const inspected = [
      ...ISOLATED,
      recorded("LAMP-06", { ok: true }),
      recorded("LAMP-08", { ok: false }),
    ];
    const lamp = at("CL-LAMP", inspected, OPEN);
    expect(suggested(lamp)).toBe("LAMP-10");
    const heater = at(
      "CL-GWH",
      [
        recorded("GWH-01", { confirmed: true }),
        recorded("GWH-02", { choices: ["bang"] }),
        recorded("GWH-03", {}, { photos: [{ tag: "before", sha256: "b".repeat(64) }] }),
      ],
      OPEN,
    );
    const shut = { ...result(heater, "GWH-B1", "pass", ["gas_off"]), answer: { confirmed: true } };
    expect(onward(heater, shut)).toEqual({ to: "order" });
  });

  test("once the price is agreed the work that waited comes before further inspection", () => {
    const inspected = [
      ...ISOLATED,
      recorded("LAMP-06", { ok: true }),
      recorded("LAMP-08", { ok: false }),
      recorded("LAMP-10", { ok: true }),
    ];
    expect(suggested(at("CL-LAMP", inspected))).toBe("LAMP-09");
  });

  test("R-027: a leak leads out of the house", () => {
    const heater = at("CL-GWH");
    const leak: Result = { ...result(heater, "GWH-01", "fail"), answer: { confirmed: false } };
    expect(onward(heater, leak)).toEqual({ to: "hazard" });
    const { hazard, suspend } = follows(heater.run!, heater.run!.find("GWH-01")!, "fail");
    expect([hazard, suspend]).toEqual([true, null]);
  });

  test("what suspends the order leads back to it", () => {
    const tap = at("CL-TAP", [recorded("TAP-01", {})]);
    const stuck: Result = { ...result(tap, "TAP-02", "fail"), answer: { confirmed: false } };
    expect(onward(tap, stuck)).toEqual({ to: "order" });
    expect(follows(tap.run!, tap.run!.find("TAP-02")!, "fail").suspend).toBe("riser_shutoff");
  });
});

describe("what keeps a step from being recorded", () => {
  test("R-169: whether to dry the lead is told by the gas valve, where the heater bangs", () => {
    const looked = (fault: string) =>
      at("CL-GWH", [
        recorded("GWH-01", { confirmed: true }),
        recorded("GWH-02", { choices: [fault] }),
      ]);
    const drying = (of: Job) => seen(of, of.run!, of.run!.find("GWH-B2")!);
    expect(drying(looked("bang")).standing).toBe("not-applicable");
    expect(drying(looked("bang")).awaits.map((step) => step.id)).toEqual(["GWH-B1"]);
    expect(drying(looked("no_ignition")).awaits).toEqual([]);
  });

  test("names the steps to go to", () => {
    const lamp = at("CL-LAMP", BEGUN);
    const why = obstacles(lamp, lamp.run!.find("LAMP-06")!);
    expect(why.map((one) => one.code)).toEqual(["locked", "out-of-order"]);
    expect(why.flatMap((one) => stepsNamed(lamp.run!, one)).map((step) => step.id)).toEqual([
      "LAMP-05",
      "LAMP-05",
    ]);
  });

  test("R-054: nothing is recorded before arrival, but in an emergency while it is suspended", () => {
    expect(isAtWork(at("CL-LAMP", [], { state: "acknowledged" }), "LAMP-01")).toBe(false);
    expect(isAtWork(at("CL-LAMP", [], { state: "suspended", hazard: true }), "GE-01")).toBe(true);
    expect(isAtWork(at("CL-LAMP", [], { state: "suspended" }), "LAMP-01")).toBe(false);
  });
});

describe("steps that QA sent back", () => {
  const entry: RunEntry = {
    step: "LAMP-03",
    attempt: 1,
    status: "pass",
    band: null,
    answer: { value: "221", unit: "V" },
    photos: [{ tag: "meter", sha256: "c".repeat(64) }],
    text: null,
    reason: null,
    recorded_at: "2026-03-02T01:05:00Z",
  };
  const returned: Partial<Snapshot> = {
    ...AGREED,
    state: "accepted",
    run: [entry],
    returned_steps: [{ step: "LAMP-03", reason: "照片模糊" }],
  };
  const old = photo({ step: "LAMP-03", tag: "meter", sha256: "c".repeat(64), state: "verified" });

  function sentBack(acts: Act[] = [], photos = [old]): Job {
    const template = CATALOGUE.get("CL-LAMP")!;
    const children = ["CL-SWITCH", "CL-GASEMG"].map((code) => CATALOGUE.get(code)!);
    const snapshot = { checklist: { code: "CL-LAMP", version: 1 }, ...returned };
    return job(snapshot, acts, { templates: [template, ...children], photos });
  }

  test("are all that is asked for, and may be recorded though the work is over", () => {
    const lamp = sentBack();
    expect(isReturnedOnly(lamp)).toBe(true);
    expect(suggested(lamp)).toBe("LAMP-03");
    expect(isAtWork(lamp, "LAMP-03")).toBe(true);
    expect(isAtWork(lamp, "LAMP-06")).toBe(false);
    expect(attemptsAt(lamp, "LAMP-03")[0]?.result.answer.value).toBe("221");
  });

  test("want a new picture: the one that was sent back no longer counts", () => {
    const step = CATALOGUE.get("CL-LAMP")!.steps.find((one) => one.id === "LAMP-03")!;
    expect(photosOwed(step, sentBack().context)).toEqual(["meter"]);
    const anew = recorded("LAMP-03", { value: "220", unit: "V" }, { attempt: 2 });
    expect(photosOwed(step, sentBack([anew]).context)).toEqual(["meter"]);
    const taken = photo({
      ...old,
      id: 2,
      sha256: "d".repeat(64),
      state: "waiting",
      act: anew.id,
    });
    expect(photosOwed(step, sentBack([anew], [old, taken]).context)).toEqual([]);
  });

  test("lead on to the next one that came back, then to the order", () => {
    const lamp = sentBack();
    const anew = {
      ...result(lamp, "LAMP-03", "pass", ["meter"]),
      answer: { value: "220", unit: "V" },
    };
    expect(onward(lamp, anew)).toEqual({ to: "order" });
  });
});

describe("attempts", () => {
  test("stand with their time, the latest first, and say what has not arrived", () => {
    const twice = [...BEGUN, recorded("LAMP-03", { value: "230", unit: "V" }, { attempt: 2 })];
    const found = attemptsAt(at("CL-LAMP", twice), "LAMP-03");
    expect(found.map((one) => one.result.answer.value)).toEqual(["230", "221"]);
    expect(found[0]).toMatchObject({ isHere: true, at: "2026-03-02T01:12:05.250Z" });
  });

  test("the server's no stands at the step until it is recorded anew", () => {
    const no = did(
      "step.recorded",
      { step: "LAMP-03", attempt: 2, answer: { value: "9", unit: "V" } },
      { outcome: "rejected" },
    );
    expect(refusedAct(at("CL-LAMP", [...BEGUN, no]), "LAMP-03")).toBe(no);
    const again = recorded("LAMP-03", { value: "220", unit: "V" }, { attempt: 2 });
    expect(refusedAct(at("CL-LAMP", [...BEGUN, no, again]), "LAMP-03")).toBeNull();
  });
});

test("R-162: a deviation that the technician says was allowed goes on without the network", () => {
  const other = { done: true, old_spec: "36 W", new_spec: "40 W" };
  const failed = [
    ...ISOLATED,
    recorded("LAMP-06", { ok: true }),
    recorded("LAMP-08", { ok: true }),
    recorded("LAMP-10", { ok: false }),
  ];
  const lamp = at("CL-LAMP", [...failed, recorded("LAMP-11", other, { reason: "停产" })]);
  expect(lamp.doubtful).toEqual([]);
  expect(lamp.run!.last("LAMP-11")).toMatchObject({ status: "warn", band: "deviation" });
  const bare = at("CL-LAMP", [...failed, recorded("LAMP-11", other)]);
  expect(bare.doubtful).toHaveLength(1);
});

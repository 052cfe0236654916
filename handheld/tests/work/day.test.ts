/** A day without a network: what was done leads on, though nobody has answered. */

import { beforeEach, describe, expect, test } from "vitest";
import type { Acts, ActType, Outcome, Snapshot } from "../../src/contract/wire";
import { childCodes } from "../../src/engine/evaluate";
import { seal, settle } from "../../src/queue/outgoing";
import { markRefused, markSent, releasePhotos } from "../../src/queue/pictures";
import type { Act, Database } from "../../src/store/database";
import { takeSnapshot } from "../../src/store/orders";
import { discard } from "../../src/work/discarding";
import { hazardOf, isAtTheDesk } from "../../src/work/hazard";
import type { Job } from "../../src/work/job";
import { jobAtHand } from "../../src/work/jobs";
import { asidesOf, type Stage, stageOf } from "../../src/work/stage";
import { CATALOGUE } from "../engine/golden";
import {
  DEVICE,
  freshDatabase,
  MORNING,
  ORDER,
  reopened,
  say,
  snapshot,
  takePhoto,
} from "../trade";

const NOW = MORNING.getTime();
const TOMORROW = "2026-03-03T01:00:00Z";
const WATER_HEATER = CATALOGUE.get("CL-GWH")!;
const NAMED = {
  checklist: { code: "CL-GWH", version: WATER_HEATER.version },
  child_checklists: childCodes(WATER_HEATER).map((code) => {
    const child = CATALOGUE.get(code)!;
    return { code, version: child.version };
  }),
};

let database: Database;

beforeEach(async () => {
  database = await freshDatabase();
  for (const template of CATALOGUE.values()) {
    await database.put("templates", template, `${template.code}@${template.version}`);
  }
});

async function hold(changes: Partial<Snapshot> = {}): Promise<void> {
  await takeSnapshot(database, snapshot({ ...NAMED, ...changes }), NOW);
}

async function job(): Promise<Job> {
  return (await jobAtHand(database, ORDER))!.job;
}

async function stage(): Promise<Stage> {
  return stageOf(await job());
}

function act<Type extends ActType>(type: Type, data: Acts[Type], photos?: number[]): Promise<Act> {
  return say(database, type, data, photos ? { photos } : {});
}

let pictures = 0;

/** Record a step as the app does, with a picture for each of these tags. */
async function step(
  id: string,
  answer: Record<string, unknown>,
  tags: string[] = [],
  attempt = 1,
): Promise<Act> {
  const taken = [];
  for (const tag of tags) {
    const sha256 = (++pictures).toString(16).padStart(64, "0");
    taken.push(await takePhoto(database, { step: id, tag, sha256 }));
  }
  const photos = taken.map(({ sha256, tag }) => ({ sha256, tag }));
  return act(
    "step.recorded",
    { step: id, attempt, answer, photos },
    taken.map((one) => one.id),
  );
}

/** All pictures go up, and the server answers what waits; in which version the order is then. */
async function answer(outcome: Outcome, version: number): Promise<void> {
  for (const photo of await database.getAll("photos")) await markSent(database, photo.id, NOW);
  for (const one of await seal(database, DEVICE, NOW + 60_000)) {
    await settle(
      database,
      { event: one.id, outcome, order_version: version, server_time: "" },
      NOW,
    );
  }
}

async function untilAgreed(): Promise<void> {
  await act("order.acknowledged", {});
  await act("order.arrived", {});
  await act("order.inspected", { note: "不点火", photos: [] });
  await act("order.quoted", { lines: [{ item: "GWH-IGN", qty: "1" }], total_fen: 8000 });
  const signer = { name: "王女士", relation: "owner" } as const;
  await act("quote.confirmed", { method: "phone", signer });
}

async function quietRun(): Promise<void> {
  await step("GWH-01", { confirmed: true });
  await step("GWH-02", { choices: ["no_ignition"] });
  await step("GWH-03", {}, ["before"]);
  await step("GWH-A1", { value: "3.0", unit: "V DC" }, ["meter"]);
  for (const check of ["GWH-A3", "GWH-A5", "GWH-A7"]) await step(check, { ok: true });
  await step("GWH-T2", { value: "4", unit: "times" }, ["flame"]);
  await step("GWH-T3", {}, ["after"]);
}

const ACCEPTED = {
  signer: { name: "王女士", relation: "owner" },
  signature: "f".repeat(64),
} as const;

test("from the work list to the signature, through a kill after every act", async () => {
  await hold();
  const stages: Stage[] = [await stage()];
  const on = async (deed: () => Promise<unknown>) => {
    await deed();
    database = await reopened(database);
    stages.push(await stage());
  };
  await on(() => act("order.acknowledged", {}));
  await on(() => act("order.arrived", {}));
  await on(() => act("order.inspected", { note: "不点火", photos: [] }));
  await on(() => act("order.quoted", { lines: [], total_fen: 0 }));
  const signer = { name: "王女士", relation: "owner" } as const;
  await on(() => act("quote.confirmed", { method: "phone", signer }));
  await on(quietRun);
  await on(() => act("order.ready", {}));
  await on(() => act("order.accepted", ACCEPTED));
  expect(stages).toEqual([
    "acknowledge",
    "arrive",
    "inspect",
    "quote",
    "confirm",
    "work",
    "ready",
    "trial",
    "hand_in",
  ]);
  expect((await job()).doubtful).toEqual([]);
});

describe("what the server answered", () => {
  test.each(["rejected", "recorded"] as const)("an act that was %s leads nowhere", async (no) => {
    await hold();
    await act("order.acknowledged", {});
    expect(await stage()).toBe("arrive");
    await answer(no, 1);
    expect(await stage()).toBe("acknowledge");
    expect((await job()).acts).toHaveLength(1);
  });

  test("an applied act counts until a snapshot shows it, and not twice then", async () => {
    await hold();
    await act("order.acknowledged", {});
    await answer("applied", 2);
    expect(await stage()).toBe("arrive");
    // The desk has moved on meanwhile: its word holds.
    await hold({ version: 3, state: "dispatched" });
    expect(await stage()).toBe("acknowledge");
  });

  test("a refused step is to be done again, and its attempt is free", async () => {
    await hold();
    await untilAgreed();
    await answer("applied", 2);
    await hold({ version: 2, state: "in_progress" });
    await step("GWH-01", { confirmed: true });
    expect((await job()).run!.last("GWH-01")!.attempt).toBe(1);
    await answer("rejected", 2);
    expect((await job()).run!.last("GWH-01")).toBeUndefined();
    expect((await job()).next).toContain("GWH-01");
  });

  test("acts of an earlier stay do not lead on in a new one", async () => {
    await hold();
    await act("order.acknowledged", {});
    await takeSnapshot(database, snapshot({ ...NAMED, version: 2, state: "void" }), NOW);
    await hold({ version: 3 });
    expect(await stage()).toBe("acknowledge");
    expect((await job()).acts).toEqual([]);
  });
});

test("a refused photo keeps finished and the signature here until another is up (P-17)", async () => {
  await hold();
  await untilAgreed();
  await quietRun();
  const sent = async () => (await seal(database, DEVICE, NOW + 60_000)).map((one) => one.type);
  await sent();
  const photos = await database.getAll("photos");
  const flame = photos.find((photo) => photo.tag === "flame")!;
  await markRefused(database, flame.id, { detail: "太暗" }, NOW);
  for (const photo of photos) await markSent(database, photo.id, NOW);
  await act("order.ready", {});
  await act("order.accepted", ACCEPTED);
  expect(await sent()).toEqual([]);

  expect(await discard(database, (await database.get("photos", flame.id))!)).toBe(true);
  expect(await sent()).toEqual([]);
  const again = await takePhoto(database, { step: "GWH-T2", tag: "flame", sha256: "e".repeat(64) });
  expect(await sent()).toEqual([]);
  await releasePhotos(database, [again.id], 0);
  expect(await sent()).toEqual([]);
  await markSent(database, again.id, NOW);
  expect(await sent()).toEqual(["order.ready", "order.accepted"]);
});

test("a refused photo that no step asks for is thrown away, and finished goes", async () => {
  await hold();
  await untilAgreed();
  await quietRun();
  const extra = await takePhoto(database, { step: "GWH-T2", tag: "flame", sha256: "e".repeat(64) });
  await releasePhotos(database, [extra.id], 0);
  await markRefused(database, extra.id, { detail: "太暗" }, NOW);
  await act("order.ready", {});
  for (const photo of await database.getAll("photos")) await markSent(database, photo.id, NOW);
  const sent = async () => (await seal(database, DEVICE, NOW + 60_000)).map((one) => one.type);
  expect(await sent()).not.toContain("order.ready");
  await discard(database, (await database.get("photos", extra.id))!);
  expect(await sent()).toEqual(["order.ready"]);
});

describe("the price (R-055, R-056)", () => {
  test("without the customer's word nothing is mended, looking is allowed", async () => {
    await hold({ state: "on_site" });
    await step("GWH-01", { confirmed: true });
    const before = await job();
    expect([before.context.priceConfirmed, before.run!.last("GWH-01")?.status]).toEqual([
      false,
      "pass",
    ]);
    await act("order.quoted", { lines: [], total_fen: 0 });
    const signer = { name: "王女士", relation: "owner" } as const;
    await act("quote.confirmed", { method: "phone", signer });
    expect((await job()).context.priceConfirmed).toBe(true);
  });

  test("a new quote asks for a new word, and undoes nothing that was done", async () => {
    await hold();
    await untilAgreed();
    await step("GWH-01", { confirmed: true });
    await step("GWH-02", { choices: ["no_ignition"] });
    await step("GWH-03", {}, ["before"]);
    await step("GWH-A1", { value: "2.5", unit: "V DC" }, ["meter"]);
    await step("GWH-A2", { done: true, old_spec: "R20", new_spec: "R20" }, ["new_part"]);
    await act("order.quoted", { lines: [{ item: "GWH-VALVE", qty: "1" }], total_fen: 20000 });
    const after = await job();
    expect([after.state, after.context.priceConfirmed]).toEqual(["quoted", false]);
    expect(after.quote).toMatchObject({ totalFen: 20000, confirmed: false, bySnapshot: null });
    expect(after.run!.last("GWH-A2")?.status).toBe("done");
    expect(after.doubtful).toEqual([]);
  });
});

describe("pauses", () => {
  test("after a pause it goes on where it was", async () => {
    await hold();
    await untilAgreed();
    await act("order.suspended", { reason: "wait_material", next_contact_at: TOMORROW });
    expect(await job()).toMatchObject({
      state: "suspended",
      resumesTo: "in_progress",
      suspension: "wait_material",
    });
    expect(asidesOf(await job())).toContain("resume");
    await act("order.resumed", {});
    expect(await job()).toMatchObject({ state: "in_progress", suspension: null });
  });

  test.each([
    [{ resume_state: "rework" as const }, "rework"],
    [{}, "on_site"],
  ])(
    "paused before this handheld had it, it goes on where the server says %j",
    async (say_, to) => {
      await hold({ state: "suspended", suspension: "access", ...say_ });
      await act("order.resumed", {});
      expect((await job()).state).toBe(to);
    },
  );

  test("a failed gas check is an alarm; without a network none is said to be at the desk", async () => {
    await hold({ state: "on_site" });
    await step("GWH-01", { confirmed: false, fields: { lel_percent: "12" } });
    const smelt = await job();
    expect([stageOf(smelt), smelt.hazard, isAtTheDesk(smelt)]).toEqual(["hazard", true, false]);
    const check = WATER_HEATER.steps.find((one) => one.id === "GWH-01")!;
    expect([hazardOf(check, "fail"), hazardOf(check, "pass")]).toEqual(["gas_leak", null]);

    await act("hazard.alarm", { kind: "gas_leak" });
    await answer("applied", 2);
    expect(isAtTheDesk(await job())).toBe(false);
    await hold({ version: 3, state: "suspended", suspension: "hazard", hazard: true });
    expect(isAtTheDesk(await job())).toBe(true);
  });

  test("an alarm pauses it, and only a manager ends that (P-22)", async () => {
    await hold();
    await untilAgreed();
    await act("order.suspended", { reason: "access", next_contact_at: TOMORROW });
    await act("hazard.alarm", { kind: "gas_leak" });
    const alarmed = await job();
    expect(alarmed).toMatchObject({ hazard: true, suspension: "hazard", resumesTo: "in_progress" });
    expect(stageOf(alarmed)).toBe("hazard");
    expect(asidesOf(alarmed)).not.toContain("resume");
    expect(asidesOf(alarmed)).not.toContain("alarm");
    await answer("applied", 5);
    await hold({ version: 6, state: "in_progress", hazard: false });
    expect(await stage()).toBe("work");
  });

  test("gas that is smelt at the first step is an alarm without a press", async () => {
    await hold({ state: "in_progress" });
    await step("GWH-01", { confirmed: false });
    expect(await job()).toMatchObject({
      state: "suspended",
      hazard: true,
      suspension: "hazard",
      resumesTo: "in_progress",
    });
    const emergency = CATALOGUE.get("CL-GASEMG")!.steps[0]!.id;
    expect((await job()).next).toContain(emergency);
  });

  test("the manager's all-clear stands, though the failed step is remembered here", async () => {
    await hold({ state: "in_progress" });
    await step("GWH-01", { confirmed: false });
    await answer("applied", 2);
    // The message was too long for all results: the oldest went first.
    await hold({ version: 4, state: "in_progress", hazard: false, run: [], run_shortened: true });
    expect(await job()).toMatchObject({ state: "in_progress", hazard: false });
  });
});

describe("a customer who is not satisfied (R-061, P-07)", () => {
  const rejected = { reason: "火焰还是黄的", apology: true };

  test("work is redone and recorded anew before it is ready again; the third time it goes up", async () => {
    await hold();
    await untilAgreed();
    await quietRun();
    for (const round of [1, 2]) {
      await act("order.ready", {});
      await act("order.rejected", rejected);
      expect(await job()).toMatchObject({ state: "rework", reworkRound: round, redone: false });
      expect(await stage()).toBe("work");
      await step("GWH-A3", { ok: true }, [], round + 1);
      expect(await stage()).toBe("ready");
    }
    await act("order.ready", {});
    await act("order.rejected", rejected);
    expect([await stage(), (await job()).reworkRound]).toEqual(["await_decision", 2]);
  });

  test("one who does not sign: what the desk sends to rework is redone first", async () => {
    await hold();
    await untilAgreed();
    await quietRun();
    await act("order.ready", {});
    await act("signature.refused", { reason: "refused", witness: "保安老李", photos: [] });
    expect(await stage()).toBe("await_decision");
    const { run } = await job();
    await answer("applied", 20);
    const entries = run!.results.map((one) => ({ ...one, photos: [...one.photos] }));
    await hold({ version: 21, state: "rework", run: entries, rework_round: 1 });
    expect(await stage()).toBe("work");
    await say(database, "step.recorded", {
      step: "GWH-A3",
      attempt: 2,
      answer: { ok: true },
      photos: [],
    });
    expect(await stage()).toBe("ready");
  });

  test("without a checklist there is nothing to record anew", async () => {
    await hold({ checklist: null, child_checklists: [], state: "rework", rework_round: 1 });
    expect(await stage()).toBe("ready");
  });

  test("who is sent to redo another's work acknowledges and arrives; it stays rework", async () => {
    await hold({ state: "rework", rework_round: 1 });
    await act("order.acknowledged", {});
    await act("order.arrived", {});
    expect((await job()).state).toBe("rework");
  });
});

describe("evidence", () => {
  test("a picture that the server refused counts as missing again", async () => {
    await hold({ state: "in_progress" });
    await quietRun();
    expect((await job()).missing).toEqual([]);
    const photos = await database.getAll("photos");
    const flame = photos.find((photo) => photo.tag === "flame")!;
    await markRefused(database, flame.id, { rule: "P-17" }, NOW);
    expect((await job()).missing).toMatchObject([{ step: "GWH-T2", tag: "flame" }]);
    expect(await stage()).toBe("work");
  });

  test("a picture that was sent back no longer counts, whatever else is done", async () => {
    await hold({ state: "in_progress" });
    await quietRun();
    const flame = (await database.getAll("photos")).find((photo) => photo.tag === "flame")!;
    await hold({ state: "in_progress", version: 99, rejected_photos: [flame.sha256] });
    expect((await job()).missing).toMatchObject([{ step: "GWH-T2", tag: "flame" }]);
  });

  test("a picture that is part of nothing does not count", async () => {
    await hold({ state: "in_progress" });
    await takePhoto(database, { step: "GWH-03", tag: "before" });
    expect((await job()).context.heldPhotos).toEqual([]);
  });

  test("a checklist that has not come is not taken for complete", async () => {
    await database.delete("templates", `CL-GWH@${WATER_HEATER.version}`);
    await hold({ state: "in_progress" });
    const found = (await jobAtHand(database, ORDER))!;
    expect([found.templateIsMissing, found.job.run]).toEqual([true, null]);
    expect(stageOf(found.job)).toBe("work");
  });
});

describe("what QA sent back", () => {
  const returned_steps = [{ step: "GWH-T2", reason: "看不清火焰" }];

  test("is a task of its own until it was done anew", async () => {
    await hold({ version: 7, state: "closed", returned_steps });
    expect(await stage()).toBe("returned");
    const flame = { step: "GWH-T2", attempt: 1, answer: { value: "4", unit: "times" } };
    await say(database, "step.recorded", { ...flame, photos: [] }, { orderVersion: 7 });
    expect((await job()).returned).toEqual([]);
    expect(await stage()).toBe("over");
    await answer("applied", 7);
    expect((await job()).returned).toEqual([]);
  });

  test("stays open where the server did not take it", async () => {
    await hold({ version: 7, state: "closed", returned_steps });
    await step("GWH-T2", { value: "4", unit: "times" });
    await answer("rejected", 7);
    expect((await job()).returned).toEqual(returned_steps);
  });
});

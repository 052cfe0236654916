/** On the screen of "finished": what holds it and the signature back, and where to put that right. */

import { expect, test } from "vitest";
import { behindWhich } from "../../src/queue/behind";
import { countAll } from "../../src/queue/counts";
import { sealAll } from "../../src/queue/outgoing";
import { discardPhoto, markRefused, photosOf, releasePhotos } from "../../src/queue/pictures";
import type { HeldPhoto } from "../../src/store/database";
import { answersToRead, holdingOf } from "../../src/work/holding";
import { queueGroups } from "../../src/work/queueGroups";
import {
  DEVICE,
  freshDatabase,
  MORNING,
  ORDER,
  OTHER_ORDER,
  photo,
  say,
  takePhoto,
} from "../trade";
import { did, job } from "./given";

const NOW = MORNING.getTime();
const PROBLEM = { type: "urn:paigong:problem:photo-reused", detail_zh: "已用作其他工单的证据" };
const OF_STEP = { order: "FW-202603-0007", step: "LAMP-20", tag: "after" };
const refused = (changes: Partial<HeldPhoto> = {}) =>
  photo({ ...OF_STEP, state: "refused", problem: PROBLEM, ...changes });

test("a refused photo is named with its step, and holds finished and signature here", () => {
  const acts = [did("order.ready"), did("order.accepted")];
  const { held, holds } = holdingOf(job({}, acts), [refused()], null);
  expect(held.map((act) => act.type)).toEqual(["order.ready", "order.accepted"]);
  expect(holds).toEqual([{ why: "refused", photo: refused() }]);
});

test("it is told before finished is pressed as well, when nothing is held yet", () => {
  const { held, holds } = holdingOf(job({}, [did("step.recorded")]), [refused()], null);
  expect(held).toEqual([]);
  expect(holds).toHaveLength(1);
});

test("taken again it is on its way, and then there is nothing to say", () => {
  const finished = job({}, [did("order.ready")]);
  const again = (state: HeldPhoto["state"]) => refused({ id: 2, state, problem: null });
  expect(holdingOf(finished, [refused(), again("waiting")], null).holds).toEqual([
    { why: "waiting", photos: 1 },
  ]);
  expect(holdingOf(finished, [refused(), again("sent")], null)).toEqual({ held: [], holds: [] });
});

test("thrown away it is owed by name until another is there", () => {
  const owing = did("order.ready", {}, { owes: [{ step: "LAMP-20", tag: "after" }] });
  expect(holdingOf(job({}, [owing]), [], null).holds).toEqual([
    { why: "owed", step: "LAMP-20", tag: "after" },
  ]);
});

test("an alarm is never among what is held, nor what was sent before", () => {
  const acts = [
    did("step.recorded"),
    did("order.ready"),
    did("hazard.alarm", { kind: "water" }),
    did("order.accepted"),
  ];
  const { held } = holdingOf(job({}, acts), [photo(OF_STEP)], null);
  expect(held.map((act) => act.type)).toEqual(["order.ready", "order.accepted"]);
  const sent = [did("order.ready", {}, { seq: 7 })];
  expect(holdingOf(job({}, sent), [photo(OF_STEP)], null)).toEqual({ held: [], holds: [] });
});

test("what the server refused is told until it was read", () => {
  const no = did("order.ready", {}, { outcome: "rejected", unread: true });
  const read = did("order.ready", {}, { outcome: "rejected" });
  expect(answersToRead(job({}, [read, no]))).toEqual([no]);
});

test("an order that an export put behind another one's photos names that order", async () => {
  const database = await freshDatabase();
  await takePhoto(database, { order: ORDER });
  const [taken] = await photosOf(database, ORDER);
  await releasePhotos(database, [taken!.id], 0);
  await say(database, "order.ready", {});
  await say(database, "order.arrived", {}, { subject: OTHER_ORDER });
  expect(await behindWhich(database, OTHER_ORDER)).toBeNull();
  await sealAll(database, DEVICE, NOW);
  await say(database, "order.ready", {}, { subject: OTHER_ORDER });
  await sealAll(database, DEVICE, NOW);
  expect(await behindWhich(database, OTHER_ORDER)).toBe(ORDER);
  expect(await behindWhich(database, ORDER)).toBeNull();
});

test("once it was taken again nothing is left to read in the bar and the queue", async () => {
  const database = await freshDatabase();
  const first = await takePhoto(database);
  await releasePhotos(database, [first.id], 0);
  await markRefused(database, first.id, PROBLEM, NOW);
  const shown = async () => {
    const groups = queueGroups([], await photosOf(database, ORDER));
    return [(await countAll(database)).unread, groups.flatMap((one) => one.photosRefused).length];
  };
  expect(await shown()).toEqual([1, 1]);
  const second = await takePhoto(database, { sha256: "b".repeat(64) });
  expect(await shown()).toEqual([1, 1]);
  await releasePhotos(database, [second.id], 0);
  expect(await shown()).toEqual([0, 0]);
  await discardPhoto(database, second.id);
  expect(await shown()).toEqual([1, 1]);
});

import { describe, expect, test } from "vitest";
import type { Outcome, Reply } from "../../src/contract/wire";
import { countAll } from "../../src/queue/counts";
import {
  ActTooLong,
  confirm,
  forgetOld,
  KEPT_FOR_MS,
  keep,
  markRead,
  ofOrder,
  seal,
  sendAgainFrom,
  settle,
  toSend,
  undo,
  waitingCount,
} from "../../src/queue/outgoing";
import { photosOf } from "../../src/queue/pictures";
import { type Act, type Database, openDatabase } from "../../src/store/database";
import { draftKey, keepDraft } from "../../src/store/drafts";
import { fact } from "../../src/store/facts";
import { putAway, takeSnapshot } from "../../src/store/orders";
import { withFailingWrite } from "../brokenDisk";
import {
  DEVICE,
  freshDatabase,
  MORNING,
  ORDER,
  OTHER_ORDER,
  reopened,
  say,
  snapshot,
  takePhoto,
} from "../trade";

const NOW = MORNING.getTime() + 10_000;

function reply(event: string, outcome: Outcome, more: Partial<Reply> = {}): Reply {
  return { event, outcome, order_version: 2, server_time: MORNING.toISOString(), ...more };
}

async function sealed(database: Database, now = NOW): Promise<Act> {
  const [first] = await seal(database, DEVICE, now);
  return first!;
}

describe("keeping what was done", () => {
  test("it is on the disk when it is shown as done, and its draft is used up", async () => {
    const database = await freshDatabase();
    const key = draftKey(ORDER, "return");
    await keepDraft(database, key, ORDER, "客户改期");
    await say(database, "order.returned", { reason: "客户改期" }, { drafts: [key] });
    const after = await reopened(database);
    expect(await ofOrder(after, ORDER)).toMatchObject([
      { type: "order.returned", data: { order_version: 1, reason: "客户改期" }, seq: null },
    ]);
    expect(await after.get("drafts", key)).toBeUndefined();
  });

  test("pictures become part of the act, unless they are part of one", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    const first = await say(database, "order.arrived", {}, { photos: [picture.id], holdMs: 5000 });
    await say(database, "order.opened", {}, { photos: [picture.id] });
    expect(await photosOf(database, ORDER)).toMatchObject([
      { state: "waiting", act: first.id, notBefore: 0 },
    ]);
  });

  test("on a full disk nothing of it is kept", async () => {
    const database = await freshDatabase();
    const key = draftKey(ORDER, "return");
    await keepDraft(database, key, ORDER, "typed");
    const picture = await takePhoto(database);
    for (const failing of [1, 2, 3]) {
      const error = await withFailingWrite(failing, () =>
        say(database, "order.returned", { reason: "x" }, { drafts: [key], photos: [picture.id] }),
      );
      expect(error).toMatchObject({ name: "QuotaExceededError" });
      expect(await waitingCount(database)).toBe(0);
      expect(await database.get("drafts", key)).toMatchObject({ value: "typed" });
      expect((await photosOf(database, ORDER))[0]!.state).toBe("kept");
    }
  });

  test("what the server could not read does not enter the queue", async () => {
    const database = await freshDatabase();
    const reason = "长".repeat(30_000);
    await expect(say(database, "order.returned", { reason })).rejects.toThrow(ActTooLong);
    expect(await waitingCount(database)).toBe(0);
  });

  test("half a surrogate pair and NUL do not reach the wire, whole characters do", async () => {
    const database = await freshDatabase();
    await say(database, "order.returned", { reason: "漏水\ud83d\0 💧" });
    const { body } = await sealed(database);
    expect(JSON.parse(body!).data.reason).toBe("漏水\ufffd 💧");
  });
});

describe("taking back a slip", () => {
  test("undone before it was sent, it leaves no gap, and its pictures are kept", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    const slip = await say(database, "order.arrived", {}, { photos: [picture.id], holdMs: 5000 });
    expect(await undo(database, slip.place)).toBe(true);
    expect(await photosOf(database, ORDER)).toMatchObject([{ state: "kept", act: null }]);
    await say(database, "order.opened", {});
    expect((await sealed(database)).seq).toBe(1);
    expect(await undo(database, slip.place)).toBe(false);
  });

  test("not once it was sent, nor from under a later act, nor once its picture is on its way", async () => {
    const database = await freshDatabase();
    const first = await say(database, "order.opened", {});
    const later = await say(database, "order.acknowledged", {});
    expect(await undo(database, first.place)).toBe(false);
    await seal(database, DEVICE, NOW);
    expect(await undo(database, later.place)).toBe(false);
    const picture = await takePhoto(database);
    const third = await say(database, "order.arrived", {}, { photos: [picture.id] });
    await database.put("photos", {
      ...(await database.get("photos", picture.id))!,
      url: "https://server/photos/1",
    });
    expect(await undo(database, third.place)).toBe(false);
  });

  test("an incident without an order takes back its own pictures and no other's", async () => {
    const database = await freshDatabase();
    const incident = (description: string, photos: number[]) =>
      keep(database, {
        type: "incident.reported",
        subject: null,
        orderVersion: null,
        data: { place: "B2", category: "engineering", description, photos: [] },
        at: MORNING,
        holdMs: 5000,
        photos,
      });
    const one = await takePhoto(database, { order: "", step: "" });
    const other = await takePhoto(database, { order: "", step: "", sha256: "b".repeat(64) });
    const onTheWay = await takePhoto(database, { order: ORDER, sha256: "c".repeat(64) });
    const first = await incident("积水", [one.id, onTheWay.id]);
    await incident("灯不亮", [other.id]);
    expect(await undo(database, first.place)).toBe(true);
    const states = (await database.getAll("photos")).map((photo) => photo.state);
    expect(states).toEqual(["kept", "waiting", "kept"]);
  });

  test("the next act in the same order confirms it; one in another order does not", async () => {
    const database = await freshDatabase();
    await say(database, "order.opened", {}, { holdMs: 60_000 });
    await say(database, "order.opened", {}, { subject: OTHER_ORDER });
    expect((await seal(database, DEVICE, NOW)).map((act) => act.subject)).toEqual([OTHER_ORDER]);
    await say(database, "order.acknowledged", {});
    expect((await seal(database, DEVICE, NOW)).map((act) => act.subject)).toEqual([ORDER, ORDER]);
  });
});

describe("the server's answers", () => {
  test.each(["applied", "recorded", "rejected"] as const)(
    "%s takes it out of the queue once",
    async (outcome) => {
      const database = await freshDatabase();
      await say(database, "order.acknowledged", {});
      const { id } = await sealed(database);
      const isBad = outcome !== "applied";
      const settled = await settle(database, reply(id, outcome), NOW);
      expect(settled).toMatchObject({ outcome, orderVersion: 2, settledAt: NOW, unread: isBad });
      expect(await waitingCount(database)).toBe(0);
      expect(await settle(database, reply(id, "applied", { order_version: 9 }), NOW)).toBeNull();
      expect((await ofOrder(database, ORDER))[0]).toMatchObject({ outcome, orderVersion: 2 });
    },
  );

  test("that the app itself spoke too late is no news to anybody", async () => {
    const database = await freshDatabase();
    await say(database, "order.opened", {});
    const { id } = await sealed(database);
    expect(await settle(database, reply(id, "recorded"), NOW)).toMatchObject({ unread: false });
  });

  test("a duplicate ends as it ended the first time", async () => {
    const database = await freshDatabase();
    await say(database, "order.opened", {});
    const { id } = await sealed(database);
    const problem = { title: "x" };
    const again = reply(id, "duplicate", { first_outcome: "rejected", problem });
    expect(await settle(database, again, NOW)).toMatchObject({ outcome: "rejected", problem });
  });

  test("answers to nothing of ours change nothing", async () => {
    const database = await freshDatabase();
    const act = await say(database, "order.opened", {});
    expect(await settle(database, reply(act.id, "applied"), NOW)).toBeNull(); // never sent
    await seal(database, DEVICE, NOW);
    expect(await settle(database, reply("somebody else's", "applied"), NOW)).toBeNull();
    expect(await settle(database, { ...reply("", "rejected"), event: null }, NOW)).toBeNull();
    expect(await settle(database, reply(act.id, "out_of_order"), NOW)).toBeNull();
    expect(await waitingCount(database)).toBe(1);
  });

  test("after a restore the same bytes go again from where the server stands", async () => {
    const database = await freshDatabase();
    for (let i = 0; i < 4; i++) await say(database, "order.opened", {});
    const all = await seal(database, DEVICE, NOW);
    for (const act of all.slice(0, 3)) await settle(database, reply(act.id, "rejected"), NOW);
    await confirm(database, ORDER, new Set(all.map((act) => act.id)));
    expect(await sendAgainFrom(database, 2)).toBe(2);
    expect(await sendAgainFrom(database, 2)).toBe(0);
    const again = await toSend(database, 10);
    expect(again.map((act) => act.body)).toEqual(all.slice(1).map((act) => act.body));
    expect(again.map((act) => [act.outcome, act.verified, act.unread])).toEqual(
      Array(3).fill([null, false, false]),
    );
  });
});

describe("what is remembered", () => {
  async function answered(database: Database, outcome: Outcome, subject: string | null = ORDER) {
    const act = await keep(database, {
      type: "order.opened",
      subject,
      orderVersion: 1,
      data: {},
      at: MORNING,
    });
    await seal(database, DEVICE, NOW);
    await settle(database, reply(act.id, outcome), NOW);
    return act;
  }
  const LATER = NOW + KEPT_FOR_MS + 1;

  test("an answered act stays for 7 days and until a receipt covers it", async () => {
    const database = await freshDatabase();
    const { id } = await answered(database, "applied");
    expect(await forgetOld(database, LATER)).toBe(0);
    expect(await confirm(database, ORDER, new Set([id]))).toBe(1);
    expect(await confirm(database, ORDER, new Set([id]))).toBe(0);
    expect(await forgetOld(database, LATER - 1)).toBe(0);
    expect(await forgetOld(database, LATER)).toBe(1);
  });

  test("what waits is never forgotten, nor confirmed by somebody else's receipt", async () => {
    const database = await freshDatabase();
    await say(database, "order.opened", {});
    const { id } = await sealed(database);
    expect(await confirm(database, ORDER, new Set([id]))).toBe(0);
    expect(await forgetOld(database, LATER)).toBe(0);
    await settle(database, reply(id, "applied"), NOW);
    expect(await confirm(database, OTHER_ORDER, new Set([id]))).toBe(0);
  });

  test("a refusal is forgotten only after it was read", async () => {
    const database = await freshDatabase();
    const { place } = await answered(database, "rejected");
    expect(await forgetOld(database, LATER)).toBe(0);
    await markRead(database, place);
    expect(await forgetOld(database, LATER)).toBe(1);
  });

  test("for what has no order its reply is the proof", async () => {
    const database = await freshDatabase();
    await answered(database, "applied", null);
    expect(await forgetOld(database, LATER)).toBe(1);
  });

  test("as long as the order is here, what was done in it is too", async () => {
    const database = await freshDatabase();
    await takeSnapshot(database, snapshot(), NOW);
    const { id } = await answered(database, "applied");
    await confirm(database, ORDER, new Set([id]));
    expect(await forgetOld(database, LATER)).toBe(0);
    await putAway(database, ORDER, "", NOW);
    expect(await forgetOld(database, LATER)).toBe(1);
  });
});

test("two tabs that seal at once give no number twice and leave none out", async () => {
  const one = await freshDatabase();
  const other = await openDatabase(one.name);
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      say(one, "order.opened", {}),
      say(other, "order.opened", {}, { subject: OTHER_ORDER }),
      seal(one, DEVICE, NOW),
      seal(other, DEVICE, NOW),
    ]);
    await Promise.all([seal(one, DEVICE, NOW), seal(other, DEVICE, NOW)]);
  }
  const numbers = (await toSend(one, 100)).map((act) => act.seq);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(await fact(other, "last_seq")).toBe(20);
});

test("a refused report without an order has arrived and is not called verified", async () => {
  const database = await freshDatabase();
  const { id, place } = await keep(database, {
    type: "shift.handed_over",
    subject: null,
    orderVersion: null,
    data: { note: "一切正常" },
    at: MORNING,
  });
  await seal(database, DEVICE, NOW);
  await settle(database, reply(id, "rejected"), NOW);
  expect(await countAll(database)).toMatchObject({ arrived: 1, verified: 0, unread: 1 });
  await markRead(database, place);
  expect(await countAll(database)).toMatchObject({ arrived: 1, verified: 0, unread: 0 });
});

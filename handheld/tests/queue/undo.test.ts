/** A slip that is taken back leaves the form as it was typed. */

import { expect, test } from "vitest";
import { keep, ofOrder, seal, undo } from "../../src/queue/outgoing";
import { type Database, openDatabase } from "../../src/store/database";
import { draft, draftKey, keepDraft } from "../../src/store/drafts";

const ORDER = "FW-202503-0001";
const KEY = draftKey(ORDER, "cancel");
const TYPED = { by: "王丽华", reason: "不修了" };
const AT = new Date("2025-03-05T01:08:00Z");

async function cancelled(name: string): Promise<{ database: Database; place: number }> {
  const database = await openDatabase(name);
  await keepDraft(database, KEY, ORDER, TYPED);
  const act = await keep(database, {
    type: "order.cancel_requested",
    subject: ORDER,
    orderVersion: 3,
    data: TYPED,
    at: AT,
    holdMs: 5000,
    drafts: [KEY],
  });
  return { database, place: act.place };
}

test("what was typed goes with the act, and comes back when it is undone", async () => {
  const { database, place } = await cancelled("undone");
  expect(await draft(database, KEY)).toBeUndefined();
  expect(await undo(database, place)).toBe(true);
  expect(await draft(database, KEY)).toEqual(TYPED);
  expect(await ofOrder(database, ORDER)).toEqual([]);
});

test("once it is sealed nothing typed is kept beside it", async () => {
  const { database, place } = await cancelled("sealed");
  const [act] = await seal(database, "hh-1", AT.getTime() + 5001);
  expect(act).not.toHaveProperty("typed");
  expect(await undo(database, place)).toBe(false);
  expect(await draft(database, KEY)).toBeUndefined();
});

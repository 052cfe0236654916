/** The box on the handheld: there without a network, counted once, never somebody else's. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { MessageBox } from "../../src/app/messages";
import type { FieldMessages } from "../../src/contract/wire";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import { delivered, openMessage, readBox, takeMessages } from "../../src/store/messages";
import { countUnreadNotices, keepNotice } from "../../src/store/notices";
import { Door, Unreachable } from "../../src/sync/door";
import { countUnreadMessages, messagesAtHand } from "../../src/work/messages";
import { FieldServer } from "../sync/fieldServer";
import { freshDatabase, message, reopened } from "../trade";

const WATER = message({ id: "water", title: "停水", text: "今晚十点停水检修" });

let server: FieldServer;
let database: Database;

beforeEach(async () => {
  server = await FieldServer.start();
  server.answers.set("/messages", { items: [WATER], next_cursor: null, unread: 1 });
  database = await freshDatabase();
});

afterEach(() => server.stop());

function boxAt(door: () => Pick<Door, "messages">): MessageBox {
  return new MessageBox(database, new Changes(null), door, () => 1_000);
}

function online(): Door {
  return new Door(server.origin, "token");
}

async function ids(): Promise<string[]> {
  return messagesAtHand(await readBox(database)).map((one) => one.message.id);
}

test("what was told stays without a network, and what is read there is read after a restart", async () => {
  let door: Pick<Door, "messages"> = online();
  const box = boxAt(() => door);
  await box.ask();
  expect(await countUnreadMessages(database)).toBe(1);
  door = { messages: () => Promise.reject(new Unreachable("down")) };
  await box.ask();
  expect(box.trouble.value).toBe("unreachable");
  expect((await readBox(database)).told).toEqual({ items: [WATER], told_at: 1_000 });
  await box.open(WATER.id);
  database = await reopened(database);
  expect(await countUnreadMessages(database)).toBe(0);
});

test("older pages are fetched while something unread lies there, and no further", async () => {
  const read = message({ id: "read", read_at: "2026-03-02T01:00:00Z" });
  const old = message({ id: "old", sent_at: "2026-02-02T01:00:00Z" });
  const pages = new Map([
    ["/messages", { items: [WATER, read], next_cursor: "2", unread: 2 }],
    ["/messages?cursor=2", { items: [old], next_cursor: "3", unread: 2 }],
  ]);
  for (const [path, page] of pages) server.answers.set(path, page);
  await boxAt(online).ask();
  expect((await ids()).sort()).toEqual(["old", "read", "water"]);
  expect(server.asked).toHaveLength(2);
});

test("a list that was asked for before the receipt arrived makes nothing unread again", async () => {
  await takeMessages(database, [WATER], 1);
  await openMessage(database, WATER.id);
  await delivered(database, WATER.id, undefined, new Date());
  await takeMessages(database, [WATER], 2);
  expect((await readBox(database)).owed).toEqual({});
  expect(await countUnreadMessages(database)).toBe(0);
});

test("a message that also rang as a notice waits to be read once", async () => {
  const at = WATER.sent_at;
  await keepNotice(database, { id: "n1", text: "停水\n今晚十点停水检修", at, read: false });
  await keepNotice(database, { id: "n2", text: "集合", at, read: false });
  await boxAt(online).ask();
  expect(await countUnreadNotices(database)).toBe(1);
  expect(await countUnreadMessages(database)).toBe(1);
});

test("the beginning that rang is found by characters, as the server cut it", async () => {
  const long = message({ id: "long", title: "通知", text: "𠮷".repeat(1000) });
  const rung = `通知\n${"𠮷".repeat(897)}`;
  await keepNotice(database, { id: "n1", text: rung, at: long.sent_at, read: false });
  expect(await takeMessages(database, [long], 1)).toBe(true);
});

test("an answer that comes after the handheld changed hands is not kept", async () => {
  let tell: (told: FieldMessages) => void = () => {};
  const messages = () =>
    new Promise<FieldMessages>((resolve) => {
      tell = resolve;
    });
  const box = boxAt(() => ({ messages }));
  const asked = box.ask();
  box.forget();
  tell({ items: [WATER], next_cursor: null, unread: 1 });
  await asked;
  expect((await readBox(database)).told).toBeNull();
});

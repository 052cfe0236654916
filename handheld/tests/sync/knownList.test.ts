/** The work list over HTTP, asked for by the ETag of the last one: sent when it is another. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import { fact } from "../../src/store/facts";
import { heldOrders, putAway } from "../../src/store/orders";
import { Door, type ListTold, Unreachable } from "../../src/sync/door";
import { HttpLine } from "../../src/sync/httpLine";
import { Inbox } from "../../src/sync/inbox";
import { DEVICE, freshDatabase, MORNING, ORDER } from "../trade";
import { FieldServer } from "./fieldServer";
import { ServerModel } from "./serverModel";
import { giveTimeBack, pass, quiet, takeOverTime } from "./simulatedTime";

const A_ROUND_MS = 5_500;

let database: Database;
let server: ServerModel;
let http: HttpLine;
/** What each question was answered with. */
let answers: ("whole" | "unchanged")[];

beforeEach(async () => {
  takeOverTime(MORNING);
  database = await freshDatabase();
  server = new ServerModel(() => undefined);
  server.dispatch(ORDER);
  answers = [];
  const orders = async (known: string | null): Promise<ListTold> => {
    const told = server.listFor(known);
    answers.push(told.list === null ? "unchanged" : "whole");
    return told;
  };
  const door = { orders, presence: async () => undefined, sendEvents: async () => [] };
  const news = { arrived() {}, withdrawn() {}, refused() {}, notice() {} };
  const inbox = new Inbox(database, new Changes(null), news);
  const presence = async () => ({
    online: true,
    session: "s",
    at: "",
    app_version: "1",
    queued: 0,
  });
  const hooks = { changed() {}, wiped() {}, notLetIn() {} };
  http = new HttpLine(database, DEVICE, door, inbox, presence, hooks);
  http.start();
  await pass(1_000);
  answers = [];
});

afterEach(async () => {
  http.stop();
  await quiet();
  giveTimeBack();
});

const versions = async () => (await heldOrders(database)).map((order) => order.version);

test("a list that is still the same is not sent again, and the line stays up", async () => {
  await pass(4 * A_ROUND_MS);
  expect(answers).toEqual(["unchanged", "unchanged", "unchanged", "unchanged"]);
  expect(http.up).toBe(true);
  expect(await versions()).toEqual([1]);
});

test("what the desk changes comes with the next question", async () => {
  await pass(A_ROUND_MS);
  server.dispatch(ORDER);
  await pass(2 * A_ROUND_MS);
  expect(answers).toEqual(["unchanged", "whole", "unchanged"]);
  expect(await versions()).toEqual([2]);
});

test("an order that is gone here and still listed is asked for whole", async () => {
  await pass(A_ROUND_MS);
  await putAway(database, ORDER, "a message of yesterday", Date.now());
  await pass(A_ROUND_MS);
  expect(answers).toEqual(["unchanged", "unchanged", "whole"]);
  expect(await versions()).toEqual([1]);
});

test("whoever was on another line meanwhile begins with a whole list", async () => {
  http.stop();
  http.start();
  await pass(1_000);
  expect(answers).toEqual(["whole"]);
});

test("a server restored from a backup is believed, and its list taken whole", async () => {
  const backup = server.backup();
  server.restore(backup);
  await pass(A_ROUND_MS);
  expect(answers).toEqual(["whole", "whole"]);
  expect(await fact(database, "epoch")).toBe("e2");
});

test("how far the clock is off shows also while the list is the same", async () => {
  vi.setSystemTime(Date.now() + 180_000);
  const told = server.listFor.bind(server);
  server.listFor = (known) => {
    const answer = told(known);
    const serverTime = new Date(Date.now() - 180_000).toUTCString();
    return answer.list === null ? { list: null, serverTime } : answer;
  };
  await pass(A_ROUND_MS);
  expect(answers).toEqual(["unchanged"]);
  expect(await fact(database, "skew_s")).toBeGreaterThanOrEqual(179);
});

test("the door sends the ETag, and believes a 304 only where it asked with one", async () => {
  giveTimeBack();
  const real = await FieldServer.start();
  const door = new Door(real.origin, "token");
  real.fate = () => ({ says: { status: 304, body: "" } });
  expect(await door.orders('"abc"')).toMatchObject({ list: null });
  expect(real.tags).toEqual(['"abc"']);
  await expect(door.orders(null)).rejects.toThrow(Unreachable);
  await real.stop();
});

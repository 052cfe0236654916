/** What was read and answered reaches the server when there is a network, and is said until it did. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import {
  answerMessage,
  delivered,
  dropRefused,
  openMessage,
  readBox,
  takeMessages,
} from "../../src/store/messages";
import { Door } from "../../src/sync/door";
import { Errands } from "../../src/sync/errands";
import { Uploads } from "../../src/sync/uploads";
import { messagesAtHand } from "../../src/work/messages";
import { freshDatabase, message } from "../trade";
import { FieldServer } from "./fieldServer";

const READ = "POST /field/v1/messages/m/read";
const REPLY = "POST /field/v1/messages/m/reply";

let server: FieldServer;
let database: Database;
let errands: Errands;

beforeEach(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  server = await FieldServer.start();
  server.answers.set("/settings", {});
  server.answers.set("/price-list", {});
  database = await freshDatabase();
  await takeMessages(database, [message({ id: "m", wants_reply: true })], 1);
  const door = new Door(server.origin, "token");
  const uploads = new Uploads(database, door, () => undefined);
  errands = new Errands(database, door, uploads, new Changes(null), {
    notLetIn: () => undefined,
    mayUpload: async () => true,
  });
});

afterEach(async () => {
  errands.stop();
  await server.stop();
  vi.restoreAllMocks();
});

/** What every message request gets, by turns; the last for all further ones. */
function serverSays(...fates: ReturnType<FieldServer["fate"]>[]): void {
  server.fate = (_method, path) => {
    if (!path.startsWith("/field/v1/messages/")) return null;
    return fates.length > 1 ? fates.shift()! : fates[0]!;
  };
}

const TAKEN = { says: { status: 204, body: "" } };
const REFUSED = { says: { status: 409, body: JSON.stringify({ detail_zh: "已回复过" }) } };

async function untilNothingWaits(): Promise<void> {
  errands.start();
  await vi.waitFor(
    async () => {
      const { owed } = await readBox(database);
      expect(Object.values(owed).filter((one) => one.problem === undefined)).toEqual([]);
    },
    { timeout: 20_000, interval: 5 },
  );
}

const said = () => server.asked.filter((one) => one.includes("/messages/"));
const standing = async () => messagesAtHand(await readBox(database))[0]!;

test("a receipt whose answer was lost is said again, and then no more", async () => {
  serverSays({ cutAfterBytes: 0 }, TAKEN);
  await openMessage(database, "m");
  await untilNothingWaits();
  await errands.run();
  expect(said()).toEqual([READ, READ]);
  expect((await standing()).message.read_at).not.toBeNull();
  expect(await openMessage(database, "m")).toBe(false);
});

test("an answer is a receipt, too", async () => {
  serverSays(TAKEN);
  await openMessage(database, "m");
  await answerMessage(database, "m", "能来", "draft");
  await untilNothingWaits();
  expect(said()).toEqual([REPLY]);
  expect(await standing()).toMatchObject({ isRead: true, answer: { is: "given", text: "能来" } });
});

test("an answer given while the receipt is under way is still owed", async () => {
  await openMessage(database, "m");
  await answerMessage(database, "m", "能来", "draft");
  await delivered(database, "m", undefined, new Date());
  expect((await standing()).answer).toEqual({ is: "here", text: "能来" });
});

test("an answer that is not taken stays with the reason until that was read, and is not sent again", async () => {
  serverSays(REFUSED);
  await answerMessage(database, "m", "来不了", "draft");
  await untilNothingWaits();
  await errands.run();
  expect(said()).toEqual([REPLY]);
  expect((await standing()).answer).toMatchObject({
    is: "refused",
    text: "来不了",
    problem: { detail_zh: "已回复过" },
  });
  await dropRefused(database, "m");
  expect((await readBox(database)).owed).toEqual({});
});

test("a receipt for a message that the server does not know holds nothing up", async () => {
  serverSays({ says: { status: 404, body: "{}" } });
  await openMessage(database, "m");
  await untilNothingWaits();
  expect((await readBox(database)).owed).toEqual({});
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { seal, settle } from "../../src/queue/outgoing";
import { photosOf } from "../../src/queue/pictures";
import { Changes } from "../../src/store/changes";
import type { Database, PhotoState } from "../../src/store/database";
import { fact, remember } from "../../src/store/facts";
import { keepNotice } from "../../src/store/notices";
import { takeSnapshot } from "../../src/store/orders";
import { Door, type NotLetIn, Refused, Unreachable } from "../../src/sync/door";
import { Errands } from "../../src/sync/errands";
import { Uploads } from "../../src/sync/uploads";
import { DEVICE, freshDatabase, ORDER, say, snapshot, takePhoto } from "../trade";
import { BrowserRequest } from "./browserRequest";
import { FieldServer } from "./fieldServer";

/** The SHA-256 of a thousand zeros, which is what the tests photograph. */
const SHA = "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53";

let server: FieldServer;
let database: Database;
let door: Door;
let errands: Errands;
let refused: NotLetIn[];
let mayUpload: boolean;

beforeEach(async () => {
  vi.stubGlobal("XMLHttpRequest", BrowserRequest);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  server = await FieldServer.start();
  server.answers.set("/settings", { undo_s: 5 });
  server.answers.set("/price-list", { version: "2026-01", items: [] });
  database = await freshDatabase();
  door = new Door(server.origin, "token");
  refused = [];
  mayUpload = true;
  const uploads = new Uploads(database, door, () => undefined);
  errands = new Errands(database, door, uploads, new Changes(null), {
    notLetIn: (problem) => refused.push(problem),
    mayUpload: async () => mayUpload,
  });
});

afterEach(async () => {
  errands.stop();
  await server.stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Let the errands run until this holds. */
async function until(holds: () => Promise<void> | void): Promise<void> {
  errands.start();
  await vi.waitFor(holds, { timeout: 20_000, interval: 5 });
}

async function expectState(state: PhotoState): Promise<void> {
  expect((await photosOf(database, ORDER))[0]!.state).toBe(state);
}

const count = (part: string) => server.asked.filter((one) => one.includes(part)).length;

/** An act with a picture, answered by the server; the picture waits to go up. */
async function answeredAct(): Promise<string> {
  await takeSnapshot(database, snapshot(), Date.now());
  const photo = await takePhoto(database, { sha256: SHA });
  const act = await say(database, "order.opened", {}, { photos: [photo.id] });
  await seal(database, DEVICE, Date.now());
  const reply = { event: act.id, outcome: "applied", order_version: 1, server_time: "" } as const;
  await settle(database, reply, Date.now());
  return act.id;
}

function receipt(events: string[], photos: { sha256: string; size: number }[]): object {
  const told = photos.map((photo) => ({ ...photo, step: "GWH-01", tag: "before" }));
  return { number: ORDER, version: 2, events, steps: [], photos: told, missing: [] };
}

describe("what is fetched", () => {
  test("settings, prices, and the checklists of the orders at hand, once", async () => {
    const checklist = { code: "CL-GWH", version: 3 };
    await takeSnapshot(database, snapshot({ checklist }), Date.now());
    server.answers.set("/checklists/CL-GWH/3", { ...checklist, steps: [] });
    await until(async () => expect(await fact(database, "price_list")).toBeDefined());
    await errands.run();
    expect([...server.asked].sort()).toEqual([
      "GET /field/v1/checklists/CL-GWH/3",
      "GET /field/v1/price-list",
      "GET /field/v1/settings",
    ]);
    expect(await database.get("templates", "CL-GWH@3")).toMatchObject(checklist);
    expect(await fact(database, "settings")).toEqual({ undo_s: 5 });
  });

  test("the login page of a hotel is not taken for an answer", async () => {
    server.fate = () => ({ says: { status: 200, body: "<html>请登录", type: "text/html" } });
    await until(() => expect(count("settings")).toBe(1));
    expect(await fact(database, "settings")).toBeUndefined();
    await expect(door.settings()).rejects.toBeInstanceOf(Unreachable);
  });

  test("what the server has not got is asked for again when the line is new", async () => {
    const checklist = { code: "CL-NEW", version: 1 };
    await takeSnapshot(database, snapshot({ checklist }), Date.now());
    await until(async () => expect(await fact(database, "price_list")).toBeDefined());
    await errands.run();
    expect(count("CL-NEW")).toBe(1);
    server.answers.set("/checklists/CL-NEW/1", { ...checklist, steps: [] });
    errands.forgetRefusals();
    await until(async () => expect(await database.count("templates")).toBe(1));
    expect(count("CL-NEW")).toBe(2);
  });

  test("a server in trouble is asked again after a pause, not given up", async () => {
    const trouble = await (async () => {
      server.fate = () => ({ says: { status: 500, body: "{}" } });
      return door.settings().catch((error: unknown) => error);
    })();
    expect(trouble).toBeInstanceOf(Refused);
    expect((trouble as Refused).isPassing).toBe(true);
    await until(() => expect(count("settings")).toBe(2));
    server.fate = () => null;
    await until(async () => expect(await fact(database, "settings")).toEqual({ undo_s: 5 }));
  });
});

describe("what the receipt frees", () => {
  test("the bytes of what it names in the same size", async () => {
    const event = await answeredAct();
    server.answers.set(`/orders/${ORDER}/receipt`, receipt([event], [{ sha256: SHA, size: 1000 }]));
    await until(() => expectState("verified"));
    expect((await database.getAll("acts"))[0]).toMatchObject({ verified: true });
    expect(await database.count("bytes")).toBe(0);
    expect(await database.count("thumbnails")).toBe(1);
  });

  test.each([
    ["another size", [{ sha256: SHA, size: 999 }]],
    ["nothing of it", []],
  ])("not where it names %s: that goes up again, after a pause", async (_name, photos) => {
    const event = await answeredAct();
    server.answers.set(`/orders/${ORDER}/receipt`, receipt([event], photos));
    await until(async () => {
      expect((await photosOf(database, ORDER))[0]!.notBefore).toBeGreaterThan(Date.now());
    });
    await errands.run();
    expect((await photosOf(database, ORDER))[0]).toMatchObject({ state: "waiting", url: null });
    expect(await database.count("bytes")).toBe(1);
    expect(count("POST")).toBe(1);
  });

  test("it is not asked for while something is still on its way", async () => {
    mayUpload = false;
    await answeredAct();
    await until(async () => expect(await fact(database, "price_list")).toBeDefined());
    await errands.run();
    expect(count("receipt")).toBe(0);
    await expectState("waiting");
  });
});

describe("a handheld that is not let in", () => {
  test.each([true, false])("is told so, with the order to wipe or without (%s)", async (wipe) => {
    const body = JSON.stringify(wipe ? { command: "device.wipe" } : { detail: "口令无效" });
    server.fate = () => ({ says: { status: 401, body } });
    await answeredAct();
    await until(() => expect(refused).toHaveLength(1));
    expect(refused[0]!.wipe).toBe(wipe);
    // Putting everything away is for whoever asked; here nothing is lost yet.
    expect(await database.count("bytes")).toBe(1);
  });
});

test("a clock that is days ahead drops no notice that the server still lists", async () => {
  const at = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
  await remember(database, "skew_s", 9 * 24 * 3600);
  // By the server's clock two days old, and nine.
  await keepNotice(database, { id: "new", text: "停水", at: at(-11), read: true });
  await keepNotice(database, { id: "old", text: "停电", at: at(-18), read: true });
  await until(async () => expect(await database.getKey("notices", "old")).toBeUndefined());
  expect(await database.getKey("notices", "new")).toBe("new");
});

test("stopped, it asks nothing more", async () => {
  server.fate = () => ({ says: { status: 502, body: "" } });
  await until(() => expect(count("settings")).toBe(1));
  errands.stop();
  server.fate = () => null;
  await errands.run();
  expect(server.asked).toHaveLength(1);
});

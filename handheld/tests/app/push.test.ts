/** Ringing with the app closed: the server is told where to ring at every start. */

import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Handheld } from "../../src/app/handheld";
import { keepRinging } from "../../src/app/push";
import { remember } from "../../src/store/facts";
import { Door } from "../../src/sync/door";
import { DEVICE, freshDatabase } from "../trade";

const KEY = "BKey";
let made: { held: object | null; subscribed: string[]; unsubscribed: number };
let told: object[];

/** A subscription as the browser holds it. */
function subscription(endpoint: string) {
  return {
    toJSON: () => ({ endpoint }),
    unsubscribe: async () => {
      made.unsubscribed += 1;
    },
  };
}

beforeEach(() => {
  made = { held: subscription("held"), subscribed: [], unsubscribed: 0 };
  told = [];
  const pushManager = {
    getSubscription: async () => made.held,
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
      made.subscribed.push(applicationServerKey);
      return subscription("new");
    },
  };
  vi.stubGlobal("Notification", { permission: "granted" });
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("navigator", { serviceWorker: { ready: Promise.resolve({ pushManager }) } });
  vi.spyOn(Door.prototype, "ringHere").mockImplementation(async (where) => {
    told.push(where);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function started(knownKey: string | null) {
  const database = await freshDatabase();
  if (knownKey !== null) await remember(database, "push_key", knownKey);
  const handheld = {
    database,
    settings: signal<object | null>({ push_public_key: KEY }),
    pairing: signal({ device: DEVICE, url: "http://server", token: "t" }),
    connection: signal("connecting"),
  };
  keepRinging(handheld as unknown as Handheld);
  return handheld;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

test("at every start the subscription at hand is told again, once the server is there", async () => {
  const handheld = await started(KEY);
  await settled();
  expect(told).toEqual([]);
  handheld.connection.value = "mqtt";
  await settled();
  expect([told, made.unsubscribed, made.subscribed]).toEqual([[{ endpoint: "held" }], 0, []]);
  handheld.settings.value = { push_public_key: KEY, undo_s: 5 };
  handheld.connection.value = "offline";
  handheld.connection.value = "http";
  await settled();
  expect(told).toHaveLength(1);
});

test("one that the browser has dropped is made anew", async () => {
  made.held = null;
  (await started(KEY)).connection.value = "mqtt";
  await settled();
  expect([told, made.subscribed]).toEqual([[{ endpoint: "new" }], [KEY]]);
});

test("under another key of the server the old one goes first", async () => {
  (await started("BOld")).connection.value = "mqtt";
  await settled();
  expect([told, made.unsubscribed, made.subscribed]).toEqual([[{ endpoint: "new" }], 1, [KEY]]);
});

test("where nobody asked for it none is made", async () => {
  (await started(null)).connection.value = "mqtt";
  await settled();
  expect(told).toEqual([]);
});

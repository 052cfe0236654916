/** What is in hand: kept when the network goes, and never shown to the next technician. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { InHand } from "../../src/app/inHand";
import type { ThingInHand } from "../../src/contract/wire";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import { fact } from "../../src/store/facts";
import { Door, Unreachable } from "../../src/sync/door";
import { FieldServer } from "../sync/fieldServer";
import { freshDatabase } from "../trade";

const MEGGER: ThingInHand = {
  kind: "tool",
  item: "T-MEGGER",
  name: "500V摇表",
  qty: "1.00",
  unit: "台",
  at_counter: "0",
  order: "FW-202603-0007",
  since: "2026-03-05T02:00:00Z",
  due_at: "2026-03-06T02:00:00Z",
  overdue: false,
};

let server: FieldServer;
let database: Database;

beforeEach(async () => {
  server = await FieldServer.start();
  server.answers.set("/custody", { items: [MEGGER] });
  database = await freshDatabase();
});

afterEach(() => server.stop());

function asking(door: () => Pick<Door, "custody">): InHand {
  return new InHand(database, new Changes(null), door, () => 1_000);
}

test("what was told stays when the network is gone", async () => {
  let online = true;
  const door = new Door(server.origin, "token");
  const gone = { custody: () => Promise.reject(new Unreachable("down")) };
  const inHand = asking(() => (online ? door : gone));
  await inHand.ask();
  online = false;
  await inHand.ask();
  expect(inHand.trouble.value).toBe("unreachable");
  expect(await fact(database, "in_hand")).toEqual({ things: [MEGGER], told_at: 1_000 });
});

test("an answer that comes after the handheld changed hands is not kept", async () => {
  let answer: (things: ThingInHand[]) => void = () => {};
  const inHand = asking(() => ({
    custody: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  }));
  const asked = inHand.ask();
  inHand.forget();
  answer([MEGGER]);
  await asked;
  expect(await fact(database, "in_hand")).toBeUndefined();
});

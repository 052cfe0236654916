/** Whatever comes between: numbers without gaps, and bytes that never change once they were sent. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Reply } from "../../src/contract/wire";
import { seal, sendAgainFrom, settle, toSend, undo } from "../../src/queue/outgoing";
import type { Act, Database } from "../../src/store/database";
import { fact } from "../../src/store/facts";
import { withFailingWrite } from "../brokenDisk";
import { DEVICE, freshDatabase, MORNING, ORDER, OTHER_ORDER, reopened, say } from "../trade";

interface World {
  database: Database;
  now: number;
  bodies: Map<string, string>;
}
type Deed = (world: World) => Promise<unknown>;

const deeds: fc.Arbitrary<[string, Deed]> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("order.opened", "order.ready", "hazard.alarm"),
      fc.constantFrom(ORDER, OTHER_ORDER, null),
      fc.constantFrom(0, 5000),
    )
    .map(([type, subject, holdMs]): [string, Deed] => [
      `keep ${type} ${subject} ${holdMs}`,
      ({ database, now }) =>
        say(database, type as never, {} as never, { subject, holdMs, at: new Date(now) } as never),
    ]),
  fc.constant<[string, Deed]>([
    "undo",
    async ({ database }) => {
      const last = await database.transaction("acts").store.openKeyCursor(null, "prev");
      if (last) await undo(database, last.primaryKey);
    },
  ]),
  fc.constant<[string, Deed]>(["seal", ({ database, now }) => seal(database, DEVICE, now)]),
  fc
    .tuple(fc.nat({ max: 30 }), fc.constantFrom("applied", "rejected", "recorded", "duplicate"))
    .map(([which, outcome]): [string, Deed] => [
      `${outcome} ${which}`,
      async ({ database, now }) => {
        const acts = await database.getAll("acts");
        if (acts.length === 0) return;
        const event = acts[which % acts.length]!.id;
        const reply: Reply = {
          event,
          outcome: outcome as Reply["outcome"],
          order_version: 3,
          server_time: "",
        };
        await settle(database, reply, now);
      },
    ]),
  fc
    .nat({ max: 10 })
    .map((seq): [string, Deed] => [
      `again from ${seq}`,
      ({ database }) => sendAgainFrom(database, seq),
    ]),
  fc.constant<[string, Deed]>([
    "killed",
    async (world) => {
      world.database = await reopened(world.database);
    },
  ]),
  fc.integer({ min: -3000, max: 6000 }).map((ms): [string, Deed] => [
    `clock ${ms}`,
    async (world) => {
      world.now += ms;
    },
  ]),
);

/** Now and then the disk fails at one of the writes, in the middle of the transaction. */
const steps = fc.array(fc.tuple(deeds, fc.option(fc.integer({ min: 1, max: 4 }), { freq: 4 })), {
  minLength: 5,
  maxLength: 30,
});

async function check({ database, bodies }: World): Promise<void> {
  const acts = await database.getAll("acts");
  const sealed = acts.filter((act) => act.seq !== null).sort((a, b) => a.seq! - b.seq!);
  expect(sealed.map((act) => act.seq)).toEqual(sealed.map((_, index) => index + 1));
  expect((await fact(database, "last_seq")) ?? 0).toBe(sealed.length);
  for (const act of sealed) {
    const body = bodies.get(act.id) ?? act.body!;
    expect(act.body).toBe(body);
    bodies.set(act.id, body);
    expect(JSON.parse(body)).toMatchObject({ id: act.id, seq: act.seq, type: act.type });
  }
  for (const id of bodies.keys()) expect(sealed.some((act) => act.id === id)).toBe(true);
  const waiting = await toSend(database, 100);
  expect(waiting.every((act: Act) => act.waiting === 1 && act.outcome === null)).toBe(true);
  const alarmless = sealed.filter((act) => act.type !== "hazard.alarm" && act.subject !== null);
  for (const subject of [ORDER, OTHER_ORDER]) {
    const places = alarmless.filter((act) => act.subject === subject).map((act) => act.place);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }
}

test("any interleaving of acts, slips, answers, full disks and kills", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const world: World = {
        database: await freshDatabase(),
        now: MORNING.getTime(),
        bodies: new Map(),
      };
      for (const [[, deed], failing] of list) {
        if (failing === null) await deed(world);
        else await withFailingWrite(failing, () => deed(world));
        await check(world);
      }
      // In the end nothing is stuck: all holds pass, all is numbered.
      await seal(world.database, DEVICE, world.now + 600_000);
      await check(world);
      expect((await world.database.getAll("acts")).every((act) => act.seq !== null)).toBe(true);
      world.database.close();
    }),
    { numRuns: 25 },
  );
}, 30_000);

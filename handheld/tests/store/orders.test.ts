import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/contract/wire";
import type { Database } from "../../src/store/database";
import { remember } from "../../src/store/facts";
import {
  beginSync,
  goneOrders,
  heldOrders,
  heldVersions,
  putAway,
  readGone,
  takeSnapshot,
  takeSyncList,
} from "../../src/store/orders";
import { freshDatabase, MORNING, ORDER, OTHER_ORDER, reopened, say, snapshot } from "../trade";

const NOW = MORNING.getTime();

async function synced(orders: string[] = [ORDER]): Promise<Database> {
  const database = await freshDatabase();
  await remember(database, "epoch", "e1");
  for (const number of orders) await takeSnapshot(database, snapshot({ number }), NOW);
  return database;
}

async function held(database: Database): Promise<Record<string, number>> {
  return heldVersions(database, "e1");
}

describe("snapshots", () => {
  test("only a newer one counts", async () => {
    const database = await synced();
    expect(await takeSnapshot(database, snapshot({ version: 3, content: "新" }), NOW)).toBe(true);
    expect(await takeSnapshot(database, snapshot({ version: 2, content: "旧" }), NOW)).toBe(false);
    expect(await takeSnapshot(database, snapshot({ version: 3, content: "另" }), NOW)).toBe(false);
    expect((await heldOrders(database))[0]!.snapshot.content).toBe("新");
  });

  test("of another epoch it always counts: a restored server counts from lower", async () => {
    const database = await synced();
    await takeSnapshot(database, snapshot({ version: 9 }), NOW);
    await takeSyncList(database, { epoch: "e2", orders: [ORDER] }, NOW);
    expect(await heldVersions(database, "e2")).toEqual({});
    expect(await takeSnapshot(database, snapshot({ version: 4 }), NOW)).toBe(true);
    expect(await heldVersions(database, "e2")).toEqual({ [ORDER]: 4 });
  });

  test("an order that is over leaves; one of which QA sent a step back does not", async () => {
    const database = await synced();
    const closed = { version: 2, state: "closed" } as const;
    const returned_steps = [{ step: "GWH-09", reason: "照片不清" }];
    await takeSnapshot(database, snapshot({ ...closed, returned_steps }), NOW);
    expect(await held(database)).toEqual({ [ORDER]: 2 });
    await takeSnapshot(database, snapshot({ ...closed, version: 3 }), NOW);
    expect(await held(database)).toEqual({});
  });
});

describe("an order that was withdrawn", () => {
  test("stays away from a late snapshot, comes back with a newer one, as a stay of its own", async () => {
    const database = await synced();
    await say(database, "order.opened", {});
    expect(await putAway(database, ORDER, "已收回", NOW)).toBe(true);
    expect(await putAway(database, ORDER, "已收回", NOW)).toBe(false);
    expect(await takeSnapshot(database, snapshot({ version: 1 }), NOW)).toBe(false);
    expect(await heldOrders(database)).toEqual([]);
    expect(await takeSnapshot(database, snapshot({ version: 2 }), NOW)).toBe(true);
    expect((await heldOrders(database))[0]).toMatchObject({ sincePlace: 2, gone: null });
  });

  test("tells the technician why until that was read", async () => {
    const database = await synced();
    await putAway(database, ORDER, "客户取消", NOW);
    expect(await goneOrders(await reopened(database))).toMatchObject([
      { gone: { reason: "客户取消", place: "3-2-501", at: NOW } },
    ]);
  });

  test("is not told of again, and a finished one not at all", async () => {
    const database = await synced([ORDER, OTHER_ORDER]);
    await putAway(database, ORDER, "x", NOW);
    await readGone(database, ORDER);
    const accepted = snapshot({ number: OTHER_ORDER, version: 2, state: "accepted" });
    await takeSnapshot(database, accepted, NOW);
    await putAway(database, OTHER_ORDER, "已销单", NOW);
    expect(await goneOrders(database)).toEqual([]);
  });

  test("of which nothing was known is nothing", async () => {
    const database = await synced([]);
    expect(await putAway(database, ORDER, "x", NOW)).toBe(false);
    expect(await database.count("orders")).toBe(0);
  });
});

describe("the server's list", () => {
  test("what it does not name is put away; what came in after the question is not judged", async () => {
    const database = await synced([ORDER]);
    await beginSync(database);
    await takeSnapshot(database, snapshot({ number: OTHER_ORDER }), NOW);
    const { gone, missing } = await takeSyncList(database, { epoch: "e1", orders: [] }, NOW);
    expect([gone, missing]).toEqual([[ORDER], []]);
    expect(await held(database)).toEqual({ [OTHER_ORDER]: 1 });
    await beginSync(database);
    expect((await takeSyncList(database, { epoch: "e1", orders: [] }, NOW)).gone).toEqual([
      OTHER_ORDER,
    ]);
  });

  test("a late older snapshot proves nothing of this round", async () => {
    const database = await synced([]);
    await takeSnapshot(database, snapshot({ version: 5 }), NOW);
    await beginSync(database);
    await takeSnapshot(database, snapshot({ version: 4 }), NOW);
    expect((await takeSyncList(database, { epoch: "e1", orders: [] }, NOW)).gone).toEqual([ORDER]);
  });

  test("an order that an outdated list put away comes back in the same version and stay", async () => {
    const database = await synced();
    await say(database, "order.opened", {});
    await beginSync(database);
    await takeSyncList(database, { epoch: "e1", orders: [] }, NOW);
    expect(await takeSnapshot(database, snapshot(), NOW)).toBe(true);
    expect((await heldOrders(database))[0]!.sincePlace).toBe(1);
  });

  test("an order that it names is asked for where a late withdrawal put it away", async () => {
    const database = await synced();
    await putAway(database, ORDER, "一个迟到的收回", NOW);
    const list = { epoch: "e1", orders: [ORDER, OTHER_ORDER] };
    expect((await takeSyncList(database, list, NOW)).missing).toEqual([ORDER, OTHER_ORDER]);
    expect(await takeSnapshot(database, snapshot(), NOW)).toBe(true);
    expect(await held(database)).toEqual({ [ORDER]: 1 });
  });

  test("after a restore nothing is put away before the question was asked again", async () => {
    const database = await synced();
    await beginSync(database);
    const list = { epoch: "e2", orders: [] };
    expect(await takeSyncList(database, list, NOW)).toMatchObject({ restored: true, gone: [] });
    await beginSync(database);
    expect(await takeSyncList(database, list, NOW)).toMatchObject({
      restored: false,
      gone: [ORDER],
    });
  });

  test("at the first meeting the epoch is learnt and what came before it belongs to it", async () => {
    const database = await freshDatabase();
    await beginSync(database);
    await takeSnapshot(database, snapshot(), NOW);
    const list = { epoch: "e1", orders: [ORDER] };
    expect(await takeSyncList(database, list, NOW)).toEqual({
      restored: false,
      gone: [],
      missing: [],
    });
    expect(await held(database)).toEqual({ [ORDER]: 1 });
  });
});

/** What a server says of two orders over time, and in which order the news comes, or again. */
const numbers = fc.constantFrom(ORDER, OTHER_ORDER);
const history = fc.array(fc.tuple(numbers, fc.boolean()), { minLength: 1, maxLength: 10 });
const deliveries = fc.array(
  fc.record({ which: fc.nat({ max: 30 }), killed: fc.boolean(), asked: fc.boolean() }),
  { maxLength: 25 },
);

test("in any order, late and repeated, what is held becomes the server's last word", async () => {
  await fc.assert(
    fc.asyncProperty(history, deliveries, async (changes, news) => {
      let database = await synced([]);
      const now = new Map<string, Snapshot | null>();
      const versions = new Map<string, number>();
      const said: (() => Promise<unknown>)[] = [];
      for (const [number, isMine] of changes) {
        const version = (versions.get(number) ?? 0) + 1;
        versions.set(number, version);
        const fresh = isMine ? snapshot({ number, version, content: `v${version}` }) : null;
        now.set(number, fresh);
        said.push(() =>
          fresh ? takeSnapshot(database, fresh, NOW) : putAway(database, number, "", NOW),
        );
        const orders = [...now].filter(([, one]) => one !== null).map(([name]) => name);
        said.push(() => takeSyncList(database, { epoch: "e1", orders }, NOW));
      }
      for (const { which, killed, asked } of news) {
        if (killed) database = await reopened(database);
        if (asked) await beginSync(database);
        await said[which % said.length]!();
      }
      // Then a question whose answer arrives; asked again as long as the list names what lacks.
      const mine = [...now.values()].filter((one): one is Snapshot => one !== null);
      for (let round = 0; ; round++) {
        expect(round).toBeLessThan(3);
        await beginSync(database);
        const versionsHere = await held(database);
        for (const one of mine) {
          if (versionsHere[one.number] !== one.version) await takeSnapshot(database, one, NOW);
        }
        const orders = mine.map((one) => one.number);
        const { missing } = await takeSyncList(database, { epoch: "e1", orders }, NOW);
        if (missing.length === 0) break;
      }
      const here = (await heldOrders(database)).map((order) => order.snapshot);
      expect(here).toEqual(mine.sort((a, b) => (a.number < b.number ? -1 : 1)));
      database.close();
    }),
    { numRuns: 60 },
  );
}, 30_000);

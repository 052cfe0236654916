/** Over a network that loses, repeats, overtakes and cuts: nothing is lost and nothing comes twice. */

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Pairing } from "../../src/contract/wire";
import { confirm, forgetOld, KEPT_FOR_MS, undo, waitingCount } from "../../src/queue/outgoing";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import { fact } from "../../src/store/facts";
import { heldOrders } from "../../src/store/orders";
import { HttpLine } from "../../src/sync/httpLine";
import { Inbox } from "../../src/sync/inbox";
import { Line } from "../../src/sync/line";
import { DEVICE, freshDatabase, MORNING, ORDER, OTHER_ORDER, reopened, say } from "../trade";
import { BadNetwork, FAIR, type Weather } from "./badNetwork";
import { REFUSED_REASON } from "./serverModel";
import { giveTimeBack, pass, quiet, takeOverTime } from "./simulatedTime";

const PAIRING = { device: DEVICE, mqtt: { root: "paigong/v1" } } as Pairing;
type Doors = "mqtt" | "http" | "both";

/** The app with its queue and lines; `database` outlives a kill. */
class HandheldModel {
  #line: Line | null = null;
  #http: HttpLine | null = null;
  #changes = new Changes(null);

  constructor(
    public database: Database,
    readonly network: BadNetwork,
    private readonly doors: Doors,
  ) {
    this.#start();
  }

  #start(): void {
    const news = { arrived() {}, withdrawn() {}, refused() {}, notice() {} };
    this.#changes = new Changes(null);
    const inbox = new Inbox(this.database, this.#changes, news);
    const presence = async (session: string, online: boolean) => ({
      online,
      session,
      at: new Date().toISOString(),
      app_version: "1",
      queued: 0,
    });
    const hooks = { changed() {}, wiped() {}, notAuthorised() {}, notLetIn() {} };
    if (this.doors !== "http") {
      const { connect } = this.network;
      this.#line = new Line(this.database, PAIRING, inbox, async () => connect, presence, hooks);
      this.#line.start();
    }
    if (this.doors !== "mqtt") {
      const say = () => presence("http", true);
      this.#http = new HttpLine(this.database, DEVICE, this.network.door, inbox, say, hooks);
      this.#http.start();
    }
    this.#changes.listen((topics) => {
      if (topics.has("acts")) this.send();
    });
  }

  send(): void {
    void this.#line?.pump();
    void this.#http?.turn();
  }

  async kill(): Promise<void> {
    this.stop();
    this.network.cut();
    this.database = await reopened(this.database);
    this.#start();
  }

  restartLine(): void {
    this.#line?.restart();
  }

  stop(): void {
    this.#changes.close();
    this.#line?.stop();
    this.#http?.stop();
  }

  /** The technician does something, in the version that he sees. */
  async act(number: string | null, kind: number, holdMs: number): Promise<void> {
    const orders = await heldOrders(this.database);
    const order = orders.find((one) => one.number === number);
    if (number !== null && order === undefined) return;
    const also = {
      subject: number,
      orderVersion: order?.version ?? null,
      at: new Date(),
      holdMs,
    };
    if (kind === 0) await say(this.database, "hazard.alarm", { kind: "water" }, also);
    else if (kind === 1) {
      await say(this.database, "order.returned", { reason: REFUSED_REASON }, also);
    } else await say(this.database, "order.resumed", {}, also);
    this.send();
    setTimeout(() => this.send(), holdMs + 20);
  }

  async undoLast(): Promise<void> {
    const last = await this.database.transaction("acts").store.openKeyCursor(null, "prev");
    if (last) await undo(this.database, last.primaryKey);
  }
}

const orderNumbers = fc.constantFrom(ORDER, OTHER_ORDER);
const events = fc.oneof(
  fc.record({ what: fc.constant("dispatch" as const), number: orderNumbers }),
  fc.record({ what: fc.constant("recall" as const), number: orderNumbers }),
  fc.record({
    what: fc.constant("act" as const),
    number: fc.option(orderNumbers, { freq: 6 }),
    kind: fc.nat({ max: 5 }),
    holdMs: fc.constantFrom(0, 0, 5000),
  }),
  fc.record({ what: fc.constantFrom("undo", "cut", "kill", "restart", "confirm") }),
);
type Happening = typeof events extends fc.Arbitrary<infer One> ? One : never;
const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 8000 }), events), {
  minLength: 4,
  maxLength: 20,
});
const weathers: fc.Arbitrary<Weather> = fc.record({
  lost: fc.constantFrom(0, 10, 40),
  repeated: fc.constantFrom(0, 20),
  delayMs: fc.constantFrom(0, 50, 3000),
  refused: fc.constantFrom(0, 30),
});

async function happen(handheld: HandheldModel, one: Happening): Promise<void> {
  const { server } = handheld.network;
  if (one.what === "dispatch") server.dispatch(one.number);
  else if (one.what === "recall") server.recall(one.number);
  else if (one.what === "act") await handheld.act(one.number, one.kind, one.holdMs);
  else if (one.what === "undo") await handheld.undoLast();
  else if (one.what === "cut") handheld.network.cut();
  else if (one.what === "restart") handheld.restartLine();
  else if (one.what === "kill") await handheld.kill();
  else {
    for (const number of Object.keys(server.state.orders)) {
      await confirm(handheld.database, number, new Set(server.receipt(number).events));
    }
  }
}

/** Everything that the server and the handheld must agree on when all has arrived. */
async function expectOneMind({ database, network: { server } }: HandheldModel): Promise<void> {
  expect(await waitingCount(database)).toBe(0);
  const acts = (await database.getAll("acts")).sort((one, other) => one.seq! - other.seq!);
  expect(acts.map((act) => act.seq)).toEqual(server.state.events.map((event) => event.seq));
  expect(acts.map((act) => [act.id, act.outcome, act.orderVersion])).toEqual(
    server.state.events.map((event) => [event.id, event.outcome, event.orderVersion]),
  );
  expect(server.state.lastSeq).toBe((await fact(database, "last_seq")) ?? 0);
  for (const [number, order] of Object.entries(server.state.orders)) {
    const said = acts.filter((act) => act.subject === number);
    // In the order in which it was done, each once.
    expect(said.map((act) => act.place)).toEqual(
      said.map((act) => act.place).sort((a, b) => a - b),
    );
    expect(order.applied).toEqual(
      said.filter((act) => act.outcome === "applied").map((act) => act.id),
    );
  }
  const here = (await heldOrders(database)).map((order) => order.snapshot);
  const { items } = server.fieldOrders();
  expect(here).toEqual(items.sort((one, other) => (one.number < other.number ? -1 : 1)));
  expect(await fact(database, "epoch")).toBe(server.state.epoch);
}

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  takeOverTime(MORNING);
});

afterEach(() => {
  giveTimeBack();
  vi.restoreAllMocks();
});

const HEALED_FOR_MS: Record<Doors, number> = {
  mqtt: 12 * 60 * 1000,
  http: 2 * 60 * 1000,
  both: 2 * 60 * 1000,
};

describe.each<Doors>(["mqtt", "http", "both"])("over %s", (doors) => {
  test("each act arrives once and in order, and the orders are the server's", async () => {
    await fc.assert(
      fc.asyncProperty(story, weathers, fc.nat(), async (happenings, weather, seed) => {
        const network = new BadNetwork(weather, seed);
        const handheld = new HandheldModel(await freshDatabase(), network, doors);
        network.server.dispatch(ORDER);
        for (const [pauseMs, one] of happenings) {
          await pass(pauseMs);
          await happen(handheld, one);
        }
        network.weather = FAIR;
        await pass(HEALED_FOR_MS[doors]);
        await expectOneMind(handheld);
        handheld.stop();
        await quiet();
        handheld.database.close();
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  test("a server restored from an older backup gets again what it forgot", async () => {
    const cut = fc.nat({ max: 19 });
    await fc.assert(
      fc.asyncProperty(story, cut, cut, fc.nat(), async (happenings, one, other, seed) => {
        const network = new BadNetwork({ ...FAIR, delayMs: 100 }, seed);
        const { server } = network;
        const handheld = new HandheldModel(await freshDatabase(), network, doors);
        let backup = server.backup();
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        server.dispatch(ORDER);
        for (const [index, [pauseMs, happening]] of happenings.entries()) {
          await pass(pauseMs);
          await happen(handheld, happening);
          if (index === early) backup = server.backup();
          if (index === late) {
            // The broker goes down with it: nothing from before is under way afterwards.
            network.cut();
            await pass(200);
            server.restore(backup);
            network.cut();
          }
        }
        await pass(HEALED_FOR_MS[doors]);
        await expectOneMind(handheld);
        handheld.stop();
        await quiet();
        handheld.database.close();
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

test("nothing is dropped that the server's receipt does not hold, even after a year", async () => {
  const network = new BadNetwork(FAIR, 1);
  const handheld = new HandheldModel(await freshDatabase(), network, "mqtt");
  network.server.dispatch(ORDER);
  await pass(1000);
  for (let i = 0; i < 3; i++) await handheld.act(ORDER, 5, 0);
  await pass(1000);
  network.server.recall(ORDER);
  await pass(1000);
  const { database } = handheld;
  const held = network.server.receipt(ORDER).events;
  await confirm(database, ORDER, new Set(held.slice(0, 2)));
  expect(await forgetOld(database, Date.now() + 50 * KEPT_FOR_MS)).toBe(2);
  expect((await database.getAll("acts")).map((act) => act.id)).toEqual(held.slice(2));
  handheld.stop();
  await quiet();
});

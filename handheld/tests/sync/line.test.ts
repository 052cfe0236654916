/** The moments between: a line that opens, breaks or stops while something is still being stored. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Pairing } from "../../src/contract/wire";
import { seal, toSend } from "../../src/queue/outgoing";
import { Changes } from "../../src/store/changes";
import type { Database } from "../../src/store/database";
import { remember } from "../../src/store/facts";
import { heldOrders, takeSnapshot } from "../../src/store/orders";
import { type HttpDoor, HttpLine } from "../../src/sync/httpLine";
import { Inbox, type News } from "../../src/sync/inbox";
import { Line, type Wire, type WireEvents } from "../../src/sync/line";
import { DEVICE, freshDatabase, MORNING, ORDER, OTHER_ORDER, say, snapshot } from "../trade";
import { giveTimeBack, pass, quiet, takeOverTime } from "./simulatedTime";

const ROOT = "paigong/v1";
const DOWN = `${ROOT}/d/${DEVICE}/dn`;
const PAIRING = { device: DEVICE, mqtt: { root: ROOT } } as Pairing;

interface Published {
  channel: string;
  body: { id: string; seq?: number; session?: string; data: Record<string, unknown> };
}

/** A broker that the test plays by hand. */
class Broker {
  readonly connections: { will: string; events: WireEvents; isOpen: boolean }[] = [];
  readonly published: Published[] = [];
  carries = true;
  refuses = false;

  /** Of the next attempts to load the library, how many fail. */
  lacks = 0;

  readonly library = async () => {
    if (this.lacks === 0) return this.connect;
    this.lacks -= 1;
    throw new TypeError("Failed to fetch dynamically imported module");
  };

  readonly connect = (
    _mqtt: unknown,
    { will }: { will: { payload: string } },
    events: WireEvents,
  ): Wire => {
    if (this.refuses) throw new Error("the page's policy forbids it");
    const connection = { will: will.payload, events, isOpen: true };
    this.connections.push(connection);
    return {
      publish: (topic, payload) => {
        if (!connection.isOpen || !this.carries) return false;
        const channel = topic.slice(`${ROOT}/d/${DEVICE}/up/`.length);
        this.published.push({ channel, body: JSON.parse(payload) });
        return true;
      },
      end: () => {
        connection.isOpen = false;
      },
    };
  };

  get now(): WireEvents {
    return this.connections.at(-1)!.events;
  }

  sent(channel: string): Published["body"][] {
    return this.published.filter((one) => one.channel === channel).map((one) => one.body);
  }

  say(channel: string, type: string, data: object, subject?: string): Promise<void> {
    return this.now.message(`${DOWN}/${channel}`, JSON.stringify({ type, data, subject }));
  }

  list(orders: string[] = [], expected_seq = 1): Promise<void> {
    return this.say("replies", "sync.result", { epoch: "e1", orders, expected_seq });
  }
}

let database: Database;
let broker: Broker;
let line: Line;
let told: string[];
let inbox: Inbox;

const news: News = {
  arrived: (order) => told.push(`arrived ${order.number}`),
  withdrawn: (number) => told.push(`withdrawn ${number}`),
  refused: (act) => told.push(`refused ${act.type}`),
  notice: (text) => told.push(`notice ${text}`),
};

beforeEach(async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  takeOverTime(MORNING);
  database = await freshDatabase();
  broker = new Broker();
  told = [];
  inbox = new Inbox(database, new Changes(null), news);
  const presence = async (session: string, online: boolean) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { online, session, at: "", app_version: "1", queued: 0 };
  };
  line = new Line(database, PAIRING, inbox, broker.library, presence, {
    changed: () => told.push(line.up ? "up" : "down"),
    wiped: () => told.push("wiped"),
    notAuthorised: () => told.push("not authorised"),
  });
});

afterEach(async () => {
  line.stop();
  await pass(10);
  expect(vi.getTimerCount()).toBe(0);
  giveTimeBack();
  vi.restoreAllMocks();
});

async function brought(): Promise<void> {
  line.start();
  await pass(10);
  broker.now.up();
  await pass(10);
  await broker.list();
  await quiet();
}

describe("opening", () => {
  test("started twice at once it is one connection, and the will is of its own session", async () => {
    line.start();
    line.restart();
    line.start();
    await pass(10);
    broker.now.up();
    await pass(10);
    expect(broker.connections).toHaveLength(1);
    const will = JSON.parse(broker.connections[0]!.will);
    expect(broker.sent("presence")).toMatchObject([{ session: will.session, online: true }]);
  });

  test("stopped before it had opened, it does not open", async () => {
    line.start();
    line.stop();
    await pass(60_000);
    expect(broker.connections).toEqual([]);
  });

  test("without the library it counts as a failure, so that HTTP takes over, and asks again", async () => {
    broker.lacks = 2;
    line.start();
    await pass(5_000);
    expect([broker.connections.length, told.filter((one) => one === "down").length]).toEqual([
      1, 2,
    ]);
    broker.now.up();
    await pass(10);
    await broker.list();
    await quiet();
    expect(line.up).toBe(true);
  });

  test("where connecting itself fails it tries again", async () => {
    broker.refuses = true;
    line.start();
    await pass(30_000);
    expect(line.failures).toBeGreaterThan(2);
    broker.refuses = false;
    await pass(30_000);
    expect(broker.connections.length).toBeGreaterThan(0);
  });

  test("without an answer to the sync it gives up after 10 seconds", async () => {
    line.start();
    await pass(10);
    broker.now.up();
    await pass(9_000);
    expect(broker.connections[0]!.isOpen).toBe(true);
    await pass(1_100);
    expect([broker.connections[0]!.isOpen, line.failures]).toEqual([false, 1]);
  });

  test("a broker that does not let it in is told of, so that HTTP asks why", async () => {
    line.start();
    await pass(10);
    broker.now.down({ notAuthorised: true });
    expect(told).toEqual(["not authorised", "down"]);
  });
});

describe("while something is being stored", () => {
  test("a list that is stored as the connection breaks does not bring the line up", async () => {
    line.start();
    await pass(10);
    broker.now.up();
    await pass(10);
    const stored = broker.list();
    broker.now.down({ notAuthorised: false });
    await stored;
    await quiet();
    expect(line.up).toBe(false);
    expect(told).toEqual(["down"]);
  });

  test("what the connection did not take is not taken for sent", async () => {
    await brought();
    await say(database, "order.opened", {});
    broker.carries = false;
    await line.pump();
    broker.carries = true;
    await line.pump();
    expect(broker.sent("events")).toHaveLength(1);
  });

  test("without an answer an act is sent again after 10 seconds, though the clock was set back", async () => {
    await brought();
    await say(database, "order.opened", {});
    await line.pump();
    vi.setSystemTime(MORNING.getTime() - 24 * 3600 * 1000);
    await pass(9_000);
    expect(broker.sent("events")).toHaveLength(1);
    await pass(1_500);
    const [first, again] = broker.sent("events");
    expect(again).toEqual(first);
  });

  test("a disk that fails ends nothing: it is sent a little later", async () => {
    await brought();
    await say(database, "order.opened", {});
    const whole = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    await line.pump();
    IDBObjectStore.prototype.put = whole;
    expect(broker.sent("events")).toEqual([]);
    await pass(10_500);
    expect(broker.sent("events")).toHaveLength(1);
  });
});

describe("a full disk", () => {
  test("that does not take when the server was heard takes what it said", async () => {
    await brought();
    await pass(2_000);
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: unknown) {
      if (key === "heard_at") throw new DOMException("full", "QuotaExceededError");
      return put.call(this, value, key as IDBValidKey);
    } as typeof put;
    await broker.say("commands", "device.notice", { text: "开会" });
    IDBObjectStore.prototype.put = put;
    expect(told).toContain("notice 开会");
  });
});

describe("the server behind the broker", () => {
  test("gone, it counts as a failure, so that HTTP takes over; back, the line is up again", async () => {
    await brought();
    await broker.now.message(`${ROOT}/server`, JSON.stringify({ online: false, epoch: "e1" }));
    expect(line.up).toBe(false);
    await pass(21_000);
    expect([broker.connections.length, broker.connections[0]!.isOpen]).toEqual([1, true]);
    expect(line.failures).toBe(2);
    await broker.list();
    await quiet();
    expect([line.up, line.failures]).toEqual([true, 0]);
  });

  test("gone before the line opened, it counts as a failure too", async () => {
    line.start();
    await pass(10);
    broker.now.up();
    await broker.now.message(`${ROOT}/server`, JSON.stringify({ online: false, epoch: "e1" }));
    await pass(21_000);
    expect([broker.connections.at(-1)!.isOpen, line.failures]).toEqual([true, 2]);
  });

  test("a listed order whose snapshot was lost is asked for within seconds", async () => {
    await brought();
    await broker.list([ORDER]);
    await quiet();
    const asked = broker.sent("sync").length;
    await pass(2_000);
    expect(broker.sent("sync")).toHaveLength(asked + 1);
    await broker.say("orders", "order.snapshot", snapshot(), ORDER);
    await broker.list([ORDER]);
    await pass(9_000);
    expect(broker.sent("sync")).toHaveLength(asked + 1);
  });

  test("what the broker lost on a connection that stands shows within ten minutes", async () => {
    await brought();
    const asked = broker.sent("sync").length;
    await pass(10 * 60 * 1000 + 100);
    expect(broker.sent("sync")).toHaveLength(asked + 1);
  });

  test("twenty late answers that ask for an answered act draw one question", async () => {
    await brought();
    await say(database, "order.opened", {});
    const [act] = await seal(database, DEVICE, MORNING.getTime());
    const settled = { event: act!.id, outcome: "rejected", order_version: 1, server_time: "" };
    await broker.say("replies", "event.reply", settled);
    const asked = broker.sent("sync").length;
    const late = { event: "x", outcome: "out_of_order", order_version: null, expected_seq: 1 };
    for (let i = 0; i < 20; i++) await broker.say("replies", "event.reply", late);
    await quiet();
    expect(broker.sent("sync")).toHaveLength(asked + 1);
    // A late message only: nobody is told of the refusal a second time.
    await broker.list([], 2);
    expect(await toSend(database, 10)).toEqual([]);
    expect(told.filter((one) => one.startsWith("refused"))).toHaveLength(1);
  });

  test("a server that forgot it gets it again", async () => {
    await brought();
    await say(database, "order.opened", {});
    await line.pump();
    const [sent] = broker.sent("events");
    const settled = { event: sent!.id, outcome: "applied", order_version: 1, server_time: "" };
    await broker.say("replies", "event.reply", settled);
    await broker.list([], 1);
    await quiet();
    expect(broker.sent("events")).toEqual([sent, sent]);
  });

  test("a number that is no longer here is remembered as lost", async () => {
    await brought();
    const wanted = { event: "x", outcome: "out_of_order", order_version: null, expected_seq: 7 };
    await broker.say("replies", "event.reply", wanted);
    expect(await database.get("facts", "lost_seq")).toBe(7);
  });
});

describe("what comes down", () => {
  test("what cannot be read is passed over, and what comes behind it is not", async () => {
    await brought();
    await broker.now.message(`${DOWN}/orders`, "no JSON");
    await broker.now.message(`${DOWN}/orders`, "{}");
    await broker.now.message(`${ROOT}/server`, "null");
    await broker.say("orders", "order.of_the_future", { a: 1 });
    await broker.say("orders", "order.snapshot", snapshot(), ORDER);
    expect(told).toContain(`arrived ${ORDER}`);
  });

  test("a result without its list puts nothing away and brings nothing up", async () => {
    await takeSnapshot(database, snapshot(), MORNING.getTime());
    line.start();
    await pass(10);
    broker.now.up();
    await pass(10);
    await broker.say("replies", "sync.result", { epoch: "e1" });
    expect([line.up, (await heldOrders(database)).length]).toEqual([false, 1]);
  });

  test("an order that was stored when the app was killed is reported after the next list", async () => {
    await takeSnapshot(database, snapshot(), MORNING.getTime());
    await takeSnapshot(database, snapshot({ number: OTHER_ORDER }), MORNING.getTime());
    line.start();
    await pass(10);
    broker.now.up();
    await pass(10);
    await broker.list([ORDER, OTHER_ORDER]);
    await broker.list([ORDER, OTHER_ORDER]);
    const said = await database.getAll("acts");
    expect(said.map((act) => [act.type, act.subject])).toEqual([
      ["order.received", ORDER],
      ["order.received", OTHER_ORDER],
    ]);
  });

  test("a notice is kept and told once", async () => {
    await brought();
    const message = { id: "n1", type: "device.notice", data: { text: "今晚停水" } };
    for (let i = 0; i < 2; i++) {
      await broker.now.message(`${DOWN}/commands`, JSON.stringify(message));
    }
    expect(told.filter((one) => one.startsWith("notice"))).toEqual(["notice 今晚停水"]);
    expect(await database.count("notices")).toBe(1);
  });

  test("on the order to wipe everything goes, and the line stays down (P-19)", async () => {
    await remember(database, "pairing", { url: "https://server" } as never);
    await takeSnapshot(database, snapshot(), MORNING.getTime());
    await say(database, "order.opened", {});
    await brought();
    await broker.say("commands", "device.wipe", {});
    for (const store of [...database.objectStoreNames]) expect(await database.count(store)).toBe(0);
    expect(told).toContain("wiped");
    line.start();
    await pass(60_000);
    expect(broker.connections).toHaveLength(1);
  });
});

describe("over HTTP", () => {
  function httpLine(door: Partial<HttpDoor>): { http: HttpLine; asked: () => number } {
    let asked = 0;
    const orders = async () => {
      asked += 1;
      const server_time = new Date().toISOString();
      return { list: { items: [], epoch: "e1", expected_seq: 1, server_time }, etag: null };
    };
    const presence = async () => ({
      online: true,
      session: "s",
      at: "",
      app_version: "1",
      queued: 0,
    });
    const whole = { orders, sendEvents: async () => [], presence: async () => undefined, ...door };
    const changes = new Changes(null);
    const hooks = { changed() {}, wiped() {}, notLetIn() {} };
    const own = new Inbox(database, changes, news);
    const http = new HttpLine(database, DEVICE, whole, own, presence, hooks);
    changes.listen(() => void http.turn());
    return { http, asked: () => asked };
  }

  test("it asks every five seconds and not without a pause", async () => {
    const { http, asked } = httpLine({});
    http.start();
    await pass(60_000);
    expect(asked()).toBeGreaterThanOrEqual(12);
    expect(asked()).toBeLessThanOrEqual(15);
    http.stop();
  });

  test("an order that has not changed is not written again, and one that has is", async () => {
    let version = 1;
    const list = () => ({
      items: [snapshot({ version })],
      notices: [{ id: "n1", text: "今晚停水", at: MORNING.toISOString() }],
      epoch: "e1",
      expected_seq: 1,
      server_time: new Date().toISOString(),
    });
    const orders = async () => ({ list: list(), etag: null });
    const { http } = httpLine({ orders });
    http.start();
    await pass(11_000);
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    const written = () =>
      put.mock.contexts.filter((store) =>
        ["orders", "notices"].includes((store as IDBObjectStore).name),
      );
    await pass(20_000);
    expect(written()).toEqual([]);
    version = 2;
    await pass(6_000);
    expect((await heldOrders(database))[0]!.version).toBe(2);
    http.stop();
  });

  test("stopped in the middle of a round it is not up", async () => {
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { http } = httpLine({ presence: () => slow });
    http.start();
    await quiet();
    http.stop();
    answer();
    await quiet();
    expect(http.up).toBe(false);
  });
});

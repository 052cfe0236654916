/** The open pool before a server that may be slow, silent, or give the order to somebody else. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Pool } from "../../src/app/pool";
import type { PoolOrder } from "../../src/contract/wire";
import { Door } from "../../src/sync/door";
import { type Fate, FieldServer } from "../sync/fieldServer";

const TAP = order("FW-202603-0007", "tap_valve");
const LAMP = order("FW-202603-0008", "lamp");
const TAKEN: Fate = { says: { status: 204, body: "" } };

let server: FieldServer;
let pool: Pool;
let claims: Fate[];

function order(number: string, category: string): PoolOrder {
  return {
    number,
    category,
    urgency: "normal",
    content: "滴水",
    building: "3栋",
    appointment_at: null,
  };
}

function said(status: number, problem: object): Fate {
  return { says: { status, body: JSON.stringify(problem) } };
}

const QUICKER = said(409, { type: "urn:paigong:problem:not-in-the-pool", status: 409 });

beforeEach(async () => {
  server = await FieldServer.start();
  server.answers.set("/pool", { items: [TAP, LAMP] });
  claims = [];
  server.fate = (method) => (method === "POST" ? (claims.shift() ?? null) : null);
  const door = new Door(server.origin, "token");
  pool = new Pool(
    () => door,
    () => 1_000,
  );
});

afterEach(() => server.stop());

const numbers = () => pool.orders.value?.map((one) => one.number);
const asked = (what: string) => server.asked.filter((one) => one === what).length;
/** The list is asked for anew after a claim; wait for its answer. */
const toldAgain = (expected: string[]) =>
  expect.poll(() => [asked("GET /field/v1/pool"), numbers()]).toEqual([2, expected]);

describe("what may be taken", () => {
  test("is what the server tells, in its order", async () => {
    expect(pool.orders.value).toBeNull();
    await pool.ask();
    expect(numbers()).toEqual([TAP.number, LAMP.number]);
    expect(pool.toldAt.value).toBe(1_000);
  });

  test("stays in view without a network, which is said, until there is one", async () => {
    await pool.ask();
    server.fate = () => ({ cutAfterBytes: 0 });
    await pool.ask();
    expect([pool.trouble.value, numbers()?.length]).toEqual(["unreachable", 2]);
    server.fate = () => null;
    server.answers.set("/pool", { items: [] });
    await pool.ask();
    expect([pool.trouble.value, numbers()]).toEqual([null, []]);
  });

  test("is not known from a server that has no pool, which says why", async () => {
    server.answers.delete("/pool");
    await pool.ask();
    expect(pool.orders.value).toBeNull();
    expect(pool.trouble.value).toMatchObject({ type: "urn:paigong:problem:not-found" });
  });

  test("is forgotten with the technician whose it was, a late answer too", async () => {
    const late = pool.ask();
    pool.forget();
    await late;
    expect(pool.orders.value).toBeNull();
  });
});

describe("a claim", () => {
  beforeEach(() => pool.ask());

  test("that succeeds takes the order off the list, and the list is asked for anew", async () => {
    claims.push(TAKEN);
    server.answers.set("/pool", { items: [LAMP] });
    expect(await pool.claim(TAP.number)).toEqual({ is: "taken" });
    expect(numbers()).toEqual([LAMP.number]);
    expect(server.asked).toContain(`POST /field/v1/pool/${TAP.number}/claim`);
    await toldAgain([LAMP.number]);
  });

  test("that came too late says so, and the list is asked for anew", async () => {
    claims.push(QUICKER);
    server.answers.set("/pool", { items: [LAMP] });
    expect(await pool.claim(TAP.number)).toEqual({ is: "quicker" });
    await toldAgain([LAMP.number]);
  });

  test("whose answer is lost may be made again: the order is his", async () => {
    claims.push({ loseAnswer: true }, TAKEN);
    expect(await pool.claim(TAP.number)).toEqual({ is: "unreachable" });
    expect([numbers()?.length, pool.claiming.value]).toEqual([2, null]);
    expect(await pool.claim(TAP.number)).toEqual({ is: "taken" });
  });

  test("that a rule refuses gives the reason, and leaves the order where it is", async () => {
    const problem = { type: "urn:paigong:problem:absent", detail: "您登记为不在岗。" };
    claims.push(said(409, problem));
    expect(await pool.claim(TAP.number)).toEqual({ is: "refused", problem });
    expect(numbers()).toContain(TAP.number);
  });

  test("is one, however often the button is pressed", async () => {
    claims.push(TAKEN);
    const first = pool.claim(TAP.number);
    expect(pool.claiming.value).toBe(TAP.number);
    expect(await pool.claim(TAP.number)).toBeNull();
    expect(await pool.claim(LAMP.number)).toBeNull();
    expect(await first).toEqual({ is: "taken" });
    expect(server.asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
  });

  test("is not undone by a list that was asked for before it", async () => {
    let answerLate: (orders: PoolOrder[]) => void = () => undefined;
    const late = new Promise<PoolOrder[]>((resolve) => {
      answerLate = resolve;
    });
    const answers = [[TAP, LAMP], late, [LAMP]];
    pool = new Pool(() => ({ pool: async () => answers.shift()!, claim: async () => undefined }));
    await pool.ask();
    const before = pool.ask();
    await pool.claim(TAP.number);
    answerLate([TAP, LAMP]);
    await before;
    expect(numbers()).toEqual([LAMP.number]);
  });
});

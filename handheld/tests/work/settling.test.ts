/** After the work: dissatisfied customers, and orders that are called off. */

import { describe, expect, test } from "vitest";
import type { Act } from "../../src/store/database";
import { afterRejection } from "../../src/work/rework";
import { mayBeCharged, stillOut, usedMaterial } from "../../src/work/settling";
import { did, job } from "./given";

describe("the customer is not satisfied (P-07)", () => {
  test.each([
    [0, { state: "rework", reworkRound: 1, tells: "nobody" }],
    [1, { state: "rework", reworkRound: 2, tells: "cs_manager" }],
    [2, { state: "escalated", reworkRound: 2, tells: "gpm" }],
    [3, { state: "escalated", reworkRound: 3, tells: "gpm" }],
  ] as const)("after %i reworks", (round, follows) => {
    expect(afterRejection(round)).toEqual(follows);
  });

  test("the order says the same before the server has answered", () => {
    const rejected = did("order.rejected", { reason: "仍不亮", apology: true });
    const first = job({ state: "awaiting_acceptance" }, [rejected]);
    expect([first.state, first.reworkRound]).toEqual(["rework", 1]);
    const third = job({ state: "awaiting_acceptance", rework_round: 2 }, [rejected]);
    expect([third.state, third.reworkRound]).toEqual(["escalated", 2]);
  });
});

describe("the customer calls it off (P-20, R-057)", () => {
  const quote = {
    revision: 1,
    total_fen: 1500,
    price_list_version: "PL-2025-01",
    confirmed_at: null,
    method: null,
    signer: null,
    lines: [],
  };

  test("before the price is confirmed nothing is charged", () => {
    expect(mayBeCharged(job({ state: "dispatched" }))).toBe(false);
    expect(mayBeCharged(job({ state: "quoted", quote }))).toBe(false);
  });

  test("from the first confirmation on something may be, also while a new price waits", () => {
    expect(mayBeCharged(job({ state: "in_progress" }))).toBe(true);
    const confirmed = did("quote.confirmed", { method: "phone" });
    const again = did("order.quoted", { lines: [], total_fen: 0 });
    expect(mayBeCharged(job({ state: "quoted", quote }, [confirmed, again]))).toBe(true);
    expect(mayBeCharged(job({ state: "quoted", quote: { ...quote, revision: 2 } }))).toBe(true);
  });

  test("a confirmation that was refused confirmed nothing", () => {
    const refused = did("quote.confirmed", { method: "phone" }, { outcome: "rejected" });
    expect(mayBeCharged(job({ state: "quoted", quote }, [refused]))).toBe(false);
  });

  test("used material is added up, and what is out has to go back (R-072)", () => {
    const tube = { line: "1", item: "M-TUBE36", name: "36 W 灯管", state: "issued", out: "3.00" };
    const starter = { line: "2", item: "M-STARTER", name: "启辉器", state: "used", out: "0" };
    const used = (qty: string, settled: Partial<Act> = {}) =>
      did("stock.used", { lines: [{ item: "M-TUBE36", qty }] }, settled);
    const found = job({ state: "in_progress", stock: [tube, starter] }, [
      used("1"),
      used("0.5"),
      used("9", { outcome: "rejected" }),
    ]);
    expect(usedMaterial(found)).toEqual([
      { item: "M-TUBE36", name: "36 W 灯管", qty: "1.5" },
      { item: "M-STARTER", name: "启辉器", qty: null },
    ]);
    expect(stillOut(found)).toEqual([{ item: "M-TUBE36", name: "36 W 灯管", qty: "1.5" }]);
  });
});

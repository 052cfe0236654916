/** A quote from the price list, and a second one (R-021, R-055, R-056, P-06, WO8). */

import { describe, expect, test } from "vitest";
import type { PriceList, Quote } from "../../src/contract/wire";
import type { Act } from "../../src/store/database";
import { grouped, matching, offersOf } from "../../src/work/offers";
import { priceRequests } from "../../src/work/priceRequests";
import {
  asSent,
  beginning,
  changedBy,
  differences,
  isInWarranty,
  listStanding,
  mayQuote,
  priced,
  shownQuote,
  withOneMore,
  withQuantity,
  wrongLines,
} from "../../src/work/quoting";
import { did, job } from "./given";

const LIST: PriceList = {
  version: "PL-2025-01",
  items: [
    item("L-TAP", "龙头维修人工", "Tap repair, labour", "tap_valve", 2000),
    item("L-LAMP", "日光灯维修人工", "Lamp repair, labour", "lamp", 1500),
    item("M-TUBE36", "36 W 灯管", "36 W tube", "lamp", 1200),
  ],
};
const ONE_OFF = [{ code: "X-1", description: "嵌入式灯盘", price_fen: 8800 }];
const OFFERS = offersOf(LIST, ONE_OFF);
const LINES = [
  { item: "L-LAMP", qty: "1" },
  { item: "M-TUBE36", qty: "2" },
];

function item(code: string, zh: string, en: string, category: string, price_fen: number) {
  return { code, name: { zh, en }, category, unit: "次", price_fen };
}

function quoteOf(lines: Quote["lines"], more: Partial<Quote> = {}): Quote {
  return {
    revision: 1,
    total_fen: lines.reduce((sum, line) => sum + line.amount_fen, 0),
    price_list_version: "PL-2025-01",
    confirmed_at: null,
    method: null,
    signer: null,
    lines,
    ...more,
  };
}

const AS_SERVER_HAS_IT = quoteOf([
  {
    item: "L-LAMP",
    description: "日光灯维修人工",
    qty: "1.00",
    unit_price_fen: 1500,
    amount_fen: 1500,
  },
]);

describe("in warranty (X-001)", () => {
  const asset = { label: "空调", kind: "", brand: "", model: "", serial: "", covered_until: null };
  const covered = job({ state: "on_site", asset: { ...asset, warranty: "in_warranty" } });
  const expired = job({ state: "on_site", asset: { ...asset, warranty: "expired" } });

  test("nothing is charged, also without a network, and the list's prices stand beside it", () => {
    expect([isInWarranty(covered), isInWarranty(expired), isInWarranty(job())]).toEqual([
      true,
      false,
      false,
    ]);
    const quote = priced(LINES, OFFERS, true);
    expect(quote.totalFen).toBe(0);
    expect(quote.lines.map((line) => [line.amountFen, line.listedFen])).toEqual([
      [0, 1500],
      [0, 2400],
    ]);
  });

  test("the customer signs under the same amounts before and after the server has taken it", () => {
    const lines = [{ item: "L-LAMP", qty: "1" }];
    const quoted = did("order.quoted", { lines, total_fen: 0 });
    const here = job({ state: "on_site", asset: covered.snapshot.asset ?? null }, [quoted]);
    const [line] = AS_SERVER_HAS_IT.lines;
    const told = job({ quote: quoteOf([{ ...line!, amount_fen: 0 }]) });
    const amounts = (one: typeof here) => {
      const shown = shownQuote(one.quote!, OFFERS, isInWarranty(here));
      return [
        shown.lines.map(({ qty, amountFen, listedFen }) => [qty, amountFen, listedFen]),
        shown.totalFen,
      ];
    };
    expect(amounts(here)).toEqual([[["1", 0, 1500]], 0]);
    expect(amounts(told)).toEqual(amounts(here));
  });
});

describe("choosing", () => {
  test("what was approved for the order comes first, then its own category", () => {
    expect(grouped(OFFERS, "lamp").map((group) => group.category)).toEqual([
      null,
      "lamp",
      "tap_valve",
    ]);
  });

  test("an item is found by code and by either name", () => {
    const found = (typed: string) => matching(OFFERS, typed).map((offer) => offer.code);
    expect(found("tube")).toEqual(["M-TUBE36"]);
    expect(found("灯 人工")).toEqual(["L-LAMP"]);
    expect(found("l-")).toEqual(["L-TAP", "L-LAMP"]);
    expect(found("嵌入")).toEqual(["X-1"]);
    expect(found("空调")).toEqual([]);
    expect(found("  ")).toHaveLength(4);
  });

  test("choosing an item twice is two of it", () => {
    const once = withOneMore([], "M-TUBE36");
    expect(withOneMore(once, "M-TUBE36")).toEqual([{ item: "M-TUBE36", qty: "2" }]);
    expect(withOneMore([], "X-1", "2.5")).toEqual([{ item: "X-1", qty: "2.5" }]);
    expect(changedBy(once, "M-TUBE36", -1)).toEqual([]);
    expect(withQuantity(LINES, "L-LAMP", "0.5")[0]).toEqual({ item: "L-LAMP", qty: "0.5" });
  });

  test("lines and total", () => {
    const quote = priced(LINES, OFFERS);
    expect(quote.lines.map((line) => line.amountFen)).toEqual([1500, 2400]);
    expect(quote.totalFen).toBe(3900);
    expect(priced([], OFFERS).totalFen).toBe(0);
  });

  test("what has no price here and what is no quantity is named", () => {
    const quote = priced(
      [
        { item: "M-GONE", qty: "1" },
        { item: "L-LAMP", qty: "1.234" },
      ],
      OFFERS,
    );
    expect(wrongLines(quote)).toEqual([
      { item: "M-GONE", what: "unknown" },
      { item: "L-LAMP", what: "quantity" },
    ]);
    expect(asSent([{ item: "L-LAMP", qty: " 2.50" }])).toEqual([{ item: "L-LAMP", qty: "2.5" }]);
  });
});

describe("quoting again", () => {
  test("begins with what stands, and says what changes", () => {
    const standing = job({ state: "in_progress", quote: AS_SERVER_HAS_IT });
    expect(beginning(standing)).toEqual({ lines: [{ item: "L-LAMP", qty: "1" }], refusal: null });
    expect(differences(standing.quote!.lines, LINES)).toEqual([
      { item: "M-TUBE36", before: null, after: "2" },
    ]);
    expect(differences(LINES, [{ item: "M-TUBE36", qty: "1.0" }])).toEqual([
      { item: "M-TUBE36", before: "2", after: "1" },
      { item: "L-LAMP", before: "1", after: null },
    ]);
    expect(differences(LINES, LINES)).toEqual([]);
  });

  test("begins with what the server refused, and why", () => {
    const problem = { type: "urn:paigong:problem:quote-total-differs", rule: "R-055" };
    const refused = did(
      "order.quoted",
      { lines: LINES, total_fen: 1 },
      {
        outcome: "rejected",
        problem,
        settledAt: 2000,
      },
    );
    const found = job({ state: "on_site" }, [refused]);
    expect(beginning(found)).toEqual({ lines: LINES, refusal: problem });
    expect(listStanding(LIST, 1000, found, 3000)).toBe("superseded");
    expect(listStanding(LIST, 2500, found, 3000)).toBe("good");
  });

  test("needs a state in which a price can be named", () => {
    expect(mayQuote(job({ state: "in_progress" }))).toBe(true);
    expect(mayQuote(job({ state: "acknowledged" }))).toBe(false);
    expect(mayQuote(job({ state: "rework" }))).toBe(false);
  });
});

test("the customer is shown the server's lines once it has them, ours until then", () => {
  const told = shownQuote(job({ state: "quoted", quote: AS_SERVER_HAS_IT }).quote!, OFFERS);
  expect(told.lines[0]).toMatchObject({ qty: "1", name: { en: "Lamp repair, labour" } });
  const own = job({ state: "on_site" }, [did("order.quoted", { lines: LINES, total_fen: 3900 })]);
  expect(shownQuote(own.quote!, OFFERS)).toMatchObject({ totalFen: 3900 });
  expect(shownQuote(own.quote!, OFFERS).lines.map((line) => line.amountFen)).toEqual([1500, 2400]);
});

test("the age of the price list is said", () => {
  const now = Date.UTC(2025, 2, 5);
  const day = 24 * 3600 * 1000;
  const plain = job({});
  expect(listStanding(undefined, undefined, plain, now)).toBe("missing");
  expect(listStanding({ version: "", items: [] }, now, plain, now)).toBe("missing");
  expect(listStanding(LIST, now - day - 1, plain, now)).toBe("old");
  expect(listStanding(LIST, now - day, plain, now)).toBe("good");
  const newer = job({ quote: quoteOf([], { price_list_version: "PL-2025-02" }) });
  expect(listStanding(LIST, now, newer, now)).toBe("superseded");
});

test("a price that was asked for: on its way, with the manager, approved, refused", () => {
  const asked = (description: string, settled: Partial<Act> = {}) =>
    did("price.requested", { description, qty: "1", reason: "" }, settled);
  const acts = [
    asked("嵌入式灯盘 ", { outcome: "applied" }),
    asked("吊架", { outcome: "applied" }),
    asked("灯座"),
    asked("折扣", { outcome: "rejected", problem: { rule: "R-024" } }),
  ];
  const found = priceRequests(acts, ONE_OFF);
  expect(found.map((one) => [one.state, one.code])).toEqual([
    ["approved", "X-1"],
    ["asked", null],
    ["here", null],
    ["refused", null],
  ]);
});

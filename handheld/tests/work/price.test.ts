/** The handheld reckons as the server does, to the fen. */

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  amountFen,
  changedQuantity,
  plainQuantity,
  quantityHundredths,
  quantityText,
  totalFen,
} from "../../src/work/price";
import { fromPython } from "../engine/python";

const HUNDREDTHS = fc.integer({ min: 1, max: 99_999_999 });
const PRICE_FEN = fc.integer({ min: 0, max: 2_000_000 });

test.each([
  ["1", 1500, 1500],
  ["0.5", 333, 167], // 166.5: half up, not to even
  ["0.5", 335, 168],
  ["2.5", 1, 3],
  ["0.01", 49, 0],
  ["0.01", 50, 1],
  ["999999.99", 2_000_000, 1_999_999_980_000],
])("%s × %i fen = %i fen", (qty, priceFen, fen) => {
  expect(amountFen(qty, priceFen)).toBe(fen);
});

test("any quantity of any price comes to what the server makes of it", () => {
  const samples = fc.sample(fc.tuple(HUNDREDTHS, PRICE_FEN), { numRuns: 500, seed: 55 });
  const lines = samples.map(([hundredths, price]): [string, number] => [
    quantityText(hundredths),
    price,
  ]);
  const told = fromPython<number[]>(
    "[pricing.Line(code='X', description='', qty=pricing.read_qty(qty), unit_price_fen=fen)" +
      `.amount_fen for qty, fen in json.loads('${JSON.stringify(lines)}')]`,
    "server.prices.pricing as pricing",
  );
  expect(lines.map(([qty, fen]) => amountFen(qty, fen))).toEqual(told);
});

test("the total is the sum of the rounded lines, not the rounded sum", () => {
  const prices = new Map([
    ["A", 33],
    ["B", 33],
  ]);
  const lines = [
    { item: "A", qty: "0.5" },
    { item: "B", qty: "0.5" },
  ];
  expect(totalFen(lines, prices)).toBe(34);
  expect(totalFen([], prices)).toBe(0);
});

test.each(["", "0", "0.00", "-1", "1.234", "1,5", "1e3", "1234567", "一", ".5", "5."])(
  "%s is no quantity",
  (text) => {
    expect(quantityHundredths(text)).toBeNull();
    expect(amountFen(text, 1500)).toBe(0);
  },
);

test("a quantity is written without needless zeros", () => {
  expect(["1.00", "2.50", "0.05", "10", "x"].map(plainQuantity)).toEqual([
    "1",
    "2.5",
    "0.05",
    "10",
    "x",
  ]);
  fc.assert(
    fc.property(HUNDREDTHS, (hundredths) => {
      expect(quantityHundredths(quantityText(hundredths))).toBe(hundredths);
    }),
  );
});

test("one piece more or fewer keeps the decimals, and nothing left is nothing", () => {
  expect(changedQuantity("1.5", 1)).toBe("2.5");
  expect(changedQuantity("2", -1)).toBe("1");
  expect(changedQuantity("1", -1)).toBeNull();
  expect(changedQuantity("0.5", -1)).toBeNull();
  expect(changedQuantity("999999.5", 1)).toBe("999999.99");
  expect(changedQuantity("", 1)).toBe("1");
});

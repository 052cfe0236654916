import { expect, test } from "vitest";
import { quantityText } from "../../src/work/price";
import { shiftSummary } from "../../src/work/shift";
import { isCode, isTool, stockOf } from "../../src/work/stock";
import { did, job } from "./given";

const TUBE = { line: "LJ-202603-0001", item: "M-TUBE36", name: "36 W 灯管", state: "issued" };
const lines = (item: string, qty: string) => ({ lines: [{ item, qty }] });

test("what the warehouse has not answered is taken off what is left", () => {
  const { lines: seen } = stockOf(
    job({ stock: [{ ...TUBE, out: "3" }] }, [
      did("stock.used", lines("M-TUBE36", "1")),
      did("stock.handed_back", lines("M-TUBE36", "0.5")),
    ]),
  );
  expect(seen[0]).toMatchObject({
    leftHundredths: 150,
    atCounterHundredths: 50,
    pending: [
      { move: "used", qty: "1" },
      { move: "handed_back", qty: "0.5" },
    ],
  });
});

test("the warehouse's word stands: what it refused or has shown does not count again", () => {
  const { lines: seen } = stockOf(
    job({ version: 9, stock: [{ ...TUBE, out: "2" }] }, [
      did("stock.used", lines("M-TUBE36", "1"), { outcome: "applied", orderVersion: 9 }),
      did("stock.lost", lines("M-TUBE36", "2"), { outcome: "rejected", orderVersion: 9 }),
    ]),
  );
  expect(seen[0]).toMatchObject({ leftHundredths: 200, pending: [] });
});

test("of two lines of one item the one with enough is drawn on", () => {
  const { lines: seen } = stockOf(
    job(
      {
        stock: [
          { ...TUBE, out: "1" },
          { ...TUBE, line: "LJ-202603-0002", out: "4" },
        ],
      },
      [did("stock.used", lines("M-TUBE36", "2"))],
    ),
  );
  expect(seen.map((one) => one.leftHundredths)).toEqual([100, 200]);
});

test("pieces at the counter cannot be used", () => {
  const { lines: seen } = stockOf(job({ stock: [{ ...TUBE, out: "3", handed_back: "2" }] }));
  expect(seen[0]).toMatchObject({ leftHundredths: 100, atCounterHundredths: 200 });
});

test("what was asked for is shown until the warehouse knows of it; a tool is known by it", () => {
  const asked = did("stock.requested", {
    lines: [{ item: "LADDER-3M", qty: "1", kind: "tool" }],
  });
  const waiting = job({}, [asked]);
  expect(stockOf(waiting).asked).toEqual([{ item: "LADDER-3M", qty: "1", kind: "tool" }]);
  expect(isTool(waiting, "LADDER-3M")).toBe(true);
  expect(isTool(waiting, "M-TUBE36")).toBe(false);
});

test("quantities and codes are written as the wire wants them", () => {
  expect(quantityText(150)).toBe("1.5");
  expect(quantityText(300)).toBe("3");
  expect(isCode("M-TUBE36")).toBe(true);
  expect(isCode("三米梯")).toBe(false);
});

test("a shift hands over what is open and what is still out", () => {
  const working = job({ stock: [{ ...TUBE, out: "2" }] }, [
    did("stock.used", lines("M-TUBE36", "1")),
  ]);
  const closed = job({ number: "FW-202603-0008", state: "closed" });
  const summary = shiftSummary([working, closed]);
  expect(summary.open).toEqual([working]);
  expect(summary.out).toEqual([
    { number: "FW-202603-0007", item: "M-TUBE36", name: "36 W 灯管", qty: "1" },
  ]);
});

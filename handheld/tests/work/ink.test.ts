/** What counts as a signature. */

import { expect, test } from "vitest";
import { isSigned, type Spot, scaleToFit } from "../../src/work/ink";

const line = (length: number, steps = 10): Spot[] =>
  Array.from({ length: steps + 1 }, (_, step) => ({ x: (length * step) / steps, y: 40 }));

test("nothing, a dot and dots all over are no signature", () => {
  expect(isSigned({ strokes: [] })).toBe(false);
  expect(isSigned({ strokes: [[{ x: 10, y: 10 }]] })).toBe(false);
  expect(isSigned({ strokes: [[{ x: 10, y: 10 }], [{ x: 300, y: 90 }]] })).toBe(false);
});

test("neither a slip of the glove nor a scribble on the spot is one", () => {
  expect(isSigned({ strokes: [line(59)] })).toBe(false);
  const scribble = Array.from({ length: 40 }, (_, step) => ({ x: step % 2 === 0 ? 0 : 8, y: 5 }));
  expect(isSigned({ strokes: [scribble] })).toBe(false);
});

test("one drawn line may be a name: 一", () => {
  expect(isSigned({ strokes: [line(60)] })).toBe(true);
});

test("several strokes make one signature", () => {
  expect(isSigned({ strokes: [line(35), line(35)] })).toBe(true);
});

test("it is fitted whole into another pad", () => {
  expect(scaleToFit({ widthPx: 328, heightPx: 146 }, { w: 900, h: 400 })).toBeCloseTo(2.7397, 3);
  expect(scaleToFit({ widthPx: 1000, heightPx: 300 }, { w: 500, h: 300 })).toBe(0.5);
});

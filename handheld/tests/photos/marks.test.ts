/** Arrows, circles and lines that a finger draws on a picture. */

import { describe, expect, it } from "vitest";
import { arrowHead, drawMarks, drawnOn, isSeen, type Mark } from "../../src/photos/marks";

const down: Mark = { kind: "arrow", points: [{ x: 0.2, y: 0.5 }] };

describe("what the finger draws", () => {
  it("an arrow and a circle go from where it came down to where it is", () => {
    const dragged = drawnOn(drawnOn(down, { x: 0.4, y: 0.5 }), { x: 0.8, y: 0.6 });
    expect(dragged.points).toEqual([
      { x: 0.2, y: 0.5 },
      { x: 0.8, y: 0.6 },
    ]);
  });

  it("a line keeps all of its way", () => {
    const line = drawnOn(drawnOn({ ...down, kind: "line" }, { x: 0.4, y: 0.5 }), {
      x: 0.8,
      y: 0.6,
    });
    expect(line.points).toHaveLength(3);
  });

  it("a mere touch leaves nothing", () => {
    expect(isSeen(down)).toBe(false);
    expect(isSeen(drawnOn(down, { x: 0.205, y: 0.5 }))).toBe(false);
    expect(isSeen(drawnOn(down, { x: 0.3, y: 0.5 }))).toBe(true);
  });

  it("the head of an arrow opens backwards, evenly on both sides", () => {
    const [left, right] = arrowHead({ x: 0, y: 0 }, { x: 100, y: 0 }, 20);
    expect(left.x).toBeCloseTo(right.x);
    expect(left.y).toBeCloseTo(-right.y);
    expect(left.x).toBeLessThan(100);
    expect(left.x).toBeGreaterThan(80 - 1);
  });

  it("is drawn at the size of the picture, edged in white first", () => {
    const said: string[] = [];
    const note =
      (name: string) =>
      (...given: (number | boolean | undefined)[]) =>
        said.push(`${name} ${given.map((value) => Math.round(Number(value))).join(",")}`);
    const context = {
      beginPath: note("begin"),
      moveTo: note("from"),
      lineTo: note("to"),
      ellipse: note("ellipse"),
      stroke() {
        said.push(`stroke ${this.strokeStyle}`);
      },
      strokeStyle: "",
      lineWidth: 0,
      lineCap: "butt" as CanvasLineCap,
      lineJoin: "miter" as CanvasLineJoin,
    };
    const circle: Mark = {
      kind: "circle",
      points: [
        { x: 0.25, y: 0.5 },
        { x: 0.75, y: 1 },
      ],
    };
    drawMarks(context, [circle], 400, 200);
    expect(said).toEqual([
      "begin ",
      "ellipse 200,150,100,50,0,0,6",
      "stroke #fff",
      "begin ",
      "ellipse 200,150,100,50,0,0,6",
      "stroke #ff2a1f",
    ]);
  });
});

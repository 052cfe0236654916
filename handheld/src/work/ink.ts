/** Whether what was drawn is a signature, and how it fits another canvas. Pure. */

export interface Spot {
  x: number;
  y: number;
}

/** What was drawn on a pad of this size, in CSS pixels. */
export interface Ink<Point extends Spot = Spot> {
  widthPx: number;
  heightPx: number;
  strokes: readonly (readonly Point[])[];
}

/** A dot, a slip of the glove or one scribble on the spot is no signature. */
const SHORTEST_LINE_PX = 60;
const SMALLEST_SPREAD_PX = 30;

export function isSigned(ink: Pick<Ink, "strokes">): boolean {
  const line = ink.strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0);
  return line >= SHORTEST_LINE_PX && spreadOf(ink.strokes.flat()) >= SMALLEST_SPREAD_PX;
}

function lengthOf(stroke: readonly Spot[]): number {
  let length = 0;
  for (const [index, spot] of stroke.entries()) {
    const before = stroke[index - 1];
    if (before) length += Math.hypot(spot.x - before.x, spot.y - before.y);
  }
  return length;
}

/** The longer side of the smallest box around all of it. */
function spreadOf(spots: readonly Spot[]): number {
  if (spots.length === 0) return 0;
  const xs = spots.map((spot) => spot.x);
  const ys = spots.map((spot) => spot.y);
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

/** By how much to enlarge or shrink it so that all of the pad fits. */
export function scaleToFit(
  ink: Pick<Ink, "widthPx" | "heightPx">,
  into: { w: number; h: number },
): number {
  return Math.min(into.w / ink.widthPx, into.h / ink.heightPx);
}

/** What is drawn on a picture: where to look. Places are shares of its width and height. */

export interface Point {
  x: number;
  y: number;
}

export type MarkKind = "arrow" | "circle" | "line";

export interface Mark {
  kind: MarkKind;
  /** Arrow and circle: where the finger came down and where it is; a line: all of its way. */
  points: readonly Point[];
}

const COLOUR = "#ff2a1f";
/** Beside red wires and red valves it is the white edge that one sees. */
const EDGE_COLOUR = "#fff";
const LEAST_LENGTH = 0.02;

/** The mark with the finger now at `point`. */
export function drawnOn(mark: Mark, point: Point): Mark {
  const points = mark.kind === "line" ? mark.points : mark.points.slice(0, 1);
  return { ...mark, points: [...points, point] };
}

/** Whether it is more than the touch of a finger. */
export function isSeen(mark: Mark): boolean {
  const from = mark.points[0];
  return (
    from !== undefined &&
    mark.points.some((point) => Math.hypot(point.x - from.x, point.y - from.y) >= LEAST_LENGTH)
  );
}

/** The two ends of an arrow's head, for an arrow that ends in `to`; lengths in pixels. */
export function arrowHead(from: Point, to: Point, lengthPx: number): [Point, Point] {
  const direction = Math.atan2(to.y - from.y, to.x - from.x);
  const end = (turn: number): Point => ({
    x: to.x - lengthPx * Math.cos(direction + turn),
    y: to.y - lengthPx * Math.sin(direction + turn),
  });
  return [end(Math.PI / 7), end(-Math.PI / 7)];
}

type Context = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "ellipse"
  | "stroke"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
>;

/** Draw marks on a canvas of this size, as thick as its size asks for. */
export function drawMarks(
  context: Context,
  marks: readonly Mark[],
  widthPx: number,
  heightPx: number,
): void {
  const thickPx = Math.max(3, Math.max(widthPx, heightPx) / 130);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const mark of marks) {
    const points = mark.points.map(({ x, y }) => ({ x: x * widthPx, y: y * heightPx }));
    for (const [colour, width] of [
      [EDGE_COLOUR, thickPx * 1.8],
      [COLOUR, thickPx],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      trace(context, mark.kind, points, thickPx);
      context.stroke();
    }
  }
}

function trace(context: Context, kind: MarkKind, points: readonly Point[], thickPx: number): void {
  const from = points[0];
  const to = points.at(-1);
  if (from === undefined || to === undefined) return;
  if (kind === "circle") {
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const across = Math.abs(to.x - from.x) / 2;
    const down = Math.abs(to.y - from.y) / 2;
    context.ellipse(middle.x, middle.y, across, down, 0, 0, 2 * Math.PI);
    return;
  }
  context.moveTo(from.x, from.y);
  for (const point of points.slice(1)) context.lineTo(point.x, point.y);
  if (kind === "arrow") {
    const [left, right] = arrowHead(from, to, thickPx * 5);
    context.moveTo(left.x, left.y);
    context.lineTo(to.x, to.y);
    context.lineTo(right.x, right.y);
  }
}

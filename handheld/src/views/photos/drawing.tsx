/** A picture with what is drawn on it; a finger draws while a tool is chosen. */

import { useEffect, useRef, useState } from "preact/hooks";
import {
  drawMarks,
  drawnOn,
  isSeen,
  type Mark,
  type MarkKind,
  type Point,
} from "../../photos/marks";
import { fitted } from "../../photos/prepare";

const SHOWN_EDGE_PX = 1400;

interface Props {
  picture: ImageBitmap;
  label: string;
  marks: readonly Mark[];
  /** Null: only to be looked at. */
  tool: MarkKind | null;
  onMark(mark: Mark): void;
}

export function Drawing({ picture, label, marks, tool, onMark }: Props) {
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState<Mark | null>(null);
  const size = fitted(picture, SHOWN_EDGE_PX);

  useEffect(() => {
    base.current?.getContext("2d")?.drawImage(picture, 0, 0, size.width, size.height);
  }, [picture]);
  useEffect(() => {
    const context = above.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, size.width, size.height);
    drawMarks(context, drawn === null ? marks : [...marks, drawn], size.width, size.height);
  }, [marks, drawn, picture]);

  function pointOf(event: PointerEvent): Point {
    const box = above.current!.getBoundingClientRect();
    const share = (value: number) => Math.min(1, Math.max(0, value));
    return {
      x: share((event.clientX - box.left) / box.width),
      y: share((event.clientY - box.top) / box.height),
    };
  }

  function ended(): void {
    if (drawn !== null && isSeen(drawn)) onMark(drawn);
    setDrawn(null);
  }

  return (
    <div class="drawing">
      <canvas ref={base} {...size} role="img" aria-label={label} />
      <canvas
        ref={above}
        {...size}
        class={tool === null ? "" : "drawing-on"}
        onPointerDown={(event) => {
          if (tool === null || drawn !== null) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn({ kind: tool, points: [pointOf(event)] });
        }}
        onPointerMove={(event) => {
          if (drawn !== null) setDrawn(drawnOn(drawn, pointOf(event)));
        }}
        onPointerUp={ended}
        onPointerCancel={ended}
      />
    </div>
  );
}

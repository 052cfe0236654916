/**
 * A shot that was just taken. It is kept before it is shown as kept; looking at it is for taking it
 * again, or for drawing on it.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import type { Fault } from "../../photos/fault";
import type { Mark, MarkKind } from "../../photos/marks";
import { faultOfShot } from "../../photos/prepare";
import type { Shot } from "../../photos/shot";
import { discardPhoto } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { words } from "../../words/words";
import { Drawing } from "./drawing";
import { type HowKept, useKeeping, type Wanted } from "./keeping";
import { tagWords } from "./tags";

const say = words({
  zh: {
    use: "用这张",
    again: "重拍",
    annotate: "标注",
    saving: "正在保存…",
    kept: "已存在本机",
    dark: "太暗了,要重拍吗?可以开手电。",
    blurred: "好像模糊了,要重拍吗?",
    full: "本机存储已满,这张还没有保存。请联网上传照片,或删除手机里的其他文件后重试。",
    failed: "这张没有保存,请重试。",
    retry: "重试",
    smaller: "缩小一半再存",
    leave: "不要这张",
    arrow: "箭头",
    circle: "圆圈",
    line: "手绘",
    undo: "撤销一笔",
    done: "标好了",
    cancel: "取消",
    how: "用手指在照片上画",
    tooLate: "前一张已发送,不能删除",
  },
  en: {
    use: "Use it",
    again: "Again",
    annotate: "Draw on it",
    saving: "Keeping it…",
    kept: "Kept on this handheld",
    dark: "Too dark: take it again? The torch may help.",
    blurred: "It looks blurred: take it again?",
    full: "The handheld is full: this one is not kept yet. Let photos upload, or delete other files on the phone, then retry.",
    failed: "It was not kept. Please try again.",
    retry: "Retry",
    smaller: "Keep it at half size",
    leave: "Leave it",
    arrow: "Arrow",
    circle: "Circle",
    line: "Freehand",
    undo: "Undo",
    done: "Done",
    cancel: "Cancel",
    how: "Draw on the photo with a finger",
    tooLate: "The one before was sent already and stays",
  },
});

interface Props {
  wanted: Wanted;
  shot: Shot;
  /** Where the shot is a picture that is kept already. */
  already?: HeldPhoto | null;
  onAgain(): void;
  onDone(): void;
}

type Stage = "saving" | "kept" | "full" | "failed";

export function Review({ wanted, shot, already = null, onAgain, onDone }: Props) {
  const handheld = useHandheld();
  const { database, changes } = handheld;
  const keep = useKeeping(wanted);
  const [stage, setStage] = useState<Stage>(already !== null ? "kept" : "saving");
  const [fault, setFault] = useState<Fault | null>(null);
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const [isDrawing, setDrawing] = useState(already !== null);
  const kept = useRef(already?.id ?? null);
  const pending = useRef<Promise<unknown>>(Promise.resolve());

  async function save(how: HowKept = {}): Promise<void> {
    setStage("saving");
    const keeping = await keep(shot, { marks, instead: kept.current, ...how });
    if (keeping.outcome === "kept") kept.current = keeping.photo.id;
    setStage(keeping.outcome);
  }
  function saveNow(how: HowKept = {}): void {
    // One after the other: the next takes the place of what the one before has kept.
    pending.current = pending.current.then(() => save(how));
  }

  useEffect(() => {
    setFault(faultOfShot(shot));
    if (already === null) saveNow();
    return () => {
      // A frame of the camera holds many megabytes: not to wait for the collector.
      void pending.current.finally(() => shot.picture.close());
    };
  }, []);

  async function again(): Promise<void> {
    await pending.current;
    const isGone = kept.current === null || (await discardPhoto(database, kept.current));
    changes.announce("photos");
    if (!isGone) handheld.toast(say().tooLate, "warning");
    onAgain();
  }

  const label = tagWords(wanted.tag);
  if (isDrawing) {
    return (
      <Annotate
        shot={shot}
        label={label}
        marks={marks}
        onDone={(drawn) => {
          setDrawing(false);
          setMarks(drawn);
          if (drawn !== marks) saveNow({ marks: drawn });
        }}
      />
    );
  }
  return (
    <>
      <div class="layer-view">
        <Drawing picture={shot.picture} label={label} marks={marks} tool={null} onMark={noMark} />
      </div>
      <div class="layer-tray">
        {fault !== null && <p class="layer-hint">⚠ {say()[fault]}</p>}
        {(stage === "full" || stage === "failed") && (
          <p class="layer-wrong" role="alert">
            {say()[stage]}
          </p>
        )}
        {stage === "full" || stage === "failed" ? (
          <>
            <div class="layer-row">
              <button type="button" onClick={() => saveNow({ smaller: true })}>
                {say().smaller}
              </button>
              <button type="button" onClick={() => void again()}>
                {say().leave}
              </button>
            </div>
            <button type="button" class="primary" onClick={() => saveNow()}>
              {say().retry}
            </button>
          </>
        ) : (
          <>
            <div class="layer-row">
              <button type="button" onClick={() => void again()}>
                ↺ {say().again}
              </button>
              <button type="button" onClick={() => setDrawing(true)}>
                ✎ {say().annotate}
              </button>
            </div>
            <button type="button" class="primary" disabled={stage === "saving"} onClick={onDone}>
              {stage === "saving" ? say().saving : `✓ ${say().use}`}
            </button>
            <p class="layer-note" role="status">
              {stage === "kept" ? say().kept : ""}
            </p>
          </>
        )}
      </div>
    </>
  );
}

const noMark = () => undefined;
const TOOLS: readonly [MarkKind, string][] = [
  ["arrow", "↗"],
  ["circle", "◯"],
  ["line", "〰"],
];

function Annotate({
  shot,
  label,
  marks,
  onDone,
}: {
  shot: Shot;
  label: string;
  marks: readonly Mark[];
  onDone(drawn: readonly Mark[]): void;
}) {
  const [tool, setTool] = useState<MarkKind>("arrow");
  const [drawn, setDrawn] = useState(marks);
  return (
    <>
      <div class="layer-view">
        <Drawing
          picture={shot.picture}
          label={label}
          marks={drawn}
          tool={tool}
          onMark={(mark) => setDrawn((before) => [...before, mark])}
        />
      </div>
      <div class="layer-tray">
        <p class="layer-note">{say().how}</p>
        <div class="layer-row">
          {TOOLS.map(([kind, sign]) => (
            <button
              type="button"
              key={kind}
              aria-pressed={tool === kind}
              onClick={() => setTool(kind)}
            >
              {sign} {say()[kind]}
            </button>
          ))}
        </div>
        <div class="layer-row">
          <button
            type="button"
            disabled={drawn.length === 0}
            onClick={() => setDrawn((before) => before.slice(0, -1))}
          >
            ↶ {say().undo}
          </button>
          <button type="button" onClick={() => onDone(marks)}>
            {say().cancel}
          </button>
        </div>
        <button type="button" class="primary" onClick={() => onDone(drawn)}>
          ✓ {say().done}
        </button>
      </div>
    </>
  );
}

/** Recording an act from a view: once, with a word on what was kept and a way to take it back. */

import { useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import type { Acts, ActType, Snapshot } from "../../contract/wire";
import { type Act, isFull } from "../../store/database";
import { words } from "../../words/words";
import { TapGuard } from "./tapGuard";

const say = words({
  zh: {
    kept: "已记录在本机",
    undo: "撤销",
    undone: "已撤销",
    tooLate: "已发送,不能撤销",
    full: "本机存储已满,没有保存。请先联网上传或清理空间。",
    failed: "没有保存,请重试。",
  },
  en: {
    kept: "Kept on this handheld",
    undo: "Undo",
    undone: "Taken back",
    tooLate: "Already sent, cannot be taken back",
    full: "The handheld is full: nothing was kept. Upload or free space first.",
    failed: "Not kept. Please try again.",
  },
});

export interface Also {
  drafts?: string[];
  photos?: number[];
  /** Said instead of "kept". */
  done?: string;
  /** It goes at once and cannot be taken back: an alarm. */
  atOnce?: boolean;
  /** Called once it was taken back. */
  undone?: () => void;
}

/** The toast that offers to take back the last act. */
let offered: number | null = null;
const guard = new TapGuard();

/** A function that records an act, and whether one is recorded just now or was a moment ago. */
export function useRecording() {
  const handheld = useHandheld();
  const [isAlarming, setAlarming] = useState(false);

  async function record<Type extends ActType>(
    type: Type,
    order: Pick<Snapshot, "number" | "version"> | null,
    data: Acts[Type],
    also: Also = {},
  ): Promise<Act | null> {
    const { done, atOnce = false, undone, ...kept } = also;
    if (!guard.begin(atOnce)) return null;
    setAlarming(atOnce);
    let isKept = false;
    try {
      const holdMs = atOnce ? 0 : handheld.undoMs.value;
      const act = await handheld.record(type, order, data, { ...kept, holdMs });
      isKept = true;
      // Only the last act can be taken back: the offer for the one before is over.
      if (offered !== null) handheld.dropToast(offered);
      offered = handheld.toast(
        done ?? say().kept,
        "done",
        atOnce ? undefined : { label: say().undo, run: () => void takeBack(act, undone) },
      );
      return act;
    } catch (error) {
      handheld.toast(isFull(error) ? say().full : say().failed, "failed");
      console.error(error);
      return null;
    } finally {
      guard.end(atOnce, isKept);
      setAlarming(false);
    }
  }

  async function takeBack(act: Act, then?: () => void): Promise<void> {
    const isBack = await handheld.undo(act);
    handheld.toast(isBack ? say().undone : say().tooLate, isBack ? "done" : "warning");
    if (isBack) then?.();
  }

  return {
    record,
    takeBack,
    /** Only this hook's own alarm: no other act keeps one waiting. */
    isAlarming,
    get busy() {
      return guard.busy.value;
    },
  };
}

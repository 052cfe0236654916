/** How a step stands, in a sign and a word: never by colour alone. */

import type { Standing, Status, Step } from "../../engine/evaluate";
import { words } from "../../words/words";
import type { StepSeen } from "../../work/steps";

const say = words({
  zh: {
    "not-applicable": "不需要",
    locked: "锁定",
    waiting: "等待",
    open: "可做",
    again: "须重做",
    pass: "合格",
    done: "已完成",
    warn: "警告",
    fail: "不合格",
    info: "已记录",
    incomplete: "不完整",
    not_assessed: "未判定",
    remedied: "不合格,已整改",
    confirmed: "已确认",
    refused: "不可能",
  },
  en: {
    "not-applicable": "Not needed",
    locked: "Locked",
    waiting: "Waiting",
    open: "To do",
    again: "Do again",
    pass: "Passed",
    done: "Done",
    warn: "Warning",
    fail: "Failed",
    info: "Noted",
    incomplete: "Incomplete",
    not_assessed: "Not assessed",
    remedied: "Failed, put right",
    confirmed: "Confirmed",
    refused: "Impossible",
  },
});

export type Look = "ok" | "soon" | "late" | "todo" | "quiet";

/** Drawn by `SignMark`: not every font has one. */
export const LOCK = "lock";

const SIGNS: Record<Standing | "refused", readonly [sign: string, look: Look]> = {
  "not-applicable": ["–", "quiet"],
  locked: [LOCK, "quiet"],
  waiting: ["…", "quiet"],
  open: ["○", "todo"],
  again: ["↻", "soon"],
  pass: ["✓", "ok"],
  done: ["✓", "ok"],
  warn: ["!", "soon"],
  fail: ["✗", "late"],
  info: ["i", "ok"],
  incomplete: ["◐", "soon"],
  not_assessed: ["?", "ok"],
  refused: ["⊘", "late"],
};

export interface Sign {
  sign: string;
  look: Look;
  word: string;
}

export function signOf(standing: Standing | "refused"): Sign {
  const [sign, look] = SIGNS[standing];
  return { sign, look, word: say()[standing] };
}

/** A failure that was put right is no longer red. */
export function signOfStep({ step, standing, isRemedied, awaits }: StepSeen): Sign {
  if (isRemedied) return { sign: "✗✓", look: "ok", word: say().remedied };
  if (awaits.length > 0) return signOf("waiting");
  return standing === "pass" ? signOfStatus(standing, step) : signOf(standing);
}

/** A result's sign; what judges nothing, such as a picture, is noted rather than passed. */
export function signOfStatus(status: Status | "refused", step?: Step): Sign {
  const found = signOf(status === "na" ? "not-applicable" : status);
  if (status !== "pass" || step === undefined) return found;
  if (step.kind === "safety") return { ...found, word: say().confirmed };
  return isJudged(step) ? found : { ...found, word: say().info };
}

/** Whether an answer can be anything but noted. */
export function isJudged(step: Step): boolean {
  if (step.kind === "reading") return (step.limits?.bands ?? []).length > 0;
  if (step.kind !== "choice") return step.kind !== "photo";
  return step.limits?.all_of !== undefined || (step.choices ?? []).some((one) => one.verdict);
}

/** What has become of something that was done, and whether it can still be taken back. Pure. */

import { isAlarm, isHeld, waitsForPhotos } from "../queue/sealing";
import type { Act } from "../store/database";

/** From the hand to the receipt; the last two are the server's "no" and "too late". */
export type Fate =
  | "held"
  | "photos"
  | "here"
  | "sent"
  | "arrived"
  | "verified"
  | "rejected"
  | "recorded";

export function fateOf(act: Act, photosWaiting: ReadonlyMap<string, number>, now: number): Fate {
  if (act.waiting === 1) {
    if (waitsForPhotos(act, photosWaiting)) return "photos";
    if (act.seq !== null) return "sent";
    return isHeld(act.holdUntil, now) ? "held" : "here";
  }
  if (act.outcome === "rejected" || act.outcome === "recorded") return act.outcome;
  return act.verified ? "verified" : "arrived";
}

/**
 * Whether an act may be offered to be taken back: never sent, and the last of its order. An alarm
 * stays said; whether the danger is gone is for a manager to find (P-22).
 */
export function isUndoable(act: Act, ofItsOrder: readonly Act[]): boolean {
  return act.seq === null && !isAlarm(act) && ofItsOrder.every((other) => other.place <= act.place);
}

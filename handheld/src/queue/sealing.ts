/**
 * Which acts may be sent now. Pure.
 *
 * Acts of one order go in the order they were done in. Orders do not wait for each other: one that
 * waits for its photos must not hold up the alarm or the next order.
 */

import type { Act, HeldPhoto } from "../store/database";

export interface Circumstances {
  /** Milliseconds, this handheld's clock. */
  now: number;
  /** How many photos of an order are not up yet, or were refused. */
  photosWaiting: ReadonlyMap<string, number>;
}

/**
 * An alarm goes before everything that waits for photos or for second thoughts. Away from
 * an order it is a major incident.
 */
export function isAlarm(act: Pick<Act, "type" | "data">): boolean {
  return (
    act.type === "hazard.alarm" ||
    (act.type === "incident.reported" && act.data.severity === "major")
  );
}

/** The server refuses it for good while a required photo is missing (contract, Replies). */
export const NEEDS_PHOTOS = "order.ready";

/** Of acts that were never sent, in the order they were done in: those that may be sealed now. */
export function sealable(unsealed: readonly Act[], circumstances: Circumstances): Act[] {
  const alarmed = new Set(unsealed.filter(isAlarm).map((act) => act.subject));
  // What belongs to no order has nothing to do with each other.
  alarmed.delete(null);
  const stopped = new Set<string>();
  const free: Act[] = [];
  for (const act of unsealed) {
    if (mayGo(act, circumstances, stopped, alarmed)) free.push(act);
    else if (act.subject !== null) stopped.add(act.subject);
  }
  return free;
}

function mayGo(
  act: Act,
  { now, photosWaiting }: Circumstances,
  stopped: ReadonlySet<string>,
  alarmed: ReadonlySet<string | null>,
): boolean {
  if (isAlarm(act)) return true;
  if (act.subject !== null && stopped.has(act.subject)) return false;
  if (isHeld(act.holdUntil, now) && !alarmed.has(act.subject)) return false;
  return !waitsForPhotos(act, photosWaiting);
}

/** No hold lasts longer: one that seems to was begun before the clock was set back. */
const LONGEST_HOLD_MS = 5 * 60 * 1000;

/** Whether a hold until this moment still stands (both in milliseconds of this clock). */
export function isHeld(until: number, now: number): boolean {
  return until > now && until - now <= LONGEST_HOLD_MS;
}

/** Whether an act stays on the handheld because photos of its order are not up yet. */
export function waitsForPhotos(act: Act, photosWaiting: ReadonlyMap<string, number>): boolean {
  if (act.type !== NEEDS_PHOTOS || act.subject === null) return false;
  return (act.owes?.length ?? 0) > 0 || (photosWaiting.get(act.subject) ?? 0) > 0;
}

/**
 * Of sealed acts, by their numbers: those that may be sent now.
 *
 * An export seals everything, also what waits for photos. Sent before them it would be refused for
 * good; and since numbers go without gaps, what was sealed after it waits too, save for an alarm.
 */
export function sendable(
  sealed: readonly Act[],
  photosWaiting: ReadonlyMap<string, number>,
): readonly Act[] {
  const stop = sealed.findIndex(
    (act) => act.sealedEarly === true && waitsForPhotos(act, photosWaiting),
  );
  if (stop < 0 || sealed.slice(stop).some(isAlarm)) return sealed;
  return sealed.slice(0, stop);
}

/** When the next hold ends, in milliseconds; null where nothing is held. */
export function nextRelease(holds: readonly number[], now: number): number | null {
  const ends = holds.filter((end) => isHeld(end, now));
  return ends.length === 0 ? null : Math.min(...ends);
}

/**
 * How many pictures of each order are not up yet. One that was refused counts until it was taken
 * again or thrown away: the step that it is evidence of may be incomplete without it.
 */
export function photosWaiting(photos: readonly HeldPhoto[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const photo of photos) {
    const isOwed = photo.state === "waiting" || isRefusedStill(photo, photos);
    if (isOwed) counts.set(photo.order, (counts.get(photo.order) ?? 0) + 1);
  }
  return counts;
}

/**
 * Pictures that the server refused and that hold a completion back: of a step, and neither taken
 * again nor thrown away.
 */
export function refusedStill(photos: readonly HeldPhoto[]): HeldPhoto[] {
  return photos.filter((photo) => isRefusedStill(photo, photos));
}

function isRefusedStill(photo: HeldPhoto, photos: readonly HeldPhoto[]): boolean {
  return photo.state === "refused" && photo.step !== "" && !isTakenAgain(photo, photos);
}

/** Whether a later picture was given in the place of one; those of no step stand for themselves. */
export function isTakenAgain(photo: HeldPhoto, photos: readonly HeldPhoto[]): boolean {
  if (photo.step === "") return false;
  return photos.some(
    (other) =>
      other.id > photo.id &&
      other.order === photo.order &&
      other.step === photo.step &&
      other.tag === photo.tag &&
      other.state !== "kept" &&
      other.state !== "refused",
  );
}

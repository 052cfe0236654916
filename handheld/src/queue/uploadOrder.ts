/** Which picture goes up first. Pure. */

import type { Act, HeldPhoto } from "../store/database";
import { isHeld } from "./sealing";

/**
 * What unblocks most goes first: photos of an order whose completion waits for them, of the order
 * with the fewest bytes left; then signatures, without which nothing is written off; then
 * the oldest. What failed often goes behind what has not been tried. A picture of an incident is
 * taken by the server once it has the report, not before (wire.md, Photos of an incident).
 */
export function nextUpload(
  photos: readonly HeldPhoto[],
  waitingActs: readonly Act[],
  now: number,
): HeldPhoto | null {
  const held = new Set(
    waitingActs.filter((act) => act.type === "order.ready").map((act) => act.subject),
  );
  const bytesLeft = new Map<string, number>();
  for (const photo of photos) {
    const left = photo.sizeBytes - photo.sentBytes;
    bytesLeft.set(photo.order, (bytesLeft.get(photo.order) ?? 0) + left);
  }
  const rank = (photo: HeldPhoto): number[] => [
    photo.tries,
    held.has(photo.order) ? 0 : 1,
    held.has(photo.order) ? bytesLeft.get(photo.order)! : 0,
    photo.tag === "signature" ? 0 : 1,
    photo.id,
  ];
  const unanswered = new Set<string | null>(waitingActs.map((act) => act.id));
  const ready = photos.filter(
    (photo) => !isHeld(photo.notBefore, now) && !(photo.order === "" && unanswered.has(photo.act)),
  );
  return ready.reduce<HeldPhoto | null>(
    (best, photo) => (best === null || isBefore(rank(photo), rank(best)) ? photo : best),
    null,
  );
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const differs = one.findIndex((value, index) => value !== other[index]);
  return differs >= 0 && one[differs]! < other[differs]!;
}

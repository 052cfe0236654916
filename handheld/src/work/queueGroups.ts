/** What is on this handheld, order by order: what waits and what was refused. Pure. */

import { isTakenAgain } from "../queue/sealing";
import type { Act, HeldPhoto } from "../store/database";

export interface QueueGroup {
  /** Empty for what belongs to no order. */
  order: string;
  /** Refused or too late, and not read yet. */
  answered: Act[];
  waiting: Act[];
  photosWaiting: HeldPhoto[];
  /** Those that were not taken again. */
  photosRefused: HeldPhoto[];
  /** Taken, and part of nothing yet: not sent before they are. */
  photosKept: number;
  /** Everything of the order that is still here, to know which act is the last. */
  acts: Act[];
}

/** Orders with something to read first, then those that have waited longest. */
export function queueGroups(acts: readonly Act[], photos: readonly HeldPhoto[]): QueueGroup[] {
  const groups = new Map<string, QueueGroup>();
  const groupOf = (order: string): QueueGroup => {
    const known = groups.get(order);
    if (known !== undefined) return known;
    const group: QueueGroup = {
      order,
      answered: [],
      waiting: [],
      photosWaiting: [],
      photosRefused: [],
      photosKept: 0,
      acts: [],
    };
    groups.set(order, group);
    return group;
  };
  for (const act of acts) {
    const group = groupOf(act.subject ?? "");
    group.acts.push(act);
    if (act.waiting === 1) group.waiting.push(act);
    else if (act.unread) group.answered.push(act);
  }
  for (const photo of photos) {
    const group = groupOf(photo.order);
    if (photo.state === "waiting") group.photosWaiting.push(photo);
    else if (photo.state === "refused" && !isTakenAgain(photo, photos)) {
      group.photosRefused.push(photo);
    } else if (photo.state === "kept") group.photosKept += 1;
  }
  return [...groups.values()].filter(hasSomething).sort((a, b) => rank(a) - rank(b));
}

function hasSomething(group: QueueGroup): boolean {
  const { answered, waiting, photosWaiting, photosRefused, photosKept } = group;
  return (
    answered.length + waiting.length + photosWaiting.length + photosRefused.length + photosKept > 0
  );
}

function rank(group: QueueGroup): number {
  const isToRead = group.answered.length + group.photosRefused.length > 0;
  return isToRead ? 0 : (group.waiting[0]?.place ?? Number.MAX_SAFE_INTEGER);
}

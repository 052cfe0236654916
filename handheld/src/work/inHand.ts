/** What the technician has in hand, as the server last told it. Pure. */

import type { ThingInHand } from "../contract/wire";

/** A tool whose day is over, also where it ran out since the server was asked. */
export function isOverdue(thing: ThingInHand, now: number): boolean {
  return thing.due_at !== null && now > Date.parse(thing.due_at);
}

/** Overdue tools first, the longest out first; the rest in the server's order. */
export function lateFirst(things: readonly ThingInHand[], now: number): ThingInHand[] {
  const late = things.filter((thing) => isOverdue(thing, now));
  late.sort((one, other) => Date.parse(one.due_at ?? "") - Date.parse(other.due_at ?? ""));
  return [...late, ...things.filter((thing) => !isOverdue(thing, now))];
}

/** Whose photos an export made an order wait for: numbers go without gaps. */

import type { Database } from "../store/database";
import { sealedAndWaiting } from "./outgoing";
import { photosOf } from "./pictures";
import { photosWaiting, sendable } from "./sealing";

/** The order behind whose completion acts of this one wait; null where none do. */
export async function behindWhich(database: Database, number: string): Promise<string | null> {
  const sealed = await sealedAndWaiting(database);
  const exported = sealed.filter((act) => act.sealedEarly === true).map((act) => act.subject);
  if (exported.length === 0) return null;
  const orders = new Set(exported.filter((subject) => subject !== null));
  const photos = await Promise.all([...orders].map((order) => photosOf(database, order)));
  const free = new Set(sendable(sealed, photosWaiting(photos.flat())));
  const stuck = sealed.filter((act) => !free.has(act));
  const isStuck = stuck.some((act) => act.subject === number);
  const first = stuck[0]?.subject ?? null;
  return isStuck && first !== number ? first : null;
}

/** Throwing a picture away: whether its step lacks one then. */

import { discardPhoto } from "../queue/pictures";
import type { Database, HeldPhoto } from "../store/database";
import { jobAtHand } from "./jobs";
import { photosOwed } from "./steps";

/** Throw a picture away; a "finished" that waits goes on waiting where the step lacks one then. */
export async function discard(database: Database, photo: HeldPhoto): Promise<boolean> {
  const found = await jobAtHand(database, photo.order);
  const step = found?.job.run?.find(photo.step);
  if (!found || !step) return discardPhoto(database, photo.id);
  const { context } = found.job;
  const heldPhotos = context.heldPhotos.filter(
    (held) => held.step !== photo.step || held.tag !== photo.tag || held.sha256 !== photo.sha256,
  );
  const isOwed = photosOwed(step, { ...context, heldPhotos }).includes(photo.tag);
  return discardPhoto(database, photo.id, isOwed);
}

/** What keeps an order's acts on this handheld, and which they are. Pure. */

import { isAlarm, photosWaiting, refusedStill, waitsForPhotos } from "../queue/sealing";
import type { Act, HeldPhoto } from "../store/database";
import type { Job } from "./job";

export type Hold =
  /** The server does not want this picture (P-17). */
  | { why: "refused"; photo: HeldPhoto }
  /** It was thrown away, and none was taken in its place. */
  | { why: "owed"; step: string; tag: string }
  /** So many pictures are on their way. */
  | { why: "waiting"; photos: number }
  /** An export gave the acts numbers behind the completion of another order. */
  | { why: "behind"; order: string };

export interface Holding {
  /** What was done and does not go out yet, oldest first; none before the work was finished. */
  held: readonly Act[];
  /** What there is to do about it first. */
  holds: readonly Hold[];
}

/** `behind`: the order that `behindWhich` named. A refused picture tells also before "finished". */
export function holdingOf(
  job: Pick<Job, "acts">,
  photos: readonly HeldPhoto[],
  behind: string | null,
): Holding {
  const waiting = photosWaiting(photos);
  const unsent = job.acts.filter((act) => act.waiting === 1 && !isAlarm(act));
  const finished = unsent.find((act) => isHere(act) && waitsForPhotos(act, waiting));
  const onTheWay = photos.filter((photo) => photo.state === "waiting").length;
  const holds: Hold[] = refusedStill(photos).map((photo) => ({ why: "refused", photo }));
  for (const { step, tag } of finished?.owes ?? []) holds.push({ why: "owed", step, tag });
  if (finished && onTheWay > 0) holds.push({ why: "waiting", photos: onTheWay });
  if (behind !== null) holds.push({ why: "behind", order: behind });
  const held =
    behind === null ? unsent.filter((act) => act.place >= (finished?.place ?? Infinity)) : unsent;
  return { held, holds };
}

/** Not sent, or sealed for an export alone. */
function isHere(act: Act): boolean {
  return act.seq === null || act.sealedEarly === true;
}

/** Answers of the server that the technician has not read: what it refused or took too late. */
export function answersToRead(job: Pick<Job, "acts">): readonly Act[] {
  return job.acts.filter((act) => act.unread);
}

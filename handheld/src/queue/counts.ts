/** The three counters: on this handheld, arrived at the server, standing in its receipt. */

import type { Database } from "../store/database";
import { isTakenAgain } from "./sealing";

export interface Counts {
  here: number;
  arrived: number;
  verified: number;
  /** Of `here`: pictures, and their bytes. */
  photosHere: number;
  bytesHere: number;
  /** Refused or too late, and neither read nor taken again. */
  unread: number;
}

/** Count acts and pictures of the last seven days, by their indexes. What was refused was read. */
export async function countAll(database: Database): Promise<Counts> {
  const transaction = database.transaction(["acts", "photos"]);
  const acts = transaction.objectStore("acts");
  const photos = transaction.objectStore("photos");
  const states = photos.index("state");
  const [all, waiting, unproven, unseen, kept, toSend, sent, orderless, verified, refused] =
    await Promise.all([
      acts.count(),
      acts.index("waiting").count(),
      acts.index("unproven").count(),
      acts.index("unseen").count(),
      states.getAll("kept"),
      states.getAll("waiting"),
      states.count("sent"),
      photos.index("order").getAll(""),
      states.count("verified"),
      states.getAll("refused"),
    ]);
  // Of an incident there is no receipt: a finished upload is held (wire.md).
  const heldOrderless = orderless.filter((photo) => photo.state === "sent").length;
  let refusedToRead = 0;
  for (const photo of refused) {
    const ofOrder = await photos.index("order").getAll(photo.order);
    if (!isTakenAgain(photo, ofOrder)) refusedToRead += 1;
  }
  const here = [...kept, ...toSend];
  return {
    here: waiting + here.length,
    arrived: unproven + sent - heldOrderless + refused.length,
    verified: all - waiting - unproven + verified + heldOrderless,
    photosHere: here.length,
    bytesHere: here.reduce((sum, photo) => sum + photo.sizeBytes - photo.sentBytes, 0),
    unread: unseen + refusedToRead,
  };
}

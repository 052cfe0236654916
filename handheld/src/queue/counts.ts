/** The three counters: on this handheld, arrived at the server, standing in its receipt. */

import type { Database, HeldPhoto } from "../store/database";

export interface Counts {
  here: number;
  arrived: number;
  verified: number;
  /** Of `here`: pictures, and their bytes. */
  photosHere: number;
  bytesHere: number;
  /** Refused or too late, and not yet read. */
  unread: number;
}

/** Count acts and pictures of the last seven days. What was refused has arrived: it was read. */
export async function countAll(database: Database): Promise<Counts> {
  const counts: Counts = {
    here: 0,
    arrived: 0,
    verified: 0,
    photosHere: 0,
    bytesHere: 0,
    unread: 0,
  };
  for (const act of await database.getAll("acts")) {
    if (act.waiting === 1) counts.here += 1;
    else if (act.verified || act.subject === null) counts.verified += 1;
    else counts.arrived += 1;
    if (act.unread) counts.unread += 1;
  }
  for (const photo of await database.getAll("photos")) {
    if (photo.state === "waiting" || photo.state === "kept") {
      counts.here += 1;
      counts.photosHere += 1;
      counts.bytesHere += photo.sizeBytes - photo.sentBytes;
    } else if (photo.state === "verified" || isHeldUnreceipted(photo)) counts.verified += 1;
    else counts.arrived += 1;
    if (photo.state === "refused") counts.unread += 1;
  }
  return counts;
}

/** Of an incident there is no receipt: a finished upload is held (wire.md, Photos of an incident). */
function isHeldUnreceipted(photo: HeldPhoto): boolean {
  return photo.order === "" && photo.state === "sent";
}

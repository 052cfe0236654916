/** Photos and signatures: kept when taken, sent when part of an act, freed by the receipt. */

import type { Problem, Receipt } from "../contract/wire";
import { type Act, type Database, type HeldPhoto, type Writing, writing } from "../store/database";
import { isProven, KEPT_FOR_MS } from "./outgoing";
import { owe, oweNoMore } from "./owing";
import { nextUpload } from "./uploadOrder";

/** So long a left order's pictures and drafts stay that are part of nothing: it may come back. */
const LEFT_FOR_MS = 24 * 3600 * 1000;
const FIRST_REPEAT_MS = 10_000;
const LONGEST_REPEAT_MS = 4 * 60 * 1000;

export interface NewPhoto {
  /** Empty where it belongs to an act without an order. */
  order: string;
  step: string;
  tag: string;
  sha256: string;
  filetype: string;
  takenAt: string;
  bytes: ArrayBuffer;
  thumbnail: ArrayBuffer;
}

/**
 * Keep a picture; when this resolves its bytes are on the disk. Keeping it twice is one. Under two
 * tags (old and new part in one frame) its bytes lie here once.
 *
 * `instead`: a kept picture that it takes the place of, in the same transaction. Throws
 * QuotaExceededError where the disk is full: then nothing of it is kept.
 */
export function keepPhoto(
  database: Database,
  taken: NewPhoto,
  instead: number | null = null,
): Promise<HeldPhoto> {
  return writing(database, ["photos", "bytes", "thumbnails"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    const known = (await photos.index("sha256").getAll(taken.sha256)).find(
      (photo) =>
        photo.order === taken.order && photo.step === taken.step && photo.tag === taken.tag,
    );
    if (known !== undefined) return known;
    if (instead !== null) await drop(transaction, instead);
    const photo: Omit<HeldPhoto, "id"> = {
      order: taken.order,
      step: taken.step,
      tag: taken.tag,
      sha256: taken.sha256,
      filetype: taken.filetype,
      takenAt: taken.takenAt,
      sizeBytes: taken.bytes.byteLength,
      state: "kept",
      act: null,
      notBefore: 0,
      url: null,
      sentBytes: 0,
      tries: 0,
      problem: null,
      settledAt: null,
    };
    await transaction.objectStore("bytes").put(taken.bytes, taken.sha256);
    await transaction.objectStore("thumbnails").put(taken.thumbnail, taken.sha256);
    const id = await photos.add(photo as HeldPhoto);
    return { ...photo, id };
  });
}

/**
 * Let kept pictures go up by themselves: their step is recorded already, and a picture counts for
 * its step and tag without an act that names it. `notBefore`: until then it may be discarded.
 */
export function releasePhotos(
  database: Database,
  ids: readonly number[],
  notBefore: number,
): Promise<void> {
  return writing(database, ["photos", "acts"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    for (const id of ids) {
      const photo = await photos.get(id);
      if (photo?.state !== "kept") continue;
      await photos.put({ ...photo, state: "waiting", notBefore });
      await oweNoMore(transaction.objectStore("acts"), photo);
    }
  });
}

/**
 * Let a kept picture serve another tag of its step as well: old and new part in one frame.
 *
 * The server counts the second tag where the act names it, so this is for before the act.
 */
export function alsoServes(database: Database, id: number, tag: string): Promise<boolean> {
  return writing(database, ["photos"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    const photo = await photos.get(id);
    if (photo?.state !== "kept") return false;
    const twins = await photos.index("sha256").getAll(photo.sha256);
    if (twins.some((twin) => isOfStep(twin, photo) && twin.tag === tag)) return false;
    const { id: _, ...shown } = photo;
    await photos.add({ ...shown, tag } as HeldPhoto);
    return true;
  });
}

function isOfStep(one: HeldPhoto, other: HeldPhoto): boolean {
  return one.order === other.order && one.step === other.step;
}

/** Whether a picture is part of nothing that was sent: it may still be thrown away. */
function isFree(photo: HeldPhoto): boolean {
  const isReleased = photo.state === "waiting" && photo.act === null && photo.url === null;
  return photo.state === "kept" || photo.state === "refused" || isReleased;
}

/**
 * Throw away a picture that is part of nothing yet, or that the server refused.
 *
 * `isOwed`: its step lacks one then, and a "finished" that waits goes on waiting for another.
 */
export function discardPhoto(database: Database, id: number, isOwed = false): Promise<boolean> {
  return writing(database, ["photos", "bytes", "thumbnails", "acts"], async (transaction) => {
    const photo = await transaction.objectStore("photos").get(id);
    const isGone = await drop(transaction as unknown as Dropping, id);
    if (isGone && isOwed) await owe(transaction.objectStore("acts"), photo!);
    return isGone;
  });
}

type Dropping = Writing<["photos", "bytes", "thumbnails"]>;

async function drop(transaction: Dropping, id: number): Promise<boolean> {
  const photos = transaction.objectStore("photos");
  const photo = await photos.get(id);
  if (photo === undefined || !isFree(photo)) return false;
  await photos.delete(id);
  const others = await photos.index("sha256").getAll(photo.sha256);
  if (others.every((other) => other.state === "verified")) {
    await transaction.objectStore("bytes").delete(photo.sha256);
  }
  if (others.length === 0) await transaction.objectStore("thumbnails").delete(photo.sha256);
  return true;
}

export function photosOf(database: Database, order: string): Promise<HeldPhoto[]> {
  return database.getAllFromIndex("photos", "order", order);
}

/** The picture to send now, or null: what unblocks most goes first. */
export async function nextToUpload(database: Database, now: number): Promise<HeldPhoto | null> {
  const photos = await database.getAllFromIndex("photos", "state", "waiting");
  if (photos.length === 0) return null;
  const acts: Act[] = await database.getAllFromIndex("acts", "waiting");
  return nextUpload(photos, acts, now);
}

async function change(
  database: Database,
  id: number,
  edit: (photo: HeldPhoto) => HeldPhoto,
): Promise<void> {
  await writing(database, ["photos"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    const photo = await photos.get(id);
    if (photo !== undefined) await photos.put(edit(photo));
  });
}

/** Remember where the upload stands, so that it goes on after a kill. */
export function uploadStands(
  database: Database,
  id: number,
  stands: { url: string | null; sentBytes: number },
): Promise<void> {
  return change(database, id, (photo) => ({ ...photo, ...stands }));
}

/** It did not work just now; one picture that never works must not hold up the others. */
export function postpone(database: Database, id: number): Promise<void> {
  return change(database, id, (photo) => ({ ...photo, tries: photo.tries + 1 }));
}

/** It is up. One that was taken back while it went up stays kept; it may be given again. */
export function markSent(database: Database, id: number, now: number): Promise<void> {
  return change(database, id, (photo) =>
    photo.state === "waiting"
      ? { ...photo, state: "sent", sentBytes: photo.sizeBytes, settledAt: now }
      : photo,
  );
}

/** The server does not want it (P-17). It stays to be looked at, but is not sent. */
export function markRefused(
  database: Database,
  id: number,
  problem: Problem,
  now: number,
): Promise<void> {
  return change(database, id, (photo) =>
    photo.state === "waiting" ? { ...photo, state: "refused", problem, settledAt: now } : photo,
  );
}

/** Whether the very same picture of the same step is up already, under another tag. */
export async function isUpAlready(database: Database, photo: HeldPhoto): Promise<boolean> {
  const same = await database.getAllFromIndex("photos", "sha256", photo.sha256);
  return same.some(
    (other) =>
      other.order === photo.order &&
      other.step === photo.step &&
      (other.state === "sent" || other.state === "verified"),
  );
}

/**
 * Compare with a receipt: free the bytes of what stands in it, send again what does not.
 *
 * "Sent" alone frees nothing. One that was sent in vain pauses longer each time. Returns how many
 * were freed and how many go up again.
 */
export function confirmPhotos(
  database: Database,
  receipt: Pick<Receipt, "number" | "photos">,
  now: number,
): Promise<{ freed: number; again: number }> {
  const held = new Map(receipt.photos.map((photo) => [photo.sha256, photo.size]));
  return writing(database, ["photos", "bytes"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    let freed = 0;
    let again = 0;
    for (const photo of await photos.index("order").getAll(receipt.number)) {
      if (photo.state !== "sent") continue;
      if (held.get(photo.sha256) === photo.sizeBytes) {
        await photos.put({ ...photo, state: "verified" });
        const others = await photos.index("sha256").getAll(photo.sha256);
        if (others.every((other) => other.id === photo.id || other.state === "verified")) {
          await transaction.objectStore("bytes").delete(photo.sha256);
        }
        freed += 1;
      } else {
        const tries = photo.tries + 1;
        const pause = Math.min(FIRST_REPEAT_MS * 2 ** photo.tries, LONGEST_REPEAT_MS);
        const begin = { state: "waiting", url: null, sentBytes: 0 } as const;
        await photos.put({ ...photo, ...begin, tries, notBefore: now + pause });
        again += 1;
      }
    }
    return { freed, again };
  });
}

/** Orders with something answered or sent that no receipt has covered yet, and nothing under way. */
export async function ordersToConfirm(database: Database): Promise<string[]> {
  const open = new Set<string>();
  const arrived = new Set<string>();
  for (const photo of await database.getAllFromIndex("photos", "state", "waiting")) {
    open.add(photo.order);
  }
  for (const photo of await database.getAllFromIndex("photos", "state", "sent")) {
    arrived.add(photo.order);
  }
  for (const act of await database.getAllFromIndex("acts", "waiting")) {
    if (act.subject !== null) open.add(act.subject);
  }
  for (const act of await database.getAllFromIndex("acts", "unproven")) {
    if (act.subject !== null && !isProven(act)) arrived.add(act.subject);
  }
  arrived.delete("");
  return [...arrived].filter((number) => !open.has(number)).sort();
}

/** Drop what belongs to orders that left, save what the server has not confirmed. */
export function forgetDone(database: Database, now: number): Promise<void> {
  return writing(
    database,
    ["photos", "bytes", "thumbnails", "orders", "drafts"],
    async (transaction) => {
      const here = new Set<string>();
      const justLeft = new Set<string>();
      for (const order of await transaction.objectStore("orders").getAll()) {
        if (order.snapshot !== null) here.add(order.number);
        else if (now - (order.leftAt ?? 0) < LEFT_FOR_MS) justLeft.add(order.number);
      }
      const photos = transaction.objectStore("photos");
      const isDone = (photo: HeldPhoto): boolean => {
        if (photo.order === "") {
          // No receipt names it: that it is up is all the proof there is.
          const isUp = photo.state === "sent" && photo.settledAt !== null;
          return isUp && now - photo.settledAt! > KEPT_FOR_MS;
        }
        if (here.has(photo.order) || photo.state === "waiting" || photo.state === "sent") {
          return false;
        }
        return photo.state === "verified" || !justLeft.has(photo.order);
      };
      const done = (await photos.getAll()).filter(isDone);
      for (const photo of done) {
        await photos.delete(photo.id);
        if ((await photos.index("sha256").count(photo.sha256)) === 0) {
          await transaction.objectStore("bytes").delete(photo.sha256);
          await transaction.objectStore("thumbnails").delete(photo.sha256);
        }
      }
      const drafts = transaction.objectStore("drafts");
      for (const draft of await drafts.getAll()) {
        const isWanted = draft.order === "" || here.has(draft.order) || justLeft.has(draft.order);
        if (!isWanted) await drafts.delete(draft.key);
      }
    },
  );
}

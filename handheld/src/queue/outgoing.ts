/**
 * What the technician did and the server has not answered: the queue. No DOM here.
 *
 * An act is kept the moment it is done. It gets its number and its final bytes, in one
 * transaction, when it is first sent: until then it can be undone, and no number is ever left out.
 * After that not a byte changes. It leaves the queue on the server's reply only; answered acts are
 * kept for 7 days, in case the server has to be restored from a backup.
 */

import { isObject, uuid7, writeEnvelope } from "../contract/envelope";
import type { Acts, ActType, Outcome, Reply } from "../contract/wire";
import {
  type Act,
  type Database,
  type Draft,
  type HeldPhoto,
  type Writing,
  writing,
} from "../store/database";
import { factIn, rememberIn } from "../store/facts";
import { oweNoMore } from "./owing";
import { photosWaiting, sealable, sendable } from "./sealing";

export const KEPT_FOR_MS = 7 * 24 * 3600 * 1000;
/** The server reads no more than this of one event, and could not even say which one it refuses. */
const LONGEST_BODY_BYTES = 65_536;
const ENVELOPE_BYTES = 1024;
/** Said by the app itself: that they came too late is no news to anybody. */
const TOLD_IN_PASSING: ReadonlySet<string> = new Set(["order.received", "order.opened"]);
const SETTLING: ReadonlySet<Outcome> = new Set(["applied", "duplicate", "recorded", "rejected"]);

export interface NewAct<Type extends ActType> {
  type: Type;
  subject: string | null;
  /** The version of the snapshot that the technician was looking at. */
  orderVersion: number | null;
  data: Acts[Type];
  at: Date;
  /** How long a slip may still be taken back, in milliseconds. */
  holdMs?: number;
  /** Drafts that this act makes good. */
  drafts?: string[];
  /** Kept photos that are evidence of it. */
  photos?: number[];
}

/** An act that the server could not read: it would hold up everything behind it. */
export class ActTooLong extends Error {}

/**
 * Keep an act. When this resolves it is on the disk, and may be shown as done.
 *
 * Throws ActTooLong where it would not fit into a message; then nothing is kept.
 */
export async function keep<Type extends ActType>(
  database: Database,
  made: NewAct<Type>,
): Promise<Act> {
  const data = sound(made.data) as Record<string, unknown>;
  const sizeBytes = new TextEncoder().encode(JSON.stringify(data)).length;
  if (sizeBytes > LONGEST_BODY_BYTES - ENVELOPE_BYTES) throw new ActTooLong(`${sizeBytes} bytes`);
  return writing(database, ["acts", "drafts", "photos"], async (transaction) => {
    if (made.subject !== null) await release(transaction, made.subject);
    const id = uuid7(made.at.getTime());
    const holdUntil = made.holdMs ? made.at.getTime() + made.holdMs : 0;
    const act: Omit<Act, "place"> = {
      id,
      type: made.type,
      subject: made.subject,
      data: {
        ...(made.orderVersion === null ? {} : { order_version: made.orderVersion }),
        ...data,
      },
      at: made.at.toISOString(),
      holdUntil,
      seq: null,
      body: null,
      waiting: 1,
      outcome: null,
      orderVersion: null,
      problem: null,
      settledAt: null,
      verified: false,
      unread: false,
    };
    const drafts = transaction.objectStore("drafts");
    const typed: Draft[] = [];
    for (const key of made.drafts ?? []) {
      const draft = await drafts.get(key);
      if (draft === undefined) continue;
      typed.push(draft);
      await drafts.delete(key);
    }
    if (typed.length > 0) act.typed = typed;
    const place = await transaction.objectStore("acts").add(act as Act);
    const photos = transaction.objectStore("photos");
    for (const photo of made.photos ?? []) {
      const kept = await photos.get(photo);
      if (kept?.state !== "kept") continue;
      await photos.put({ ...kept, state: "waiting", act: id, notBefore: holdUntil });
      await oweNoMore(transaction.objectStore("acts"), kept);
    }
    return { ...act, place };
  });
}

/** Texts as the wire takes them: no NUL, no half of a pair of surrogates (docs/wire.md, JSON). */
function sound(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\ufffd");
  }
  if (Array.isArray(value)) return value.map(sound);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, sound(part)]));
}

/** The next act confirms the one before it: only the last can be a slip. */
async function release(
  transaction: Writing<["acts", "drafts", "photos"]>,
  subject: string,
): Promise<void> {
  const acts = transaction.objectStore("acts");
  for (const earlier of await acts.index("subject").getAll(subject)) {
    if (earlier.seq === null && earlier.holdUntil > 0) await acts.put({ ...earlier, holdUntil: 0 });
  }
  const photos = transaction.objectStore("photos");
  for (const photo of await photos.index("order").getAll(subject)) {
    if (photo.notBefore > 0) await photos.put({ ...photo, notBefore: 0 });
  }
}

/**
 * Take back the last act of an order; its photos are kept, and what was typed is a draft again.
 * False where the act or one of its photos was sent already, or where it is not the last.
 */
export function undo(database: Database, place: number): Promise<boolean> {
  return writing(database, ["acts", "photos", "drafts"], async (transaction) => {
    const acts = transaction.objectStore("acts");
    const act = await acts.get(place);
    if (act === undefined || act.seq !== null) return false;
    if (act.subject !== null) {
      const later = await acts.index("subject").getAllKeys(act.subject);
      if (later.some((other) => other > place)) return false;
    }
    const photos = transaction.objectStore("photos");
    // Not by order: what was found on the way to an order may have its pictures under none.
    const own = (await photos.getAll()).filter((photo) => photo.act === act.id);
    if (own.some((photo) => photo.state !== "waiting" || photo.url !== null)) return false;
    for (const photo of own) await photos.put({ ...photo, state: "kept", act: null, notBefore: 0 });
    for (const draft of act.typed ?? []) await transaction.objectStore("drafts").put(draft);
    await acts.delete(place);
    return true;
  });
}

/** Seal what may be sent now. In one transaction: numbers without gaps, bytes that never change. */
export function seal(database: Database, device: string, now: number): Promise<Act[]> {
  return writing(database, ["acts", "facts", "photos"], async (transaction) => {
    const unsealed = await neverSent(transaction);
    if (unsealed.length === 0) return [];
    const owed = await photosOwed(transaction.objectStore("photos"));
    const free = sealable(unsealed, { now, photosWaiting: owed });
    return sealThese(transaction, device, free);
  });
}

/**
 * Seal everything, also what is held for second thoughts or for photos: it leaves in a file, and
 * the photos with it. Nothing of it can be undone afterwards.
 */
export function sealAll(database: Database, device: string, now: number): Promise<Act[]> {
  return writing(database, ["acts", "facts", "photos"], async (transaction) => {
    const unsealed = await neverSent(transaction);
    const owed = await photosOwed(transaction.objectStore("photos"));
    const free = new Set(sealable(unsealed, { now, photosWaiting: owed }));
    const all = unsealed.map((act) =>
      free.has(act) ? act : { ...act, sealedEarly: true as const },
    );
    return sealThese(transaction, device, all);
  });
}

type Sealing = Writing<["acts", "facts", "photos"]>;

async function neverSent(transaction: Sealing): Promise<Act[]> {
  const waiting = await transaction.objectStore("acts").index("waiting").getAll();
  return waiting.filter((act) => act.seq === null).sort((a, b) => a.place - b.place);
}

async function sealThese(
  transaction: Sealing,
  device: string,
  chosen: readonly Act[],
): Promise<Act[]> {
  let seq = (await factIn(transaction, "last_seq")) ?? 0;
  const sealed: Act[] = [];
  for (const act of chosen) {
    seq += 1;
    const body = writeEnvelope({
      id: act.id,
      device,
      type: act.type,
      at: new Date(act.at),
      subject: act.subject,
      seq,
      data: act.data,
    });
    const { typed: _, ...lasting } = act;
    const done: Act = { ...lasting, seq, body, holdUntil: 0 };
    await transaction.objectStore("acts").put(done);
    sealed.push(done);
  }
  if (sealed.length > 0) await rememberIn(transaction, "last_seq", seq);
  return sealed;
}

/** Sealed acts without an answer that may be sent now, by their numbers. */
export async function toSend(database: Database, limit: number): Promise<Act[]> {
  const sealed = await sealedAndWaiting(database);
  if (!sealed.some((act) => act.sealedEarly)) return sealed.slice(0, limit);
  const owed = await photosOwed(database.transaction("photos").store);
  return sendable(sealed, owed).slice(0, limit);
}

/** The pictures in a transaction. */
interface Photos {
  index(name: "state" | "order"): { getAll(key: string): Promise<HeldPhoto[]> };
}

/** How many pictures the completion of each order waits for. */
async function photosOwed(photos: Photos): Promise<Map<string, number>> {
  const [waiting, refused] = await Promise.all([
    photos.index("state").getAll("waiting"),
    photos.index("state").getAll("refused"),
  ]);
  const found = new Map([...waiting, ...refused].map((photo) => [photo.id, photo]));
  // Whether a refused one was taken again shows by all pictures of its order.
  for (const order of new Set(refused.map((photo) => photo.order))) {
    for (const photo of await photos.index("order").getAll(order)) found.set(photo.id, photo);
  }
  return photosWaiting([...found.values()]);
}

/** All sealed acts without an answer, by their numbers. */
export async function sealedAndWaiting(database: Database): Promise<Act[]> {
  const waiting = await database.getAllFromIndex("acts", "waiting");
  return waiting.filter((act) => act.seq !== null).sort((a, b) => a.seq! - b.seq!);
}

/** Acts without an answer, sealed or not. */
export function waitingCount(database: Database): Promise<number> {
  return database.countFromIndex("acts", "waiting");
}

/**
 * Take an answered act out of the queue; null where there is nothing left to take out.
 *
 * Answers may come twice, late, or for acts that were never ours: all of that is harmless.
 */
export function settle(database: Database, reply: Reply, now: number): Promise<Act | null> {
  return writing(database, ["acts"], async (transaction) => {
    if (!SETTLING.has(reply.outcome) || reply.event === null) return null;
    const acts = transaction.objectStore("acts");
    const act = await acts.index("id").get(reply.event);
    if (act === undefined || act.seq === null || act.waiting !== 1) return null;
    const outcome =
      reply.outcome === "duplicate" ? (reply.first_outcome ?? "duplicate") : reply.outcome;
    const { waiting: _, ...rest } = act;
    const settled: Act = {
      ...rest,
      outcome,
      orderVersion: reply.order_version,
      problem: reply.problem ?? null,
      settledAt: now,
      unread: outcome === "rejected" || (outcome === "recorded" && !TOLD_IN_PASSING.has(act.type)),
    };
    await acts.put(filed(settled));
    return settled;
  });
}

/**
 * Put answered acts from `seq` on back into the queue; how many.
 *
 * After a restore the server has forgotten them. Those it does remember it calls duplicates.
 */
export function sendAgainFrom(database: Database, seq: number): Promise<number> {
  return writing(database, ["acts"], async (transaction) => {
    const acts = transaction.objectStore("acts");
    let again = 0;
    for (const act of await acts.index("seq").getAll(IDBKeyRange.lowerBound(seq))) {
      if (act.waiting === 1) continue;
      await acts.put(
        filed({
          ...act,
          waiting: 1,
          outcome: null,
          orderVersion: null,
          problem: null,
          settledAt: null,
          verified: false,
          unread: false,
        }),
      );
      again += 1;
    }
    return again;
  });
}

/** The act of this number, where it is still here. */
export function ofSeq(database: Database, seq: number): Promise<Act | undefined> {
  return database.getFromIndex("acts", "seq", seq);
}

/** What this handheld said of an order, oldest first. */
export function ofOrder(database: Database, number: string): Promise<Act[]> {
  return database.getAllFromIndex("acts", "subject", number);
}

/** Mark what stands in the server's receipt of an order; how many were new there. */
export function confirm(
  database: Database,
  number: string,
  held: ReadonlySet<string>,
): Promise<number> {
  return writing(database, ["acts"], async (transaction) => {
    const acts = transaction.objectStore("acts");
    let confirmed = 0;
    for (const act of await acts.index("subject").getAll(number)) {
      if (act.verified || act.waiting === 1 || !held.has(act.id)) continue;
      await acts.put(filed({ ...act, verified: true }));
      confirmed += 1;
    }
    return confirmed;
  });
}

/** The technician has read why something was refused or came too late. */
export function markRead(database: Database, place: number): Promise<void> {
  return writing(database, ["acts"], async (transaction) => {
    const acts = transaction.objectStore("acts");
    const act = await acts.get(place);
    if (act !== undefined) await acts.put(filed({ ...act, unread: false }));
  });
}

/**
 * Drop acts answered more than 7 days ago that a receipt covers; how many. Those of an order that
 * is still here stay: what was done shows by them.
 */
export function forgetOld(database: Database, now: number): Promise<number> {
  return writing(database, ["acts", "orders"], async (transaction) => {
    const here = new Set<string | null>();
    for (const order of await transaction.objectStore("orders").getAll()) {
      if (order.snapshot !== null) here.add(order.number);
    }
    const acts = transaction.objectStore("acts");
    let dropped = 0;
    const old = IDBKeyRange.upperBound(now - KEPT_FOR_MS, true);
    for (const act of await acts.index("settledAt").getAll(old)) {
      if (isProven(act) && !act.unread && !here.has(act.subject)) {
        await acts.delete(act.place);
        dropped += 1;
      }
    }
    return dropped;
  });
}

/** Whether no receipt is to be asked for: it stands in one, or its reply is all the proof there is. */
export function isProven(act: Act): boolean {
  return act.verified || act.subject === null || act.outcome === "rejected";
}

/** An answered act under the indexes by which it is counted, so that nothing else is read for it. */
function filed(act: Act): Act {
  const { unproven: _, unseen: __, ...rest } = act;
  // Of what has no order there is no receipt: the reply is the proof, where it says yes.
  const isTaken = act.outcome !== "rejected" && act.outcome !== "recorded";
  const isSettled = act.waiting === 1 || act.verified || (act.subject === null && isTaken);
  return {
    ...rest,
    ...(isSettled ? {} : { unproven: 1 as const }),
    ...(act.unread ? { unseen: 1 as const } : {}),
  };
}

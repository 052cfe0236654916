/**
 * The handheld's own store: who it is, what it holds, what it owes the server.
 *
 * Whatever is shown as done was written here first, so a handheld killed at any point goes on from
 * what it finds. Related rows are written in one transaction.
 */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { Outcome, Problem, Snapshot } from "../contract/wire";
import type { Template } from "../engine/template";
import { spendReserve } from "./reserve";

/** Something the technician did. It gets its number and its final bytes when it is first sent. */
export interface Act {
  /** Where it stands among all acts of this handheld. */
  place: number;
  /** UUIDv7, for ever. */
  id: string;
  type: string;
  /** The order it speaks of. */
  subject: string | null;
  data: Record<string, unknown>;
  /** This handheld's clock, uncorrected. */
  at: string;
  /** Not sent before this moment (milliseconds), so that a slip can be undone. */
  holdUntil: number;
  /** The number it was sealed under; null: never sent, and may still be undone. */
  seq: number | null;
  /** The sealed bytes, sent the same each time. */
  body: string | null;
  /** An export sealed it while photos that it waits for were not up. */
  sealedEarly?: true;
  /** Of "finished": pictures that were thrown away and have to be there again before it goes. */
  owes?: { step: string; tag: string }[];
  /** 1 while the server owes an answer; absent afterwards (the index holds only what waits). */
  waiting?: 1;
  outcome: Outcome | null;
  orderVersion: number | null;
  problem: Problem | null;
  settledAt: number | null;
  /** Stands in a receipt. */
  verified: boolean;
  /** A refusal that the technician has not acknowledged yet. */
  unread: boolean;
  /** 1 while it was answered and stands in no receipt yet (an index, like `waiting`). */
  unproven?: 1;
  /** 1 while `unread`. */
  unseen?: 1;
  /** What was typed for it, given back if it is undone; gone once it is sealed. */
  typed?: Draft[];
}

/** "kept": taken, and part of nothing yet; it is not sent before it is. */
export type PhotoState = "kept" | "waiting" | "sent" | "verified" | "refused";

/** A picture of a step (`step` empty: of the order). Its bytes lie in `bytes`, by sha256. */
export interface HeldPhoto {
  id: number;
  /** Empty where it belongs to an act without an order. */
  order: string;
  step: string;
  tag: string;
  sha256: string;
  filetype: string;
  takenAt: string;
  sizeBytes: number;
  state: PhotoState;
  /** The act that it is evidence of. */
  act: string | null;
  /** Not sent before this moment (milliseconds): the act may still be undone. */
  notBefore: number;
  /** Where its upload goes on. */
  url: string | null;
  sentBytes: number;
  tries: number;
  problem: Problem | null;
  settledAt: number | null;
}

/** An order on this handheld. Without a snapshot it left; its number stays against late messages. */
export interface HeldOrder {
  number: string;
  version: number;
  epoch: string;
  snapshot: Snapshot | null;
  /** Acts from this place on belong to this stay. */
  sincePlace: number;
  seenInRound: number;
  /** When it left (milliseconds), and the version it had then. */
  leftAt?: number;
  leftVersion?: number;
  /** Why it left, until the technician has read it. */
  gone: { reason: string; at: number; place: string } | null;
}

export interface Notice {
  id: string;
  text: string;
  at: string;
  read: boolean;
}

/** What was typed and not yet recorded. */
export interface Draft {
  key: string;
  order: string;
  value: unknown;
  at: number;
}

export interface HandheldSchema extends DBSchema {
  facts: { key: string; value: unknown };
  acts: {
    key: number;
    value: Act;
    indexes: {
      id: string;
      subject: string;
      waiting: number;
      seq: number;
      unproven: number;
      unseen: number;
      settledAt: number;
    };
  };
  orders: { key: string; value: HeldOrder };
  photos: {
    key: number;
    value: HeldPhoto;
    indexes: { order: string; state: PhotoState; sha256: string };
  };
  bytes: { key: string; value: ArrayBuffer };
  thumbnails: { key: string; value: ArrayBuffer };
  templates: { key: string; value: Template };
  notices: { key: string; value: Notice };
  drafts: { key: string; value: Draft; indexes: { order: string } };
}

export type StoreName =
  | "facts"
  | "acts"
  | "orders"
  | "photos"
  | "bytes"
  | "thumbnails"
  | "templates"
  | "notices"
  | "drafts";
export type Database = IDBPDatabase<HandheldSchema>;
export type Writing<Stores extends StoreName[]> = IDBPTransaction<
  HandheldSchema,
  Stores,
  "readwrite"
>;

export const NAME = "paigong-handheld";
const VERSION = 1;

/** Why the store is gone: a newer app in another tab needs it, or the browser has closed it. */
export type Taken = "superseded" | "closed";

/** Open the store. `onTaken` is called when it is taken away while the app runs. */
export function openDatabase(
  name: string = NAME,
  onTaken?: (why: Taken) => void,
): Promise<Database> {
  return openDB<HandheldSchema>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore("facts");
      const acts = database.createObjectStore("acts", { keyPath: "place", autoIncrement: true });
      acts.createIndex("id", "id", { unique: true });
      acts.createIndex("subject", "subject");
      acts.createIndex("waiting", "waiting");
      acts.createIndex("seq", "seq", { unique: true });
      acts.createIndex("unproven", "unproven");
      acts.createIndex("unseen", "unseen");
      acts.createIndex("settledAt", "settledAt");
      database.createObjectStore("orders", { keyPath: "number" });
      const photos = database.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
      photos.createIndex("order", "order");
      photos.createIndex("state", "state");
      photos.createIndex("sha256", "sha256");
      database.createObjectStore("bytes");
      database.createObjectStore("thumbnails");
      database.createObjectStore("templates");
      database.createObjectStore("notices", { keyPath: "id" });
      database.createObjectStore("drafts", { keyPath: "key" }).createIndex("order", "order");
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onTaken?.("superseded");
    },
    terminated() {
      onTaken?.("closed");
    },
  });
}

/**
 * One transaction over some stores: all of it, on the disk, or nothing.
 *
 * Where the disk is full the reserve is let go and `act` runs once more; it changes nothing but
 * what the transaction holds. Throws QuotaExceededError where that did not help either.
 */
export async function writing<Stores extends StoreName[], Result>(
  database: Database,
  stores: [...Stores],
  act: (transaction: Writing<[...Stores]>) => Promise<Result>,
): Promise<Result> {
  try {
    return await written(database, stores, act);
  } catch (error) {
    if (!isFull(error) || !(await spendReserve())) throw error;
    return written(database, stores, act);
  }
}

/** Whether something was not written because the disk is full. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/**
 * "strict" makes the browser wait for the disk: what is shown as kept outlives a battery that
 * dies the next moment.
 */
async function written<Stores extends StoreName[], Result>(
  database: Database,
  stores: [...Stores],
  act: (transaction: Writing<[...Stores]>) => Promise<Result>,
): Promise<Result> {
  const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
  let result: Result;
  try {
    result = await act(transaction);
  } catch (error) {
    // Whoever aborts hears of it twice: by the error and by `done`.
    transaction.done.catch(() => undefined);
    try {
      transaction.abort();
    } catch {
      // It had failed by itself already, for want of space for example.
    }
    throw error;
  }
  await transaction.done;
  return result;
}

/** Put away everything that belongs to orders, and who this was (P-19). */
export async function wipe(database: Database): Promise<void> {
  const stores = [...database.objectStoreNames] as StoreName[];
  await writing(database, stores, async (transaction) => {
    await Promise.all(stores.map((store) => transaction.objectStore(store).clear()));
  });
}

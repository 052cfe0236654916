/**
 * Room that is set aside, so that a full disk is noticed while there is still some.
 *
 * Chromium does not tell a page how much room is left: what it reports is what is used plus a fixed
 * amount. So some megabytes are kept that hold nothing. When a write no longer fits they are let
 * go, the write is done after all, and the technician is told.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

interface ReserveSchema extends DBSchema {
  pieces: { key: number; value: Uint8Array };
}

const NAME = "paigong-reserve";
const PIECE_BYTES = 4 * 1024 * 1024;
/** About a hundred pictures, or more acts than anybody does in a week. */
const PIECES = 8;
const RANDOM_BYTES_AT_ONCE = 65_536;

/** A row beside the pieces: it was tried to set them aside. */
const TRIED = -1;

let opening: Promise<IDBPDatabase<ReserveSchema>> | null = null;

function reserve(): Promise<IDBPDatabase<ReserveSchema>> {
  opening ??= openDB<ReserveSchema>(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("pieces");
    },
    terminated() {
      opening = null;
    },
  });
  return opening;
}

/** "spent": a write has needed it, or there was no room for it: the disk is as good as full. */
export type ReserveState = "whole" | "spent" | "not yet";

export async function reserveState(): Promise<ReserveState> {
  const database = await reserve();
  const pieces = await database.count("pieces", IDBKeyRange.lowerBound(0));
  if (pieces === PIECES) return "whole";
  return (await database.count("pieces", TRIED)) > 0 ? "spent" : "not yet";
}

/** Set aside what is lacking of it; how it then stands. */
export async function layReserve(): Promise<ReserveState> {
  const database = await reserve();
  try {
    for (let piece = 0; piece < PIECES; piece++) {
      if ((await database.count("pieces", piece)) > 0) continue;
      await database.put("pieces", incompressible(PIECE_BYTES), piece);
    }
  } catch (error) {
    console.warn("no room to set aside", error);
  }
  await database.put("pieces", new Uint8Array(0), TRIED).catch(() => undefined);
  return reserveState();
}

/** Let go of it, because something else needs the room; false where nothing was left of it. */
export async function spendReserve(): Promise<boolean> {
  const database = await reserve();
  const pieces = IDBKeyRange.lowerBound(0);
  if ((await database.count("pieces", pieces)) === 0) return false;
  await database.delete("pieces", pieces);
  return true;
}

/** Browsers compress what they store: zeros would set nothing aside. */
function incompressible(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_BYTES_AT_ONCE) {
    crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_AT_ONCE));
  }
  return bytes;
}

/** Small things remembered by name, with their types. */

import type {
  FieldMessage,
  FieldSettings,
  Pairing,
  PriceList,
  Problem,
  ThingInHand,
} from "../contract/wire";
import { type Database, type StoreName, type Writing, writing } from "./database";

export interface Facts {
  pairing: Pairing & { url: string };
  settings: FieldSettings;
  price_list: PriceList;
  /** When it was fetched, in milliseconds of this clock. */
  price_list_at: number;
  /** What was in hand when the server was last asked, in milliseconds of this clock. */
  in_hand: { things: ThingInHand[]; told_at: number };
  /** The newest of the message centre, as last told, in milliseconds of this clock. */
  messages: { items: FieldMessage[]; told_at: number };
  /** What was done with messages here and the server does not know yet, by message. */
  messages_owed: Record<string, Owed>;
  epoch: string;
  last_seq: number;
  sync_round: number;
  /** How far this clock is ahead of the server's, in seconds. */
  skew_s: number;
  /** When the server was last heard, in milliseconds of this clock. */
  heard_at: number;
  /** The server wants a number that is no longer here. */
  lost_seq: number;
  /** Until then photos go over the mobile network although "Wi-Fi only" was chosen. */
  upload_anyway_until: number;
  /** The server's push key that this browser was last subscribed under. */
  push_key: string;
  preferences: Preferences;
}

/** That a message was opened here; with `reply`, the answer that goes with it. */
export interface Owed {
  reply?: string;
  /** Why the answer was not taken; it is kept until the technician has read that. */
  problem?: Problem;
}

/** What the technician chose for this handheld. */
export interface Preferences {
  language: "zh" | "en";
  theme: "auto" | "light" | "dark" | "sunlight";
  textScale: "normal" | "large" | "larger";
  photosOnWifiOnly: boolean;
  keepPlace: boolean;
  sound: boolean;
  vibration: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: "zh",
  theme: "auto",
  textScale: "normal",
  photosOnWifiOnly: false,
  keepPlace: false,
  sound: true,
  vibration: true,
};

export async function fact<Name extends keyof Facts>(
  database: Database,
  name: Name,
): Promise<Facts[Name] | undefined> {
  return (await database.get("facts", name)) as Facts[Name] | undefined;
}

export async function remember<Name extends keyof Facts>(
  database: Database,
  name: Name,
  value: Facts[Name],
): Promise<void> {
  await writing(database, ["facts"], (transaction) => rememberIn(transaction, name, value));
}

/** The same inside a transaction that includes `facts`. */
export async function factIn<Name extends keyof Facts, Stores extends StoreName[]>(
  transaction: Writing<Stores>,
  name: Name,
): Promise<Facts[Name] | undefined> {
  const store = transaction.objectStore("facts" as Stores[number]);
  return (await store.get(name as never)) as Facts[Name] | undefined;
}

export async function rememberIn<Name extends keyof Facts, Stores extends StoreName[]>(
  transaction: Writing<Stores>,
  name: Name,
  value: Facts[Name],
): Promise<void> {
  const store = transaction.objectStore("facts" as Stores[number]);
  await store.put(value as never, name as never);
}

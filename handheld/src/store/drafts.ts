/** What was typed and not yet recorded: it survives a killed tab like everything else. */

import { type Database, writing } from "./database";

export function draftKey(order: string, what: string): string {
  return `${order}/${what}`;
}

export async function draft<Value>(database: Database, key: string): Promise<Value | undefined> {
  return (await database.get("drafts", key))?.value as Value | undefined;
}

/**
 * Keep what stands in a form; each keystroke replaces the one before.
 *
 * Throws QuotaExceededError where the disk is full.
 */
export async function keepDraft(
  database: Database,
  key: string,
  order: string,
  value: unknown,
): Promise<void> {
  await writing(database, ["drafts"], (transaction) =>
    transaction.objectStore("drafts").put({ key, order, value, at: Date.now() }),
  );
}

export async function dropDraft(database: Database, key: string): Promise<void> {
  await writing(database, ["drafts"], (transaction) =>
    transaction.objectStore("drafts").delete(key),
  );
}

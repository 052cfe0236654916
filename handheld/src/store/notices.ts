/** Notices from the desk, kept until they were read and as long as the server lists them. */

import { type Database, type Notice, writing } from "./database";

/** A day longer than the server lists them (docs/wire.md): dropped before, they would ring anew. */
const KEPT_FOR_MS = 8 * 24 * 3600 * 1000;

/** Keep a notice; false where it is known already. */
export async function keepNotice(database: Database, notice: Notice): Promise<boolean> {
  // Over HTTP the same ones come every few seconds.
  if ((await database.getKey("notices", notice.id)) !== undefined) return false;
  return writing(database, ["notices"], async (transaction) => {
    const notices = transaction.objectStore("notices");
    if ((await notices.get(notice.id)) !== undefined) return false;
    await notices.put(notice);
    return true;
  });
}

export async function countUnreadNotices(database: Database): Promise<number> {
  return (await database.getAll("notices")).filter((notice) => !notice.read).length;
}

export async function readNotice(database: Database, id: string): Promise<void> {
  await writing(database, ["notices"], async (transaction) => {
    const notices = transaction.objectStore("notices");
    const notice = await notices.get(id);
    if (notice !== undefined) await notices.put({ ...notice, read: true });
  });
}

/** `now`: by the server's clock, as its list goes by that. */
export async function forgetOldNotices(database: Database, now: number): Promise<void> {
  await writing(database, ["notices"], async (transaction) => {
    const notices = transaction.objectStore("notices");
    for (const notice of await notices.getAll()) {
      if (notice.read && now - Date.parse(notice.at) > KEPT_FOR_MS) await notices.delete(notice.id);
    }
  });
}

/** Notices from the desk, kept until they were read and for a week after. */

import { type Database, type Notice, writing } from "./database";

const KEPT_FOR_MS = 7 * 24 * 3600 * 1000;

/** Keep a notice; false where it is known already. */
export function keepNotice(database: Database, notice: Notice): Promise<boolean> {
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

export async function forgetOldNotices(database: Database, now: number): Promise<void> {
  await writing(database, ["notices"], async (transaction) => {
    const notices = transaction.objectStore("notices");
    for (const notice of await notices.getAll()) {
      if (notice.read && now - Date.parse(notice.at) > KEPT_FOR_MS) await notices.delete(notice.id);
    }
  });
}

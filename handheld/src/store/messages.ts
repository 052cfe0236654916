/**
 * The message centre as it was last told, and what was done with it here that the server does not
 * know yet. What was read stays read, whatever an older answer says.
 */

import type { FieldMessage, Problem } from "../contract/wire";
import { type Database, type Writing, writing } from "./database";
import { type Facts, factIn, type Owed, rememberIn } from "./facts";

/** The server rings with the beginning of a message (docs/wire.md). */
const IN_A_NOTICE = 900;

export interface Box {
  told: Facts["messages"] | null;
  owed: Facts["messages_owed"];
}

/** Both sides at one moment. */
export async function readBox(database: Database): Promise<Box> {
  const { store, done } = database.transaction("facts");
  const [told, owed] = await Promise.all([store.get("messages"), store.get("messages_owed"), done]);
  return {
    told: (told as Facts["messages"] | undefined) ?? null,
    owed: (owed as Facts["messages_owed"] | undefined) ?? {},
  };
}

/**
 * Keep what the server told. True where a notice is a message that stands here now: it counts as
 * read, for what is unread is the message.
 */
export function takeMessages(
  database: Database,
  items: readonly FieldMessage[],
  now: number,
): Promise<boolean> {
  return writing(database, ["facts", "notices"], async (transaction) => {
    const before = (await factIn(transaction, "messages"))?.items ?? [];
    const known = new Map(before.map((message) => [message.id, message]));
    const merged = items.map((message) => ({
      ...message,
      // The question may have been on its way when the receipt arrived.
      read_at: message.read_at ?? known.get(message.id)?.read_at ?? null,
      reply: message.reply ?? known.get(message.id)?.reply ?? null,
    }));
    await rememberIn(transaction, "messages", { items: merged, told_at: now });
    const rung = new Set(merged.map(noticeText));
    const notices = transaction.objectStore("notices");
    const same = (await notices.getAll()).filter((one) => !one.read && rung.has(one.text));
    for (const notice of same) await notices.put({ ...notice, read: true });
    return same.length > 0;
  });
}

/** The message was opened. False where that is known already, or the message is not here. */
export function openMessage(database: Database, id: string): Promise<boolean> {
  return writing(database, ["facts"], async (transaction) => {
    const message = await messageIn(transaction, id);
    const owed = await owedIn(transaction);
    if (message === undefined || message.read_at !== null || owed[id] !== undefined) return false;
    await rememberIn(transaction, "messages_owed", { ...owed, [id]: {} });
    return true;
  });
}

/** The answer, kept until the server has it; what was typed for it goes in the same moment. */
export function answerMessage(
  database: Database,
  id: string,
  reply: string,
  draft: string,
): Promise<void> {
  return writing(database, ["facts", "drafts"], async (transaction) => {
    const owed = await owedIn(transaction);
    await rememberIn(transaction, "messages_owed", { ...owed, [id]: { reply } });
    await transaction.objectStore("drafts").delete(draft);
  });
}

/** The next thing to tell the server, or null. */
export async function nextOwed(database: Database): Promise<{ id: string; reply?: string } | null> {
  const { owed } = await readBox(database);
  const found = Object.entries(owed).find(([, one]) => one.problem === undefined);
  if (found === undefined) return null;
  const [id, { reply }] = found;
  return { id, ...(reply === undefined ? {} : { reply }) };
}

/** The server has it. An answer that was given meanwhile is still owed. */
export function delivered(
  database: Database,
  id: string,
  reply: string | undefined,
  at: Date,
): Promise<void> {
  return writing(database, ["facts"], async (transaction) => {
    await settle(transaction, id, reply);
    const told = await factIn(transaction, "messages");
    if (told === undefined) return;
    const items = told.items.map((message) =>
      message.id === id
        ? {
            ...message,
            read_at: message.read_at ?? at.toISOString(),
            reply: reply ?? message.reply,
          }
        : message,
    );
    await rememberIn(transaction, "messages", { ...told, items });
  });
}

/** The server did not want it: an answer is kept with the reason, a receipt is of no use. */
export function notTaken(
  database: Database,
  id: string,
  reply: string | undefined,
  problem: Problem,
): Promise<void> {
  return writing(database, ["facts"], (transaction) =>
    settle(transaction, id, reply, reply === undefined ? undefined : { reply, problem }),
  );
}

/** The technician has read why an answer was not taken. */
export function dropRefused(database: Database, id: string): Promise<void> {
  return writing(database, ["facts"], async (transaction) => {
    const { [id]: dropped, ...rest } = await owedIn(transaction);
    if (dropped?.problem !== undefined) await rememberIn(transaction, "messages_owed", rest);
  });
}

/** Take away what was said, or put something in its place, unless more was done meanwhile. */
async function settle(
  transaction: Writing<["facts"]>,
  id: string,
  reply: string | undefined,
  instead?: Owed,
): Promise<void> {
  const { [id]: now, ...rest } = await owedIn(transaction);
  if (now === undefined || now.reply !== reply) return;
  await rememberIn(transaction, "messages_owed", {
    ...rest,
    ...(instead === undefined ? {} : { [id]: instead }),
  });
}

async function messageIn(
  transaction: Writing<["facts"]>,
  id: string,
): Promise<FieldMessage | undefined> {
  return (await factIn(transaction, "messages"))?.items.find((message) => message.id === id);
}

async function owedIn<Stores extends ("facts" | "drafts")[]>(
  transaction: Writing<Stores>,
): Promise<Facts["messages_owed"]> {
  return (await factIn(transaction, "messages_owed")) ?? {};
}

function noticeText(message: FieldMessage): string {
  // Counted as the server does, by characters.
  return [...`${message.title}\n${message.text}`].slice(0, IN_A_NOTICE).join("");
}

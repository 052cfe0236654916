/** The technician's messages as they stand: what the server told, plus what was done here since. */

import type { FieldMessage, Problem } from "../contract/wire";
import type { Database } from "../store/database";
import { type Box, readBox } from "../store/messages";

/** "due": asked for and not given; "here": given, and not at the server yet. */
export type Answer =
  | { is: "none" | "due" }
  | { is: "here" | "given"; text: string }
  | { is: "refused"; text: string; problem: Problem };

export interface MessageAtHand {
  message: FieldMessage;
  isRead: boolean;
  answer: Answer;
}

/** Newest first. */
export function messagesAtHand({ told, owed }: Box): MessageAtHand[] {
  const found = (told?.items ?? []).map((message) => ({
    message,
    isRead: message.read_at !== null || owed[message.id] !== undefined,
    answer: answerOf(message, owed[message.id]),
  }));
  return found.sort((one, other) => other.message.sent_at.localeCompare(one.message.sent_at));
}

export async function countUnreadMessages(database: Database): Promise<number> {
  return messagesAtHand(await readBox(database)).filter((one) => !one.isRead).length;
}

function answerOf(message: FieldMessage, owed: Box["owed"][string] | undefined): Answer {
  if (owed?.reply !== undefined && owed.problem !== undefined) {
    return { is: "refused", text: owed.reply, problem: owed.problem };
  }
  if (owed?.reply !== undefined) return { is: "here", text: owed.reply };
  if (message.reply !== null) return { is: "given", text: message.reply };
  return { is: message.wants_reply ? "due" : "none" };
}

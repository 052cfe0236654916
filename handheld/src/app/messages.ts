/**
 * The message centre on this handheld: asked when there is a line, kept for when there is none.
 * What was read and answered goes to the server with the other errands.
 */

import { effect, signal, untracked } from "@preact/signals";
import type { FieldMessage } from "../contract/wire";
import type { Changes } from "../store/changes";
import type { Database } from "../store/database";
import { answerMessage, dropRefused, openMessage, takeMessages } from "../store/messages";
import { type Door, Refused, Unreachable } from "../sync/door";
import type { Handheld } from "./handheld";

/** Whoever has more unread than this finds the rest when these are read. */
const MOST_PAGES = 4;

export class MessageBox {
  /** Why the last question got no answer; what was told before stays. */
  readonly trouble = signal<"unreachable" | "refused" | null>(null);
  #question = 0;

  constructor(
    private readonly database: Database,
    private readonly changes: Changes,
    private readonly door: () => Pick<Door, "messages"> | null,
    private readonly now: () => number = Date.now,
  ) {}

  /** Ask for the newest and keep them. Does not throw; the last question counts. */
  async ask(): Promise<void> {
    const door = this.door();
    if (door === null) return;
    const mine = ++this.#question;
    try {
      const items = await newest(door);
      if (mine !== this.#question) return;
      const isRung = await takeMessages(this.database, items, this.now());
      this.trouble.value = null;
      if (isRung) this.changes.announce("messages", "notices");
      else this.changes.announce("messages");
    } catch (error) {
      if (mine !== this.#question) return;
      if (!(error instanceof Unreachable || error instanceof Refused)) console.warn(error);
      this.trouble.value = error instanceof Refused ? "refused" : "unreachable";
    }
  }

  /** The technician has it before his eyes. */
  async open(id: string): Promise<void> {
    if (await openMessage(this.database, id)) this.changes.announce("messages");
  }

  /** Keep the answer; resolves when it is on the disk. */
  async answer(id: string, text: string, draft: string): Promise<void> {
    await answerMessage(this.database, id, text, draft);
    this.changes.announce("messages", "drafts");
  }

  /** The technician knows that an answer was not taken. */
  async dropRefused(id: string): Promise<void> {
    await dropRefused(this.database, id);
    this.changes.announce("messages");
    await this.ask();
  }

  /** The handheld is somebody else's now: an answer that is under way is not for him. */
  forget(): void {
    this.#question += 1;
    this.trouble.value = null;
  }
}

/** The newest page, and older ones while something unread lies there. */
async function newest(door: Pick<Door, "messages">): Promise<FieldMessage[]> {
  const items: FieldMessage[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const told = await door.messages(cursor);
    items.push(...told.items);
    cursor = told.next_cursor;
    const unread = items.filter((message) => message.read_at === null).length;
    if (cursor === null || unread >= told.unread) break;
  }
  return items;
}

/** Ask when the line comes up, and when a notice comes: that is how the server tells of one. */
export function watchMessages(handheld: Handheld): void {
  const { messages } = handheld;
  effect(() => {
    void handheld.pairing.value;
    untracked(() => messages.forget());
  });
  effect(() => {
    const line = handheld.connection.value;
    if (line === "mqtt" || line === "http") untracked(() => void messages.ask());
  });
  handheld.changes.listen((topics) => {
    // A box that has just been told announces itself together with its notices.
    if (!topics.has("notices") || topics.has("messages") || topics.has("identity")) return;
    void messages.ask();
  });
}

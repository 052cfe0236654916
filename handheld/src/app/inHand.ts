/** What the technician has in hand: asked when there is a line, kept for when there is none. */

import { effect, signal, untracked } from "@preact/signals";
import type { Changes } from "../store/changes";
import type { Database } from "../store/database";
import { remember } from "../store/facts";
import { type Door, Refused, Unreachable } from "../sync/door";
import type { Handheld } from "./handheld";

export class InHand {
  /** Why the last question got no answer; what was told before stays. */
  readonly trouble = signal<"unreachable" | "refused" | null>(null);
  #question = 0;

  constructor(
    private readonly database: Database,
    private readonly changes: Changes,
    private readonly door: () => Pick<Door, "custody"> | null,
    private readonly now: () => number = Date.now,
  ) {}

  /** Ask what is in hand and keep the answer. Does not throw; the last question counts. */
  async ask(): Promise<void> {
    const door = this.door();
    if (door === null) return;
    const mine = ++this.#question;
    try {
      const things = await door.custody();
      if (mine !== this.#question) return;
      await remember(this.database, "in_hand", { things, told_at: this.now() });
      this.trouble.value = null;
      this.changes.announce("facts");
    } catch (error) {
      if (mine !== this.#question) return;
      if (!(error instanceof Unreachable || error instanceof Refused)) console.warn(error);
      this.trouble.value = error instanceof Refused ? "refused" : "unreachable";
    }
  }

  /** The handheld is somebody else's now: an answer that is under way is not for him. */
  forget(): void {
    this.#question += 1;
    this.trouble.value = null;
  }
}

/** Ask when the line comes up, so that it is there in the basement. */
export function watchInHand(handheld: Handheld): void {
  effect(() => {
    void handheld.pairing.value;
    untracked(() => handheld.inHand.forget());
  });
  effect(() => {
    const line = handheld.connection.value;
    if (line === "mqtt" || line === "http") untracked(() => void handheld.inHand.ask());
  });
}

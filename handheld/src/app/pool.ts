/**
 * The open pool (抢单): what may be taken, as the server last told it. Nothing of it is stored: an
 * order is there once it came by sync, and not before.
 */

import { effect, signal, untracked } from "@preact/signals";
import type { PoolOrder, Problem } from "../contract/wire";
import { type Door, Refused, Unreachable } from "../sync/door";
import type { Handheld } from "./handheld";

/** What became of a claim. "unreachable": no answer came, and it may be asked again. */
export type Claimed =
  | { is: "taken" | "quicker" | "unreachable" }
  | { is: "refused"; problem: Problem };

/** What the pool needs of the server's HTTP door. */
export type PoolDoor = Pick<Door, "pool" | "claim">;

const NOT_IN_THE_POOL = "urn:paigong:problem:not-in-the-pool";

export class Pool {
  /** Null until the server has told. */
  readonly orders = signal<readonly PoolOrder[] | null>(null);
  /** When it told, in epoch milliseconds. */
  readonly toldAt = signal<number | null>(null);
  /** Why the last question got no list; what was told before stays. */
  readonly trouble = signal<"unreachable" | Problem | null>(null);
  /** The order that is being claimed. */
  readonly claiming = signal<string | null>(null);
  /** The technician has looked into it since the app was started. */
  readonly wasOpened = signal(false);
  #question = 0;

  constructor(
    private readonly door: () => PoolDoor | null,
    private readonly now: () => number = Date.now,
  ) {}

  /** Ask what may be taken. Does not throw; the last question counts. */
  async ask(): Promise<void> {
    const door = this.door();
    if (door === null) return;
    const mine = ++this.#question;
    try {
      const orders = await door.pool();
      if (mine !== this.#question) return;
      this.orders.value = orders;
      this.toldAt.value = this.now();
      this.trouble.value = null;
    } catch (error) {
      if (mine === this.#question) this.trouble.value = troubleOf(error);
    }
  }

  /** Try to take an order. Null where a claim is under way: one press is one claim. */
  async claim(number: string): Promise<Claimed | null> {
    const door = this.door();
    if (door === null || this.claiming.value !== null) return null;
    this.claiming.value = number;
    try {
      await door.claim(number);
      this.#isGone(number);
      return { is: "taken" };
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === "unreachable") return { is: "unreachable" };
      if (trouble.type !== NOT_IN_THE_POOL) return { is: "refused", problem: trouble };
      this.#isGone(number);
      return { is: "quicker" };
    } finally {
      this.claiming.value = null;
    }
  }

  /** The handheld is somebody else's now, or nobody's. */
  forget(): void {
    this.#question += 1;
    this.orders.value = null;
    this.toldAt.value = null;
    this.trouble.value = null;
    this.wasOpened.value = false;
  }

  #isGone(number: string): void {
    this.orders.value = this.orders.value?.filter((order) => order.number !== number) ?? null;
    // Anew: a list that was asked for before may still name it, and counts no longer.
    void this.ask();
  }
}

/**
 * Ask when the line comes up, when the app comes to the foreground and when the desk sends a
 * notice, which is how the server tells of a new order in the pool. Never in the background.
 */
export function watchPool(handheld: Handheld): void {
  const { pool } = handheld;
  const ask = () => {
    if (document.visibilityState === "visible") void pool.ask();
  };
  effect(() => {
    void handheld.pairing.value;
    untracked(() => pool.forget());
  });
  effect(() => {
    const line = handheld.connection.value;
    // "elsewhere": another tab speaks to the server, this one may ask all the same.
    if (line === "mqtt" || line === "http" || line === "elsewhere") untracked(ask);
  });
  handheld.changes.listen((topics) => {
    if (topics.has("notices")) ask();
  });
  document.addEventListener("visibilitychange", ask);
}

function troubleOf(error: unknown): "unreachable" | Problem {
  if (error instanceof Unreachable) return "unreachable";
  if (error instanceof Refused) return error.problem;
  console.warn("the pool", error);
  return {};
}

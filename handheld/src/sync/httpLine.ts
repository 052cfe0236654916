/** The same conversation over HTTP alone, for networks that block MQTT: ask, send, wait, again. */

import type { Message } from "../contract/envelope";
import * as outgoing from "../queue/outgoing";
import type { Database } from "../store/database";
import { beginSync, heldVersions } from "../store/orders";
import { type Door, NotLetIn, type PresenceSaid, Refused, Unreachable } from "./door";
import type { Effect, Inbox } from "./inbox";
import { pauseMs, Timer } from "./timer";

const ASK_EVERY_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const EVENTS_AT_ONCE = 50;
const BATCH_CHARACTERS = 128 * 1024;

export interface HttpLineHooks {
  changed(): void;
  wiped(): void;
  notLetIn(problem: NotLetIn): void;
}

/** What this line needs of the server's HTTP door. */
export type HttpDoor = Pick<Door, "presence" | "orders" | "sendEvents">;

/** A list that was taken in whole, and the ETag under which the server knows it. */
interface KnownList {
  etag: string;
  result: { epoch: string; orders: string[]; expected_seq: number };
}

export class HttpLine {
  #up = false;
  #running = false;
  #busy = false;
  #again = false;
  #failures = 0;
  #known: KnownList | null = null;
  readonly #timer = new Timer();

  constructor(
    private readonly database: Database,
    private readonly device: string,
    private readonly door: HttpDoor,
    private readonly inbox: Inbox,
    private readonly presence: () => Promise<PresenceSaid>,
    private readonly hooks: HttpLineHooks,
  ) {}

  get up(): boolean {
    return this.#up;
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.turn();
  }

  stop(): void {
    this.#running = false;
    this.#known = null;
    this.#timer.clear();
    this.#setUp(false);
  }

  /** One round: how this handheld is, the work list, the queue. */
  async turn(): Promise<void> {
    if (!this.#running) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    let pause = ASK_EVERY_MS;
    try {
      do {
        this.#again = false;
        await this.#round();
      } while (this.#again && this.#running);
      this.#failures = 0;
    } catch (error) {
      this.#setUp(false);
      pause = pauseMs(this.#failures, ASK_EVERY_MS, LONGEST_PAUSE_MS);
      this.#failures += 1;
      if (error instanceof NotLetIn) this.hooks.notLetIn(error);
      else if (!(error instanceof Unreachable)) console.warn("over HTTP", error);
    } finally {
      this.#busy = false;
    }
    if (this.#running) this.#timer.set(pause, () => void this.turn());
  }

  async #round(): Promise<void> {
    await this.#sayPresence();
    let effect = await this.#ask();
    if (effect.syncWanted || effect.incomplete) effect = await this.#ask();
    if (!this.#running) return;
    this.#setUp(effect.synced === true);
    while (this.#running && this.#up && (await this.#send())) {
      // What was done shows in the work list.
      this.#again = true;
    }
  }

  /** The desk wants to know how the handheld is; the work does not wait for it. */
  async #sayPresence(): Promise<void> {
    try {
      await this.door.presence(await this.presence());
    } catch (error) {
      if (error instanceof NotLetIn || !(error instanceof Refused)) throw error;
      console.warn("presence", error.problem);
    }
  }

  async #ask(): Promise<Effect> {
    await beginSync(this.database);
    const known = this.#known;
    // Only a list that is taken in whole may be spoken of by its ETag next time.
    this.#known = null;
    const told = await this.door.orders(known?.etag ?? null);
    if (told.list === null) return this.#listed(known!, told.serverTime);
    const found = told.list;
    // The list is whole each time: what stands here already need not be written again.
    const held = await heldVersions(this.database, found.epoch);
    for (const snapshot of found.items) {
      if (held[snapshot.number] === snapshot.version) continue;
      await this.inbox.receive(said("order.snapshot", snapshot, snapshot.number));
    }
    for (const { id, ...notice } of found.notices ?? []) {
      await this.inbox.receive({ ...said("device.notice", notice, null), id, time: notice.at });
    }
    const { epoch, expected_seq, server_time } = found;
    const orders = found.items.map((snapshot) => snapshot.number);
    return this.#listed({ etag: told.etag, result: { epoch, orders, expected_seq } }, server_time);
  }

  /** The server's list, new or still the same: what is not in it is put away. */
  async #listed(
    { etag, result }: Pick<KnownList, "result"> & { etag: string | null },
    serverTime: string | null,
  ): Promise<Effect> {
    const told = { ...result, server_time: serverTime };
    const effect = await this.inbox.receive(said("sync.result", told, null));
    const isWhole = effect.synced === true && effect.incomplete !== true;
    if (isWhole && etag !== null) this.#known = { etag, result };
    return effect;
  }

  /** Send a batch from the front; true where it moved the queue. */
  async #send(): Promise<boolean> {
    await outgoing.seal(this.database, this.device, Date.now());
    const waiting = await outgoing.toSend(this.database, EVENTS_AT_ONCE);
    const bodies: string[] = [];
    let characters = 0;
    for (const act of waiting) {
      characters += act.body!.length;
      if (bodies.length > 0 && characters > BATCH_CHARACTERS) break;
      bodies.push(act.body!);
    }
    if (bodies.length === 0) return false;
    for (const reply of await this.door.sendEvents(bodies)) {
      const effect = await this.inbox.receive(said("event.reply", reply, null));
      if (effect.wiped) this.hooks.wiped();
    }
    const [first] = await outgoing.toSend(this.database, 1);
    return first?.seq !== waiting[0]!.seq;
  }

  #setUp(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.hooks.changed();
  }
}

function said(type: string, data: object, subject: string | null): Message {
  return { id: "", type, subject, time: null, data: data as Record<string, unknown> };
}

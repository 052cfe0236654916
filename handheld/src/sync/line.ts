/**
 * The MQTT line: connect, subscribe, ask for a sync, send the queue in order, start over.
 *
 * A PUBACK is the broker's word, not the server's: an act leaves the queue on its reply only.
 */

import { readMessage, UnreadableMessage, uuid7, writeEnvelope } from "../contract/envelope";
import type { Pairing } from "../contract/wire";
import * as outgoing from "../queue/outgoing";
import type { Database } from "../store/database";
import { fact } from "../store/facts";
import { beginSync, heldVersions } from "../store/orders";
import type { PresenceSaid } from "./door";
import type { Effect, Inbox } from "./inbox";
import { pauseMs, Timer } from "./timer";

const WINDOW = 20;
const SYNC_PATIENCE_MS = 10_000;
const ANSWER_PATIENCE_MS = 10_000;
const RESEND_PATIENCE_MS = 1_000;
/** What a broker loses without hanging up shows at the latest after this. */
const REFRESH_EVERY_MS = 10 * 60 * 1000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A connection to the broker, subscribed to this handheld's own topics. */
export interface Wire {
  /** False where it cannot be sent now. */
  publish(topic: string, payload: string, options?: { retain?: boolean }): boolean;
  /** Hang up; with a last message where the network still carries it. */
  end(): void;
}

export interface WireEvents {
  /** SUBACK has come. */
  up(): void;
  /** The broker hears of it only after this resolved: what it forgets is in the store. */
  message(topic: string, payload: string): Promise<void>;
  down(why: { notAuthorised: boolean }): void;
}

export type Connect = (
  mqtt: Pairing["mqtt"],
  topics: { subscribe: string[]; will: { topic: string; payload: string } },
  events: WireEvents,
) => Wire;

export interface LineHooks {
  /** It came up or went down. */
  changed(): void;
  wiped(): void;
  /** The broker does not let this handheld in: ask over HTTP why. */
  notAuthorised(): void;
}

export class Line {
  #wire: Wire | null = null;
  #session = "";
  #synced = false;
  #asking = false;
  #incompletes = 0;
  #serverOnline = true;
  #failures = 0;
  #stopped = false;
  #sentAt = new Map<number, number>();
  #askedAgainAt = new Map<number, number>();
  readonly #syncTimer = new Timer();
  readonly #retryTimer = new Timer();
  readonly #resendTimer = new Timer();
  #receiving: Promise<void> = Promise.resolve();
  #pumping = false;
  #pumpAgain = false;

  constructor(
    private readonly database: Database,
    private readonly pairing: Pairing,
    private readonly inbox: Inbox,
    /** Gives the library, which comes over the network the first time; rejects where it does not. */
    private readonly library: () => Promise<Connect>,
    private readonly presence: (session: string, online: boolean) => Promise<PresenceSaid>,
    private readonly hooks: LineHooks,
  ) {}

  /** Whether the work list on the handheld is the server's. */
  get up(): boolean {
    return this.#wire !== null && this.#synced && this.#serverOnline;
  }

  /** How often in a row it could not be brought up. */
  get failures(): number {
    return this.#failures;
  }

  /** Connect now, without waiting for the pause to end. */
  start(): void {
    if (this.#stopped || this.#session !== "") return;
    this.#retryTimer.clear();
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    this.#retryTimer.clear();
  }

  /** Drop a connection that may be dead and make a new one: the network changed. */
  restart(): void {
    if (this.#stopped) return;
    this.#hangUp();
    this.#failures = 0;
    this.start();
  }

  /** Send what may go. Call it whenever something was kept, and when a hold has ended. */
  async pump(): Promise<void> {
    if (this.#pumping) {
      this.#pumpAgain = true;
      return;
    }
    this.#pumping = true;
    try {
      do {
        this.#pumpAgain = false;
        await this.#send();
      } while (this.#pumpAgain);
    } catch (error) {
      console.warn("could not send", error);
      if (this.up) this.#resendTimer.set(ANSWER_PATIENCE_MS, () => void this.pump());
    } finally {
      this.#pumping = false;
    }
  }

  /** Tell the server how this handheld is. */
  async sayPresence(): Promise<void> {
    const wire = this.#wire;
    if (wire === null) return;
    try {
      const said = JSON.stringify(await this.presence(this.#session, true));
      // Under another connection it would be somebody else's word.
      if (this.#wire === wire) wire.publish(this.#topic("up/presence"), said, { retain: true });
    } catch (error) {
      console.warn("presence not said", error);
    }
  }

  async #open(): Promise<void> {
    const session = uuid7();
    const current = () => this.#session === session && !this.#stopped;
    this.#session = session;
    this.#serverOnline = true;
    this.#sentAt.clear();
    this.#askedAgainAt.clear();
    this.#awaitSync();
    try {
      const will = JSON.stringify(await this.presence(session, false));
      const connect = await this.library();
      if (!current()) return;
      const wire = connect(
        this.pairing.mqtt,
        {
          subscribe: [this.#topic("dn/#"), `${this.pairing.mqtt.root}/server`],
          will: { topic: this.#topic("up/presence"), payload: will },
        },
        this.#events(current),
      );
      if (current()) this.#wire = wire;
      else wire.end();
    } catch (error) {
      console.warn("no connection", error);
      if (current()) this.#drop();
    }
  }

  /** What a connection is answered with, as long as it is the `current` one. */
  #events(current: () => boolean): WireEvents {
    return {
      up: () => {
        if (!current()) return;
        void this.sayPresence();
        void this.#askForSync();
      },
      message: (topic, payload) => {
        // One after another: a snapshot must be stored before the list that names it.
        this.#receiving = this.#receiving.then(async () => {
          if (current()) await this.#take(topic, payload, current);
        });
        return this.#receiving;
      },
      down: ({ notAuthorised }) => {
        if (!current()) return;
        if (notAuthorised) this.hooks.notAuthorised();
        this.#drop();
      },
    };
  }

  async #take(topic: string, payload: string, current: () => boolean): Promise<void> {
    try {
      if (topic === `${this.pairing.mqtt.root}/server`) {
        this.#serverState(JSON.parse(payload) as { online?: boolean });
        return;
      }
      const effect = await this.inbox.receive(readMessage(payload));
      // While it was stored the connection may have gone; what it says of one holds no more.
      if (effect.wiped || current()) await this.#act(effect);
    } catch (error) {
      // What cannot be read today will not be readable when it comes again.
      const unreadable = error instanceof UnreadableMessage || error instanceof SyntaxError;
      console.warn(unreadable ? "unreadable message" : "message not taken", topic, error);
    }
  }

  async #act(effect: Effect): Promise<void> {
    if (effect.wiped) {
      this.stop();
      this.hooks.wiped();
      return;
    }
    if (effect.synced !== undefined) this.#asking = false;
    if (effect.synced) this.#synchronised(effect.incomplete ?? false);
    if (effect.syncWanted && !this.#asking) await this.#askForSync();
    if (effect.sendFromSeq !== undefined) this.#sendAgainFrom(effect.sendFromSeq);
    void this.pump();
  }

  #synchronised(incomplete: boolean): void {
    this.#synced = true;
    this.#serverOnline = true;
    this.#failures = 0;
    this.#incompletes = incomplete ? this.#incompletes + 1 : 0;
    const pause = incomplete
      ? pauseMs(this.#incompletes, FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
      : REFRESH_EVERY_MS;
    this.#syncTimer.set(pause, () => void this.#askForSync());
    this.hooks.changed();
  }

  #serverState(state: { online?: boolean }): void {
    const was = this.#serverOnline;
    this.#serverOnline = state.online === true;
    if (was === this.#serverOnline) return;
    this.hooks.changed();
    // Also of a server that went: that nobody answers is what brings HTTP, and shows its return.
    void this.#askForSync();
  }

  async #askForSync(): Promise<void> {
    const wire = this.#wire;
    if (wire === null) return;
    this.#asking = true;
    this.#synced = false;
    this.#sentAt.clear();
    this.#awaitSync();
    try {
      await beginSync(this.database);
      const request = await this.#syncRequest();
      if (this.#wire === wire) wire.publish(this.#topic("up/sync"), request);
    } catch (error) {
      console.warn("no sync asked for", error);
    }
  }

  async #syncRequest(): Promise<string> {
    const epoch = await fact(this.database, "epoch");
    return writeEnvelope({
      id: uuid7(),
      device: this.pairing.device,
      type: "sync.request",
      at: new Date(),
      subject: null,
      seq: null,
      data: {
        ...(epoch === undefined ? {} : { epoch }),
        orders: await heldVersions(this.database, epoch),
        last_seq: (await fact(this.database, "last_seq")) ?? 0,
        queued: await outgoing.waitingCount(this.database),
      },
    });
  }

  async #send(): Promise<void> {
    const wire = this.#wire;
    if (wire === null || !this.up) return;
    await outgoing.seal(this.database, this.pairing.device, Date.now());
    const waiting = await outgoing.toSend(this.database, WINDOW);
    if (this.#wire !== wire) return;
    // Not the clock on the wall, which may be set back meanwhile.
    const now = performance.now();
    for (const act of waiting) {
      const sentAt = this.#sentAt.get(act.seq!) ?? Number.NEGATIVE_INFINITY;
      if (now - sentAt < ANSWER_PATIENCE_MS) continue;
      if (!wire.publish(this.#topic("up/events"), act.body!)) break;
      this.#sentAt.set(act.seq!, now);
    }
    if (waiting.length > 0) this.#resendTimer.set(ANSWER_PATIENCE_MS + 50, () => void this.pump());
    else this.#resendTimer.clear();
  }

  /** Go back to `seq`. A window behind a gap draws many such answers: one round is enough. */
  #sendAgainFrom(seq: number): void {
    const now = performance.now();
    const askedAt = this.#askedAgainAt.get(seq) ?? Number.NEGATIVE_INFINITY;
    if (now - askedAt < RESEND_PATIENCE_MS) return;
    this.#askedAgainAt.set(seq, now);
    for (const sent of [...this.#sentAt.keys()]) if (sent >= seq) this.#sentAt.delete(sent);
  }

  #awaitSync(): void {
    this.#syncTimer.set(SYNC_PATIENCE_MS, () => {
      if (this.#serverOnline) {
        this.#drop();
        return;
      }
      // The broker is there and the server is not: HTTP may still do, and it may come back unsaid.
      this.#failures += 1;
      this.#asking = false;
      this.hooks.changed();
      void this.#askForSync();
    });
  }

  /** Give this connection up and pause, longer each time and never twice the same. */
  #drop(): void {
    this.#hangUp();
    if (this.#stopped) return;
    const pause = pauseMs(this.#failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#retryTimer.set(pause, () => this.start());
    this.hooks.changed();
  }

  #hangUp(): void {
    const wire = this.#wire;
    this.#wire = null;
    this.#session = "";
    this.#synced = false;
    this.#asking = false;
    this.#syncTimer.clear();
    this.#resendTimer.clear();
    wire?.end();
  }

  #topic(rest: string): string {
    return `${this.pairing.mqtt.root}/d/${this.pairing.device}/${rest}`;
  }
}

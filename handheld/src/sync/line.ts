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
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A connection to the broker, subscribed to this handheld's own topics. */
export interface Wire {
  publish(topic: string, payload: string, options?: { retain?: boolean }): void;
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
    private readonly connect: Connect,
    private readonly presence: (session: string, online: boolean) => Promise<PresenceSaid>,
    private readonly hooks: LineHooks,
  ) {}

  /** Whether the work list on the handheld is the server's. */
  get up(): boolean {
    return this.#synced && this.#serverOnline;
  }

  /** How often in a row it could not be brought up. */
  get failures(): number {
    return this.#failures;
  }

  /** Connect now, without waiting for the pause to end. */
  start(): void {
    if (this.#stopped || this.#wire !== null) return;
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
    } finally {
      this.#pumping = false;
    }
  }

  /** Tell the server how this handheld is. */
  async sayPresence(): Promise<void> {
    if (this.#wire === null || this.#session === "") return;
    const said = await this.presence(this.#session, true);
    this.#wire?.publish(this.#topic("up/presence"), JSON.stringify(said), { retain: true });
  }

  async #open(): Promise<void> {
    this.#session = uuid7();
    this.#synced = false;
    this.#serverOnline = true;
    this.#sentAt.clear();
    this.#askedAgainAt.clear();
    const will = JSON.stringify(await this.presence(this.#session, false));
    if (this.#stopped || this.#wire !== null) return;
    const session = this.#session;
    const current = () => this.#session === session && !this.#stopped;
    this.#awaitSync();
    this.#wire = this.connect(
      this.pairing.mqtt,
      {
        subscribe: [this.#topic("dn/#"), `${this.pairing.mqtt.root}/server`],
        will: { topic: this.#topic("up/presence"), payload: will },
      },
      {
        up: () => {
          if (!current()) return;
          void this.sayPresence();
          void this.#askForSync();
        },
        message: (topic, payload) => {
          // One after another: a snapshot must be stored before the list that names it.
          this.#receiving = this.#receiving.then(async () => {
            if (current()) await this.#take(topic, payload);
          });
          return this.#receiving;
        },
        down: ({ notAuthorised }) => {
          if (!current()) return;
          if (notAuthorised) this.hooks.notAuthorised();
          this.#drop();
        },
      },
    );
  }

  async #take(topic: string, payload: string): Promise<void> {
    try {
      if (topic === `${this.pairing.mqtt.root}/server`) {
        this.#serverState(JSON.parse(payload) as { online?: boolean });
      } else {
        await this.#act(await this.inbox.receive(readMessage(payload)));
      }
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
    if (effect.synced) {
      this.#synced = true;
      this.#failures = 0;
      this.#syncTimer.clear();
      this.hooks.changed();
    }
    if (effect.syncWanted) await this.#askForSync();
    if (effect.sendFromSeq !== undefined) this.#sendAgainFrom(effect.sendFromSeq);
    void this.pump();
  }

  #serverState(state: { online?: boolean }): void {
    const was = this.#serverOnline;
    this.#serverOnline = state.online === true;
    if (was !== this.#serverOnline) this.hooks.changed();
    if (!was && this.#serverOnline) void this.#askForSync();
  }

  async #askForSync(): Promise<void> {
    this.#synced = false;
    this.#sentAt.clear();
    this.#awaitSync();
    await beginSync(this.database);
    const epoch = await fact(this.database, "epoch");
    const body = writeEnvelope({
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
    this.#wire?.publish(this.#topic("up/sync"), body);
  }

  async #send(): Promise<void> {
    if (!this.up || this.#wire === null) return;
    await outgoing.seal(this.database, this.pairing.device, Date.now());
    const waiting = await outgoing.toSend(this.database, WINDOW);
    const now = Date.now();
    for (const act of waiting) {
      if (now - (this.#sentAt.get(act.seq!) ?? 0) < ANSWER_PATIENCE_MS) continue;
      this.#sentAt.set(act.seq!, now);
      this.#wire?.publish(this.#topic("up/events"), act.body!);
    }
    if (waiting.length > 0) this.#resendTimer.set(ANSWER_PATIENCE_MS + 50, () => void this.pump());
    else this.#resendTimer.clear();
  }

  /** Go back to `seq`. A window behind a gap draws many such answers: one round is enough. */
  #sendAgainFrom(seq: number): void {
    const now = Date.now();
    if (now - (this.#askedAgainAt.get(seq) ?? 0) < RESEND_PATIENCE_MS) return;
    this.#askedAgainAt.set(seq, now);
    for (const sent of [...this.#sentAt.keys()]) if (sent >= seq) this.#sentAt.delete(sent);
  }

  #awaitSync(): void {
    this.#syncTimer.set(SYNC_PATIENCE_MS, () => {
      if (!this.#synced && this.#serverOnline) this.#drop();
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
    this.#syncTimer.clear();
    this.#resendTimer.clear();
    wire?.end();
  }

  #topic(rest: string): string {
    return `${this.pairing.mqtt.root}/d/${this.pairing.device}/${rest}`;
  }
}

/**
 * Keeps this handheld and the server of one mind: the MQTT line, HTTP where MQTT does not get
 * through, and the errands. One tab does it for all of them.
 */

import * as outgoing from "../queue/outgoing";
import { nextRelease } from "../queue/sealing";
import type { Changes, Topic } from "../store/changes";
import { type Database, wipe } from "../store/database";
import type { Facts } from "../store/facts";
import { fact } from "../store/facts";
import { Door, type NotLetIn, type PresenceSaid } from "./door";
import { Errands } from "./errands";
import { HttpLine } from "./httpLine";
import { Inbox, type News } from "./inbox";
import { type Connect, Line } from "./line";
import { Timer } from "./timer";
import { Uploads } from "./uploads";

const LOCK = "paigong-line";
const PRESENCE_EVERY_MS = 60_000;
const PRESENCE_SOON_MS = 2_000;
/** So many failures of the MQTT line in a row, and HTTP takes over until it is back. */
const FAILURES_BEFORE_HTTP = 2;

/** How the handheld is connected, as the views show it. */
export type Connection = "elsewhere" | "offline" | "connecting" | "http" | "mqtt" | "not-let-in";

export interface Surroundings {
  appVersion: string;
  connect(): Promise<Connect>;
  batteryPercent(): Promise<number | null>;
  mayUpload(): Promise<boolean>;
  /** Call back when the network came, went or changed. */
  onNetwork(changed: () => void): () => void;
  isOnline(): boolean;
}

export interface SyncHooks extends News {
  connection(state: Connection): void;
  uploadProgress(photo: number, sentBytes: number): void;
  wiped(): void;
}

/** Wait to be the tab that speaks to the server; then speak until stopped. */
export function runSync(
  database: Database,
  changes: Changes,
  surroundings: Surroundings,
  hooks: SyncHooks,
): () => void {
  const ending = new AbortController();
  let stop: (() => void) | null = null;
  hooks.connection("elsewhere");
  navigator.locks
    .request(LOCK, { signal: ending.signal }, async () => {
      const pairing = await fact(database, "pairing");
      if (pairing === undefined || ending.signal.aborted) return;
      const sync = new Sync(database, changes, surroundings, hooks, pairing);
      stop = () => sync.stop();
      sync.start();
      await sync.ended;
    })
    .catch((error: unknown) => {
      if (!ending.signal.aborted) throw error;
    });
  return () => {
    ending.abort();
    stop?.();
  };
}

class Sync {
  readonly ended: Promise<void>;
  #end: () => void = () => undefined;
  #stopListening: (() => void)[] = [];
  #notLetIn = false;
  readonly #line: Line;
  readonly #http: HttpLine;
  readonly #errands: Errands;
  readonly #session = crypto.randomUUID();
  readonly #holdTimer = new Timer();
  readonly #presenceTimer = new Timer();

  constructor(
    private readonly database: Database,
    private readonly changes: Changes,
    private readonly surroundings: Surroundings,
    private readonly hooks: SyncHooks,
    pairing: Facts["pairing"],
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const door = new Door(pairing.url, pairing.token);
    const inbox = new Inbox(database, changes, {
      ...hooks,
      refused: (act) => {
        // The price list here may be out of date.
        if (act.type === "order.quoted") {
          this.#errands.forgetAges();
          void this.#errands.run();
        }
        hooks.refused(act);
      },
    });
    const wiped = () => {
      this.stop();
      hooks.wiped();
    };
    const notLetIn = (problem: NotLetIn) => void this.#refused(problem, wiped);
    // Without the MQTT library, HTTP and the errands go on; the line asks for it again.
    const library = () => surroundings.connect();
    this.#line = new Line(database, pairing, inbox, library, this.#presence, {
      changed: () => this.#connectionChanged(),
      wiped,
      notAuthorised: () => this.#http.start(),
    });
    this.#http = new HttpLine(
      database,
      pairing.device,
      door,
      inbox,
      () => this.#presence(this.#session, true),
      { changed: () => this.#connectionChanged(), wiped, notLetIn },
    );
    const uploads = new Uploads(database, door, hooks.uploadProgress);
    this.#errands = new Errands(database, door, uploads, changes, {
      notLetIn,
      mayUpload: () => surroundings.mayUpload(),
    });
  }

  start(): void {
    this.#stopListening = [
      this.changes.listen((topics) => this.#storeChanged(topics)),
      this.surroundings.onNetwork(() => this.#networkChanged()),
    ];
    this.#connectionChanged();
    this.#line.start();
    this.#errands.start();
    this.#presenceLater(PRESENCE_EVERY_MS);
  }

  stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
    this.#holdTimer.clear();
    this.#presenceTimer.clear();
    this.#line.stop();
    this.#http.stop();
    this.#errands.stop();
    this.#end();
  }

  readonly #presence = async (session: string, online: boolean): Promise<PresenceSaid> => {
    const battery = await this.surroundings.batteryPercent();
    return {
      online,
      session,
      at: new Date().toISOString(),
      app_version: this.surroundings.appVersion,
      queued: await outgoing.waitingCount(this.database),
      ...(battery === null ? {} : { battery }),
    };
  };

  #storeChanged(topics: ReadonlySet<Topic>): void {
    if (topics.has("acts") || topics.has("photos")) {
      void this.#send();
      this.#presenceLater(PRESENCE_SOON_MS);
    }
    if (["orders", "acts", "photos", "messages"].some((topic) => topics.has(topic as Topic))) {
      void this.#errands.run();
    }
  }

  async #send(): Promise<void> {
    void this.#line.pump();
    void this.#http.turn();
    const acts = await this.database.getAllFromIndex("acts", "waiting");
    const photos = await this.database.getAllFromIndex("photos", "state", "waiting");
    const release = nextRelease(
      [
        ...acts.filter((act) => act.seq === null).map((act) => act.holdUntil),
        ...photos.map((photo) => photo.notBefore),
      ],
      Date.now(),
    );
    // Stopped while the store was read: then there is nothing to wake for.
    if (release === null || this.#stopListening.length === 0) return;
    this.#holdTimer.set(release - Date.now() + 20, () => {
      void this.#send();
      void this.#errands.run();
    });
  }

  #networkChanged(): void {
    if (this.surroundings.isOnline()) {
      if (!this.#line.up) this.#line.restart();
      if (this.#http.running) void this.#http.turn();
      void this.#errands.run();
    }
    this.#connectionChanged();
  }

  #connectionChanged(): void {
    if (this.#line.up) {
      this.#notLetIn = false;
      this.#http.stop();
      this.#errands.forgetRefusals();
      void this.#send();
      void this.#errands.run();
    } else if (this.#line.failures >= FAILURES_BEFORE_HTTP) {
      this.#http.start();
    }
    this.hooks.connection(this.#connection());
  }

  #connection(): Connection {
    if (this.#line.up) return "mqtt";
    if (this.#notLetIn) return "not-let-in";
    if (this.#http.up) return "http";
    return this.surroundings.isOnline() && this.#line.failures === 0 ? "connecting" : "offline";
  }

  /** A lost handheld is to put everything away (P-19); any other refusal is no order to do so. */
  async #refused(problem: NotLetIn, wiped: () => void): Promise<void> {
    if (problem.wipe) {
      await wipe(this.database);
      this.changes.announce("identity", "orders", "acts", "photos", "notices", "drafts");
      wiped();
      return;
    }
    this.#notLetIn = true;
    this.hooks.connection(this.#connection());
  }

  #presenceLater(milliseconds: number): void {
    this.#presenceTimer.set(milliseconds, () => {
      void this.#line.sayPresence();
      this.#presenceLater(PRESENCE_EVERY_MS);
    });
  }
}

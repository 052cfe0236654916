/** The running app: its store, what it knows of itself, and the things that the views call. */

import { computed, signal } from "@preact/signals";
import type { Acts, ActType, FieldSettings, Pairing, Snapshot } from "../contract/wire";
import { keep, type NewAct, undo } from "../queue/outgoing";
import { Changes } from "../store/changes";
import { type Act, type Database, openDatabase, type Taken, wipe } from "../store/database";
import { DEFAULT_PREFERENCES, fact, type Preferences, remember } from "../store/facts";
import { layReserve } from "../store/reserve";
import { persist } from "../store/space";
import { Door } from "../sync/door";
import { surroundings } from "../sync/surroundings";
import { type Connection, runSync } from "../sync/sync";
import { language } from "../words/words";
import { InHand } from "./inHand";
import { MessageBox } from "./messages";
import { Pool } from "./pool";
import { announceArrival, announceText } from "./ring";

/** A line at the bottom of the screen for a few seconds. */
export interface Toast {
  id: number;
  text: string;
  kind: "done" | "warning" | "failed";
  act?: { label: string; run: () => void };
}

const TOAST_MS = 6_000;
const DEFAULT_UNDO_MS = 5_000;
/** Not while the app starts: setting room aside writes some megabytes. */
const RESERVE_AFTER_MS = 15_000;
const RESERVE_EVERY_MS = 10 * 60_000;

export class Handheld {
  readonly pairing = signal<(Pairing & { url: string }) | null>(null);
  readonly preferences = signal<Preferences>(DEFAULT_PREFERENCES);
  readonly settings = signal<FieldSettings | null>(null);
  readonly connection = signal<Connection>("offline");
  readonly toasts = signal<readonly Toast[]>([]);
  /** Photo id -> bytes that are up, while it is being sent. */
  readonly uploading = signal<ReadonlyMap<number, number>>(new Map());
  /** The server had this handheld put everything away (P-19). */
  readonly wasWiped = signal(false);
  /** Why the store was taken away, once it was: nothing can be kept any more. */
  readonly taken = signal<Taken | null>(null);
  readonly undoMs = computed(() => (this.settings.value?.undo_s ?? DEFAULT_UNDO_MS / 1000) * 1000);
  readonly pool = new Pool(() => this.#door());
  readonly inHand: InHand;
  readonly messages: MessageBox;
  #stopSync: (() => void) | null = null;
  #toastId = 0;

  private constructor(
    readonly database: Database,
    readonly changes: Changes,
  ) {
    this.inHand = new InHand(database, changes, () => this.#door());
    this.messages = new MessageBox(database, changes, () => this.#door());
    changes.listen((topics) => {
      if (topics.has("facts") || topics.has("identity")) void this.#readFacts();
      if (topics.has("identity")) void this.#identityChanged();
    });
  }

  /** Open the store and go on where this handheld was. */
  static async open(): Promise<Handheld> {
    let handheld: Handheld | null = null;
    const database = await openDatabase(undefined, (why) => {
      if (handheld) handheld.taken.value = why;
    });
    handheld = new Handheld(database, new Changes());
    await handheld.#readFacts();
    await handheld.#identityChanged();
    return handheld;
  }

  /** Trade the pairing code for credentials. Throws Refused or Unreachable. */
  async pair(code: string): Promise<void> {
    const url = location.origin;
    const door = new Door(url, null);
    const pairing = await door.pair(code, deviceModel(), __APP_VERSION__);
    const { preferences } = this;
    await wipe(this.database);
    await remember(this.database, "pairing", { ...pairing, url });
    await remember(this.database, "preferences", preferences.value);
    this.wasWiped.value = false;
    this.changes.announce("identity", "orders", "acts", "photos", "notices", "drafts", "facts");
  }

  /** Put everything away: this handheld is somebody else's from now on. */
  async forget(): Promise<void> {
    await wipe(this.database);
    this.changes.announce("identity", "orders", "acts", "photos", "notices", "drafts", "facts");
  }

  /** Record what the technician did; resolves when it is on the disk. */
  async record<Type extends ActType>(
    type: Type,
    order: Pick<Snapshot, "number" | "version"> | null,
    data: Acts[Type],
    also: Pick<NewAct<Type>, "drafts" | "photos"> & { holdMs?: number } = {},
  ): Promise<Act> {
    const act = await keep(this.database, {
      type,
      subject: order?.number ?? null,
      orderVersion: order?.version ?? null,
      data,
      at: new Date(),
      ...also,
    });
    this.changes.announce("acts", "photos", "drafts");
    return act;
  }

  /** Take back a slip. False where it was sent already. */
  async undo(act: Pick<Act, "place">): Promise<boolean> {
    const undone = await undo(this.database, act.place);
    if (undone) this.changes.announce("acts", "photos", "drafts");
    return undone;
  }

  async prefer(chosen: Partial<Preferences>): Promise<void> {
    await remember(this.database, "preferences", { ...this.preferences.value, ...chosen });
    this.changes.announce("facts");
  }

  /** Say something for a few seconds; its id, to take it away before. */
  toast(text: string, kind: Toast["kind"] = "done", act?: Toast["act"]): number {
    const id = ++this.#toastId;
    this.toasts.value = [...this.toasts.value, { id, text, kind, ...(act ? { act } : {}) }];
    setTimeout(() => this.dropToast(id), Math.max(TOAST_MS, act ? this.undoMs.value : 0));
    return id;
  }

  dropToast(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }

  /** The server's door for whoever has this handheld. */
  #door(): Door | null {
    const pairing = this.pairing.peek();
    return pairing && new Door(pairing.url, pairing.token);
  }

  async #readFacts(): Promise<void> {
    this.preferences.value = {
      ...DEFAULT_PREFERENCES,
      ...(await fact(this.database, "preferences")),
    };
    this.settings.value = (await fact(this.database, "settings")) ?? null;
    language.value = this.preferences.value.language;
  }

  /** Have the browser keep what is here, and some room besides. */
  #watchSpace(): void {
    void persist();
    const lay = () => void layReserve().then(() => this.changes.announce("facts"));
    setTimeout(lay, RESERVE_AFTER_MS);
    setInterval(lay, RESERVE_EVERY_MS);
  }

  async #identityChanged(): Promise<void> {
    const pairing = (await fact(this.database, "pairing")) ?? null;
    if (pairing?.device === this.pairing.value?.device) return;
    this.#stopSync?.();
    this.#stopSync = null;
    this.pairing.value = pairing;
    if (pairing === null) return;
    this.#watchSpace();
    this.#stopSync = runSync(this.database, this.changes, surroundings(this.database), {
      connection: (state) => {
        this.connection.value = state;
      },
      uploadProgress: (photo, sentBytes) => {
        this.uploading.value = new Map(this.uploading.value).set(photo, sentBytes);
      },
      wiped: () => {
        this.wasWiped.value = true;
      },
      arrived: (order) => announceArrival(this, order),
      withdrawn: (number) => announceText(this, "withdrawn", number),
      refused: (act) => announceText(this, "refused", act.subject ?? ""),
      notice: (text) => announceText(this, "notice", text),
    });
  }
}

/** What the desk sees of the machine: as much as the browser tells. */
function deviceModel(): string {
  const found = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? navigator.userAgent;
  return found.slice(0, 60);
}

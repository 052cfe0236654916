/** What a handheld fetches and brings over HTTP in passing: settings, templates, messages, photos. */

import type { TemplateName } from "../contract/wire";
import { confirm, forgetOld } from "../queue/outgoing";
import { confirmPhotos, forgetDone, nextToUpload, ordersToConfirm } from "../queue/pictures";
import type { Changes } from "../store/changes";
import type { Database } from "../store/database";
import { fact, remember } from "../store/facts";
import { delivered, nextOwed, notTaken } from "../store/messages";
import { forgetOldNotices } from "../store/notices";
import { heldOrders, keepTemplate, templateKey, templatesNamed } from "../store/orders";
import { type Door, NotLetIn, Refused, Unreachable } from "./door";
import { pauseMs, Timer } from "./timer";
import type { Uploads } from "./uploads";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const STALE_AFTER_MS = 30 * 60 * 1000;
const ASK_AGAIN_AFTER_MS = 20_000;
const CLEAN_EVERY_MS = 10 * 60 * 1000;

export interface ErrandHooks {
  notLetIn(problem: NotLetIn): void;
  /** Whether photos may be sent over the network at hand. */
  mayUpload(): Promise<boolean>;
}

export class Errands {
  #running = false;
  #busy = false;
  #again = false;
  #failures = 0;
  #fetchedAt = new Map<string, number>();
  #refused = new Set<string>();
  readonly #timer = new Timer();

  constructor(
    private readonly database: Database,
    private readonly door: Door,
    private readonly uploads: Uploads,
    private readonly changes: Changes,
    private readonly hooks: ErrandHooks,
  ) {}

  start(): void {
    this.#running = true;
    void this.run();
  }

  stop(): void {
    this.#running = false;
    this.#timer.clear();
    this.uploads.stop();
  }

  /** Ask anew for what was refused: the server may have learnt it meanwhile. */
  forgetRefusals(): void {
    this.#refused.clear();
  }

  /** Fetch what may have changed at the desk the next time. */
  forgetAges(): void {
    this.#fetchedAt.clear();
    this.#refused.clear();
  }

  /** Run errands until none is left. Call it whenever something may have become due. */
  async run(): Promise<void> {
    if (!this.#running) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        while (this.#running && (await this.#one())) this.#failures = 0;
      } while (this.#again && this.#running);
    } catch (error) {
      this.#failures += 1;
      if (error instanceof NotLetIn) this.hooks.notLetIn(error);
      else if (!(error instanceof Unreachable)) console.warn("an errand failed", error);
      this.#later(pauseMs(this.#failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
    } finally {
      this.#busy = false;
    }
  }

  #later(milliseconds: number): void {
    if (this.#running) this.#timer.set(milliseconds, () => void this.run());
  }

  /** How long ago it was fetched, in milliseconds, whatever the clock on the wall was set to. */
  #age(what: string): number {
    return performance.now() - (this.#fetchedAt.get(what) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * One request; true where there may be another. Steps first, then what was read and answered
   * (a few bytes each), then pictures, then proofs.
   */
  async #one(): Promise<boolean> {
    return (
      (await this.#templates()) ||
      (await this.#fetch("settings", () => this.door.settings())) ||
      (await this.#fetch("price_list", () => this.door.priceList())) ||
      (await this.#message()) ||
      (await this.#upload()) ||
      (await this.#receipt()) ||
      (await this.#clean())
    );
  }

  async #templates(): Promise<boolean> {
    const named = new Map<string, TemplateName>();
    for (const order of await heldOrders(this.database)) {
      for (const name of templatesNamed(order.snapshot)) named.set(templateKey(name), name);
    }
    for (const [key, name] of named) {
      if (this.#refused.has(key) || (await this.database.getKey("templates", key))) continue;
      await this.#unlessRefused(key, async () => {
        await keepTemplate(this.database, key, await this.door.checklist(name));
        this.changes.announce("templates");
      });
      return true;
    }
    return false;
  }

  async #fetch<Name extends "settings" | "price_list">(
    name: Name,
    ask: () => Promise<unknown>,
  ): Promise<boolean> {
    if (this.#age(name) < STALE_AFTER_MS) return false;
    await this.#unlessRefused(name, async () => {
      await remember(this.database, name, (await ask()) as never);
      if (name === "price_list") await remember(this.database, "price_list_at", Date.now());
      this.changes.announce("facts");
    });
    this.#fetchedAt.set(name, performance.now());
    return true;
  }

  /** Tell of one message that was opened or answered here. Told twice, it counts once. */
  async #message(): Promise<boolean> {
    const owed = await nextOwed(this.database);
    if (owed === null) return false;
    const { id, reply } = owed;
    try {
      if (reply === undefined) await this.door.messageRead(id);
      else await this.door.messageAnswered(id, reply);
      await delivered(this.database, id, reply, new Date());
    } catch (error) {
      if (!(error instanceof Refused) || error instanceof NotLetIn || error.isPassing) throw error;
      console.warn("a message", error.problem);
      await notTaken(this.database, id, reply, error.problem);
    }
    this.changes.announce("messages");
    return true;
  }

  async #upload(): Promise<boolean> {
    if (!(await this.hooks.mayUpload())) return false;
    const photo = await nextToUpload(this.database, Date.now());
    if (photo === null) return false;
    try {
      await this.uploads.send(photo);
    } finally {
      this.changes.announce("photos");
    }
    return true;
  }

  /** Ask what the server really holds, and free only that. */
  async #receipt(): Promise<boolean> {
    for (const number of await ordersToConfirm(this.database)) {
      const asked = `receipt ${number}`;
      if (this.#refused.has(asked)) continue;
      // One that moved nothing will not do so in the next second either.
      if (this.#age(asked) < ASK_AGAIN_AFTER_MS) {
        this.#later(ASK_AGAIN_AFTER_MS);
        continue;
      }
      let settled = 0;
      await this.#unlessRefused(asked, async () => {
        const receipt = await this.door.receipt(number);
        const { freed, again } = await confirmPhotos(this.database, receipt, Date.now());
        if (again > 0) this.#later(ASK_AGAIN_AFTER_MS);
        settled = freed;
        settled += await confirm(this.database, number, new Set(receipt.events));
        if (settled + again > 0) this.changes.announce("photos", "acts");
      });
      if (settled === 0) this.#fetchedAt.set(asked, performance.now());
      return true;
    }
    return false;
  }

  async #clean(): Promise<boolean> {
    if (this.#age("clean") < CLEAN_EVERY_MS) return false;
    this.#fetchedAt.set("clean", performance.now());
    await forgetDone(this.database, Date.now());
    await forgetOld(this.database, Date.now());
    const aheadMs = 1000 * ((await fact(this.database, "skew_s")) ?? 0);
    await forgetOldNotices(this.database, Date.now() - aheadMs);
    return true;
  }

  async #unlessRefused(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refused) || error instanceof NotLetIn || error.isPassing) throw error;
      console.warn(what, error.problem);
      this.#refused.add(what);
    }
  }
}

/**
 * What comes down, over either door: snapshots, replies, sync results and commands, stored first.
 *
 * Nothing here trusts order or uniqueness: late, repeated and foreign messages leave no trace.
 */

import type { Message } from "../contract/envelope";
import type { Reply, Snapshot } from "../contract/wire";
import * as outgoing from "../queue/outgoing";
import type { Changes } from "../store/changes";
import type { Act, Database } from "../store/database";
import { wipe } from "../store/database";
import { fact, remember } from "../store/facts";
import { keepNotice } from "../store/notices";
import { heldOrders, putAway, takeSnapshot, takeSyncList } from "../store/orders";

/** What the line has to do about a message, beyond what was stored. */
export interface Effect {
  synced?: boolean;
  syncWanted?: boolean;
  /** The server's list names orders that are not here: ask again, with patience. */
  incomplete?: boolean;
  sendFromSeq?: number;
  wiped?: boolean;
}

/** What the technician should be told at once. */
export interface News {
  arrived(order: Snapshot): void;
  withdrawn(number: string): void;
  refused(act: Act): void;
  notice(text: string): void;
}

/** A list of orders is many messages and one moment. */
const HEARD_EVERY_MS = 1_000;

export class Inbox {
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: Database,
    private readonly changes: Changes,
    private readonly news: News,
    private readonly now: () => number = Date.now,
  ) {}

  /** Store one message; a second time it changes nothing. */
  async receive(message: Message): Promise<Effect> {
    await this.#heard();
    switch (message.type) {
      case "order.snapshot":
        return this.#snapshot(message.data as unknown as Snapshot);
      case "order.withdrawn":
        return this.#withdrawn(message);
      case "sync.result":
        return this.#syncResult(message.data);
      case "device.wipe":
        await wipe(this.database);
        this.changes.announce("identity", "orders", "acts", "photos", "notices", "drafts");
        return { wiped: true };
      case "device.sync":
        return { syncWanted: true };
      case "device.notice":
        return this.#notice(message);
      default:
        if ("outcome" in message.data) return this.#reply(message.data as unknown as Reply);
        return {}; // A newer server may say things this handheld has no use for.
    }
  }

  /** On a full disk a message is still worth more than when it came. */
  async #heard(): Promise<void> {
    const now = this.now();
    if (Math.abs(now - this.#heardAt) < HEARD_EVERY_MS) return;
    this.#heardAt = now;
    try {
      await remember(this.database, "heard_at", now);
    } catch (error) {
      console.warn("when the server was heard is not kept", error);
    }
  }

  async #snapshot(snapshot: Snapshot): Promise<Effect> {
    const before = await this.database.get("orders", snapshot.number);
    if (!(await takeSnapshot(this.database, snapshot, this.now()))) return {};
    const held = await this.database.get("orders", snapshot.number);
    this.changes.announce("orders");
    if (held?.snapshot) await this.#sayReceived(held.snapshot, held.sincePlace);
    if (held?.snapshot && (before === undefined || before.snapshot === null)) {
      this.news.arrived(snapshot);
    }
    return {};
  }

  /**
   * Tell the desk that the order is on the handheld; once for each stay. Asked again with every
   * snapshot and list, since a kill may have come between storing and saying.
   */
  async #sayReceived(snapshot: Snapshot, sincePlace: number): Promise<void> {
    const said = await outgoing.ofOrder(this.database, snapshot.number);
    if (said.some((act) => act.type === "order.received" && act.place >= sincePlace)) return;
    await outgoing.keep(this.database, {
      type: "order.received",
      subject: snapshot.number,
      orderVersion: snapshot.version,
      data: {},
      at: new Date(this.now()),
    });
    this.changes.announce("acts");
  }

  async #withdrawn(message: Message): Promise<Effect> {
    const number = message.subject;
    const reason = typeof message.data.reason === "string" ? message.data.reason : "";
    if (number !== null && (await putAway(this.database, number, reason, this.now()))) {
      this.changes.announce("orders");
      this.news.withdrawn(number);
    }
    return {};
  }

  async #syncResult(data: Record<string, unknown>): Promise<Effect> {
    const { epoch, orders, expected_seq: expectedSeq } = data;
    if (typeof epoch !== "string" || !Array.isArray(orders)) {
      // Without its list a result must not put everything away.
      throw new Error("a sync result without epoch or list");
    }
    await this.#learnSkew(data.server_time);
    const list = { epoch, orders };
    const { restored, gone, missing } = await takeSyncList(this.database, list, this.now());
    for (const number of gone) this.news.withdrawn(number);
    for (const { snapshot, sincePlace } of await heldOrders(this.database)) {
      await this.#sayReceived(snapshot, sincePlace);
    }
    const again =
      typeof expectedSeq === "number"
        ? await outgoing.sendAgainFrom(this.database, expectedSeq)
        : 0;
    // Only what changed: the lines speak again at every announcement, and would never rest.
    if (gone.length > 0) this.changes.announce("orders");
    if (again > 0) this.changes.announce("acts");
    // Snapshots of the old epoch no longer count, so the question is put once more.
    return {
      synced: !restored,
      syncWanted: restored,
      incomplete: !restored && missing.length > 0,
      ...(again > 0 ? { sendFromSeq: expectedSeq as number } : {}),
    };
  }

  async #notice(message: Message): Promise<Effect> {
    const text = String(message.data.text ?? "");
    const at = message.time ?? new Date(this.now()).toISOString();
    if (text && (await keepNotice(this.database, { id: message.id, text, at, read: false }))) {
      this.changes.announce("notices");
      this.news.notice(text);
    }
    return {};
  }

  async #reply(reply: Reply): Promise<Effect> {
    await this.#learnSkew(reply.server_time);
    if (reply.outcome === "out_of_order") return this.#outOfOrder(reply.expected_seq);
    const act = await outgoing.settle(this.database, reply, this.now());
    if (act === null) return {};
    this.changes.announce("acts");
    if (act.unread) this.news.refused(act);
    return {};
  }

  async #outOfOrder(expectedSeq: number | undefined): Promise<Effect> {
    if (expectedSeq === undefined) return {};
    const wanted = await outgoing.ofSeq(this.database, expectedSeq);
    if (wanted === undefined) {
      await remember(this.database, "lost_seq", expectedSeq);
      this.changes.announce("facts");
      return {};
    }
    // Answered already: a late message, or a server that forgot. Its list will tell which.
    if (wanted.waiting !== 1) return { syncWanted: true };
    return { sendFromSeq: expectedSeq };
  }

  /** Show how far this clock is off. Times of acts stay as the clock gave them (P-18). */
  async #learnSkew(serverTime: unknown): Promise<void> {
    const at = typeof serverTime === "string" ? Date.parse(serverTime) : Number.NaN;
    if (Number.isNaN(at)) return;
    const skewS = Math.round((this.now() - at) / 1000);
    const before = await fact(this.database, "skew_s");
    if (before !== undefined && Math.abs(before - skewS) <= 1) return;
    await remember(this.database, "skew_s", skewS);
    this.changes.announce("facts");
  }
}

/**
 * The server as far as the wire goes: one way in for events, as server/fieldwork/inbox.py has it,
 * versions that rise, an outbox that renders what stands now, and backups.
 */

import { isObject } from "../../src/contract/envelope";
import type { FieldOrders, Outcome, Receipt, Reply, Snapshot } from "../../src/contract/wire";
import type { ListTold } from "../../src/sync/door";
import { DEVICE, snapshot } from "../trade";

interface OrderModel {
  number: string;
  version: number;
  isMine: boolean;
  /** Ids of the events that were applied to it, in order. */
  applied: string[];
}

interface EventModel {
  id: string;
  seq: number;
  subject: string | null;
  content: string;
  outcome: Outcome;
  orderVersion: number | null;
}

interface State {
  epoch: string;
  lastSeq: number;
  orders: Record<string, OrderModel>;
  events: EventModel[];
}

/** What the server sends a handheld, as topic below `dn/` and payload. */
export type Deliver = (channel: "orders" | "replies" | "commands", payload: string) => void;

/** The technician's own words for something that the server is to refuse. */
export const REFUSED_REASON = "no good reason";
const QUIET: ReadonlySet<string> = new Set(["order.received", "order.opened"]);

export class ServerModel {
  state: State = { epoch: "e1", lastSeq: 0, orders: {}, events: [] };
  #epochs = 1;
  #messages = 0;

  constructor(private readonly deliver: Deliver) {}

  /** The desk gives an order to the technician, or changes one that he has. */
  dispatch(number: string): void {
    const order = this.state.orders[number] ?? { number, version: 0, isMine: true, applied: [] };
    this.state.orders[number] = { ...order, version: order.version + 1, isMine: true };
    this.#push(number);
  }

  /** The desk takes an order back. */
  recall(number: string): void {
    const order = this.state.orders[number];
    if (!order?.isMine) return;
    order.isMine = false;
    order.version += 1;
    this.#push(number);
  }

  backup(): State {
    return structuredClone(this.state);
  }

  /** Come back from a backup; from now on under another epoch. */
  restore(backup: State): void {
    this.state = { ...structuredClone(backup), epoch: `e${++this.#epochs}` };
  }

  /** An event over MQTT: the reply is owed. */
  takeEvent(payload: string): void {
    const reply = this.receive(payload);
    this.#say("replies", "event.reply", reply, null);
  }

  /** A sync request: what the handheld lacks, then the list (mqtt/sync.py). */
  takeSync(payload: string): void {
    const { id, data } = JSON.parse(payload) as { id: string; data: Record<string, unknown> };
    const held = data.orders as Record<string, number>;
    for (const order of this.#mine()) {
      if (held[order.number] !== order.version) this.#push(order.number);
    }
    const { epoch, expected_seq } = this.fieldOrders();
    const orders = this.#mine().map((order) => order.number);
    this.#say("replies", "sync.result", { epoch, orders, expected_seq, request: id }, null);
  }

  /** `GET /field/v1/orders` */
  fieldOrders(): FieldOrders {
    return {
      items: this.#mine().map((order) => this.snapshotOf(order.number)),
      epoch: this.state.epoch,
      expected_seq: this.state.lastSeq + 1,
      server_time: new Date().toISOString(),
    };
  }

  /** The same asked for by the ETag of the last one; it does not hold the moment. */
  listFor(known: string | null): ListTold {
    const list = structuredClone(this.fieldOrders());
    const { server_time: serverTime, ...made } = list;
    const etag = JSON.stringify(made);
    return etag === known ? { list: null, serverTime } : { list, etag };
  }

  snapshotOf(number: string): Snapshot {
    const { version } = this.state.orders[number]!;
    return snapshot({ number, version, content: `as of version ${version}` });
  }

  /** Take one event, whichever door it came through; the reply's data. */
  receive(payload: string): Reply {
    const event: unknown = JSON.parse(payload);
    if (!isObject(event) || event.source !== `devices/${DEVICE}`) throw new Error("not ours");
    const { id, seq } = event as { id: string; seq: number };
    const known = this.state.events.find((one) => one.id === id);
    if (known !== undefined) {
      return known.content === payload
        ? this.#replyOf(known, "duplicate")
        : reply(id, "rejected", { problem: { type: "urn:paigong:problem:event-id-reused" } });
    }
    const expected = this.state.lastSeq + 1;
    if (seq !== expected) return reply(id, "out_of_order", { expected_seq: expected });
    const subject = (event.subject as string | undefined) ?? null;
    const order = subject === null ? undefined : this.state.orders[subject];
    const outcome = this.#carryOut(event, subject, order);
    const row: EventModel = {
      id,
      seq,
      subject,
      content: payload,
      outcome,
      orderVersion: order?.isMine ? order.version : null,
    };
    this.state.events.push(row);
    this.state.lastSeq = seq;
    if (order !== undefined) this.#push(order.number);
    return this.#replyOf(row, outcome);
  }

  #carryOut(
    event: Record<string, unknown>,
    subject: string | null,
    order: OrderModel | undefined,
  ): Outcome {
    if (subject === null) return "applied";
    if (order === undefined) return "rejected";
    if (!order.isMine) return "recorded";
    const data = event.data as { order_version: number; reason?: string };
    if (data.order_version > order.version || data.reason === REFUSED_REASON) return "rejected";
    order.applied.push(event.id as string);
    if (!QUIET.has(event.type as string)) order.version += 1;
    return "applied";
  }

  receipt(number: string): Receipt {
    const events = this.state.events.filter((one) => one.subject === number).map((one) => one.id);
    const { version } = this.state.orders[number]!;
    return { number, version, events, steps: [], photos: [], missing: [], chain_head: "" };
  }

  #mine(): OrderModel[] {
    return Object.values(this.state.orders).filter((order) => order.isMine);
  }

  #push(number: string): void {
    if (this.state.orders[number]!.isMine) {
      this.#say("orders", "order.snapshot", this.snapshotOf(number), number);
    } else {
      this.#say("orders", "order.withdrawn", { reason: "已收回" }, number);
    }
  }

  #replyOf(row: EventModel, outcome: Outcome): Reply {
    return reply(row.id, outcome, {
      order_version: row.orderVersion,
      ...(outcome === "duplicate" ? { first_outcome: row.outcome } : {}),
    });
  }

  #say(channel: Parameters<Deliver>[0], type: string, data: object, subject: string | null): void {
    const id = `message-${++this.#messages}`;
    const time = new Date().toISOString();
    const envelope = { specversion: "1.0", id, source: "server", type, time, data };
    this.deliver(channel, JSON.stringify(subject === null ? envelope : { ...envelope, subject }));
  }
}

function reply(event: string, outcome: Outcome, more: Partial<Reply> = {}): Reply {
  const server_time = new Date().toISOString();
  return { event, outcome, order_version: null, server_time, ...more };
}

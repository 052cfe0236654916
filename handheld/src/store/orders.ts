/** Orders on the handheld: only a newer snapshot counts, and what left stays away. */

import type { Snapshot, TemplateName } from "../contract/wire";
import type { Template } from "../engine/template";
import { type Database, type HeldOrder, writing } from "./database";
import { factIn, rememberIn } from "./facts";

const OVER: ReadonlySet<string> = new Set(["archived", "cancelled", "void"]);

/**
 * Keep a snapshot; true where it was newer than what is held.
 *
 * A snapshot of another epoch always counts: after a restore the server's versions start lower.
 */
export function takeSnapshot(
  database: Database,
  snapshot: Snapshot,
  now: number,
): Promise<boolean> {
  return writing(database, ["orders", "facts", "acts"], async (transaction) => {
    const orders = transaction.objectStore("orders");
    const epoch = (await factIn(transaction, "epoch")) ?? "";
    const round = (await factIn(transaction, "sync_round")) ?? 0;
    const held = await orders.get(snapshot.number);
    if (held !== undefined && held.epoch === epoch && held.version >= snapshot.version) {
      // An older one is a late one, and proves nothing of this round.
      if (held.version === snapshot.version) await orders.put({ ...held, seenInRound: round });
      return false;
    }
    // Back in the very version that it left in, it never was away: the stay goes on.
    const isStay =
      held !== undefined && held.epoch === epoch && held.leftVersion === snapshot.version;
    const back = held === undefined || (held.snapshot === null && !isStay);
    const last = await transaction.objectStore("acts").openKeyCursor(null, "prev");
    await orders.put({
      number: snapshot.number,
      version: snapshot.version,
      epoch,
      snapshot: isOver(snapshot) ? null : snapshot,
      ...(isOver(snapshot) ? { leftAt: now, leftVersion: snapshot.version } : {}),
      sincePlace: back ? ((last?.primaryKey as number | undefined) ?? 0) + 1 : held.sincePlace,
      seenInRound: round,
      gone: null,
    });
    return true;
  });
}

/** Nothing left to do; a closed order of which QA sent a step back is not over. */
function isOver(snapshot: Snapshot): boolean {
  return (
    OVER.has(snapshot.state) ||
    (snapshot.state === "closed" && snapshot.returned_steps.length === 0)
  );
}

/** What the technician has to do. */
export async function heldOrders(
  database: Database,
): Promise<(HeldOrder & { snapshot: Snapshot })[]> {
  const orders = await database.getAll("orders");
  return orders.filter(
    (order): order is HeldOrder & { snapshot: Snapshot } => order.snapshot !== null,
  );
}

/** Orders that left and whose leaving has not been read yet. */
export async function goneOrders(database: Database): Promise<HeldOrder[]> {
  return (await database.getAll("orders")).filter((order) => order.gone !== null);
}

export async function readGone(database: Database, number: string): Promise<void> {
  await writing(database, ["orders"], async (transaction) => {
    const orders = transaction.objectStore("orders");
    const order = await orders.get(number);
    if (order !== undefined) await orders.put({ ...order, gone: null });
  });
}

/**
 * The order left this handheld: its particulars go, its number stays against late snapshots.
 *
 * What was done and is not confirmed stays too: it is evidence (P-18).
 */
export function putAway(
  database: Database,
  number: string,
  reason: string,
  now: number,
): Promise<boolean> {
  return writing(database, ["orders"], async (transaction) => {
    const orders = transaction.objectStore("orders");
    const order = await orders.get(number);
    if (order === undefined || order.snapshot === null) return false;
    await orders.put(away(order, reason, now));
    return true;
  });
}

function away(order: HeldOrder, reason: string, now: number): HeldOrder {
  const gone = goneFrom(order, reason, now);
  return { ...order, snapshot: null, leftAt: now, leftVersion: order.version, gone };
}

/** Where an order leaves because it is finished there is nothing to tell. */
const ENDING: ReadonlySet<string> = new Set(["accepted", "closed", "cancel_pending"]);

function goneFrom(order: HeldOrder, reason: string, now: number): HeldOrder["gone"] {
  if (order.snapshot === null || ENDING.has(order.snapshot.state)) return null;
  return { reason, at: now, place: order.snapshot.customer.unit_code };
}

/** Number and version of what is held, as `sync.request` tells the server. */
export async function heldVersions(
  database: Database,
  epoch: string | undefined,
): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const order of await heldOrders(database)) {
    if (order.epoch === (epoch ?? "")) held[order.number] = order.version;
  }
  return held;
}

/** Count a new round of sync: orders that come in from now on are not judged by older lists. */
export function beginSync(database: Database): Promise<number> {
  return writing(database, ["facts"], async (transaction) => {
    const round = ((await factIn(transaction, "sync_round")) ?? 0) + 1;
    await rememberIn(transaction, "sync_round", round);
    return round;
  });
}

export interface SyncList {
  epoch: string;
  orders: readonly string[];
}

/**
 * Believe the server's list. `restored`: it came back from a backup under another epoch, and
 * nothing is put away before the question was asked again. `missing`: listed and not here, since
 * its snapshot was lost or came before a late withdrawal.
 */
export function takeSyncList(
  database: Database,
  list: SyncList,
  now: number,
): Promise<{ restored: boolean; gone: string[]; missing: string[] }> {
  return writing(database, ["orders", "facts"], async (transaction) => {
    const known = await factIn(transaction, "epoch");
    const restored = known !== undefined && known !== list.epoch;
    await rememberIn(transaction, "epoch", list.epoch);
    const orders = transaction.objectStore("orders");
    const round = (await factIn(transaction, "sync_round")) ?? 0;
    const gone: string[] = [];
    const missing = new Set(list.orders);
    for (const order of await orders.getAll()) {
      if (order.epoch === "") await orders.put({ ...order, epoch: list.epoch });
      if (order.snapshot !== null) missing.delete(order.number);
      if (restored) continue;
      const listed = list.orders.includes(order.number);
      const left = order.snapshot !== null && !listed && order.seenInRound < round;
      const wanted = order.snapshot === null && listed;
      if (!left && !wanted) continue;
      // Version 0, so that the same version may come back: this list or what came before it was
      // out of date.
      const row = left ? away(order, "", now) : order;
      await orders.put({ ...row, epoch: list.epoch, version: 0 });
      if (left) gone.push(order.number);
    }
    return { restored, gone, missing: [...missing] };
  });
}

/** The checklists of an order: its own first, then those that it may open. */
export function templatesNamed(snapshot: Snapshot): TemplateName[] {
  const named = [snapshot.checklist, ...snapshot.child_checklists];
  return named.filter((one): one is TemplateName => one !== null);
}

export async function keepTemplate(
  database: Database,
  key: string,
  template: Template,
): Promise<void> {
  await writing(database, ["templates"], (transaction) =>
    transaction.objectStore("templates").put(template, key),
  );
}

export function templateKey(name: TemplateName): string {
  return `${name.code}@${name.version}`;
}

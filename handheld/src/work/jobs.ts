/** Jobs read from the store: an order with its acts, photos and templates. */

import type { Snapshot } from "../contract/wire";
import type { Template } from "../engine/evaluate";
import { ofOrder } from "../queue/outgoing";
import { photosOf } from "../queue/pictures";
import type { Database, HeldOrder, HeldPhoto } from "../store/database";
import { heldOrders, templateKey, templatesNamed } from "../store/orders";
import { type Job, jobOf } from "./job";

/** A job with the pictures that belong to it. */
export interface JobAtHand {
  job: Job;
  photos: HeldPhoto[];
  templates: Template[];
  /** The checklist is named and has not come yet. */
  templateIsMissing: boolean;
}

/** One order as it stands; null where it is not on this handheld. */
export async function jobAtHand(database: Database, number: string): Promise<JobAtHand | null> {
  const order = await database.get("orders", number);
  if (order === undefined || order.snapshot === null) return null;
  return read(database, order as HeldOrder & { snapshot: Snapshot });
}

/** All jobs, the next one first: what is under way, then by appointment, the urgent before. */
export async function allJobs(database: Database): Promise<JobAtHand[]> {
  const orders = await heldOrders(database);
  const jobs = await Promise.all(orders.map((order) => read(database, order)));
  return jobs.sort((one, other) => compare(rank(one.job), rank(other.job)));
}

async function read(
  database: Database,
  order: HeldOrder & { snapshot: Snapshot },
): Promise<JobAtHand> {
  const names = templatesNamed(order.snapshot);
  const [acts, photos, ...found] = await Promise.all([
    ofOrder(database, order.number),
    photosOf(database, order.number),
    ...names.map((name) => database.get("templates", templateKey(name))),
  ]);
  const templates = found.filter((one): one is Template => one !== undefined);
  // A run without one of its parts would judge wrongly: better none.
  const complete = templates.length === names.length;
  const own = order.snapshot.checklist === null ? [] : complete ? templates : [];
  return {
    job: jobOf({ order, acts, photos, templates: own }),
    photos,
    templates: own,
    templateIsMissing: !complete,
  };
}

const UNDER_WAY: ReadonlySet<string> = new Set([
  "on_site",
  "quoted",
  "in_progress",
  "rework",
  "awaiting_acceptance",
]);
const DONE: ReadonlySet<string> = new Set(["accepted", "cancel_pending", "escalated", "closed"]);
const URGENCIES = ["emergency", "urgent", "normal"];

function rank(job: Job): (number | string)[] {
  const { urgency, appointment_at: appointment } = job.snapshot;
  const done = DONE.has(job.state) && job.returned.length === 0;
  return [
    job.hazard ? 0 : UNDER_WAY.has(job.state) ? 1 : done ? 4 : job.state === "suspended" ? 3 : 2,
    URGENCIES.indexOf(urgency),
    appointment ?? "9",
    job.number,
  ];
}

function compare(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [index, value] of one.entries()) {
    if (value < other[index]!) return -1;
    if (value > other[index]!) return 1;
  }
  return 0;
}

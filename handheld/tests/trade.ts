/** Orders, acts and pictures as a technician has them, for tests of the handheld. */

import type { Acts, ActType, FieldMessage, Snapshot } from "../src/contract/wire";
import { keep, type NewAct } from "../src/queue/outgoing";
import { keepPhoto, type NewPhoto } from "../src/queue/pictures";
import { type Act, type Database, type HeldPhoto, openDatabase } from "../src/store/database";

export const DEVICE = "hh-test-01";
export const ORDER = "FW-202603-0001";
export const OTHER_ORDER = "FW-202603-0002";
export const MORNING = new Date("2026-03-02T01:00:00.000Z");

let databases = 0;

/** A store of its own for a test; `reopened` is the same after the app was killed. */
export function freshName(): string {
  return `handheld-${++databases}`;
}

export function freshDatabase(): Promise<Database> {
  return openDatabase(freshName());
}

export async function reopened(database: Database): Promise<Database> {
  database.close();
  return openDatabase(database.name);
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    number: ORDER,
    version: 1,
    state: "dispatched",
    category: "gas_water_heater",
    urgency: "normal",
    content: "热水器打不着火",
    appointment_at: "2026-03-02T02:00:00Z",
    customer: { name: "王女士", unit_code: "3-2-501", phone: "13800000000" },
    checklist: null,
    child_checklists: [],
    quote: null,
    one_off_items: [],
    run: [],
    rework_round: 0,
    returned_steps: [],
    hazard: false,
    suspension: null,
    stock: [],
    ...changes,
  };
}

export function message(changes: Partial<FieldMessage> = {}): FieldMessage {
  return {
    id: "m",
    title: "开会",
    text: "明早八点在班组开会",
    kind: "notice",
    subject_kind: null,
    subject: null,
    sender: "赵敏",
    sent_at: MORNING.toISOString(),
    read_at: null,
    wants_reply: false,
    reply: null,
    ...changes,
  };
}

export function act(changes: Partial<Act> = {}): Act {
  return {
    place: 1,
    id: `id-${changes.place ?? 1}`,
    type: "order.acknowledged",
    subject: ORDER,
    data: { order_version: 1 },
    at: MORNING.toISOString(),
    holdUntil: 0,
    seq: null,
    body: null,
    waiting: 1,
    outcome: null,
    orderVersion: null,
    problem: null,
    settledAt: null,
    verified: false,
    unread: false,
    ...changes,
  };
}

export function photo(changes: Partial<HeldPhoto> = {}): HeldPhoto {
  return {
    id: 1,
    order: ORDER,
    step: "GWH-01",
    tag: "before",
    sha256: "a".repeat(64),
    filetype: "image/jpeg",
    takenAt: MORNING.toISOString(),
    sizeBytes: 1000,
    state: "waiting",
    act: null,
    notBefore: 0,
    url: null,
    sentBytes: 0,
    tries: 0,
    problem: null,
    settledAt: null,
    ...changes,
  };
}

/** Keep an act of an order, as the app does when the technician taps. */
export function say<Type extends ActType>(
  database: Database,
  type: Type,
  data: Acts[Type],
  also: Partial<NewAct<Type>> = {},
): Promise<Act> {
  return keep(database, { type, subject: ORDER, orderVersion: 1, data, at: MORNING, ...also });
}

/** Take a picture whose bytes are of its `sizeBytes`, and keep it. */
export function takePhoto(
  database: Database,
  changes: Partial<NewPhoto> & { sizeBytes?: number } = {},
): Promise<HeldPhoto> {
  const { sizeBytes = 1000, ...given } = changes;
  return keepPhoto(database, {
    order: ORDER,
    step: "GWH-01",
    tag: "before",
    sha256: "a".repeat(64),
    filetype: "image/jpeg",
    takenAt: MORNING.toISOString(),
    bytes: new ArrayBuffer(sizeBytes),
    thumbnail: new ArrayBuffer(10),
    ...given,
  });
}

/** An order as the tests of the rules want it. */

import type { Snapshot } from "../../src/contract/wire";
import type { Template } from "../../src/engine/evaluate";
import type { Act, HeldPhoto } from "../../src/store/database";
import { type Job, jobOf } from "../../src/work/job";

let places = 0;

/** An act that nobody has answered; `settled` says what became of it. */
export function did(type: string, data: Act["data"] = {}, settled: Partial<Act> = {}): Act {
  const place = ++places;
  const answered = settled.outcome !== undefined;
  return {
    place,
    id: `act-${place}`,
    type,
    subject: "FW-202603-0007",
    data,
    at: "2026-03-02T01:12:05.250Z",
    holdUntil: 0,
    seq: null,
    body: null,
    ...(answered ? {} : { waiting: 1 as const }),
    outcome: null,
    orderVersion: null,
    problem: null,
    settledAt: null,
    verified: false,
    unread: false,
    ...settled,
  };
}

export function job(
  snapshot: Partial<Snapshot> = {},
  acts: Act[] = [],
  { templates = [], photos = [] }: { templates?: Template[]; photos?: HeldPhoto[] } = {},
): Job {
  const whole: Snapshot = {
    number: "FW-202603-0007",
    version: 4,
    state: "in_progress",
    category: "lamp",
    urgency: "normal",
    content: "客厅日光灯闪烁",
    appointment_at: null,
    customer: { name: "王丽华", unit_code: "3栋2单元1502", phone: "13800000001" },
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
    ...snapshot,
  };
  const { number, version } = whole;
  const held = { number, version, epoch: "e1", sincePlace: 1, seenInRound: 1, gone: null };
  return jobOf({ order: { ...held, snapshot: whole }, acts, photos, templates });
}

/** Jobs for tests: a lamp order as its technician has it, with what a test says of it. */

import type { Snapshot } from "../../src/contract/wire";
import type { Act, HeldPhoto } from "../../src/store/database";
import { type Job, jobOf } from "../../src/work/job";

export const NUMBER = "FW-202503-0001";

export function snapshot(said: Partial<Snapshot> = {}): Snapshot {
  return {
    number: NUMBER,
    version: 5,
    state: "on_site",
    category: "lamp",
    urgency: "normal",
    content: "厨房日光灯闪烁",
    appointment_at: null,
    customer: { name: "王丽华", unit_code: "3栋2单元1502", phone: "13900000001" },
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
    ...said,
  };
}

let place = 0;

/** An act that waits for its answer, unless the test says otherwise. */
export function act(
  type: string,
  data: Record<string, unknown> = {},
  more: Partial<Act> = {},
): Act {
  place += 1;
  return {
    place,
    id: `act-${place}`,
    type,
    subject: NUMBER,
    data,
    at: "2025-03-05T01:08:00.000Z",
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
    ...more,
  };
}

/** The same act, answered. */
export function answered(
  given: Act,
  outcome: "applied" | "rejected",
  more: Partial<Act> = {},
): Act {
  const { waiting: _, ...rest } = given;
  return { ...rest, outcome, ...more };
}

export function job(
  said: Partial<Snapshot>,
  acts: readonly Act[] = [],
  photos: readonly HeldPhoto[] = [],
): Job {
  const given = snapshot(said);
  return jobOf({
    order: {
      number: NUMBER,
      version: given.version,
      epoch: "1",
      snapshot: given,
      sincePlace: 0,
      seenInRound: 0,
      gone: null,
    },
    acts,
    photos,
    templates: [],
  });
}

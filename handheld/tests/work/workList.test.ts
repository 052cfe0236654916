/** The work list: what comes first. */

import { expect, test } from "vitest";
import type { Snapshot } from "../../src/contract/wire";
import { takeSnapshot } from "../../src/store/orders";
import { allJobs } from "../../src/work/jobs";
import { freshDatabase, MORNING, snapshot } from "../trade";

test("the next one comes first: danger, then what is under way, the urgent, the earlier", async () => {
  const database = await freshDatabase();
  const orders: Partial<Snapshot>[] = [
    { state: "accepted" },
    { appointment_at: "2026-03-02T06:00:00Z" },
    { appointment_at: "2026-03-02T03:00:00Z" },
    { appointment_at: null },
    { urgency: "emergency", appointment_at: "2026-03-02T09:00:00Z" },
    { state: "suspended", suspension: "access" },
    { state: "in_progress" },
    { state: "suspended", suspension: "hazard", hazard: true },
    { state: "closed", returned_steps: [{ step: "GWH-T2", reason: "x" }], appointment_at: null },
  ];
  for (const [index, one] of orders.entries()) {
    await takeSnapshot(
      database,
      snapshot({ ...one, number: `FW-202603-000${index}` }),
      MORNING.getTime(),
    );
  }
  const numbers = (await allJobs(database)).map(({ job: one }) => Number(one.number.slice(-1)));
  expect(numbers).toEqual([7, 6, 4, 2, 1, 3, 8, 5, 0]);
});

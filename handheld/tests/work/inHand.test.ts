/** A tool that should be back stands on top, also when its day ran out without a network. */

import { expect, test } from "vitest";
import type { ThingInHand } from "../../src/contract/wire";
import { isOverdue, lateFirst } from "../../src/work/inHand";

const DUE = Date.parse("2026-03-06T02:00:00Z");

function thing(name: string, dueAt: string | null): ThingInHand {
  return {
    kind: dueAt === null ? "material" : "tool",
    item: name,
    name,
    qty: "1.00",
    unit: "台",
    at_counter: "0",
    order: "FW-202603-0007",
    since: "2026-03-05T02:00:00Z",
    due_at: dueAt,
    overdue: false,
  };
}

const drill = thing("T-DRILL", "2026-03-06T02:00:00Z");
const megger = thing("T-MEGGER", "2026-03-06T01:00:00Z");
const ladder = thing("T-LADDER", "2026-03-07T01:00:00Z");
const fitting = thing("M-WCSET", null);

test("exactly at its time a tool is not late; a second later it is, whatever the server last said", () => {
  expect(isOverdue(drill, DUE)).toBe(false);
  expect(isOverdue(drill, DUE + 1000)).toBe(true);
  expect(isOverdue(fitting, DUE + 1e12)).toBe(false);
});

test("what is late comes first, the longest out first", () => {
  const names = lateFirst([ladder, drill, megger, fitting], DUE + 1000).map((one) => one.name);
  expect(names).toEqual(["T-MEGGER", "T-DRILL", "T-LADDER", "M-WCSET"]);
});

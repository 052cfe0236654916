import { expect, test } from "vitest";
import { fateOf, isUndoable } from "../../src/work/fate";
import { did } from "./given";

const NOW = Date.parse("2026-03-02T01:12:06Z");
const none = new Map<string, number>();

test("from the hand to the receipt", () => {
  expect(fateOf(did("order.arrived", {}, { holdUntil: NOW + 4000 }), none, NOW)).toBe("held");
  expect(fateOf(did("order.arrived"), none, NOW)).toBe("here");
  expect(fateOf(did("order.arrived", {}, { seq: 3 }), none, NOW)).toBe("sent");
  const applied = { outcome: "applied" as const };
  expect(fateOf(did("order.arrived", {}, applied), none, NOW)).toBe("arrived");
  expect(fateOf(did("order.arrived", {}, { ...applied, verified: true }), none, NOW)).toBe(
    "verified",
  );
});

test("a completion waits for its photos, also where an export sealed it", () => {
  const photos = new Map([["FW-202603-0007", 2]]);
  expect(fateOf(did("order.ready"), photos, NOW)).toBe("photos");
  expect(fateOf(did("order.ready", {}, { seq: 4 }), photos, NOW)).toBe("photos");
  expect(fateOf(did("order.arrived"), photos, NOW)).toBe("here");
});

test("refused and too late are told apart, also once a receipt covers them", () => {
  expect(fateOf(did("order.ready", {}, { outcome: "rejected" }), none, NOW)).toBe("rejected");
  const late = { outcome: "recorded" as const, verified: true };
  expect(fateOf(did("step.recorded", {}, late), none, NOW)).toBe("recorded");
});

test("only the last of an order that was never sent is taken back, and never an alarm", () => {
  const first = did("order.acknowledged");
  const last = did("order.arrived");
  expect(isUndoable(first, [first, last])).toBe(false);
  expect(isUndoable(last, [first, last])).toBe(true);
  expect(isUndoable(did("order.arrived", {}, { seq: 2 }), [])).toBe(false);
  expect(isUndoable(did("hazard.alarm"), [])).toBe(false);
  expect(isUndoable(did("incident.reported", { severity: "major" }), [])).toBe(false);
  expect(isUndoable(did("incident.reported", { severity: "normal" }), [])).toBe(true);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isHeld,
  nextRelease,
  photosWaiting as owed,
  sealable,
  sendable,
} from "../../src/queue/sealing";
import type { Act } from "../../src/store/database";
import { act, ORDER, OTHER_ORDER, photo } from "../trade";

const NOW = 1_000_000;
const NO_PHOTOS: ReadonlyMap<string, number> = new Map();

function free(
  acts: readonly Act[],
  photosWaiting: ReadonlyMap<string, number> = NO_PHOTOS,
): number[] {
  return sealable(acts, { now: NOW, photosWaiting }).map((one) => one.place);
}

describe("what may be sent now", () => {
  test("completion waits for the photos of its own order and holds back what came after", () => {
    const acts = [
      act({ place: 1, type: "order.ready" }),
      act({ place: 2, type: "order.accepted" }),
      act({ place: 3, subject: OTHER_ORDER, type: "order.ready" }),
    ];
    expect(free(acts, new Map([[ORDER, 2]]))).toEqual([3]);
    expect(free(acts)).toEqual([1, 2, 3]);
  });

  test("photos of another order hold nothing back", () => {
    expect(free([act({ type: "order.ready" })], new Map([[OTHER_ORDER, 5]]))).toEqual([1]);
  });

  test("a refused photo of a step holds completion back until it was taken again", () => {
    const refused = photo({ id: 1, state: "refused" });
    const finished = [act({ place: 1, type: "order.ready" }), act({ place: 2 })];
    expect(free(finished, owed([refused]))).toEqual([]);
    expect(free(finished, owed([refused, photo({ id: 2, state: "kept" })]))).toEqual([]);
    expect(free(finished, owed([refused, photo({ id: 2, state: "waiting" })]))).toEqual([]);
    expect(free(finished, owed([refused, photo({ id: 2, state: "sent" })]))).toEqual([1, 2]);
    expect(free(finished, owed([photo({ state: "refused", step: "" })]))).toEqual([1, 2]);
  });

  test("a slip may be taken back for a while; what follows in that order waits with it", () => {
    const acts = [
      act({ place: 1, holdUntil: NOW + 3000 }),
      act({ place: 2 }),
      act({ place: 3, subject: OTHER_ORDER }),
      act({ place: 4, subject: null, type: "incident.reported" }),
    ];
    expect(free(acts)).toEqual([3, 4]);
  });

  test("an alarm waits for nothing, and takes what is only held along (R-029)", () => {
    const acts = [
      act({ place: 1, type: "order.arrived", holdUntil: NOW + 3000 }),
      act({ place: 2, type: "hazard.alarm", holdUntil: NOW + 3000 }),
    ];
    expect(free(acts)).toEqual([1, 2]);
  });

  test("a major incident away from any order is an alarm too (R-026, R-029)", () => {
    const major = { severity: "major" };
    const acts = [
      act({ place: 1, subject: null, type: "shift.handed_over", holdUntil: NOW + 3000 }),
      act({
        place: 2,
        subject: null,
        type: "incident.reported",
        data: major,
        holdUntil: NOW + 3000,
      }),
      act({ place: 3, subject: null, type: "incident.reported", holdUntil: NOW + 3000 }),
    ];
    expect(free(acts)).toEqual([2]);
    const sealed = [
      act({ place: 4, type: "order.ready", sealedEarly: true, seq: 1 }),
      act({ place: 5, subject: null, type: "incident.reported", data: major, seq: 2 }),
    ];
    expect(sendable(sealed, new Map([[ORDER, 1]]))).toHaveLength(2);
    expect(sendable(sealed.slice(0, 1), new Map([[ORDER, 1]]))).toEqual([]);
  });

  test("an alarm goes before a completion that waits for photos", () => {
    const acts = [
      act({ place: 1, type: "order.ready" }),
      act({ place: 2, type: "hazard.alarm" }),
      act({ place: 3, type: "stock.used" }),
    ];
    expect(free(acts, new Map([[ORDER, 1]]))).toEqual([2]);
  });

  test("a clock that was set back holds nothing for hours", () => {
    const dayAhead = NOW + 24 * 3600 * 1000;
    expect(isHeld(dayAhead, NOW)).toBe(false);
    expect(free([act({ holdUntil: dayAhead })])).toEqual([1]);
    expect(nextRelease([dayAhead, NOW + 500, NOW - 1], NOW)).toBe(NOW + 500);
    expect(nextRelease([0, dayAhead], NOW)).toBeNull();
  });
});

const acts = fc
  .array(
    fc.record({
      type: fc.constantFrom("order.arrived", "order.ready", "hazard.alarm", "step.recorded"),
      subject: fc.constantFrom(ORDER, OTHER_ORDER, null),
      holdUntil: fc.constantFrom(0, NOW - 1, NOW + 1, NOW + 60_000),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((one, index) => act({ ...one, place: index + 1 })));
const photosWaiting = fc
  .tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }))
  .map(([one, other]) => new Map(Object.entries({ [ORDER]: one, [OTHER_ORDER]: other })));

test("in each order what is free keeps its order, and only an alarm overtakes", () => {
  fc.assert(
    fc.property(acts, photosWaiting, (all, waiting) => {
      const places = free(all, waiting);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      for (const one of all) {
        const isFree = places.includes(one.place);
        if (one.type === "hazard.alarm") expect(isFree).toBe(true);
        else if (isFree && one.subject !== null) {
          const before = all.filter(
            (other) => other.subject === one.subject && other.place < one.place,
          );
          expect(before.every((other) => places.includes(other.place))).toBe(true);
        }
      }
    }),
  );
});

test("without photos and holds everything goes", () => {
  fc.assert(
    fc.property(acts, (all) => {
      const unheld = all.map((one) => ({ ...one, holdUntil: 0 }));
      expect(free(unheld)).toEqual(unheld.map((one) => one.place));
    }),
  );
});

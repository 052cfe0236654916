import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextUpload } from "../../src/queue/uploadOrder";
import type { Act, HeldPhoto } from "../../src/store/database";
import { act, ORDER, OTHER_ORDER, photo } from "../trade";

const NOW = 1_000_000;

function sequence(photos: readonly HeldPhoto[], acts: readonly Act[] = []): number[] {
  const left = [...photos];
  const ids: number[] = [];
  for (let next = nextUpload(left, acts, NOW); next; next = nextUpload(left, acts, NOW)) {
    ids.push(next.id);
    left.splice(left.indexOf(next), 1);
  }
  return ids;
}

describe("which picture goes up first", () => {
  test("the oldest, where nothing waits for any of them", () => {
    expect(sequence([photo({ id: 2 }), photo({ id: 1 }), photo({ id: 3 })])).toEqual([1, 2, 3]);
  });

  test("a signature before other pictures: nothing is written off without it (R-060)", () => {
    expect(sequence([photo({ id: 1 }), photo({ id: 2, tag: "signature" })])).toEqual([2, 1]);
  });

  test("the order whose completion waits, and of two such the one with less left to send", () => {
    const photos = [
      photo({ id: 1, order: "FW-202603-0009" }),
      photo({ id: 2, order: ORDER, sizeBytes: 900_000 }),
      photo({ id: 3, order: OTHER_ORDER, sizeBytes: 400_000, sentBytes: 390_000 }),
    ];
    const ready = [
      act({ type: "order.ready" }),
      act({ type: "order.ready", subject: OTHER_ORDER, place: 2 }),
    ];
    expect(sequence(photos, ready)).toEqual([3, 2, 1]);
  });

  test("what failed goes behind what was not tried", () => {
    expect(sequence([photo({ id: 1, tries: 1 }), photo({ id: 2 })])).toEqual([2, 1]);
  });

  test("what may still be taken back is not sent", () => {
    const held = photo({ id: 1, notBefore: NOW + 5000 });
    expect(sequence([held, photo({ id: 2 })])).toEqual([2]);
    expect(nextUpload([held], [], NOW)).toBeNull();
    // Unless the clock was set back by a day meanwhile.
    expect(sequence([photo({ id: 1, notBefore: NOW + 86_400_000 })])).toEqual([1]);
  });
});

test("every picture has its turn, whatever stands in the queue", () => {
  const photos = fc.uniqueArray(
    fc.record({
      id: fc.nat({ max: 50 }),
      order: fc.constantFrom(ORDER, OTHER_ORDER, ""),
      tag: fc.constantFrom("before", "signature"),
      sizeBytes: fc.nat({ max: 1000 }),
      tries: fc.nat({ max: 3 }),
    }),
    { selector: (one) => one.id },
  );
  fc.assert(
    fc.property(photos, (list) => {
      const ids = sequence(
        list.map((one) => photo(one)),
        [act({ type: "order.ready" })],
      );
      expect([...ids].sort((a, b) => a - b)).toEqual(
        list.map((one) => one.id).sort((a, b) => a - b),
      );
    }),
  );
});

/** Decimals are exact: what was written is what is compared. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal } from "../../src/engine/decimal";

/** A fraction, the plain way: a numerator over a power of ten. */
interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

const decimals = fc
  .record({
    minus: fc.constantFrom("", "-"),
    whole: fc.stringMatching(/^[0-9]{1,9}$/),
    fraction: fc.option(fc.stringMatching(/^[0-9]{1,6}$/), { nil: "" }),
  })
  .map(({ minus, whole, fraction }) => `${minus}${whole}${fraction && "."}${fraction}`);

function rational(text: string): Rational {
  const [whole, fraction = ""] = text.split(".");
  return { top: BigInt(`${whole}${fraction}`), bottom: 10n ** BigInt(fraction.length) };
}

function order(one: Rational, other: Rational): number {
  const difference = one.top * other.bottom - other.top * one.bottom;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

test("order, difference, product and size are those of fractions", () => {
  fc.assert(
    fc.property(decimals, decimals, decimals, decimals, (a, b, c, d) => {
      const [one, two, three, four] = [a, b, c, d].map(Decimal.of) as [
        Decimal,
        Decimal,
        Decimal,
        Decimal,
      ];
      const [p, q, r, s] = [a, b, c, d].map(rational) as [Rational, Rational, Rational, Rational];
      expect(one.compare(two)).toBe(order(p, q));
      const difference = { top: p.top * q.bottom - q.top * p.bottom, bottom: p.bottom * q.bottom };
      expect(one.minus(two).compare(three)).toBe(order(difference, r));
      const product = { top: r.top * s.top, bottom: r.bottom * s.bottom };
      expect(one.minus(two).compare(three.times(four))).toBe(order(difference, product));
      const size = { ...p, top: p.top < 0n ? -p.top : p.top };
      expect(one.abs().compare(two)).toBe(order(size, q));
    }),
    { numRuns: 1000 },
  );
});

test("zeros at the end, and the sign of nothing, make no difference", () => {
  expect(Decimal.of("0.40").compare(Decimal.of("0.4"))).toBe(0);
  expect(Decimal.of("-0").compare(Decimal.of("0.000000"))).toBe(0);
});

test("a tenth and two tenths are three tenths", () => {
  const three = Decimal.of("0.3");
  expect(three.minus(Decimal.of("0.1")).compare(Decimal.of("0.2"))).toBe(0);
});

test.each(["", " 1", "1.", ".5", "1e3", "NaN", "+1", "1\n", "٣"])("%j is no decimal", (text) => {
  expect(() => Decimal.of(text)).toThrow(RangeError);
});

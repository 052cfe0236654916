/** Exact decimals: readings are compared as they were written, never as binary floats. */

const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

/** A decimal number of any size: so many units of ten to the power of minus `places`. */
export class Decimal {
  private constructor(
    private readonly units: bigint,
    private readonly places: number,
  ) {}

  /** Read decimal text: an optional minus, figures, a point. Throws RangeError for else. */
  static of(text: string): Decimal {
    const match = DECIMAL.exec(text);
    if (match === null) {
      throw new RangeError(`not a decimal: ${text}`);
    }
    const [, minus, whole, fraction = ""] = match;
    const units = BigInt(`${whole}${fraction}`);
    return new Decimal(minus ? -units : units, fraction.length);
  }

  minus(other: Decimal): Decimal {
    const places = Math.max(this.places, other.places);
    return new Decimal(this.unitsAt(places) - other.unitsAt(places), places);
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.units * other.units, this.places + other.places);
  }

  abs(): Decimal {
    return this.units < 0n ? new Decimal(-this.units, this.places) : this;
  }

  /** Below zero, zero or above it, as this is less than, equal to or greater than the other. */
  compare(other: Decimal): number {
    const places = Math.max(this.places, other.places);
    const [mine, theirs] = [this.unitsAt(places), other.unitsAt(places)];
    if (mine === theirs) {
      return 0;
    }
    return mine < theirs ? -1 : 1;
  }

  private unitsAt(places: number): bigint {
    return this.units * 10n ** BigInt(places - this.places);
  }
}

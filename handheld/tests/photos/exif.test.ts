/** What stands in a picture as evidence is read, kept and written; nothing else is. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExif, withExif } from "../../src/photos/exif";
import { sizeOf } from "../../src/photos/jpeg";
import { reduction } from "../../src/photos/shot";

/** A JPEG as a canvas writes it, as far as metadata goes: JFIF, then the scan. */
const JPEG = Uint8Array.from([
  0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xda,
  0, 2, 7, 7, 0xff, 0xd9,
]).buffer;
const NOON = new Date("2026-03-05T12:30:45+08:00");
const JINAN = { latitude: 36.651, longitude: 117.12 };

describe("time and place of a picture", () => {
  it("are read back as they were written, in whatever zone the clock stood", () => {
    for (const zoneMinutes of [480, 0, -210, 345]) {
      const found = readExif(withExif(JPEG, { takenAt: NOON, place: JINAN }, zoneMinutes));
      expect(found.takenAt).toEqual(NOON);
      expect(found.place?.latitude).toBeCloseTo(JINAN.latitude, 5);
      expect(found.place?.longitude).toBeCloseTo(JINAN.longitude, 5);
    }
  });

  it("holds anywhere on earth to a third of a metre", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (latitude, longitude) => {
          const place = { latitude, longitude };
          const found = readExif(withExif(JPEG, { takenAt: null, place }, 0)).place!;
          expect(Math.abs(found.latitude - latitude)).toBeLessThan(0.000003);
          expect(Math.abs(found.longitude - longitude)).toBeLessThan(0.000003);
        },
      ),
    );
  });

  it("without a place there is no trace of one in the bytes", () => {
    const whole = new Uint8Array(withExif(JPEG, { takenAt: NOON, place: null }, 480));
    const pointer = [0x88, 0x25];
    const found = whole.some((byte, at) => byte === pointer[0] && whole[at + 1] === pointer[1]);
    expect(found).toBe(false);
    expect(readExif(whole.buffer).place).toBeNull();
  });

  it("leaves the picture itself as it was", () => {
    const whole = new Uint8Array(withExif(JPEG, { takenAt: NOON, place: null }, 480));
    expect([...whole.slice(-26)]).toEqual([...new Uint8Array(JPEG).slice(2)]);
    expect(withExif(JPEG, { takenAt: null, place: null }, 480)).toBe(JPEG);
  });

  it("of a little-endian camera without an offset is this device's clock", () => {
    expect(readExif(cameraApp("2026:03:05 12:30:45")).takenAt).toEqual(
      new Date("2026-03-05T12:30:45"),
    );
  });

  it("is unknown where the camera's clock was never set", () => {
    expect(readExif(cameraApp("0000:00:00 00:00:00")).takenAt).toBeNull();
  });

  it("is unknown, never an error, in whatever bytes a stranger sends", () => {
    const whole = new Uint8Array(withExif(JPEG, { takenAt: NOON, place: JINAN }, 480));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
        const spoilt = whole.slice(0, end);
        if (at < end) spoilt[at] = byte;
        readExif(spoilt.buffer);
      }),
      { numRuns: 2000 },
    );
    expect(readExif(new ArrayBuffer(0))).toEqual({ takenAt: null, place: null });
  });
});

/** What camera apps write: little-endian, the time in the first directory, no zone. */
function cameraApp(clock: string): ArrayBuffer {
  const tiff = new DataView(new ArrayBuffer(46));
  tiff.setUint16(0, 0x4949);
  tiff.setUint16(2, 42, true);
  tiff.setUint32(4, 8, true);
  tiff.setUint16(8, 1, true);
  tiff.setUint16(10, 0x0132, true);
  tiff.setUint16(12, 2, true);
  tiff.setUint32(14, 20, true);
  tiff.setUint32(18, 26, true);
  [...clock].forEach((letter, index) => {
    tiff.setUint8(26 + index, letter.charCodeAt(0));
  });
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...new Uint8Array(tiff.buffer)];
  const segment = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  return Uint8Array.from([0xff, 0xd8, ...segment, ...new Uint8Array(JPEG).slice(2)]).buffer;
}

describe("a large picture", () => {
  const frame = [0xff, 0xc0, 0, 11, 8, 0x0b, 0xb8, 0x0f, 0xa0, 1, 1, 0x11, 0];
  const large = Uint8Array.from([0xff, 0xd8, ...frame, ...new Uint8Array(JPEG).slice(2)]).buffer;

  it("tells its size before it is read, also behind what a camera wrote", () => {
    expect(sizeOf(large)).toEqual({ width: 4000, height: 3000 });
    expect(sizeOf(withExif(large, { takenAt: NOON, place: JINAN }, 480))).toEqual({
      width: 4000,
      height: 3000,
    });
    expect(sizeOf(JPEG)).toBeNull();
    expect(sizeOf(new ArrayBuffer(3))).toBeNull();
  });

  it("is read smaller, but one that would lose by it is not", () => {
    expect(reduction({ width: 4000, height: 3000 }, 1600).resizeWidth).toBe(1600);
    expect(reduction({ width: 3000, height: 4000 }, 1600).resizeWidth).toBe(1600);
    expect(reduction({ width: 4000, height: 1500 }, 1600)).toEqual({});
    expect(reduction({ width: 640, height: 480 }, 1600)).toEqual({});
    expect(reduction(null, 1600)).toEqual({});
  });
});

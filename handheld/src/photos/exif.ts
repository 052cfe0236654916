/**
 * The few facts of a picture's own metadata that count as evidence: when and where it was taken.
 *
 * Read from what a camera app or the gallery gives, and written into what is kept. Nothing else of
 * the metadata survives: no owner, no serial number.
 */

import { segments } from "./jpeg";
import { entry, type Ifd, readTiff, writeTiff } from "./tiff";

/** Degrees; north and east are positive. */
export interface Place {
  latitude: number;
  longitude: number;
}

export interface ExifFacts {
  takenAt: Date | null;
  place: Place | null;
}

const NOTHING: ExifFacts = { takenAt: null, place: null };

const DATE_TIME = 0x0132;
const EXIF_VERSION = 0x9000;
const DATE_TIME_ORIGINAL = 0x9003;
const DATE_TIME_DIGITIZED = 0x9004;
const OFFSET_TIME = 0x9010;
const OFFSET_TIME_ORIGINAL = 0x9011;
const OFFSET_TIME_DIGITIZED = 0x9012;
const GPS_VERSION = 0;
const LATITUDE = 2;
const LONGITUDE = 4;

const APP1 = 0xffe1;
const EXIF_MARK = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** What a JPEG says of itself. Anything else, and anything malformed, says nothing. */
export function readExif(jpeg: ArrayBuffer): ExifFacts {
  try {
    const block = exifBlock(jpeg);
    if (block === null) return NOTHING;
    const { main, camera, gps } = readTiff(block);
    return { takenAt: timeOf(main, camera), place: placeOf(gps) };
  } catch {
    // A stranger's bytes: a picture is not refused for what stands beside it.
    return NOTHING;
  }
}

/** The TIFF block of the first Exif segment. */
function exifBlock(jpeg: ArrayBuffer): DataView | null {
  for (const { marker, body } of segments(jpeg)) {
    const isExif =
      marker === APP1 &&
      body.byteLength > EXIF_MARK.length &&
      EXIF_MARK.every((byte, index) => body.getUint8(index) === byte);
    if (isExif) {
      const length = body.byteLength - EXIF_MARK.length;
      return new DataView(jpeg, body.byteOffset + EXIF_MARK.length, length);
    }
  }
  return null;
}

/** The moment of exposure, else that of the file. Without an offset it is this device's clock. */
function timeOf(main: Ifd, camera: Ifd): Date | null {
  const told: [unknown, unknown][] = [
    [camera.get(DATE_TIME_ORIGINAL), camera.get(OFFSET_TIME_ORIGINAL)],
    [camera.get(DATE_TIME_DIGITIZED), camera.get(OFFSET_TIME_DIGITIZED)],
    [main.get(DATE_TIME), camera.get(OFFSET_TIME)],
  ];
  for (const [clock, offset] of told) {
    const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(String(clock ?? ""));
    if (found === null) continue;
    const [, year, month, day, time] = found;
    const zone = /^[+-]\d\d:\d\d$/.test(String(offset ?? "")) ? String(offset) : "";
    const moment = new Date(`${year}-${month}-${day}T${time}${zone}`);
    if (!Number.isNaN(moment.getTime())) return moment;
  }
  return null;
}

function placeOf(gps: Ifd): Place | null {
  const latitude = degrees(gps.get(LATITUDE), gps.get(LATITUDE - 1), 90);
  const longitude = degrees(gps.get(LONGITUDE), gps.get(LONGITUDE - 1), 180);
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

function degrees(value: unknown, hemisphere: unknown, limit: number): number | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [whole, minutes, seconds] = value as number[];
  const found = whole! + minutes! / 60 + seconds! / 3600;
  if (!Number.isFinite(found) || found > limit) return null;
  return hemisphere === "S" || hemisphere === "W" ? -found : found;
}

/**
 * The same JPEG with these facts in an Exif segment of its own; it is to have none yet.
 *
 * `zoneMinutes` is how far the clock that is written is ahead of UTC.
 */
export function withExif(jpeg: ArrayBuffer, facts: ExifFacts, zoneMinutes: number): ArrayBuffer {
  if (facts.takenAt === null && facts.place === null) return jpeg;
  const tiff = writeTiff(
    facts.takenAt === null ? [] : timeEntries(facts.takenAt, zoneMinutes),
    facts.place === null ? [] : placeEntries(facts.place),
  );
  const length = 2 + EXIF_MARK.length + tiff.length;
  const head = [0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, ...EXIF_MARK];
  const rest = new Uint8Array(jpeg, 2);
  const whole = new Uint8Array(head.length + tiff.length + rest.length);
  whole.set(head);
  whole.set(tiff, head.length);
  whole.set(rest, head.length + tiff.length);
  return whole.buffer;
}

function timeEntries(takenAt: Date, zoneMinutes: number) {
  const there = new Date(takenAt.getTime() + zoneMinutes * 60_000).toISOString();
  const ahead = Math.abs(zoneMinutes);
  const offset = [Math.floor(ahead / 60), ahead % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  const clock = `${there.slice(0, 10).replaceAll("-", ":")} ${there.slice(11, 19)}`;
  return [
    entry.bytes(EXIF_VERSION, [0x30, 0x32, 0x33, 0x32], "undefined"),
    entry.text(DATE_TIME_ORIGINAL, clock),
    entry.text(OFFSET_TIME_ORIGINAL, `${zoneMinutes < 0 ? "-" : "+"}${offset}`),
  ];
}

function placeEntries({ latitude, longitude }: Place) {
  return [
    entry.bytes(GPS_VERSION, [2, 3, 0, 0], "byte"),
    entry.text(LATITUDE - 1, latitude < 0 ? "S" : "N"),
    entry.rationals(LATITUDE, sexagesimal(latitude)),
    entry.text(LONGITUDE - 1, longitude < 0 ? "W" : "E"),
    entry.rationals(LONGITUDE, sexagesimal(longitude)),
  ];
}

/** Degrees, minutes and hundredths of a second: 30 cm, finer than any handheld knows its place. */
function sexagesimal(angle: number): [number, number][] {
  const hundredths = Math.round(Math.abs(angle) * 360_000);
  return [
    [Math.floor(hundredths / 360_000), 1],
    [Math.floor((hundredths % 360_000) / 6000), 1],
    [hundredths % 6000, 100],
  ];
}

/** The TIFF block inside an Exif segment: three directories of tagged values. */

/** Tag -> text, number or numbers. */
export type Ifd = ReadonlyMap<number, string | number | readonly number[]>;

export interface Directories {
  main: Ifd;
  camera: Ifd;
  gps: Ifd;
}

const CAMERA_POINTER = 0x8769;
const GPS_POINTER = 0x8825;
const LITTLE_ENDIAN = 0x4949;
const BIG_ENDIAN = 0x4d4d;
const MAGIC = 42;
const NONE: Ifd = new Map();
const MOST_VALUES = 256;

const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };
const TEXT = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;

/** Read the directories. Throws RangeError where an offset leads outside. */
export function readTiff(view: DataView): Directories {
  const order = view.getUint16(0);
  const little = order === LITTLE_ENDIAN;
  if ((!little && order !== BIG_ENDIAN) || view.getUint16(2, little) !== MAGIC) {
    return { main: NONE, camera: NONE, gps: NONE };
  }
  const main = readDirectory(view, view.getUint32(4, little), little);
  const pointed = (tag: number): Ifd => {
    const at = main.get(tag);
    return typeof at === "number" ? readDirectory(view, at, little) : NONE;
  };
  return { main, camera: pointed(CAMERA_POINTER), gps: pointed(GPS_POINTER) };
}

function readDirectory(view: DataView, at: number, little: boolean): Ifd {
  const found = new Map<number, string | number | number[]>();
  const count = view.getUint16(at, little);
  for (let index = 0; index < count; index++) {
    const place = at + 2 + index * 12;
    const type = view.getUint16(place + 2, little);
    const many = view.getUint32(place + 4, little);
    const size = (SIZES[type] ?? 0) * many;
    if (size === 0 || many > MOST_VALUES) continue;
    const where = size <= 4 ? place + 8 : view.getUint32(place + 8, little);
    found.set(view.getUint16(place, little), readValue(view, where, type, many, little));
  }
  return found;
}

function readValue(
  view: DataView,
  at: number,
  type: number,
  count: number,
  little: boolean,
): string | number | number[] {
  const size = SIZES[type]!;
  const values = Array.from({ length: count }, (_, index) => {
    const place = at + index * size;
    if (type === SHORT) return view.getUint16(place, little);
    if (type === LONG) return view.getUint32(place, little);
    if (type === RATIONAL) {
      return view.getUint32(place, little) / view.getUint32(place + 4, little);
    }
    return view.getUint8(place);
  });
  if (type === TEXT) return String.fromCharCode(...values).replace(/[\0 ]+$/, "");
  return values.length === 1 ? values[0]! : values;
}

/** A value to be written; numbers are big-endian. */
export interface Entry {
  tag: number;
  type: number;
  count: number;
  bytes: readonly number[];
}

export const entry = {
  text: (tag: number, text: string): Entry => {
    const bytes = [...text].map((letter) => letter.charCodeAt(0));
    return { tag, type: TEXT, count: bytes.length + 1, bytes: [...bytes, 0] };
  },
  bytes: (tag: number, bytes: readonly number[], kind: "byte" | "undefined"): Entry => ({
    tag,
    type: kind === "byte" ? 1 : 7,
    count: bytes.length,
    bytes,
  }),
  rationals: (tag: number, values: readonly (readonly [number, number])[]): Entry => ({
    tag,
    type: RATIONAL,
    count: values.length,
    bytes: values.flatMap(([over, under]) => [...fourBytes(over), ...fourBytes(under)]),
  }),
};

/** A TIFF block with these directories; an empty one is left out. Tags are given in order. */
export function writeTiff(camera: readonly Entry[], gps: readonly Entry[]): Uint8Array {
  const pointers = [camera, gps].filter((entries) => entries.length > 0).length;
  const cameraAt = 8 + 2 + pointers * 12 + 4;
  const cameraPart = camera.length > 0 ? directory(camera, cameraAt) : [];
  const gpsAt = cameraAt + cameraPart.length;
  const main = [
    ...(camera.length > 0 ? [pointer(CAMERA_POINTER, cameraAt)] : []),
    ...(gps.length > 0 ? [pointer(GPS_POINTER, gpsAt)] : []),
  ];
  return Uint8Array.from([
    ...twoBytes(BIG_ENDIAN),
    ...twoBytes(MAGIC),
    ...fourBytes(8),
    ...directory(main, 8),
    ...cameraPart,
    ...(gps.length > 0 ? directory(gps, gpsAt) : []),
  ]);
}

function pointer(tag: number, at: number): Entry {
  return { tag, type: LONG, count: 1, bytes: fourBytes(at) };
}

/** A directory that begins at `at`; what has more than four bytes follows behind it. */
function directory(entries: readonly Entry[], at: number): number[] {
  const rows = twoBytes(entries.length);
  const behind: number[] = [];
  const behindAt = at + 2 + entries.length * 12 + 4;
  for (const { tag, type, count, bytes } of entries) {
    rows.push(...twoBytes(tag), ...twoBytes(type), ...fourBytes(count));
    if (bytes.length <= 4) {
      rows.push(...bytes, ...Array<number>(4 - bytes.length).fill(0));
    } else {
      rows.push(...fourBytes(behindAt + behind.length));
      // Values begin at even places.
      behind.push(...bytes, ...(bytes.length % 2 === 1 ? [0] : []));
    }
  }
  return [...rows, ...fourBytes(0), ...behind];
}

function twoBytes(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function fourBytes(value: number): number[] {
  return [...twoBytes(value >>> 16), ...twoBytes(value & 0xffff)];
}

/** The segments at the beginning of a JPEG: what stands there before the picture itself. */

export interface Segment {
  marker: number;
  /** Without marker and length. */
  body: DataView;
}

const SOI = 0xffd8;
const START_OF_SCAN = 0xffda;

/** Walk the segments; nothing where it is no JPEG, and an end where it is cut or spoilt. */
export function* segments(jpeg: ArrayBuffer): Generator<Segment> {
  const view = new DataView(jpeg);
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return;
  let at = 2;
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const isWhole = length >= 2 && at + 2 + length <= view.byteLength;
    if (marker === START_OF_SCAN || marker < 0xff00 || !isWhole) return;
    yield { marker, body: new DataView(jpeg, at + 4, length - 2) };
    at += 2 + length;
  }
}

/** SOF0 to SOF15, but for the three that mean something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}

/** How large the picture is, as it lies in the file; null where that cannot be told. */
export function sizeOf(jpeg: ArrayBuffer): { width: number; height: number } | null {
  for (const { marker, body } of segments(jpeg)) {
    if (isFrame(marker) && body.byteLength >= 5) {
      return { width: body.getUint16(3), height: body.getUint16(1) };
    }
  }
  return null;
}

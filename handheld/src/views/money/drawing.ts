/** A signature as it is drawn, kept and sent: strokes, and the picture made of them. */

import Pad, { type BasicPoint, type PointGroup } from "signature_pad";
import { sha256Hex } from "../../photos/prepare";
import type { NewPhoto } from "../../queue/pictures";
import { type Ink, scaleToFit } from "../../work/ink";

/** What was drawn on a pad of this size, in CSS pixels. */
export interface Drawn {
  widthPx: number;
  heightPx: number;
  groups: PointGroup[];
}

/** Black on white in every theme: it is a paper. */
export const PEN = {
  minWidth: 1.2,
  maxWidth: 3.2,
  penColor: "#000",
  backgroundColor: "#fff",
} as const;
const PICTURE_PX = { w: 900, h: 400 };
const THUMBNAIL_EDGE_PX = 240;
const THUMBNAIL_QUALITY = 0.7;

export function inkOf(drawn: Drawn): Ink<BasicPoint> {
  return { ...drawn, strokes: drawn.groups.map((group) => group.points) };
}

/** The strokes, so many times as large. */
export function enlarged(groups: readonly PointGroup[], times: number): PointGroup[] {
  return groups.map((group) => ({
    ...group,
    minWidth: group.minWidth * times,
    maxWidth: group.maxWidth * times,
    points: group.points.map((point) => ({ ...point, x: point.x * times, y: point.y * times })),
  }));
}

/** The signature as a picture to be kept: PNG, at most 900 × 400 px. */
export async function signaturePicture(
  drawn: Drawn,
  order: string,
  takenAt: Date,
): Promise<NewPhoto> {
  const times = scaleToFit(drawn, PICTURE_PX);
  const picture = canvas(drawn.widthPx * times, drawn.heightPx * times);
  const pad = new Pad(picture, PEN);
  pad.off();
  pad.fromData(enlarged(drawn.groups, times));
  const bytes = await written(picture, "image/png");
  const shrink = THUMBNAIL_EDGE_PX / Math.max(picture.width, picture.height);
  const small = canvas(picture.width * shrink, picture.height * shrink);
  small.getContext("2d")?.drawImage(picture, 0, 0, small.width, small.height);
  return {
    order,
    step: "",
    tag: "signature",
    sha256: await sha256Hex(bytes),
    filetype: "image/png",
    takenAt: takenAt.toISOString(),
    bytes,
    thumbnail: await written(small, "image/jpeg"),
  };
}

function canvas(width: number, height: number): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = Math.max(1, Math.floor(width));
  made.height = Math.max(1, Math.floor(height));
  return made;
}

async function written(picture: HTMLCanvasElement, type: string): Promise<ArrayBuffer> {
  const blob = await new Promise<Blob | null>((resolve) => {
    picture.toBlob(resolve, type, THUMBNAIL_QUALITY);
  });
  if (blob === null) throw new Error("the signature could not be written");
  return blob.arrayBuffer();
}

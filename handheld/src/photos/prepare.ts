/** From what the camera gave to what is kept: marked, scaled, with its time, hashed. */

import type { NewPhoto } from "../queue/pictures";
import { withExif } from "./exif";
import { type Fault, faultOf, JUDGED_EDGE_PX } from "./fault";
import { drawMarks, type Mark } from "./marks";
import type { Shot } from "./shot";

export interface Scaling {
  longestEdgePx: number;
  qualityPercent: number;
}

export interface Wishes {
  scaling: Scaling;
  marks?: readonly Mark[];
  keepPlace: boolean;
}

const THUMBNAIL_EDGE_PX = 240;
const THUMBNAIL_QUALITY = 0.6;

/** What is kept of a shot. Drawing is quick; reading and writing JPEG is left to the browser. */
export async function preparePhoto(
  shot: Shot,
  place: Pick<NewPhoto, "order" | "step" | "tag">,
  { scaling, marks = [], keepPlace }: Wishes,
): Promise<NewPhoto> {
  const full = drawn(shot.picture, scaling.longestEdgePx);
  drawMarks(full.context, marks, full.canvas.width, full.canvas.height);
  const small = drawn(full.canvas, THUMBNAIL_EDGE_PX);
  const [jpeg, thumbnail] = await Promise.all([
    written(full, scaling.qualityPercent / 100),
    written(small, THUMBNAIL_QUALITY),
  ]);
  const exif = keepPlace ? shot.exif : { ...shot.exif, place: null };
  const bytes = withExif(jpeg, exif, -shot.takenAt.getTimezoneOffset());
  return {
    ...place,
    sha256: await sha256Hex(bytes),
    filetype: "image/jpeg",
    takenAt: shot.takenAt.toISOString(),
    bytes,
    thumbnail,
  };
}

/** What may be wrong with a shot; null where nothing catches the eye. */
export function faultOfShot(shot: Shot): Fault | null {
  const copy = drawn(shot.picture, JUDGED_EDGE_PX);
  const { width, height } = copy.canvas;
  const fault = faultOf(copy.context.getImageData(0, 0, width, height).data, width, height);
  release(copy);
  return fault;
}

/** The size with this longest edge and the same shape; a small picture stays as it is. */
export function fitted(
  { width, height }: { width: number; height: number },
  longestEdgePx: number,
): { width: number; height: number } {
  const scale = Math.min(1, longestEdgePx / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

type Canvas = OffscreenCanvas | HTMLCanvasElement;
interface Drawing {
  canvas: Canvas;
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;
}

function drawn(picture: ImageBitmap | Canvas, longestEdgePx: number): Drawing {
  const { width, height } = fitted(picture, longestEdgePx);
  const canvas = blank(width, height);
  const context = canvas.getContext("2d") as Drawing["context"] | null;
  if (context === null) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return { canvas, context };
}

function blank(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Write it as JPEG and let go of its pixels. */
async function written(drawing: Drawing, quality: number): Promise<ArrayBuffer> {
  const { canvas } = drawing;
  const blob =
    canvas instanceof HTMLCanvasElement
      ? await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality))
      : await canvas.convertToBlob({ type: "image/jpeg", quality });
  release(drawing);
  if (blob === null) throw new Error("the picture could not be written");
  return blob.arrayBuffer();
}

function release({ canvas }: Drawing): void {
  canvas.width = 0;
  canvas.height = 0;
}

export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A picture as the camera or a file gave it, not yet scaled. */

import { type ExifFacts, type Place, readExif } from "./exif";
import { sizeOf } from "./jpeg";

/** The metadata stands at the beginning, in segments of at most 64 KB. */
const METADATA_BYTES = 256 * 1024;

export interface Shot {
  picture: ImageBitmap;
  takenAt: Date;
  /** What is written into the picture; a time only where a camera told it. */
  exif: ExifFacts;
}

/** The frame that stands in the finder. The handheld is the camera, so its clock counts. */
export async function shotOfVideo(video: HTMLVideoElement, place: Place | null): Promise<Shot> {
  const takenAt = new Date();
  return { picture: await createImageBitmap(video), takenAt, exif: { takenAt, place } };
}

/**
 * A picture from the system's camera, from the gallery, or one that is kept already.
 *
 * Its own time counts. Without one a picture from the gallery is as old as its file. Throws where
 * the browser cannot read the picture.
 */
export async function shotOfFile(
  source: Blob,
  origin: "camera" | "gallery",
  longestEdgePx: number,
  place: Place | null = null,
): Promise<Shot> {
  const beginning = await source.slice(0, METADATA_BYTES).arrayBuffer();
  const exif = readExif(beginning);
  const fileAt = source instanceof File ? new Date(source.lastModified) : new Date();
  return {
    picture: await createImageBitmap(source, {
      imageOrientation: "from-image",
      ...reduction(sizeOf(beginning), longestEdgePx),
    }),
    takenAt: exif.takenAt ?? (origin === "camera" ? new Date() : fileAt),
    exif: {
      takenAt: exif.takenAt,
      // Where the handheld is now says nothing of where an older picture was taken.
      place: exif.place ?? (origin === "camera" ? place : null),
    },
  };
}

/**
 * Read a large picture at a smaller size: the browser does that beside the page, and the memory for
 * its 12 million pixels is never needed.
 *
 * The width alone is named, and as if it were the longest edge: a picture that lies on its side is
 * then still large enough, whichever of turning and scaling a browser does first.
 */
export function reduction(
  size: { width: number; height: number } | null,
  longestEdgePx: number,
): ImageBitmapOptions {
  const isLarge = size !== null && Math.min(size.width, size.height) > longestEdgePx;
  return isLarge ? { resizeWidth: longestEdgePx, resizeQuality: "high" } : {};
}

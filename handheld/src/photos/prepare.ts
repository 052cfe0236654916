/** From what the camera gave to what is kept: scaled, hashed, with a thumbnail. */

import type { NewPhoto } from "../queue/pictures";

export interface Scaling {
  longestEdgePx: number;
  qualityPercent: number;
}

const THUMBNAIL_EDGE_PX = 240;
const THUMBNAIL_QUALITY = 0.6;

/** Throws where the browser cannot read the picture. */
export async function preparePhoto(
  source: Blob,
  place: Pick<NewPhoto, "order" | "step" | "tag">,
  scaling: Scaling,
  takenAt: Date,
): Promise<NewPhoto> {
  const picture = await createImageBitmap(source, { imageOrientation: "from-image" });
  try {
    const full = await scaled(picture, scaling.longestEdgePx, scaling.qualityPercent / 100);
    const thumbnail = await scaled(picture, THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY);
    return {
      ...place,
      sha256: await sha256Hex(full),
      filetype: "image/jpeg",
      takenAt: takenAt.toISOString(),
      bytes: full,
      thumbnail,
    };
  } finally {
    picture.close();
  }
}

async function scaled(
  picture: ImageBitmap,
  longestEdgePx: number,
  quality: number,
): Promise<ArrayBuffer> {
  const scale = Math.min(1, longestEdgePx / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
  if (blob === null) throw new Error("the picture could not be written");
  return blob.arrayBuffer();
}

export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A small picture from the store. */

import { useStoredPicture } from "./stored";

export function PhotoThumb({ sha256, alt }: { sha256: string; alt: string }) {
  const url = useStoredPicture(sha256, "thumbnail");
  return url === null ? (
    <span class="thumb thumb-gone" />
  ) : (
    <img class="thumb" src={url} alt={alt} />
  );
}

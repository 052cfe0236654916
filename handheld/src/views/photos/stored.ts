/** Pictures out of the store, as an address that an image can show. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import type { Database } from "../../store/database";

/** "full": the picture itself while its bytes are here, otherwise its thumbnail. */
export type Size = "thumbnail" | "full";

export async function storedPicture(
  database: Database,
  sha256: string,
  size: Size,
): Promise<Blob | null> {
  const full = size === "full" ? await database.get("bytes", sha256) : undefined;
  const bytes = full ?? (await database.get("thumbnails", sha256));
  // Signatures are PNG; an image looks at the bytes, not at the type.
  return bytes === undefined ? null : new Blob([bytes], { type: "image/jpeg" });
}

/** The address of a stored picture, null while it is read or where it is gone. */
export function useStoredPicture(sha256: string | null, size: Size): string | null {
  const { database } = useHandheld();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    setUrl(null);
    if (sha256 === null) return;
    let made: string | null = null;
    let gone = false;
    storedPicture(database, sha256, size).then((blob) => {
      if (gone || blob === null) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    }, console.error);
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [database, sha256, size]);
  return url;
}

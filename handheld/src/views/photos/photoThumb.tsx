/** A small picture from the store. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";

export function PhotoThumb({ sha256, alt }: { sha256: string; alt: string }) {
  const { database } = useHandheld();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    database.get("thumbnails", sha256).then((bytes) => {
      if (gone || bytes === undefined) return;
      made = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      setUrl(made);
    }, console.error);
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [database, sha256]);
  return url === null ? (
    <span class="thumb thumb-gone" />
  ) : (
    <img class="thumb" src={url} alt={alt} />
  );
}

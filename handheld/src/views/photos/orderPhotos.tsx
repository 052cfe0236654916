/** All pictures of an order, each with how far it has come. */

import { useState } from "preact/hooks";
import { useLive } from "../../app/live";
import { go } from "../../app/route";
import { photosOf } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { words } from "../../words/words";
import { later } from "../parts/later";
import { furthestBehind, PhotoState } from "./photoState";
import { PhotoThumb } from "./photoThumb";
import { tagWords } from "./tags";

const say = words({
  zh: { photos: (count: number) => `照片 ${count} 张` },
  en: { photos: (count: number) => `Photos: ${count}` },
});

const PhotoView = later(async () => (await import("./photoView")).PhotoView);

export function OrderPhotos({ order }: { order: string }) {
  const photos = useLive(["photos"], (database) => photosOf(database, order), [order]);
  const [open, setOpen] = useState<string | null>(null);
  const pictures = [...bySha256(photos ?? []).values()];
  const index = pictures.findIndex(([first]) => first!.sha256 === open);
  const shown = pictures[index];
  if (pictures.length === 0) return null;
  const step = (by: number) => {
    const to = pictures[index + by]?.[0];
    return to && (() => setOpen(to.sha256));
  };
  return (
    <section class="card order-photos">
      <h2>{say().photos(pictures.length)}</h2>
      <ul class="photo-strip">
        {pictures.map((entries) => {
          const { sha256, id } = entries[0]!;
          const tags = entries.map(({ tag }) => tagWords(tag)).join(" + ");
          return (
            <li key={id}>
              <button type="button" class="photo-tile" onClick={() => setOpen(sha256)}>
                <PhotoThumb sha256={sha256} alt="" />
                <span>{tags}</span>
                <PhotoState photo={furthestBehind(entries)} />
              </button>
            </li>
          );
        })}
      </ul>
      {shown !== undefined && (
        <PhotoView
          photos={shown}
          onClose={() => setOpen(null)}
          onBefore={step(-1)}
          onNext={step(1)}
          onAgain={() => goWhereItIsTaken(shown[0]!)}
        />
      )}
    </section>
  );
}

/** The entries of each picture: one that shows two things has two. */
export function bySha256(photos: readonly HeldPhoto[]): Map<string, HeldPhoto[]> {
  const found = new Map<string, HeldPhoto[]>();
  for (const photo of photos) {
    found.set(photo.sha256, [...(found.get(photo.sha256) ?? []), photo]);
  }
  return found;
}

function goWhereItIsTaken({ order, step, tag }: HeldPhoto): void {
  if (step !== "") go("order", order, "step", step);
  else if (tag === "before") go("order", order, "inspect");
}

/** The camera of the app: take, look, take again or keep; the whole screen for it. */

import { useState } from "preact/hooks";
import { useLive } from "../../app/live";
import type { Shot } from "../../photos/shot";
import { photosOf } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { Finder } from "./finder";
import type { Wanted } from "./keeping";
import { Layer } from "./layer";
import { Review } from "./review";
import { tagWords } from "./tags";

interface Props {
  wanted: Wanted;
  /** The tag whose latest picture of this order is laid over the finder. */
  ghostOf?: string | undefined;
  /** A shot to begin with, instead of the finder; `already` where it is kept. */
  first?: { shot: Shot; already?: HeldPhoto };
  onClose(): void;
}

export function Camera({ wanted, ghostOf, first, onClose }: Props) {
  const [shot, setShot] = useState<Shot | null>(first?.shot ?? null);
  const photos = useLive(["photos"], (database) => photosOf(database, wanted.order), [
    wanted.order,
  ]);
  return (
    <Layer label={tagWords(wanted.tag)} onClose={onClose}>
      {first === undefined && (
        <div class="layer-part" hidden={shot !== null}>
          {photos !== undefined && (
            <Finder ghost={ghostFor(photos, ghostOf)} isIdle={shot !== null} onShot={setShot} />
          )}
        </div>
      )}
      {shot !== null && (
        <Review
          key={shot.takenAt.getTime()}
          wanted={wanted}
          shot={shot}
          already={first?.already ?? null}
          onAgain={() => (first === undefined ? setShot(null) : onClose())}
          onDone={onClose}
        />
      )}
    </Layer>
  );
}

/** The latest picture of this kind that was not refused; null where there is none. */
export function ghostFor(photos: readonly HeldPhoto[], tag: string | undefined): string | null {
  const found = photos.filter((photo) => photo.tag === tag && photo.state !== "refused");
  return found.at(-1)?.sha256 ?? null;
}

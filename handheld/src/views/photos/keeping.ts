/** Keeping a shot from a view: scaled as the installation wants it, told where it did not fit. */

import { useHandheld } from "../../app/live";
import type { Mark } from "../../photos/marks";
import { mayKeepPlace } from "../../photos/place";
import { preparePhoto } from "../../photos/prepare";
import type { Shot } from "../../photos/shot";
import { keepPhoto, type NewPhoto } from "../../queue/pictures";
import { type HeldPhoto, isFull } from "../../store/database";

/** What a picture is to be evidence of; `order` is empty for what belongs to none. */
export type Wanted = Pick<NewPhoto, "order" | "step" | "tag">;

export interface HowKept {
  marks?: readonly Mark[];
  /** Half the edge, where the disk is full. */
  smaller?: boolean;
  /** The kept picture that it takes the place of. */
  instead?: number | null;
}

/** "full": there was no room, and nothing of it was kept. */
export type Keeping =
  | { outcome: "kept"; photo: HeldPhoto }
  | { outcome: "full" }
  | { outcome: "failed" };

const LONGEST_EDGE_PX = 1600;
const QUALITY_PERCENT = 82;

export function useLongestEdge(): number {
  return useHandheld().settings.value?.photo.longest_edge_px ?? LONGEST_EDGE_PX;
}

export function useMayKeepPlace(): boolean {
  const handheld = useHandheld();
  return mayKeepPlace(handheld.settings.value, handheld.preferences.value);
}

/** A function that keeps a shot; what it resolves to is on the disk. */
export function useKeeping(wanted: Wanted): (shot: Shot, how?: HowKept) => Promise<Keeping> {
  const handheld = useHandheld();
  const longestEdgePx = useLongestEdge();
  const keepPlace = useMayKeepPlace();
  const qualityPercent = handheld.settings.value?.photo.jpeg_quality_percent ?? QUALITY_PERCENT;
  return async (shot, { marks = [], smaller = false, instead = null } = {}) => {
    const scaling = {
      longestEdgePx: smaller ? Math.round(longestEdgePx / 2) : longestEdgePx,
      qualityPercent,
    };
    try {
      const prepared = await preparePhoto(shot, wanted, { scaling, marks, keepPlace });
      const photo = await keepPhoto(handheld.database, prepared, instead);
      handheld.changes.announce("photos");
      return { outcome: "kept", photo };
    } catch (error) {
      console.warn("a picture was not kept", error);
      return { outcome: isFull(error) ? "full" : "failed" };
    }
  };
}

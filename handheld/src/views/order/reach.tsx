/** How much of an order's evidence is on the handheld, arrived, verified. */

import type { HeldPhoto } from "../../store/database";
import { words } from "../../words/words";
import type { Job } from "../../work/job";

const say = words({
  zh: {
    all: "本单已全部送达并核对",
    some: (here: number, arrived: number) =>
      [here > 0 ? `${here} 项还在本机` : "", arrived > 0 ? `${arrived} 项已到,待核对` : ""]
        .filter(Boolean)
        .join(" · "),
  },
  en: {
    all: "Everything of this order has arrived and is verified",
    some: (here: number, arrived: number) =>
      [
        here > 0 ? `${here} still on this handheld` : "",
        arrived > 0 ? `${arrived} arrived, to be verified` : "",
      ]
        .filter(Boolean)
        .join(" · "),
  },
});

export function Reach({ job, photos }: { job: Job; photos: readonly HeldPhoto[] }) {
  const here =
    job.acts.filter((act) => act.waiting === 1).length +
    photos.filter((photo) => photo.state === "waiting").length;
  const arrived =
    job.acts.filter((act) => act.waiting !== 1 && !act.verified).length +
    photos.filter((photo) => photo.state === "sent").length;
  return <p class="soft reach">{here + arrived === 0 ? say().all : say().some(here, arrived)}</p>;
}

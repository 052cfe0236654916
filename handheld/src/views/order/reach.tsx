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
    photos: (count: number) => `完工待 ${count} 张照片送达后发出`,
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
    photos: (count: number) => `"Finished" goes out once ${count} photos have arrived`,
  },
});

export function Reach({ job, photos }: { job: Job; photos: readonly HeldPhoto[] }) {
  const photosHere = photos.filter((photo) => photo.state === "waiting").length;
  const here = job.acts.filter((act) => act.waiting === 1).length + photosHere;
  const arrived =
    job.acts.filter((act) => act.waiting !== 1 && !act.verified).length +
    photos.filter((photo) => photo.state === "sent").length;
  const isHeld = job.acts.some((act) => act.type === "order.ready" && act.seq === null);
  return (
    <p class="soft reach">
      {here + arrived === 0 ? say().all : say().some(here, arrived)}
      {isHeld && photosHere > 0 && (
        <>
          <br />
          {say().photos(photosHere)}
        </>
      )}
    </p>
  );
}

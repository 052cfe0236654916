/** What stands between this moment and the next: missing steps, pictures on their way, the slip. */

import { href } from "../../app/route";
import type { HeldPhoto } from "../../store/database";
import { listed } from "../../words/format";
import { problemText } from "../../words/problems";
import { inLanguage, words } from "../../words/words";
import { counts, type Job } from "../../work/job";
import { stillOut } from "../../work/settling";
import { stageOf } from "../../work/stage";

const say = words({
  zh: {
    missing: (count: number) => `还差 ${count} 项才能完工`,
    redo: "返工后,至少要把一个有关步骤重新登记(R-061)。",
    all: (steps: number) => `${steps} 个步骤都已完成。`,
    allDone: "没有要补的步骤。",
    photos: (count: number) => `${count} 张照片还在本机:送达后“完工”才会发出,您可以先请客户试用。`,
    delivered: "本单已全部送达。",
    undelivered: (count: number) => `本单还有 ${count} 项没有送达服务器。`,
    signature: "客户签名的图片还没有送达,送达后才能核销(R-060)。",
    signatureRefused: "客户签名的图片被退回,没有它不能核销(R-060),请联系调度台:",
    out: "核销前须退回仓库(R-072):",
  },
  en: {
    missing: (count: number) => `${count} more before it is finished`,
    redo: "After a rework at least one step concerned is recorded anew (R-061).",
    all: (steps: number) => `All ${steps} steps are done.`,
    allDone: "No step is missing.",
    photos: (count: number) =>
      `Photos still on this handheld: ${count}. "Finished" goes out once they have arrived; the customer may try it now.`,
    delivered: "Everything of this order has been delivered.",
    undelivered: (count: number) => `Of this order, ${count} not at the server yet.`,
    signature: "The customer's signature has not arrived; it is needed for write-off (R-060).",
    signatureRefused:
      "The customer's signature was refused; without it nothing is written off (R-060). Ask the desk: ",
    out: "To be returned to the store before write-off (R-072):",
  },
});

interface Props {
  job: Job;
  photos: readonly HeldPhoto[];
}

/** Shown over the one thing to do now; nothing where there is nothing to say. */
export function WhatIsLeft({ job, photos }: Props) {
  switch (stageOf(job)) {
    case "work":
      return <Missing job={job} />;
    case "ready":
      return <BeforeReady job={job} photos={photos} />;
    case "hand_in":
      return <BeforeHandIn job={job} photos={photos} />;
    default:
      return null;
  }
}

function Missing({ job }: { job: Job }) {
  const isUntouched = job.state === "rework" && !job.redone;
  if (!isUntouched && job.missing.length === 0) return null;
  return (
    <section class="card left">
      {isUntouched && <p class="soon">{say().redo}</p>}
      {job.missing.length > 0 && (
        <details>
          <summary>{say().missing(job.missing.length)}</summary>
          <ul>
            {job.missing.map((lack) => (
              <li key={`${lack.step} ${lack.code} ${lack.tag}`}>
                <a href={href("order", job.number, "step", lack.step)}>{inLanguage(lack)}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function BeforeReady({ job, photos }: Props) {
  const steps = new Set(job.run?.results.map((result) => result.step)).size;
  const here = photos.filter((photo) => photo.state === "waiting").length;
  return (
    <section class="card left">
      <p>{steps > 0 ? say().all(steps) : say().allDone}</p>
      {here > 0 && <p class="soft">{say().photos(here)}</p>}
    </section>
  );
}

function BeforeHandIn({ job, photos }: Props) {
  const undelivered =
    job.acts.filter((act) => act.waiting === 1).length +
    photos.filter((photo) => photo.state === "waiting").length;
  const signature = job.acts.find((act) => act.type === "order.accepted" && counts(act))?.data
    .signature;
  const signed = photos.find((photo) => photo.sha256 === signature);
  const out = stillOut(job);
  return (
    <section class="card left">
      <p>{undelivered === 0 ? say().delivered : say().undelivered(undelivered)}</p>
      {signed?.state === "waiting" && <p>{say().signature}</p>}
      {signed?.state === "refused" && (
        <p class="wrong">
          {say().signatureRefused}
          {problemText(signed.problem)}
        </p>
      )}
      {out.length > 0 && (
        <p>
          {say().out} {listed(out.map((material) => `${material.name} × ${material.qty}`))}
        </p>
      )}
    </section>
  );
}

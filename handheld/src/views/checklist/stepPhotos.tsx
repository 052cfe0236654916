/** The pictures of a step: what it asks for, what is there, and how far that has come. */

import { useEffect } from "preact/hooks";
import { useHandheld } from "../../app/live";
import type { Step } from "../../engine/evaluate";
import { alsoServes, releasePhotos } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";
import { discard } from "../../work/discarding";
import type { JobAtHand } from "../../work/jobs";
import { heldCount, photosOwed } from "../../work/steps";
import { PhotoNeed } from "../photos/photoNeed";
import { PhotoThumb } from "../photos/photoThumb";
import { tagWords } from "../photos/tags";

const say = words({
  zh: {
    photos: "照片",
    more: "再加照片",
    waiting: "在本机",
    sent: "已到",
    verified: "已核对",
    refused: "被退回",
    elsewhere: (count: number) => `服务器另有 ${count} 张`,
    added: "照片已加到这一步",
    undo: "撤销",
    tooLate: "已发送,不能撤销",
    discard: "删除,重拍",
    bothIn: (tag: string) => `这张里也有${tag}`,
    bothHow: "旧件、新件放在一起拍,一张就够。",
  },
  en: {
    photos: "Photos",
    more: "Add photos",
    waiting: "On this handheld",
    sent: "Arrived",
    verified: "Verified",
    refused: "Refused",
    elsewhere: (count: number) => `${count} more at the server`,
    added: "Photo added to this step",
    undo: "Undo",
    tooLate: "Already sent, cannot be taken back",
    discard: "Discard, take it again",
    bothIn: (tag: string) => `Shows the ${tag.toLowerCase()} too`,
    bothHow: "Old and new part in one frame: one photo will do.",
  },
});

/** The picture that the new one should be taken like: laid over the camera's. */
const LIKE: Readonly<Record<string, string>> = { after: "before" };
/** Tags that one frame may show together. */
const TOGETHER: Readonly<Record<string, string>> = { old_part: "new_part", new_part: "old_part" };

interface Props {
  found: JobAtHand;
  step: Step;
  /** An answer is being entered: pictures wait for it. Else they are added at once. */
  isOpen: boolean;
}

export function StepPhotos({ found, step, isOpen }: Props) {
  const { job } = found;
  const ofStep = found.photos.filter((photo) => photo.step === step.id);
  const kept = ofStep.filter((photo) => photo.state === "kept");
  useAddingAtOnce(isOpen ? [] : kept);
  if (step.photos.length === 0 && ofStep.length === 0) return null;
  const owed = photosOwed(step, job.context);
  const needs = step.photos.map(({ tag, min }) => {
    const like = LIKE[tag];
    const wanted = {
      order: job.number,
      step: step.id,
      tag,
      min: Math.max(0, min - heldCount(step, tag, job.context)),
      ...(like === undefined ? {} : { ghostOf: like }),
    };
    return (
      <div key={tag}>
        <PhotoNeed {...wanted} />
        {isOpen && <BothParts step={step} tag={tag} kept={kept} />}
      </div>
    );
  });
  return (
    <section class="step-photos" aria-label={say().photos}>
      {isOpen && isPair(step) && <p class="soft">{say().bothHow}</p>}
      {isOpen || owed.length > 0 ? (
        needs
      ) : (
        <details>
          <summary>{say().more}</summary>
          {needs}
        </details>
      )}
      <Held found={found} step={step} photos={ofStep.filter((photo) => photo.state !== "kept")} />
    </section>
  );
}

function isPair(step: Step): boolean {
  return step.photos.some((need) => step.photos.some((other) => other.tag === TOGETHER[need.tag]));
}

/** One picture of old and new part counts for both. */
function BothParts({ step, tag, kept }: { step: Step; tag: string; kept: readonly HeldPhoto[] }) {
  const { database, changes } = useHandheld();
  const other = TOGETHER[tag];
  const photo = kept.find((one) => one.tag === tag);
  const isWanted =
    step.photos.some((need) => need.tag === other) && !kept.some((one) => one.tag === other);
  if (other === undefined || photo === undefined || !isWanted) return null;
  return (
    <button
      type="button"
      onClick={() =>
        void alsoServes(database, photo.id, other).then(() => changes.announce("photos"))
      }
    >
      {say().bothIn(tagWords(other))}
    </button>
  );
}

/** The step is recorded: what is taken now goes up without an act, and may be taken back a while. */
function useAddingAtOnce(kept: readonly HeldPhoto[]): void {
  const handheld = useHandheld();
  const { database, changes } = handheld;
  const ids = kept.map((photo) => photo.id);
  useEffect(() => {
    if (ids.length === 0) return;
    const takeBack = async () => {
      const gone = await Promise.all(kept.map((photo) => discard(database, photo)));
      changes.announce("photos");
      if (!gone.every(Boolean)) handheld.toast(say().tooLate, "warning");
    };
    releasePhotos(database, ids, Date.now() + handheld.undoMs.value).then(() => {
      changes.announce("photos");
      handheld.toast(say().added, "done", { label: say().undo, run: () => void takeBack() });
    }, console.error);
  }, [ids.join()]);
}

function Held({
  found,
  step,
  photos,
}: {
  found: JobAtHand;
  step: Step;
  photos: readonly HeldPhoto[];
}) {
  const { database, changes } = useHandheld();
  const here = new Set(photos.map((photo) => photo.sha256));
  const told = new Set(
    found.job.snapshot.run
      .filter((entry) => entry.step === step.id)
      .flatMap((entry) => entry.photos.map((photo) => photo.sha256)),
  );
  const elsewhere = [...told].filter((sha256) => !here.has(sha256)).length;
  if (photos.length === 0 && elsewhere === 0) return null;
  return (
    <>
      <ul class="held-photos">
        {photos.map((photo) => (
          <li key={photo.id} class={`held held-${photo.state}`}>
            <PhotoThumb sha256={photo.sha256} alt={tagWords(photo.tag)} />
            <span>
              {tagWords(photo.tag)}
              <small>{photo.state !== "kept" && say()[photo.state]}</small>
            </span>
            {photo.state === "refused" && (
              <span class="wrong" role="alert">
                {problemText(photo.problem)}
                <button
                  type="button"
                  onClick={() =>
                    void discard(database, photo).then(() => changes.announce("photos"))
                  }
                >
                  {say().discard}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {elsewhere > 0 && <p class="soft">{say().elsewhere(elsewhere)}</p>}
    </>
  );
}

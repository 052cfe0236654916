/** Why what was done on this order does not go out, and where to put that right: under the thumb. */

import { useHandheld, useLive } from "../../app/live";
import { href } from "../../app/route";
import { behindWhich } from "../../queue/behind";
import { markRead } from "../../queue/outgoing";
import type { Act, HeldPhoto } from "../../store/database";
import { networkKind, sendNow, uploadAnyway } from "../../sync/surroundings";
import { listed } from "../../words/format";
import { problemText } from "../../words/problems";
import { inLanguage, words } from "../../words/words";
import { answersToRead, type Hold, holdingOf } from "../../work/holding";
import type { Job } from "../../work/job";
import { actDetail, actTitle } from "../acts/actWords";
import { tagWords } from "../photos/tags";

const say = words({
  zh: {
    held: (what: string) => `还在本机,没有发出:${what}`,
    before: "重拍或删除后,“完工”才会发出。",
    refused: (tag: string) => `“${tag}”照片被退回:`,
    owed: (tag: string) => `还缺“${tag}”照片:原来的已删除`,
    toStep: (step: string) => `去 ${step} 重拍 ›`,
    waiting: (photos: number) => `${photos} 张照片送达后自动发出。`,
    wifi: "按您的设置,照片等到有 Wi-Fi 才发送。",
    anyway: "现在就用流量发送",
    behind: (order: string) => `等 ${order} 的照片送达:导出时排在它后面。`,
    toOrder: (order: string) => `去 ${order} ›`,
    notLetIn: "服务器没有放行本机。请联系调度台;所做的都还在本机。",
    notAccepted: "服务器没有接受",
    tooLate: "送达时工单已变动,只作凭据保存",
    known: "知道了",
  },
  en: {
    held: (what: string) => `Still on this handheld, not sent: ${what}`,
    before: '"Finished" goes out once it is taken again or discarded.',
    refused: (tag: string) => `The photo "${tag}" was refused: `,
    owed: (tag: string) => `The photo "${tag}" was discarded: another is needed`,
    toStep: (step: string) => `Take it again at ${step}\u00a0›`,
    waiting: (photos: number) => `Goes out by itself once its photos have arrived (${photos}).`,
    wifi: "As you chose, photos wait for Wi-Fi.",
    anyway: "Send over mobile data now",
    behind: (order: string) => `Waits for the photos of ${order}: an export put it behind that.`,
    toOrder: (order: string) => `To ${order}\u00a0›`,
    notLetIn: "The server does not let this handheld in. Ask the desk; everything is still here.",
    notAccepted: "The server did not accept it",
    tooLate: "The order had moved on: kept as evidence only",
    known: "Understood",
  },
});

interface Props {
  job: Job;
  photos: readonly HeldPhoto[];
}

/** Nothing where nothing is held; it needs no network. */
export function HeldBack({ job, photos }: Props) {
  const { connection } = useHandheld();
  const { number } = job;
  const behind = useLive(["acts", "photos"], (database) => behindWhich(database, number), [number]);
  const { held, holds } = holdingOf(job, photos, behind ?? null);
  const answers = answersToRead(job);
  const isShutOut = connection.value === "not-let-in" && job.acts.some((act) => act.waiting === 1);
  if (holds.length + answers.length === 0 && !isShutOut) return null;
  const isBad = answers.length > 0 || isShutOut || holds.some((hold) => hold.why !== "waiting");
  return (
    <section class={`strip held-back ${isBad ? "late" : "soon"}`} aria-live="polite">
      {answers.map((act) => (
        <Answered job={job} act={act} key={act.id} />
      ))}
      {held.length > 0 && (
        <p>
          <b>{say().held(listed(held.map((act) => actTitle(act.type))))}</b>
        </p>
      )}
      {holds.map((hold) => (
        <Reason job={job} hold={hold} key={keyOf(hold)} />
      ))}
      {held.length === 0 && holds.length > 0 && <p>{say().before}</p>}
      {isShutOut && <p>{say().notLetIn}</p>}
    </section>
  );
}

function keyOf(hold: Hold): string {
  if (hold.why === "refused") return `refused ${hold.photo.id}`;
  return hold.why === "owed" ? `owed ${hold.step} ${hold.tag}` : hold.why;
}

function Reason({ job, hold }: { job: Job; hold: Hold }) {
  switch (hold.why) {
    case "refused":
      return (
        <>
          <p>
            <b>{say().refused(tagWords(hold.photo.tag))}</b>
            {problemText(hold.photo.problem)}
          </p>
          <ToStep job={job} step={hold.photo.step} />
        </>
      );
    case "owed":
      return (
        <>
          <p>{say().owed(tagWords(hold.tag))}</p>
          <ToStep job={job} step={hold.step} />
        </>
      );
    case "waiting":
      return <OnTheWay photos={hold.photos} />;
    case "behind":
      return (
        <>
          <p>{say().behind(hold.order)}</p>
          <a class="button" href={href("order", hold.order)}>
            {say().toOrder(hold.order)}
          </a>
        </>
      );
  }
}

/** A link and no deed: the picture and the reason stand at the step until another is there. */
function ToStep({ job, step }: { job: Job; step: string }) {
  const found = job.run?.find(step);
  return (
    <>
      {found && (
        <p>
          {step} {inLanguage(found.text)}
        </p>
      )}
      <a class="button" href={href("order", job.number, "step", step)}>
        {say().toStep(step)}
      </a>
    </>
  );
}

function OnTheWay({ photos }: { photos: number }) {
  const { database, changes, preferences } = useHandheld();
  const isHeldForWifi = preferences.value.photosOnWifiOnly && networkKind() === "cellular";
  return (
    <>
      <p>{say().waiting(photos)}</p>
      {isHeldForWifi && (
        <>
          <p>{say().wifi}</p>
          <button
            type="button"
            onClick={() => void uploadAnyway(database).then(() => sendNow(changes))}
          >
            {say().anyway}
          </button>
        </>
      )}
    </>
  );
}

/** What the server refused, or took too late. */
function Answered({ job, act }: { job: Job; act: Act }) {
  const { database, changes } = useHandheld();
  const step = act.type === "step.recorded" ? String(act.data.step) : null;
  const why = act.outcome === "recorded" ? say().tooLate : say().notAccepted;
  return (
    <div data-act={act.type}>
      <p>
        <b>
          {actTitle(act.type)} {actDetail(act)}
        </b>
        <br />
        {act.problem === null ? why : problemText(act.problem)}
      </p>
      {step !== null && job.run?.find(step) && (
        <a class="button" href={href("order", job.number, "step", step)}>
          {step} ›
        </a>
      )}
      <button
        type="button"
        onClick={() => void markRead(database, act.place).then(() => changes.announce("acts"))}
      >
        {say().known}
      </button>
    </div>
  );
}

/** Nobody signs: the reason and a witness stand in, and a manager decides (A-15, P-08). */

import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { PhotoNeed, useKeptPhotos } from "../photos/photoNeed";
import { chooseOne, Instead, useTried, Wrong } from "./forms";

const say = words({
  zh: {
    title: "没有签名",
    follows: "接下来:上报客服经理决定,费用先不收。不要代签,不要与客户争执。",
    reason: "为什么没有签名",
    refused: "客户拒绝签名",
    absent: "客户不在场",
    dispute: "对费用或责任有争议",
    other: "其他,写下客户原话",
    own: "客户原话",
    ownMissing: "请写下客户怎么说。",
    witness: "见证人姓名",
    witnessMissing: "须有见证人,例如同事、保安或邻居。",
    photos: "照片(可不拍)",
    record: "记录未签名",
    done: "已记录,等客服经理决定",
    back: "返回",
  },
  en: {
    title: "No signature",
    follows:
      "What follows: the CS manager decides, and nothing is charged until then. Never sign for the customer, and do not argue.",
    reason: "Why there is no signature",
    refused: "The customer refuses to sign",
    absent: "The customer is absent",
    dispute: "Dispute over charge or liability",
    other: "Something else, in the customer's words",
    own: "The customer's words",
    ownMissing: "Write down what the customer says.",
    witness: "Name of a witness",
    witnessMissing: "A witness is needed: a colleague, a guard or a neighbour.",
    photos: "Photos (optional)",
    record: "Record without a signature",
    done: "Kept; the CS manager decides",
    back: "Back",
  },
});

const REASONS = ["refused", "absent", "dispute", "other"] as const;
type Reason = (typeof REASONS)[number];
const LONGEST_REASON = 500;
const LONGEST_NAME = 60;
const TAG = "after";

export function Unsigned({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const drafted = useDraft<{ reason: Reason | null; own: string; witness: string }>(
    job.number,
    "unsigned",
    { reason: null, own: "", witness: "" },
  );
  const photos = useKeptPhotos(job.number, "").filter((photo) => photo.tag === TAG);
  if (!drafted.isRead) return null;
  const { value, change } = drafted;
  const lacksWords = value.reason === "other" && value.own.trim() === "";

  async function refuse(): Promise<void> {
    if (value.reason === null || lacksWords || value.witness.trim() === "") return tryAgain();
    const data = {
      reason: value.reason === "other" ? value.own.trim() : value.reason,
      witness: value.witness.trim(),
      photos: photos.map(({ sha256, tag }) => ({ sha256, tag })),
    };
    const also = {
      drafts: [drafted.key],
      photos: photos.map((photo) => photo.id),
      done: say().done,
    };
    if (await record("signature.refused", job.snapshot, data, also)) {
      goInstead("order", job.number);
    }
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void refuse();
      }}
    >
      <h1>{say().title}</h1>
      <p class="strip late">{say().follows}</p>
      <Choices
        label={say().reason}
        options={REASONS.map((reason) => ({ value: reason, label: say()[reason] }))}
        value={value.reason}
        onChange={(reason) => change({ ...value, reason })}
      />
      <Wrong text={isTried && value.reason === null ? chooseOne() : null} />
      {value.reason === "other" && (
        <>
          <Words
            label={say().own}
            name="own"
            longest={LONGEST_REASON}
            value={value.own}
            onChange={(own) => change({ ...value, own })}
          />
          <Wrong text={isTried && lacksWords ? say().ownMissing : null} />
        </>
      )}
      <label>
        {say().witness}
        <input
          name="witness"
          autocomplete="off"
          maxLength={LONGEST_NAME}
          value={value.witness}
          onInput={(event) => change({ ...value, witness: event.currentTarget.value })}
        />
      </label>
      <Wrong text={isTried && value.witness.trim() === "" ? say().witnessMissing : null} />
      <h2 class="label">{say().photos}</h2>
      <PhotoNeed order={job.number} step="" tag={TAG} min={0} />
      <button type="submit" class="primary" disabled={busy}>
        {say().record}
      </button>
      <Instead to={["order", job.number, "trial"]}>{say().back}</Instead>
    </form>
  );
}

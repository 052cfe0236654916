/** The customer is not satisfied: apologise, say why, and redo it (R-061, R-062, P-07). */

import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { type AfterRejection, afterRejection } from "../../work/rework";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { chooseOne, Instead, useTried, Wrong } from "./forms";

const say = words({
  zh: {
    title: "客户不满意",
    next: "接下来",
    nobody: "返工第 1 次:马上按客户要求重做,有关步骤重新登记,再请客户试用。",
    cs_manager: "返工第 2 次:可以继续重做,同时客服经理会收到通知。",
    gpm: "已返工两次:不再返工,由总物业经理决定。请等通知,不要与客户争执。",
    apologise: "先道歉:",
    apology: "我已向客户道歉",
    apologyMissing: "请先向客户道歉,再勾选。",
    reason: "哪里不满意",
    fault: "故障还在",
    workmanship: "做工不好",
    dirty: "现场没清理干净",
    unlike: "与说好的不一样",
    other: "其他",
    own: "客户原话(选“其他”时必填)",
    ownMissing: "请写下客户怎么说。",
    record: "记录不满意",
    rework: "已记录,请返工",
    escalated: "已记录,已上报总物业经理",
    back: "返回",
  },
  en: {
    title: "The customer is not satisfied",
    next: "What follows",
    nobody:
      "Rework 1: redo it at once as the customer asks, record the steps anew, then the customer tries again.",
    cs_manager: "Rework 2: go on and redo it; the CS manager is told at the same time.",
    gpm: "Redone twice already: no more rework, the general property manager decides. Wait for word and do not argue.",
    apologise: "Apologise first:",
    apology: "I have apologised to the customer",
    apologyMissing: "Apologise to the customer first, then tick this.",
    reason: "What is wrong",
    fault: "The fault is still there",
    workmanship: "Poor workmanship",
    dirty: "Not left clean",
    unlike: "Not as it was agreed",
    other: "Something else",
    own: 'In the customer\'s words (needed for "something else")',
    ownMissing: "Write down what the customer says.",
    record: "Record the dissatisfaction",
    rework: "Kept: redo the work",
    escalated: "Kept: it goes up to the general property manager",
    back: "Back",
  },
});

const REASONS = ["fault", "workmanship", "dirty", "unlike", "other"] as const;
type Reason = (typeof REASONS)[number];
/** Of 500 on the wire; the chosen words go before. */
const LONGEST_OWN_WORDS = 400;

export function Dissatisfied({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const drafted = useDraft<{ apology: boolean; reason: Reason | null; own: string }>(
    job.number,
    `reject-${job.reworkRound}`,
    { apology: false, reason: null, own: "" },
  );
  if (!drafted.isRead) return null;
  const { value, change } = drafted;
  const follows = afterRejection(job.reworkRound);
  const lacksWords = value.reason === "other" && value.own.trim() === "";

  async function reject(): Promise<void> {
    if (!value.apology || value.reason === null || lacksWords) return tryAgain();
    const chosen = value.reason === "other" ? "" : say()[value.reason];
    const reason = [chosen, value.own.trim()].filter(Boolean).join(": ");
    const also = { drafts: [drafted.key], done: say()[follows.state] };
    if (await record("order.rejected", job.snapshot, { reason, apology: true }, also)) {
      goInstead("order", job.number);
    }
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void reject();
      }}
    >
      <h1>{say().title}</h1>
      <Follows follows={follows} />
      <p>
        <b>{say().apologise}</b>
      </p>
      <label class="tick">
        <input
          type="checkbox"
          name="apology"
          checked={value.apology}
          onChange={(event) => change({ ...value, apology: event.currentTarget.checked })}
        />
        <span>{say().apology}</span>
      </label>
      <Wrong text={isTried && !value.apology ? say().apologyMissing : null} />
      <Choices
        label={say().reason}
        options={REASONS.map((reason) => ({ value: reason, label: say()[reason] }))}
        value={value.reason}
        onChange={(reason) => change({ ...value, reason })}
      />
      <Wrong text={isTried && value.reason === null ? chooseOne() : null} />
      <Words
        label={say().own}
        name="own"
        longest={LONGEST_OWN_WORDS}
        value={value.own}
        onChange={(own) => change({ ...value, own })}
      />
      <Wrong text={isTried && lacksWords ? say().ownMissing : null} />
      <button type="submit" class="primary" disabled={busy}>
        {say().record}
      </button>
      <Instead to={["order", job.number, "trial"]}>{say().back}</Instead>
    </form>
  );
}

function Follows({ follows }: { follows: AfterRejection }) {
  return (
    <p
      class={`strip ${follows.state === "escalated" ? "late" : "soon"}`}
      data-tells={follows.tells}
    >
      <b>{say().next}</b>
      <br />
      {say()[follows.tells]}
    </p>
  );
}

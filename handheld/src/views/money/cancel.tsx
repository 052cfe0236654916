/** The customer calls it off: who says so, why, and what that costs (R-057, P-20). */

import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import { type Material, mayBeCharged, stillOut, usedMaterial } from "../../work/settling";
import { asidesOf } from "../../work/stage";
import type { OrderScreenProps } from "../order/order";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { chooseOne, Instead, NotNow, useTried, Wrong } from "./forms";

const say = words({
  zh: {
    title: "客户取消",
    notNow: "现在不能取消这张单。",
    free: "价格还没有确认过:取消不收任何费用。",
    charged: "价格已经确认过:只收客户同意的部分;客户不同意时由经理决定。",
    noWork: "停止施工,把现场恢复安全,然后交单核销。",
    used: "已用的材料",
    out: "核销前须退回仓库",
    unknownQty: "数量见仓库记录",
    by: "谁说要取消",
    byMissing: "请填写是谁说的。",
    reason: "取消原因",
    price: "嫌贵",
    solved: "已经好了",
    later: "改天再说",
    elsewhere: "另找别人",
    other: "其他",
    own: "补充说明(选“其他”时必填)",
    ownMissing: "请写明原因。",
    record: "记录取消",
    done: "取消已记录,请交单核销",
    back: "不取消,返回",
  },
  en: {
    title: "The customer cancels",
    notNow: "This order cannot be cancelled just now.",
    free: "No price was confirmed: nothing is charged.",
    charged:
      "A price was confirmed: only what the customer agrees to is charged, else the manager decides.",
    noWork: "Stop the work, leave the place safe, then hand in the slip for write-off.",
    used: "Material used so far",
    out: "To be returned to the store before write-off",
    unknownQty: "quantity as the store has it",
    by: "Who says so",
    byMissing: "Enter who says so.",
    reason: "Reason",
    price: "Too expensive",
    solved: "Works again",
    later: "Another day",
    elsewhere: "Asks somebody else",
    other: "Something else",
    own: 'Remarks (needed for "something else")',
    ownMissing: "Give the reason.",
    record: "Record the cancellation",
    done: "Cancellation kept; hand in the slip",
    back: "Do not cancel",
  },
});

const REASONS = ["price", "solved", "later", "elsewhere", "other"] as const;
type Reason = (typeof REASONS)[number];
const LONGEST_OWN_WORDS = 400;
const LONGEST_NAME = 60;

export function CancelScreen({ found: { job } }: OrderScreenProps) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const drafted = useDraft<{ by: string; reason: Reason | null; own: string }>(
    job.number,
    "cancel",
    {
      by: job.snapshot.customer.name,
      reason: null,
      own: "",
    },
  );
  if (!drafted.isRead) return null;
  if (!asidesOf(job).includes("cancel")) return <NotNow number={job.number} why={say().notNow} />;
  const { value, change } = drafted;
  const lacksWords = value.reason === "other" && value.own.trim() === "";

  async function cancel(): Promise<void> {
    if (value.by.trim() === "" || value.reason === null || lacksWords) return tryAgain();
    const chosen = value.reason === "other" ? "" : say()[value.reason];
    const reason = [chosen, value.own.trim()].filter(Boolean).join(": ");
    const also = { drafts: [drafted.key], done: say().done };
    const data = { by: value.by.trim(), reason };
    if (await record("order.cancel_requested", job.snapshot, data, also)) {
      goInstead("order", job.number);
    }
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void cancel();
      }}
    >
      <h1>{say().title}</h1>
      <p class="strip soon">
        <b>{mayBeCharged(job) ? say().charged : say().free}</b>
        <br />
        {say().noWork}
      </p>
      <Materials title={say().used} materials={usedMaterial(job)} />
      <Materials title={say().out} materials={stillOut(job)} />
      <label>
        {say().by}
        <input
          name="by"
          autocomplete="off"
          maxLength={LONGEST_NAME}
          value={value.by}
          onInput={(event) => change({ ...value, by: event.currentTarget.value })}
        />
      </label>
      <Wrong text={isTried && value.by.trim() === "" ? say().byMissing : null} />
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
      <button type="submit" class="primary danger" disabled={busy}>
        {say().record}
      </button>
      <Instead to={["order", job.number]}>{say().back}</Instead>
    </form>
  );
}

function Materials({ title, materials }: { title: string; materials: readonly Material[] }) {
  if (materials.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      <ul>
        {materials.map((material) => (
          <li key={material.item}>
            {material.name} {material.qty === null ? say().unknownQty : `× ${material.qty}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

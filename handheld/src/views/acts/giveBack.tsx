/** Giving an order back before the work has begun, with a reason (WO4). */

import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import { asidesOf } from "../../work/stage";
import type { OrderScreenProps } from "../order/order";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import "./acts.css";

const say = words({
  zh: {
    title: "退单",
    why: "为什么退",
    qualification: "我没有这项资质",
    time: "时间赶不上",
    customer: "客户要改时间",
    parts: "没有所需工具或材料",
    unwell: "身体不适",
    other: "其他",
    own: "补充说明",
    ownNeeded: "请写明原因",
    needed: "请选一个原因,或写明原因",
    goes: "退单后此单离开本机,由调度台重新派工。",
    send: "退单",
    done: "已退单",
    tooLate: "这张单已开工,不能退单;可以暂停或请客户取消。",
  },
  en: {
    title: "Return the order",
    why: "Why",
    qualification: "I am not qualified for it",
    time: "I cannot make the time",
    customer: "The customer wants another time",
    parts: "No tools or material for it",
    unwell: "I am unwell",
    other: "Other",
    own: "In your own words",
    ownNeeded: "Say why",
    needed: "Choose a reason, or say why",
    goes: "The order then leaves this handheld and the desk sends somebody else.",
    send: "Return the order",
    done: "Order returned",
    tooLate: "Work has begun: it cannot be returned; suspend it, or let the customer cancel.",
  },
});

const REASONS = ["qualification", "time", "customer", "parts", "unwell", "other"] as const;
type Reason = (typeof REASONS)[number];
const LONGEST_OWN = 400;

export function GiveBackScreen({ found }: OrderScreenProps) {
  const { job } = found;
  const { record, busy } = useRecording();
  const form = useDraft<{ reason: Reason | null; own: string; tried: boolean }>(
    job.number,
    "return",
    { reason: null, own: "", tried: false },
  );
  const { reason, own, tried } = form.value;
  const needsOwn = reason === null || reason === "other";
  const isGiven = !needsOwn || own.trim() !== "";

  if (!asidesOf(job).includes("return")) return <p class="empty">{say().tooLate}</p>;

  async function send(): Promise<void> {
    if (!isGiven) {
      form.change({ ...form.value, tried: true });
      return;
    }
    const listed = reason === null || reason === "other" ? "" : say()[reason];
    const text = [listed, own.trim()].filter(Boolean).join(" · ");
    const act = await record(
      "order.returned",
      job.snapshot,
      { reason: text },
      {
        drafts: [form.key],
        done: say().done,
      },
    );
    if (act !== null) goInstead("order", job.number);
  }

  return (
    <form
      class="act"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h1>{say().title}</h1>
      <Choices
        label={say().why}
        options={REASONS.map((value) => ({ value, label: say()[value] }))}
        value={reason}
        onChange={(next) => form.change({ ...form.value, reason: next })}
      />
      <Words
        label={say().own}
        value={own}
        longest={LONGEST_OWN}
        onChange={(next) => form.change({ ...form.value, own: next })}
      />
      {tried && !isGiven && (
        <p class="wrong" role="alert">
          {reason === "other" ? say().ownNeeded : say().needed}
        </p>
      )}
      <p class="soft">{say().goes}</p>
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}

/** A pause: why, and when the customer hears again (WO12). Danger is no pause: it is alarmed. */

import { useState } from "preact/hooks";
import { goInstead, href } from "../../app/route";
import type { SuspensionReason } from "../../contract/wire";
import { dayAndClock } from "../../words/format";
import { suspensionWords } from "../../words/trade";
import { words } from "../../words/words";
import {
  type ContactName,
  contactChoices,
  fromEstateClock,
  onEstateClock,
} from "../../work/contact";
import { asidesOf } from "../../work/stage";
import type { OrderScreenProps } from "../order/order";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import "./acts.css";

const say = words({
  zh: {
    title: "暂停",
    why: "为什么停",
    danger: "有险情?不要暂停,立即报警",
    when: "什么时候再联系客户",
    hour: "一小时后",
    afternoon: "今天下午",
    tomorrow: "明天上午",
    pick: "自己选时间",
    at: "日期和时间",
    note: "说明(可不填)",
    whyNeeded: "请选择暂停原因",
    whenNeeded: "请选择下次联系的时间",
    past: "时间已经过去了,请选以后的时间",
    send: "暂停",
    done: "已暂停",
    not: "这张单现在不能暂停。",
  },
  en: {
    title: "Suspend",
    why: "Why",
    danger: "Danger? Do not suspend: raise the alarm",
    when: "When does the customer hear again",
    hour: "In an hour",
    afternoon: "This afternoon",
    tomorrow: "Tomorrow morning",
    pick: "Choose a time",
    at: "Date and time",
    note: "Note (may be left out)",
    whyNeeded: "Choose why",
    whenNeeded: "Choose when the customer hears again",
    past: "That time is over; choose a later one",
    send: "Suspend",
    done: "Suspended",
    not: "This order cannot be suspended now.",
  },
});

const REASONS: readonly SuspensionReason[] = [
  "wait_material",
  "customer_absent",
  "access",
  "riser_shutoff",
  "capacity_increase",
  "other",
];

interface Form {
  reason: SuspensionReason | null;
  when: ContactName | "pick" | null;
  picked: string;
  note: string;
}

export function SuspendScreen({ found }: OrderScreenProps) {
  const { job } = found;
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const form = useDraft<Form>(job.number, "suspend", {
    reason: null,
    when: null,
    picked: "",
    note: "",
  });
  const { reason, when, picked, note } = form.value;
  const change = (next: Partial<Form>) => form.change({ ...form.value, ...next });

  if (!asidesOf(job).includes("suspend")) return <p class="empty">{say().not}</p>;

  const now = new Date();
  const quick = contactChoices(now);
  const at =
    when === "pick"
      ? fromEstateClock(picked)
      : (quick.find((choice) => choice.name === when)?.at ?? null);
  const wrongTime =
    at === null ? say().whenNeeded : at.getTime() <= now.getTime() ? say().past : null;

  async function send(): Promise<void> {
    setTried(true);
    if (reason === null || at === null || wrongTime !== null) return;
    const act = await record(
      "order.suspended",
      job.snapshot,
      {
        reason,
        next_contact_at: at.toISOString(),
        ...(note.trim() ? { note: note.trim() } : {}),
      },
      { drafts: [form.key], done: say().done },
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
      <a class="button danger call" href={href("order", job.number, "alarm")}>
        ⚠ {say().danger}
      </a>
      <Choices
        label={say().why}
        options={REASONS.map((value) => ({ value, label: suspensionWords()[value] }))}
        value={reason}
        onChange={(next) => change({ reason: next })}
      />
      {tried && reason === null && (
        <p class="wrong" role="alert">
          {say().whyNeeded}
        </p>
      )}
      <Choices
        label={say().when}
        options={[
          ...quick.map(({ name, at: then }) => ({
            value: name as Form["when"] & string,
            label: `${say()[name]} · ${dayAndClock(then)}`,
          })),
          { value: "pick" as const, label: say().pick },
        ]}
        value={when}
        onChange={(next) =>
          change({ when: next, picked: picked || onEstateClock(new Date(now.getTime() + DAY_MS)) })
        }
      />
      {when === "pick" && (
        <label>
          {say().at}
          <input
            type="datetime-local"
            value={picked}
            min={onEstateClock(now)}
            onInput={(event) => change({ picked: event.currentTarget.value })}
          />
        </label>
      )}
      {tried && wrongTime !== null && (
        <p class="wrong" role="alert">
          {wrongTime}
        </p>
      )}
      <Words label={say().note} value={note} onChange={(next) => change({ note: next })} />
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}

const DAY_MS = 24 * 3600 * 1000;

/** Something of the customer's is damaged or gone. Amounts are for the office alone. */

import { useState } from "preact/hooks";
import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import type { OrderScreenProps } from "../order/order";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { PhotoNeed, useKeptPhotos } from "../photos/photoNeed";
import "./acts.css";

const say = words({
  zh: {
    title: "报损",
    what: "哪样东西",
    kind: "怎么了",
    damage: "损坏",
    loss: "丢失",
    how: "经过",
    promise: "不要向客户谈赔偿金额;由管理处与客户协商。",
    send: "报告",
    done: "已报告,经理会处理",
    noItem: "请写明是哪样东西",
    noHow: "请写明经过",
  },
  en: {
    title: "Report damage",
    what: "What is it",
    kind: "What happened",
    damage: "Damaged",
    loss: "Lost",
    how: "How it came about",
    promise: "Name no amount to the customer: the management office settles it.",
    send: "Report",
    done: "Reported; the manager deals with it",
    noItem: "Say what it is",
    noHow: "Say how it came about",
  },
});

/** What the pictures show, of the closed list. */
const TAG = "fault_point";
const LONGEST_ITEM = 200;
const LONGEST_DESCRIPTION = 2000;

export function DamageScreen({ found }: OrderScreenProps) {
  const { job } = found;
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const form = useDraft<{ item: string; description: string; kind: "damage" | "loss" }>(
    job.number,
    "damage",
    { item: "", description: "", kind: "damage" },
  );
  const photos = useKeptPhotos(job.number, "").filter((photo) => photo.tag === TAG);
  const item = form.value.item.trim();
  const description = form.value.description.trim();

  async function send(): Promise<void> {
    setTried(true);
    if (item === "" || description === "") return;
    const act = await record(
      "damage.reported",
      job.snapshot,
      {
        item,
        description,
        kind: form.value.kind,
        photos: photos.map(({ sha256, tag }) => ({ sha256, tag })),
      },
      { drafts: [form.key], photos: photos.map((photo) => photo.id), done: say().done },
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
      <p class="strip soon">{say().promise}</p>
      <Choices
        label={say().kind}
        short
        options={[
          { value: "damage" as const, label: say().damage },
          { value: "loss" as const, label: say().loss },
        ]}
        value={form.value.kind}
        onChange={(kind) => form.change({ ...form.value, kind })}
      />
      <Words
        label={say().what}
        lines="one"
        longest={LONGEST_ITEM}
        value={form.value.item}
        onChange={(next) => form.change({ ...form.value, item: next })}
      />
      {tried && item === "" && (
        <p class="wrong" role="alert">
          {say().noItem}
        </p>
      )}
      <Words
        label={say().how}
        longest={LONGEST_DESCRIPTION}
        value={form.value.description}
        onChange={(next) => form.change({ ...form.value, description: next })}
      />
      {tried && description === "" && (
        <p class="wrong" role="alert">
          {say().noHow}
        </p>
      )}
      <PhotoNeed order={job.number} step="" tag={TAG} min={0} />
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}

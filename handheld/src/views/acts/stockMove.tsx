/** What became of something that was drawn: used (ST3), handed back (ST4), lost (ST5). */

import { useState } from "preact/hooks";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { quantityHundredths, quantityText } from "../../work/price";
import type { StockSeen } from "../../work/stock";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { Quantity } from "./quantity";
import type { MoveName } from "./stock";

const say = words({
  zh: {
    used: "用掉多少",
    handed_back: "交回多少",
    lost: "遗失多少",
    condition: "完好情况(可不填)",
    reason: "怎么丢的",
    send: "记录",
    cancel: "不记了",
    badQty: "请填大于零的数量,最多两位小数",
    tooMany: (left: string) => `手上只有 ${left}`,
    noReason: "请写明原因,由客服经理处理",
  },
  en: {
    used: "How much was used",
    handed_back: "How much was handed back",
    lost: "How much was lost",
    condition: "Condition (may be left out)",
    reason: "How it was lost",
    send: "Record",
    cancel: "Cancel",
    badQty: "A quantity above zero, with at most two decimals",
    tooMany: (left: string) => `Only ${left} in hand`,
    noReason: "Say how; the CS manager decides",
  },
});

const LONGEST_CONDITION = 100;
const LONGEST_REASON = 200;

interface Props {
  job: Job;
  seen: StockSeen;
  move: MoveName;
  onDone(): void;
}

export function StockMove({ job, seen, move, onDone }: Props) {
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const form = useDraft(job.number, `stock-${seen.line.line}-${move}`, { qty: "1", text: "" });
  const { qty, text } = form.value;
  const amount = quantityHundredths(qty);
  const wrong =
    amount === null
      ? say().badQty
      : amount > seen.leftHundredths
        ? say().tooMany(quantityText(seen.leftHundredths))
        : move === "lost" && text.trim() === ""
          ? say().noReason
          : null;

  async function send(): Promise<void> {
    setTried(true);
    if (amount === null || wrong !== null) return;
    const line = { item: seen.line.item, qty: quantityText(amount) };
    const also = { drafts: [form.key] };
    const said = text.trim();
    const act =
      move === "used"
        ? await record("stock.used", job.snapshot, { lines: [line] }, also)
        : move === "lost"
          ? await record("stock.lost", job.snapshot, { lines: [{ ...line, reason: said }] }, also)
          : await record(
              "stock.handed_back",
              job.snapshot,
              { lines: [said === "" ? line : { ...line, condition: said }] },
              also,
            );
    if (act !== null) onDone();
  }

  return (
    <form
      class="stock-move"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h3>{say()[move]}</h3>
      <Quantity value={qty} onChange={(next) => form.change({ ...form.value, qty: next })} />
      {move !== "used" && (
        <Words
          label={move === "lost" ? say().reason : say().condition}
          lines="one"
          longest={move === "lost" ? LONGEST_REASON : LONGEST_CONDITION}
          value={text}
          onChange={(next) => form.change({ ...form.value, text: next })}
        />
      )}
      {tried && wrong !== null && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      <div class="pair">
        <button type="button" onClick={onDone}>
          {say().cancel}
        </button>
        <button type="submit" class="go" disabled={busy}>
          {say().send}
        </button>
      </div>
    </form>
  );
}

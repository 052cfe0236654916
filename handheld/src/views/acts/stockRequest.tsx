/** Asking the warehouse: by name or code from the price list, or any other code of the store (ST1). */

import { useState } from "preact/hooks";
import { useLive } from "../../app/live";
import { fact } from "../../store/facts";
import { inLanguage, words } from "../../words/words";
import type { Job } from "../../work/job";
import { quantityHundredths, quantityText } from "../../work/price";
import { isCode } from "../../work/stock";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Quantity } from "./quantity";

const say = words({
  zh: {
    title: "申请材料或工具",
    find: "名称或编码",
    kind: "种类",
    material: "材料",
    tool: "工具",
    chosen: (item: string) => `已选 ${item}`,
    use: (code: string) => `用编码 ${code}`,
    send: "申请",
    done: "已申请,等仓库发放",
    noItem: "请从列表选一项,或输入仓库编码(字母、数字、_ . -)",
    badQty: "请填大于零的数量,最多两位小数",
  },
  en: {
    title: "Ask for material or tools",
    find: "Name or code",
    kind: "Kind",
    material: "Material",
    tool: "Tool",
    chosen: (item: string) => `Chosen: ${item}`,
    use: (code: string) => `Use the code ${code}`,
    send: "Ask for it",
    done: "Asked for; the warehouse issues it",
    noItem: "Choose from the list, or type a code of the store (letters, digits, _ . -)",
    badQty: "A quantity above zero, with at most two decimals",
  },
});

/** Codes of the price list that stand for material. */
const MATERIAL_CODE = /^M-/;
const SHOWN = 6;

interface Form {
  find: string;
  item: string | null;
  kind: "material" | "tool";
  qty: string;
}

const EMPTY: Form = { find: "", item: null, kind: "material", qty: "1" };

export function StockRequest({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const prices = useLive(["facts"], (database) => fact(database, "price_list"));
  const form = useDraft<Form>(job.number, "stock-request", EMPTY);
  const { find, item, kind, qty } = form.value;
  const change = (next: Partial<Form>) => form.change({ ...form.value, ...next });
  const sought = find.trim().toLowerCase();
  const materials = (prices?.items ?? []).filter((one) => MATERIAL_CODE.test(one.code));
  const matching = materials
    .filter(
      (one) =>
        sought === "" ||
        [one.code, one.name.zh, one.name.en].some((text) => text.toLowerCase().includes(sought)),
    )
    // What this kind of work needs comes first.
    .sort((one, other) => rank(one.category) - rank(other.category))
    .slice(0, SHOWN);
  const amount = quantityHundredths(qty);
  const isFree = find.trim() !== "" && isCode(find.trim());

  function rank(category: string): number {
    return category === job.snapshot.category ? 0 : 1;
  }

  async function send(): Promise<void> {
    setTried(true);
    if (item === null || amount === null) return;
    const act = await record(
      "stock.requested",
      job.snapshot,
      { lines: [{ item, qty: quantityText(amount), kind }] },
      { drafts: [form.key], done: say().done },
    );
    if (act === null) return;
    setTried(false);
    form.change(EMPTY);
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2>{say().title}</h2>
      <label>
        {say().find}
        <input
          type="search"
          autocomplete="off"
          value={find}
          onInput={(event) => change({ find: event.currentTarget.value, item: null })}
        />
      </label>
      {item === null ? (
        <div class="found-items">
          {matching.map((one) => (
            <button
              type="button"
              key={one.code}
              onClick={() =>
                change({ item: one.code, find: inLanguage(one.name), kind: "material" })
              }
            >
              <b>{inLanguage(one.name)}</b> <small>{one.code}</small>
            </button>
          ))}
          {isFree && !matching.some((one) => one.code === find.trim()) && (
            <button type="button" onClick={() => change({ item: find.trim() })}>
              {say().use(find.trim())}
            </button>
          )}
        </div>
      ) : (
        <p class="strip" role="status">
          {say().chosen(item)}
        </p>
      )}
      {tried && item === null && (
        <p class="wrong" role="alert">
          {say().noItem}
        </p>
      )}
      <Choices
        label={say().kind}
        short
        options={[
          { value: "material" as const, label: say().material },
          { value: "tool" as const, label: say().tool },
        ]}
        value={kind}
        onChange={(next) => change({ kind: next })}
      />
      <Quantity value={qty} onChange={(next) => change({ qty: next })} />
      {tried && amount === null && (
        <p class="wrong" role="alert">
          {say().badQty}
        </p>
      )}
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}

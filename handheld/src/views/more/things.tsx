/** My things: what this technician has in hand, with tools that should be back on top (K-19). */

import { useEffect } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { href } from "../../app/route";
import type { ThingInHand } from "../../contract/wire";
import { fact } from "../../store/facts";
import { dayAndClock } from "../../words/format";
import { words } from "../../words/words";
import { isOverdue, lateFirst } from "../../work/inHand";
import { plainQuantity, quantityHundredths } from "../../work/price";
import "./more.css";
import { tradeUnitWords } from "../checklist/units";

const say = words({
  zh: {
    title: "我的物品",
    how: "领用、交回和报失都在工单的“材料工具”里;旧件带回领用台登记。",
    loading: "正在读取…",
    none: "手上没有材料、工具或旧件",
    old: (when: string) => `没有网络,以下是 ${when} 的情况。`,
    asOf: (when: string) => `${when} 的情况`,
    refused: "服务器没有给出清单,请稍后再看。",
    material: "材料",
    tool: "工具",
    old_part: "旧件",
    since: (when: string) => `${when} 起`,
    due: (when: string) => `应在 ${when} 前还`,
    late: (when: string) => `超期未还,应在 ${when} 前还`,
    atCounter: (qty: string) => `其中 ${qty} 已交回,待仓库点收`,
    toOrder: "去工单办理",
  },
  en: {
    title: "What I have in hand",
    how: "Draw, hand back and report losses at the order, under materials and tools; bring old parts to the counter.",
    loading: "Reading…",
    none: "Nothing in hand: no material, tool or old part",
    old: (when: string) => `No network. This is how it was ${when}.`,
    asOf: (when: string) => `As of ${when}`,
    refused: "The server gave no list; look again later.",
    material: "Material",
    tool: "Tool",
    old_part: "Old part",
    since: (when: string) => `since ${when}`,
    due: (when: string) => `due back ${when}`,
    late: (when: string) => `Overdue: was due back ${when}`,
    atCounter: (qty: string) => `${qty} of these handed back, not taken in yet`,
    toOrder: "To the order",
  },
});

export function ThingsScreen() {
  const { inHand, changes } = useHandheld();
  const known = useLive(["facts"], async (store) => (await fact(store, "in_hand")) ?? null);
  useEffect(() => {
    void inHand.ask();
    // The counter's answer comes as a snapshot of the order.
    return changes.listen((topics) => {
      if (topics.has("orders")) void inHand.ask();
    });
  }, [inHand, changes]);
  const trouble = inHand.trouble.value;
  const now = Date.now();
  return (
    <article>
      <h1>{say().title}</h1>
      <p class="soft">{say().how}</p>
      {trouble === "refused" && (
        <p class="strip soon" role="status">
          {say().refused}
        </p>
      )}
      {known && (
        <p class={trouble === "unreachable" ? "strip soon" : "soft"} role="status">
          {(trouble === "unreachable" ? say().old : say().asOf)(dayAndClock(known.told_at))}
        </p>
      )}
      {known === null && trouble === null && <p class="soft">{say().loading}</p>}
      {known?.things.length === 0 && <p class="empty">{say().none}</p>}
      {lateFirst(known?.things ?? [], now).map((thing, index) => (
        <Thing thing={thing} now={now} key={`${thing.order}-${thing.name}-${index}`} />
      ))}
    </article>
  );
}

function Thing({ thing, now }: { thing: ThingInHand; now: number }) {
  const due = thing.due_at === null ? null : dayAndClock(thing.due_at);
  const isLate = isOverdue(thing, now);
  return (
    <section class="card" data-thing={thing.item ?? "old_part"}>
      <h2>
        {thing.name} × {plainQuantity(thing.qty)} {tradeUnitWords(thing.unit)}
      </h2>
      <p class="soft">
        {say()[thing.kind]}
        {thing.item === null ? "" : ` · ${thing.item}`} · {say().since(dayAndClock(thing.since))}
      </p>
      {due !== null &&
        (isLate ? <p class="strip late">{say().late(due)}</p> : <p>{say().due(due)}</p>)}
      {quantityHundredths(thing.at_counter) !== null && (
        <p class="strip soon">{say().atCounter(plainQuantity(thing.at_counter))}</p>
      )}
      <a
        href={
          thing.kind === "old_part"
            ? href("order", thing.order)
            : href("order", thing.order, "stock")
        }
      >
        {say().toOrder} {thing.order}
      </a>
    </section>
  );
}

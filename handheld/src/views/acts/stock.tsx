/** Materials and tools of an order. The warehouse's word stands; what it has not answered is shown. */

import { useState } from "preact/hooks";
import { words } from "../../words/words";
import { quantityText } from "../../work/price";
import { isTool, type StockSeen, stockOf } from "../../work/stock";
import type { OrderScreenProps } from "../order/order";
import "./acts.css";
import { StockMove } from "./stockMove";
import { StockRequest } from "./stockRequest";

const say = words({
  zh: {
    title: "材料工具",
    none: "本单还没有领用材料或借用工具。",
    left: (qty: string) => `手上 ${qty}`,
    atCounter: (qty: string) => `已交回待仓库点收 ${qty}`,
    pendingUsed: (qty: string) => `已用 ${qty},待仓库确认`,
    pendingBack: (qty: string) => `已交回 ${qty},待仓库点收`,
    pendingLost: (qty: string) => `报失 ${qty},待经理处理`,
    asked: (item: string, qty: string) => `已申请 ${item} × ${qty},待仓库发放`,
    used: "已用",
    back: "交回",
    lost: "报失",
    requested: "已申请,待发放",
    issued: "已领出",
    returned: "已归还",
    gone: "已报失",
    done: "已用完",
  },
  en: {
    title: "Materials and tools",
    none: "Nothing has been drawn or borrowed for this order.",
    left: (qty: string) => `In hand: ${qty}`,
    atCounter: (qty: string) => `At the counter: ${qty}`,
    pendingUsed: (qty: string) => `Used ${qty}, not confirmed yet`,
    pendingBack: (qty: string) => `Handed back ${qty}, not taken in yet`,
    pendingLost: (qty: string) => `Lost ${qty}, for the manager to decide`,
    asked: (item: string, qty: string) => `Asked for ${item} × ${qty}, not issued yet`,
    used: "Used",
    back: "Handed back",
    lost: "Lost",
    requested: "Asked for",
    issued: "Issued",
    returned: "Returned",
    gone: "Lost",
    done: "Used up",
  },
});

const STATES: Readonly<Record<string, "requested" | "issued" | "returned" | "gone" | "done">> = {
  requested: "requested",
  issued: "issued",
  used: "done",
  returned: "returned",
  lost: "gone",
};

export type MoveName = "used" | "handed_back" | "lost";

export function StockScreen({ found }: OrderScreenProps) {
  const { job } = found;
  const { lines, asked } = stockOf(job);
  const [open, setOpen] = useState<{ line: string; move: MoveName } | null>(null);
  return (
    <article class="act">
      <h1>{say().title}</h1>
      {lines.length + asked.length === 0 && <p class="soft">{say().none}</p>}
      {lines.map((seen) => (
        <section class="card" key={seen.line.line} data-line={seen.line.line}>
          <Line seen={seen} />
          {seen.leftHundredths > 0 && (
            <div class="asides">
              {/* ST3: a tool comes back, it is not used up. */}
              {!isTool(job, seen.line.item) && (
                <button
                  type="button"
                  onClick={() => setOpen({ line: seen.line.line, move: "used" })}
                >
                  {say().used}
                </button>
              )}
              <button
                type="button"
                onClick={() => setOpen({ line: seen.line.line, move: "handed_back" })}
              >
                {say().back}
              </button>
              <button type="button" onClick={() => setOpen({ line: seen.line.line, move: "lost" })}>
                {say().lost}
              </button>
            </div>
          )}
          {open?.line === seen.line.line && (
            <StockMove
              // What was typed of one belongs to no other.
              key={open.move}
              job={job}
              seen={seen}
              move={open.move}
              onDone={() => setOpen(null)}
            />
          )}
        </section>
      ))}
      {asked.map((one, index) => (
        <p class="strip soon" key={`${one.item}-${index}`}>
          {say().asked(one.item, one.qty)}
        </p>
      ))}
      <StockRequest job={job} />
    </article>
  );
}

function Line({ seen }: { seen: StockSeen }) {
  const { line, leftHundredths, atCounterHundredths, pending } = seen;
  const state = STATES[line.state];
  const pendingWords = {
    used: say().pendingUsed,
    handed_back: say().pendingBack,
    lost: say().pendingLost,
  };
  const answeredAtCounter =
    atCounterHundredths > 0 && !pending.some((one) => one.move === "handed_back");
  return (
    <>
      <h2>{line.name}</h2>
      <p class="soft">
        {line.item} · {state === undefined ? line.state : say()[state]}
      </p>
      {leftHundredths > 0 && (
        <p>
          <b>{say().left(quantityText(leftHundredths))}</b>
        </p>
      )}
      {answeredAtCounter && <p>{say().atCounter(quantityText(atCounterHundredths))}</p>}
      {pending.map((one, index) => (
        <p class="strip soon" key={`${one.move}-${index}`}>
          {pendingWords[one.move](one.qty)}
        </p>
      ))}
    </>
  );
}

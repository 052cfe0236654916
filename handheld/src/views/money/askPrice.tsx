/** Off the list: the technician says what is needed and why; a manager names the price (P-06). */

import { goInstead } from "../../app/route";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { quantityHundredths } from "../../work/price";
import type { PriceRequest } from "../../work/priceRequests";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { Instead, useTried, Wrong } from "./forms";

const say = words({
  zh: {
    notListed: "价目表上没有?",
    ask: "请经理定价",
    here: "已记录在本机,联网后送达经理",
    asked: "已送达,等经理定价",
    approved: (code: string) => `已批准,可按 ${code} 报价`,
    refused: "没有被接受",
    title: "请经理定价",
    how: "写清楚要做什么、为什么需要。价格由经理定,批准后会出现在报价里(R-024)。",
    description: "要做什么或用什么材料",
    qty: "数量",
    reason: "为什么需要",
    descriptionMissing: "请写明要做什么。",
    qtyWrong: "数量须大于零,最多两位小数。",
    reasonMissing: "请写明原因。",
    send: "送给经理",
    sent: "请求已记录",
    back: "返回报价",
  },
  en: {
    notListed: "Not on the list?",
    ask: "Ask the manager for a price",
    here: "Kept here; it reaches the manager with the network",
    asked: "With the manager, who names the price",
    approved: (code: string) => `Approved: quote it as ${code}`,
    refused: "Not accepted",
    title: "Ask the manager for a price",
    how: "Say what is needed and why. The manager names the price; once approved it appears in the quote (R-024).",
    description: "Work or material that is needed",
    qty: "Quantity",
    reason: "Why it is needed",
    descriptionMissing: "Say what is needed.",
    qtyWrong: "More than zero, with at most two decimals.",
    reasonMissing: "Give the reason.",
    send: "Send to the manager",
    sent: "Request kept",
    back: "Back to the quote",
  },
});

const LONGEST_DESCRIPTION = 200;
const LONGEST_REASON = 500;

/** What was asked so far, and the way to ask. */
export function Asked({ number, requests }: { number: string; requests: readonly PriceRequest[] }) {
  return (
    <section class="asked">
      <h2 class="label">{say().notListed}</h2>
      {requests.map((request) => (
        <p class="card" key={request.act.id} data-request={request.state}>
          <b>
            {request.description} × {request.qty}
          </b>
          <small class="under">{standing(request)}</small>
        </p>
      ))}
      <Instead to={["order", number, "quote", "ask"]}>{say().ask}</Instead>
    </section>
  );
}

function standing(request: PriceRequest): string {
  if (request.state === "refused") return `${say().refused}: ${problemText(request.problem)}`;
  return request.state === "approved" ? say().approved(request.code ?? "") : say()[request.state];
}

export function AskPrice({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const drafted = useDraft(job.number, "price-request", { description: "", qty: "1", reason: "" });
  const { value, change } = drafted;
  const isQuantity = quantityHundredths(value.qty) !== null;
  const isWhole = value.description.trim() !== "" && isQuantity && value.reason.trim() !== "";

  async function send(): Promise<void> {
    if (!isWhole) return tryAgain();
    const request = {
      description: value.description.trim(),
      qty: value.qty.trim(),
      reason: value.reason.trim(),
    };
    const also = { drafts: [drafted.key], done: say().sent };
    if (await record("price.requested", job.snapshot, request, also)) {
      goInstead("order", job.number, "quote");
    }
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h1>{say().title}</h1>
      <p>{say().how}</p>
      <Words
        label={say().description}
        name="description"
        longest={LONGEST_DESCRIPTION}
        value={value.description}
        onChange={(description) => change({ ...value, description })}
      />
      <Wrong text={isTried && value.description.trim() === "" ? say().descriptionMissing : null} />
      <label>
        {say().qty}
        <input
          name="qty"
          inputMode="decimal"
          autocomplete="off"
          maxLength={9}
          value={value.qty}
          onInput={(event) => change({ ...value, qty: event.currentTarget.value })}
        />
      </label>
      <Wrong text={isTried && !isQuantity ? say().qtyWrong : null} />
      <Words
        label={say().reason}
        name="reason"
        longest={LONGEST_REASON}
        value={value.reason}
        onChange={(reason) => change({ ...value, reason })}
      />
      <Wrong text={isTried && value.reason.trim() === "" ? say().reasonMissing : null} />
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
      <Instead to={["order", job.number, "quote"]}>{say().back}</Instead>
    </form>
  );
}

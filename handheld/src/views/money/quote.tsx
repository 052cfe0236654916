/** The price, from the list: chosen lines, the picker below, the total always in view. */

import { useLive } from "../../app/live";
import { goInstead, href } from "../../app/route";
import { fact } from "../../store/facts";
import { dayAndClock, money } from "../../words/format";
import { problemText } from "../../words/problems";
import { categoryWords, wordFor } from "../../words/trade";
import { inLanguage, words } from "../../words/words";
import { offersOf } from "../../work/offers";
import { MOST_TOTAL_FEN } from "../../work/price";
import { priceRequests } from "../../work/priceRequests";
import {
  asSent,
  beginning,
  differences,
  isInWarranty,
  type Line,
  listStanding,
  mayQuote,
  priced,
  withOneMore,
  wrongLines,
} from "../../work/quoting";
import { isInspected } from "../../work/stage";
import type { OrderScreenProps } from "../order/order";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Asked, AskPrice } from "./askPrice";
import { ChosenLines } from "./chosenLines";
import { NotNow, useTried, Wrong } from "./forms";
import { Picker } from "./picker";

const say = words({
  zh: {
    title: "报价",
    again: "改报价",
    notNow: "现在不能报价:到场勘查之后、完工之前才可以。",
    inspectFirst: "先勘查、拍维修前照片,再报价(R-054)。",
    inspect: "去勘查",
    locks: "改报价后,施工步骤会锁定,直到客户重新确认价格(R-056)。",
    refused: "上次报价没有被接受:",
    missing: "价目表还没有下载到本机。联网后自动取得;现在只能选经理批准的项目。",
    superseded: "本机的价目表不是最新的,正在等新的。合计以服务器为准。",
    old: (since: string) => `价目表是 ${since} 取得的,可能已有变动。`,
    nothing: "还没有选项目。日常服务或保修不收费时,可以直接报 ¥0.00。",
    chosen: "已选项目",
    total: "合计",
    more: (amount: string) => `比原报价多 ${amount}`,
    less: (amount: string) => `比原报价少 ${amount}`,
    same: "与原报价合计相同",
    asBefore: "恢复原报价",
    give: (amount: string) => `报价 ${amount}`,
    free: "报价:不收费",
    given: "报价已记录,请客户确认",
    fix: "请先改正上面标红的项目。",
    tooMuch: "合计太大,请检查数量。",
  },
  en: {
    title: "Quote",
    again: "Change the quote",
    notNow: "A price can be named after the inspection on site and before the work is finished.",
    inspectFirst: "Inspect and take a photo from before, then quote (R-054).",
    inspect: "Inspect",
    locks: "A changed quote locks the action steps until the customer confirms again (R-056).",
    refused: "The last quote was not accepted: ",
    missing:
      "The price list has not been downloaded yet; it comes with the network. Until then only approved items can be chosen.",
    superseded: "The price list here is out of date; a new one is awaited. The server's counts.",
    old: (since: string) => `The price list was fetched ${since} and may have changed.`,
    nothing: "Nothing chosen yet. Routine service and warranty may be quoted at ¥0.00.",
    chosen: "Chosen",
    total: "Total",
    more: (amount: string) => `${amount} more than before`,
    less: (amount: string) => `${amount} less than before`,
    same: "Same total as before",
    asBefore: "As before",
    give: (amount: string) => `Quote ${amount}`,
    free: "Quote: free of charge",
    given: "Quote kept; the customer confirms it",
    fix: "First mend what is marked above.",
    tooMuch: "The total is too large; check the quantities.",
  },
});

export function QuoteScreen({ found, rest }: OrderScreenProps) {
  const { job } = found;
  if (!mayQuote(job)) return <NotNow number={job.number} why={say().notNow} />;
  // A server that does not say whether it holds an inspection will judge by itself.
  if (!isInspected(job) && job.snapshot.inspected !== undefined) {
    return (
      <section class="not-now">
        <h1>{say().title}</h1>
        <p class="strip soon">{say().inspectFirst}</p>
        <a class="button primary" href={href("order", job.number, "inspect")}>
          {say().inspect} ›
        </a>
      </section>
    );
  }
  return rest[0] === "ask" ? <AskPrice job={job} /> : <QuoteForm found={found} />;
}

function QuoteForm({ found }: Pick<OrderScreenProps, "found">) {
  const { job } = found;
  const { snapshot } = job;
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const prices = useLive(["facts"], async (database) => ({
    list: await fact(database, "price_list"),
    fetchedAt: await fact(database, "price_list_at"),
  }));
  const start = beginning(job);
  const drafted = useDraft<Line[]>(job.number, "quote", start.lines);
  if (prices === undefined || !drafted.isRead) return null;

  const offers = offersOf(prices.list, snapshot.one_off_items);
  const lines = drafted.value;
  const quote = priced(lines, offers, isInWarranty(job));
  const wrong = wrongLines(quote);
  const isTooMuch = quote.totalFen > MOST_TOTAL_FEN;
  const before = job.quote;
  const changes = before === null ? [] : differences(before.lines, lines);
  const standing = listStanding(prices.list, prices.fetchedAt, job, Date.now());
  const requests = priceRequests(job.acts, snapshot.one_off_items);

  async function give(): Promise<void> {
    if (wrong.length > 0 || isTooMuch) return tryAgain();
    const sent = { lines: asSent(lines), total_fen: quote.totalFen };
    const also = { drafts: [drafted.key], done: say().given };
    if (await record("order.quoted", snapshot, sent, also)) {
      goInstead("order", job.number, "confirm");
    }
  }

  return (
    <section class="money quoting">
      <h1>{before === null ? say().title : say().again}</h1>
      <p class="soft">
        {snapshot.customer.unit_code} · {wordFor(categoryWords(), snapshot.category)}
      </p>
      {job.state === "in_progress" && <p class="strip soon">{say().locks}</p>}
      {start.refusal && (
        <p class="strip late">
          {say().refused}
          {problemText(start.refusal)}
        </p>
      )}
      {standing === "missing" && <p class="strip late">{say().missing}</p>}
      {standing === "superseded" && <p class="strip soon">{say().superseded}</p>}
      {standing === "old" && prices.fetchedAt !== undefined && (
        <p class="strip soon">{say().old(dayAndClock(prices.fetchedAt))}</p>
      )}

      <h2 class="label">{say().chosen}</h2>
      {lines.length === 0 ? (
        <p class="card">{say().nothing}</p>
      ) : (
        <ChosenLines
          quote={quote}
          changes={changes}
          nameOf={(code) => {
            const offer = offers.find((one) => one.code === code);
            return offer === undefined ? code : inLanguage(offer.name);
          }}
          wrong={wrong}
          isTried={isTried}
          onChange={drafted.change}
        />
      )}
      {changes.length > 0 && (
        <button
          type="button"
          class="full-width"
          onClick={() => drafted.change(asSent(before?.lines ?? []))}
        >
          ↺ {say().asBefore}
        </button>
      )}

      <Picker
        offers={offers}
        category={snapshot.category}
        lines={lines}
        onPick={(code) => {
          const wanted = requests.find((request) => request.code === code)?.qty;
          drafted.change(withOneMore(lines, code, wanted));
        }}
      />
      <Asked number={job.number} requests={requests} />

      <footer class="bar">
        <p class="bar-total" aria-live="polite">
          <span>
            {say().total}
            {before !== null && changes.length > 0 && (
              <small class="under">{compared(quote.totalFen - before.totalFen)}</small>
            )}
          </span>
          <b data-total={quote.totalFen}>{money(quote.totalFen)}</b>
        </p>
        {isTried && wrong.length > 0 && <Wrong text={say().fix} />}
        {isTried && isTooMuch && <Wrong text={say().tooMuch} />}
        <button type="button" class="primary" disabled={busy} onClick={() => void give()}>
          {lines.length === 0 ? say().free : say().give(money(quote.totalFen))}
        </button>
      </footer>
    </section>
  );
}

function compared(differenceFen: number): string {
  if (differenceFen === 0) return say().same;
  const amount = money(Math.abs(differenceFen));
  return differenceFen > 0 ? say().more(amount) : say().less(amount);
}

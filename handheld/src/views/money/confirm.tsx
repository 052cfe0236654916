/** What the customer agrees to, in full and in large; nothing is worked on before. */

import { useLive } from "../../app/live";
import { goInstead } from "../../app/route";
import type { Acts, Relation } from "../../contract/wire";
import { fact } from "../../store/facts";
import { money } from "../../words/format";
import { words } from "../../words/words";
import type { QuoteSeen } from "../../work/job";
import { offersOf } from "../../work/offers";
import { isInWarranty, shownQuote } from "../../work/quoting";
import type { OrderScreenProps } from "../order/order";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Instead, NotNow, useTried } from "./forms";
import { QuoteTable } from "./quoteTable";
import { SignatureField, useSigning } from "./signature";
import { isWhole, likelySigner, type Signer, SignerFields } from "./signer";

const say = words({
  zh: {
    title: "请客户确认价格",
    notNow: "现在没有待确认的报价。",
    show: "给客户看",
    method: "怎样确认",
    handheld_signature: "本机签名",
    phone: "电话",
    phoneHow: "把明细和合计念给客户听,对方同意后再确认。",
    code: "验证码",
    codeHow: "客户报出调度台发送的验证码后再确认。",
    paper: "纸质签名",
    paperHow: "客户已在服务工作单上签名;交单时核对。",
    agree: (amount: string) => `本人同意以上项目和合计 ${amount}。`,
    confirm: (amount: string) => `客户确认 ${amount}`,
    done: "客户已确认,可以施工",
    change: "改报价",
    cancel: "客户取消",
  },
  en: {
    title: "The customer confirms the price",
    notNow: "No quote waits for confirmation just now.",
    show: "show this to the customer",
    method: "How it is confirmed",
    handheld_signature: "Sign here",
    phone: "Phone",
    phoneHow: "Read out items and total; confirm once the customer agrees.",
    code: "Code",
    codeHow: "Confirm once the customer has named the code that the desk sent.",
    paper: "Paper",
    paperHow: "The customer has signed the slip; it is checked at hand-in.",
    agree: (amount: string) => `I agree to these items and to a total of ${amount}.`,
    confirm: (amount: string) => `Customer confirms ${amount}`,
    done: "Confirmed by the customer: work may begin",
    change: "Change the quote",
    cancel: "Customer cancels",
  },
});

const METHODS = ["handheld_signature", "phone", "code", "paper"] as const;
type Method = Acts["quote.confirmed"]["method"];

export function ConfirmScreen({ found }: OrderScreenProps) {
  const { job } = found;
  if (job.state !== "quoted" || job.quote === null) {
    return <NotNow number={job.number} why={say().notNow} />;
  }
  return <ConfirmForm found={found} quote={job.quote} />;
}

function ConfirmForm({
  found: { job },
  quote,
}: Pick<OrderScreenProps, "found"> & { quote: QuoteSeen }) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const list = useLive(["facts"], async (database) => ({
    prices: await fact(database, "price_list"),
  }));
  const drafted = useDraft<{ method: Method; signer: Signer }>(job.number, "confirm", {
    method: "handheld_signature",
    signer: likelySigner(job),
  });
  const offers = offersOf(list?.prices, job.snapshot.one_off_items);
  const shown = shownQuote(quote, offers, isInWarranty(job));
  const lines = shown.lines.map((line) => `${line.item} ${line.qty} ${line.amountFen}`);
  const signing = useSigning(
    job.number,
    "confirm-signature",
    [...lines, shown.totalFen].join("; "),
  );
  if (list === undefined || !drafted.isRead) return null;
  const { value, change } = drafted;
  const byHand = value.method === "handheld_signature";
  const amount = money(shown.totalFen);

  async function confirm(): Promise<void> {
    const { method, signer } = value;
    if (!isWhole(signer) || (byHand && !signing.isSigned)) return tryAgain();
    const signature = byHand ? await signing.keep() : null;
    if (byHand && signature === null) return;
    const data = {
      method,
      signer: { name: signer.name.trim(), relation: signer.relation as Relation },
      ...(signature === null ? {} : { signature: signature.sha256 }),
    };
    const also = {
      drafts: [drafted.key, signing.draft.key],
      photos: signature === null ? [] : [signature.id],
      done: say().done,
    };
    if (await record("quote.confirmed", job.snapshot, data, also)) goInstead("order", job.number);
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <h1>{say().title}</h1>
      <p class="soft">
        {job.snapshot.customer.unit_code} · {say().show}
      </p>
      <section class="card">
        <QuoteTable quote={shown} />
      </section>
      <Choices
        label={say().method}
        short
        options={METHODS.map((method) => ({ value: method, label: say()[method] }))}
        value={value.method}
        onChange={(method) => change({ ...value, method })}
      />
      {value.method !== "handheld_signature" && (
        <p class="strip soon">{say()[`${value.method}How`]}</p>
      )}
      <SignerFields
        signer={value.signer}
        onChange={(signer) => change({ ...value, signer })}
        isTried={isTried}
      />
      {byHand && (
        <>
          <p class="statement">{say().agree(amount)}</p>
          <SignatureField signing={signing} isTried={isTried} />
        </>
      )}
      <button type="submit" class="primary" disabled={busy || signing.busy}>
        {say().confirm(amount)}
      </button>
      <nav class="beside">
        <Instead to={["order", job.number, "quote"]}>{say().change}</Instead>
        <Instead to={["order", job.number, "cancel"]} kind="danger">
          {say().cancel}
        </Instead>
      </nav>
    </form>
  );
}

/** The customer tried it, is satisfied, and signs. */

import { goInstead } from "../../app/route";
import type { Relation } from "../../contract/wire";
import { money } from "../../words/format";
import { categoryWords, wordFor } from "../../words/trade";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { Instead, useTried } from "./forms";
import { SignatureField, useSigning } from "./signature";
import { isWhole, likelySigner, type Signer, SignerFields } from "./signer";

const say = words({
  zh: {
    title: "客户验收签名",
    work: "服务内容",
    price: "客户已确认的价格",
    statement: "本人已试用,服务完好,同意验收。",
    comment: "客户意见(可不填)",
    accept: "客户验收",
    done: "验收已记录,请交单核销",
    back: "返回",
  },
  en: {
    title: "The customer accepts and signs",
    work: "Work",
    price: "Price that was confirmed",
    statement: "I have tried it; it is in order, and I accept the work.",
    comment: "Customer's comment (optional)",
    accept: "Accepted by the customer",
    done: "Acceptance kept; hand in the slip",
    back: "Back",
  },
});

const LONGEST_COMMENT = 2000;

export function Satisfied({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const { isTried, tryAgain } = useTried();
  const drafted = useDraft<{ signer: Signer; comment: string }>(job.number, "accept", {
    signer: likelySigner(job),
    comment: "",
  });
  // A signature for the work before it was redone says nothing of the work after.
  const signing = useSigning(job.number, "accept-signature", `round ${job.reworkRound}`);
  if (!drafted.isRead) return null;
  const { value, change } = drafted;

  async function accept(): Promise<void> {
    const { signer } = value;
    if (!isWhole(signer) || !signing.isSigned) return tryAgain();
    const signature = await signing.keep();
    if (signature === null) return;
    const comment = value.comment.trim();
    const data = {
      signer: { name: signer.name.trim(), relation: signer.relation as Relation },
      signature: signature.sha256,
      ...(comment === "" ? {} : { comment }),
    };
    const also = {
      drafts: [drafted.key, signing.draft.key],
      photos: [signature.id],
      done: say().done,
    };
    if (await record("order.accepted", job.snapshot, data, also)) goInstead("order", job.number);
  }

  return (
    <form
      class="money"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void accept();
      }}
    >
      <h1>{say().title}</h1>
      <dl class="card">
        <dt>{say().work}</dt>
        <dd>
          {wordFor(categoryWords(), job.snapshot.category)} · {job.snapshot.content}
        </dd>
        {job.quote && (
          <>
            <dt>{say().price}</dt>
            <dd>
              <b>{money(job.quote.totalFen)}</b>
            </dd>
          </>
        )}
      </dl>
      <Words
        label={say().comment}
        name="comment"
        longest={LONGEST_COMMENT}
        value={value.comment}
        onChange={(comment) => change({ ...value, comment })}
      />
      <SignerFields
        signer={value.signer}
        onChange={(signer) => change({ ...value, signer })}
        isTried={isTried}
      />
      <p class="statement">{say().statement}</p>
      <SignatureField signing={signing} isTried={isTried} />
      <button type="submit" class="primary" disabled={busy || signing.busy}>
        {say().accept}
      </button>
      <Instead to={["order", job.number, "trial"]}>{say().back}</Instead>
    </form>
  );
}

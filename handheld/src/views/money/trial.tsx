/** The work is done: the customer tries it, and is satisfied, is not, or does not sign. */

import { words } from "../../words/words";
import { HeldBack } from "../order/heldBack";
import type { OrderScreenProps } from "../order/order";
import { Dissatisfied } from "./dissatisfied";
import { Instead, NotNow } from "./forms";
import { Satisfied } from "./satisfied";
import { Unsigned } from "./unsigned";

const say = words({
  zh: {
    title: "请客户试用",
    how: "请客户自己试一试、看一看,再问是否满意(R-060)。",
    notNow: "现在不用验收:检查单完成后,先点“完工,请客户试用”。",
    satisfied: "满意,签名",
    dissatisfied: "不满意",
    unsigned: "不签名或不在场",
  },
  en: {
    title: "The customer tries it",
    how: "Let the customer try and check it, then ask whether it is in order (R-060).",
    notNow: 'Nothing to accept just now: finish the checklist, then press "Finished".',
    satisfied: "Satisfied: sign",
    dissatisfied: "Not satisfied",
    unsigned: "Does not sign, or is absent",
  },
});

export function TrialScreen({ found, rest }: OrderScreenProps) {
  const { job } = found;
  if (job.state !== "awaiting_acceptance") {
    return <NotNow number={job.number} why={say().notNow} />;
  }
  switch (rest[0]) {
    case "satisfied":
      return <Satisfied job={job} />;
    case "dissatisfied":
      return <Dissatisfied job={job} />;
    case "unsigned":
      return <Unsigned job={job} />;
    default:
      return <Outcome found={found} />;
  }
}

function Outcome({ found: { job, photos } }: Pick<OrderScreenProps, "found">) {
  const path = (outcome: string) => ["order", job.number, "trial", outcome];
  return (
    <section class="money trial-outcome">
      <h1>{say().title}</h1>
      <div class="trial-how">
        <p>{say().how}</p>
        <HeldBack job={job} photos={photos} />
      </div>
      <Instead to={path("unsigned")}>{say().unsigned}</Instead>
      <Instead to={path("dissatisfied")} kind="danger">
        {say().dissatisfied}
      </Instead>
      <Instead to={path("satisfied")} kind="primary">
        {say().satisfied}
      </Instead>
    </section>
  );
}

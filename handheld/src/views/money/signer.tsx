/** Who agrees or signs: a name, and what they are to the flat. */

import type { Relation } from "../../contract/wire";
import { relationWords } from "../../words/trade";
import { words } from "../../words/words";
import { counts, type Job } from "../../work/job";
import { Choices } from "../parts/choices";
import { chooseOne, Wrong } from "./forms";

const say = words({
  zh: { name: "姓名", nameMissing: "请填写姓名。", relation: "与户主关系" },
  en: { name: "Name", nameMissing: "Enter the name.", relation: "Relation" },
});

export interface Signer {
  name: string;
  relation: Relation | null;
}

const RELATIONS = ["owner", "tenant", "family", "visitor", "other"] as const;
const LONGEST_NAME = 60;

/** Who agreed to the price on this handheld, else the customer's name. */
export function likelySigner(job: Job): Signer {
  const confirmed = job.acts.filter((act) => act.type === "quote.confirmed" && counts(act)).at(-1);
  const known = confirmed?.data.signer as Signer | undefined;
  return known ?? { name: job.snapshot.customer.name, relation: null };
}

export function isWhole(signer: Signer): signer is { name: string; relation: Relation } {
  return signer.name.trim() !== "" && signer.relation !== null;
}

interface Props {
  signer: Signer;
  onChange(signer: Signer): void;
  isTried: boolean;
}

export function SignerFields({ signer, onChange, isTried }: Props) {
  return (
    <>
      <label>
        {say().name}
        <input
          name="signer"
          autocomplete="off"
          maxLength={LONGEST_NAME}
          value={signer.name}
          onInput={(event) => onChange({ ...signer, name: event.currentTarget.value })}
        />
      </label>
      <Wrong text={isTried && signer.name.trim() === "" ? say().nameMissing : null} />
      <Choices
        label={say().relation}
        short
        options={RELATIONS.map((value) => ({ value, label: relationWords()[value] }))}
        value={signer.relation}
        onChange={(relation) => onChange({ ...signer, relation })}
      />
      <Wrong text={isTried && signer.relation === null ? chooseOne() : null} />
    </>
  );
}

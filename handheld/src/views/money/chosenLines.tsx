/** The lines of a quote in the making: quantity by − and +, or typed with up to two decimals. */

import { money } from "../../words/format";
import { inLanguage, words } from "../../words/words";
import { changedQuantity } from "../../work/price";
import {
  changedBy,
  type Difference,
  type Line,
  type PricedLine,
  type PricedQuote,
  type Wrong as WrongLine,
  withQuantity,
} from "../../work/quoting";
import { tradeUnitWords } from "../checklist/units";
import { Wrong } from "./forms";
import { Amount } from "./quoteTable";

const say = words({
  zh: {
    quantity: (name: string) => `${name} 数量`,
    fewer: (name: string) => `${name} 减一`,
    more: (name: string) => `${name} 加一`,
    remove: (name: string) => `去掉 ${name}`,
    badQuantity: "数量须大于零,最多两位小数。",
    unknown: "不在价目表上,不能报价,请去掉或请经理定价(R-021)。",
    added: "新增",
    was: (qty: string) => `原 ${qty}`,
    removed: (name: string, qty: string) => `已去掉:${name} × ${qty}`,
  },
  en: {
    quantity: (name: string) => `Quantity of ${name}`,
    fewer: (name: string) => `One fewer: ${name}`,
    more: (name: string) => `One more: ${name}`,
    remove: (name: string) => `Remove ${name}`,
    badQuantity: "More than zero, with at most two decimals.",
    unknown: "Not on the price list: remove it, or ask the manager for a price (R-021).",
    added: "New",
    was: (qty: string) => `was ${qty}`,
    removed: (name: string, qty: string) => `Taken out: ${name} × ${qty}`,
  },
});

interface Props {
  quote: PricedQuote;
  /** Against the quote that stands; empty where there is none. */
  changes: readonly Difference[];
  nameOf(item: string): string;
  wrong: readonly WrongLine[];
  isTried: boolean;
  onChange(lines: Line[]): void;
}

export function ChosenLines({ quote, changes, nameOf, wrong, isTried, onChange }: Props) {
  const lines = quote.lines.map(({ item, qty }) => ({ item, qty }));
  return (
    <ul class="chosen">
      {quote.lines.map((line) => (
        <Chosen
          key={line.item}
          line={line}
          change={changes.find((one) => one.item === line.item)}
          wrong={wrong.find((one) => one.item === line.item)?.what ?? null}
          isTried={isTried}
          onPieces={(pieces) => onChange(changedBy(lines, line.item, pieces))}
          onTyped={(qty) => onChange(withQuantity(lines, line.item, qty))}
          onRemove={() => onChange(lines.filter((one) => one.item !== line.item))}
        />
      ))}
      {changes
        .filter((one) => one.after === null)
        .map((one) => (
          <li class="chosen-gone" key={one.item}>
            {say().removed(nameOf(one.item), one.before ?? "")}
          </li>
        ))}
    </ul>
  );
}

interface ChosenProps {
  line: PricedLine;
  change: Difference | undefined;
  wrong: WrongLine["what"] | null;
  isTried: boolean;
  onPieces(pieces: number): void;
  onTyped(qty: string): void;
  onRemove(): void;
}

function Chosen({ line, change, wrong, isTried, onPieces, onTyped, onRemove }: ChosenProps) {
  const name = inLanguage(line.name);
  const isLast = changedQuantity(line.qty, -1) === null;
  return (
    <li class="card chosen-line" data-item={line.item}>
      <p class="chosen-name">
        <b>{name}</b>
        {change && (
          <span class="mark soon">
            {change.before === null ? say().added : say().was(change.before)}
          </span>
        )}
        <small class="under">
          {line.item} · {money(line.unitPriceFen)}
          {line.unit && ` / ${tradeUnitWords(line.unit)}`}
        </small>
      </p>
      <div class="stepper">
        <button
          type="button"
          aria-label={isLast ? say().remove(name) : say().fewer(name)}
          onClick={isLast ? onRemove : () => onPieces(-1)}
        >
          {isLast ? "✕" : "−"}
        </button>
        <input
          inputMode="decimal"
          autocomplete="off"
          maxLength={9}
          aria-label={say().quantity(name)}
          value={line.qty}
          onFocus={(event) => event.currentTarget.select()}
          onInput={(event) => onTyped(event.currentTarget.value.replace(/[,。]/, "."))}
        />
        <button type="button" aria-label={say().more(name)} onClick={() => onPieces(1)}>
          +
        </button>
      </div>
      <b class="chosen-amount">{wrong === null ? <Amount line={line} /> : "–"}</b>
      {wrong === "unknown" && <Wrong text={say().unknown} />}
      {wrong === "quantity" && (isTried || line.qty.trim() !== "") && (
        <Wrong text={say().badQuantity} />
      )}
    </li>
  );
}

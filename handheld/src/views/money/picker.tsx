/** What can be quoted: approved for this order, its own category, then everything else. */

import { useState } from "preact/hooks";
import { money } from "../../words/format";
import { categoryWords, wordFor } from "../../words/trade";
import { inLanguage, words } from "../../words/words";
import { grouped, matching, type Offer } from "../../work/offers";
import type { Line } from "../../work/quoting";
import { tradeUnitWords } from "../checklist/units";

const say = words({
  zh: {
    add: "添加项目",
    search: "按名称或编号查找",
    approved: "经理已为本单批准",
    none: "没有找到。换个词,或请经理定价。",
    pick: "添加",
  },
  en: {
    add: "Add an item",
    search: "Find by name or code",
    approved: "Approved for this order",
    none: "Nothing found. Try another word, or ask the manager for a price.",
    pick: "Add",
  },
});

interface Props {
  offers: readonly Offer[];
  /** The order's own, which stands open. */
  category: string;
  lines: readonly Line[];
  onPick(code: string): void;
}

export function Picker({ offers, category, lines, onPick }: Props) {
  const [typed, setTyped] = useState("");
  const isSearching = typed.trim() !== "";
  const groups = grouped(matching(offers, typed), category);
  return (
    <section class="picker">
      <h2 class="label">{say().add}</h2>
      <input
        type="search"
        aria-label={say().search}
        placeholder={say().search}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {isSearching && groups.length === 0 && <p role="status">{say().none}</p>}
      {groups.map((group) => (
        <details
          // A new one where the search begins or ends: it decides anew what stands open.
          key={`${group.category} ${isSearching}`}
          open={isSearching || group.category === null || group.category === category}
        >
          <summary>
            {group.category === null ? say().approved : wordFor(categoryWords(), group.category)}{" "}
            <small>{group.offers.length}</small>
          </summary>
          {group.offers.map((offer) => (
            <OfferButton
              key={offer.code}
              offer={offer}
              qty={lines.find((line) => line.item === offer.code)?.qty ?? null}
              onPick={() => onPick(offer.code)}
            />
          ))}
        </details>
      ))}
    </section>
  );
}

function OfferButton({ offer, qty, onPick }: { offer: Offer; qty: string | null; onPick(): void }) {
  return (
    <button
      type="button"
      class={qty === null ? "offer" : "offer offer-chosen"}
      data-offer={offer.code}
      onClick={onPick}
    >
      <span class="offer-name">
        <span class="quiet">{say().pick}</span> {inLanguage(offer.name)}
        <small class="under">{offer.code}</small>
      </span>
      <span class="offer-price">
        {money(offer.priceFen)}
        {offer.unit && <small> / {tradeUnitWords(offer.unit)}</small>}
      </span>
      <b class="offer-add">{qty === null ? "+" : `× ${qty}`}</b>
    </button>
  );
}

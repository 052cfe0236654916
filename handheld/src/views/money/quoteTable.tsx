/** A quote as the customer reads it: lines, amounts, and the total in large. */

import { money } from "../../words/format";
import { inLanguage, words } from "../../words/words";
import type { PricedLine, PricedQuote } from "../../work/quoting";
import { tradeUnitWords } from "../checklist/units";

const say = words({
  zh: {
    caption: "报价明细",
    item: "项目",
    amount: "金额",
    total: "合计",
    none: "没有收费项目(日常服务或保修),不收费。",
  },
  en: {
    caption: "Quote",
    item: "Item",
    amount: "Amount",
    total: "Total",
    none: "No chargeable items (routine service or warranty): free of charge.",
  },
});

export function QuoteTable({ quote }: { quote: PricedQuote }) {
  return (
    <table class="quote">
      <caption class="quiet">{say().caption}</caption>
      <thead class="quiet">
        <tr>
          <th scope="col">{say().item}</th>
          <th scope="col">{say().amount}</th>
        </tr>
      </thead>
      <tbody>
        {quote.lines.map((line) => (
          <tr key={line.item}>
            <th scope="row">
              {inLanguage(line.name)}
              <small class="under">
                {line.qty} {tradeUnitWords(line.unit)} × {money(line.unitPriceFen)}
              </small>
            </th>
            <td>
              <Amount line={line} />
            </td>
          </tr>
        ))}
        {quote.lines.length === 0 && (
          <tr>
            <td colSpan={2}>{say().none}</td>
          </tr>
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{say().total}</th>
          <td data-total={quote.totalFen}>{money(quote.totalFen)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** What is paid for a line; where the warranty pays, the list's price struck through before it. */
export function Amount({ line }: { line: PricedLine }) {
  if (line.amountFen === line.listedFen) return <>{money(line.amountFen)}</>;
  return (
    <>
      <s class="soft">{money(line.listedFen)}</s> {money(line.amountFen)}
    </>
  );
}

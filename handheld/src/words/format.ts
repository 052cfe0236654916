/** Dates, money and quantities as the reader's language writes them. */

import { language, locale } from "./words";

/** The estate's clock, wherever the handheld was made. */
const ZONE = "Asia/Shanghai";

function written(options: Intl.DateTimeFormatOptions, at: Date): string {
  return new Intl.DateTimeFormat(locale.value, { timeZone: ZONE, ...options }).format(at);
}

/** 14:05 */
export function clock(at: string | number | Date): string {
  return written({ hour: "2-digit", minute: "2-digit", hour12: false }, new Date(at));
}

/** The day as people say it beside today's: today, tomorrow, or the date. */
export function day(at: string | number | Date, now: Date = new Date()): string {
  const dayOf = (date: Date) =>
    written({ year: "numeric", month: "numeric", day: "numeric" }, date);
  const when = new Date(at);
  const near: [number, string, string][] = [
    [0, "今天", "today"],
    [1, "明天", "tomorrow"],
    [-1, "昨天", "yesterday"],
  ];
  for (const [days, zh, en] of near) {
    if (dayOf(new Date(now.getTime() + days * 86_400_000)) === dayOf(when)) {
      return language.value === "zh" ? zh : en;
    }
  }
  return written({ month: "short", day: "numeric", weekday: "short" }, when);
}

/** today 14:05 */
export function dayAndClock(at: string | number | Date): string {
  return `${day(at)} ${clock(at)}`;
}

/** ¥30.00 */
export function money(fen: number): string {
  return new Intl.NumberFormat(locale.value, {
    style: "currency",
    currency: "CNY",
    currencyDisplay: "narrowSymbol",
  }).format(fen / 100);
}

/** 4.2 MB */
export function bytes(size: number): string {
  const megabytes = size / 1024 / 1024;
  const [value, unit] =
    megabytes >= 1024
      ? [megabytes / 1024, "gigabyte"]
      : megabytes >= 1
        ? [megabytes, "megabyte"]
        : [size / 1024, "kilobyte"];
  return new Intl.NumberFormat(locale.value, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** 3 minutes ago, in 20 minutes */
export function fromNow(at: string | number | Date, now: number = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

/** Things one after the other, in a line of text. */
export function listed(things: readonly string[]): string {
  return things.join(language.value === "zh" ? "、" : ", ");
}

/** When the customer hears again after a pause (WO12), on the estate's clock. Pure. */

/** China keeps one time all year. */
const ESTATE_OFFSET = "+08:00";
const ESTATE_OFFSET_MS = 8 * 3600 * 1000;
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const AFTERNOON = "15:00";
const MORNING = "09:00";

export type ContactName = "hour" | "afternoon" | "tomorrow";

/** The quick choices: those that lie at least half an hour ahead. */
export function contactChoices(now: Date): { name: ContactName; at: Date }[] {
  const today = onEstateClock(now).slice(0, 10);
  const tomorrow = onEstateClock(new Date(now.getTime() + DAY_MS)).slice(0, 10);
  const choices: { name: ContactName; at: Date }[] = [
    { name: "hour", at: new Date(now.getTime() + HOUR_MS) },
    { name: "afternoon", at: estateTime(today, AFTERNOON) },
    { name: "tomorrow", at: estateTime(tomorrow, MORNING) },
  ];
  return choices.filter((choice) => choice.at.getTime() - now.getTime() >= HOUR_MS / 2);
}

/** As a date and time field writes it: `2026-03-02T15:00`. */
export function onEstateClock(at: Date): string {
  return new Date(at.getTime() + ESTATE_OFFSET_MS).toISOString().slice(0, 16);
}

/** What stands in a date and time field; null where that is no time. */
export function fromEstateClock(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const at = estateTime(text.slice(0, 10), text.slice(11, 16));
  return Number.isNaN(at.getTime()) ? null : at;
}

function estateTime(day: string, clock: string): Date {
  return new Date(`${day}T${clock}:00${ESTATE_OFFSET}`);
}

/** One order: whose, where, what was said, how far it is, and the one thing to do now. */

import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { words } from "../../words/words";
import { type JobAtHand, jobAtHand } from "../../work/jobs";
import { said } from "../../work/stage";
import { AlarmButton } from "../acts/alarmButton";
import { later } from "../parts/later";
import { Overview } from "./overview";

const say = words({
  zh: {
    loading: "正在读取…",
    gone: "这张单不在本机上。",
  },
  en: {
    loading: "Reading…",
    gone: "This order is not on this handheld.",
  },
});

/** What every screen of an order is given. */
export interface OrderScreenProps {
  found: JobAtHand;
  rest: readonly string[];
}

export function OrderScreen({ number, rest }: { number: string; rest: readonly string[] }) {
  const handheld = useHandheld();
  const found = useLive(
    ["orders", "acts", "photos", "templates"],
    (database) => jobAtHand(database, number),
    [number],
  );
  const isUnseen = found !== undefined && found !== null && !said(found.job, "order.opened");
  useEffect(() => {
    // The desk wants to know that it was looked at; nothing depends on it.
    if (isUnseen && found) void handheld.record("order.opened", found.job.snapshot, {});
  }, [isUnseen]);
  if (found === undefined) return <p class="soft">{say().loading}</p>;
  if (found === null) return <p class="empty">{say().gone}</p>;
  return <Part found={found} rest={rest} />;
}

/** `order/FW-…/quote` and so on. */
const SCREENS: Record<string, ComponentType<OrderScreenProps>> = {
  inspect: later(async () => (await import("../photos/inspect")).Inspect),
  checklist: later(async () => (await import("../checklist/checklist")).ChecklistScreen),
  step: later(async () => (await import("../checklist/step")).StepScreen),
  quote: later(async () => (await import("../money/quote")).QuoteScreen),
  confirm: later(async () => (await import("../money/confirm")).ConfirmScreen),
  trial: later(async () => (await import("../money/trial")).TrialScreen),
  cancel: later(async () => (await import("../money/cancel")).CancelScreen),
  return: later(async () => (await import("../acts/giveBack")).GiveBackScreen),
  suspend: later(async () => (await import("../acts/suspend")).SuspendScreen),
  alarm: later(async () => (await import("../acts/alarm")).AlarmScreen),
  hazard: later(async () => (await import("../acts/hazard")).HazardScreen),
  stock: later(async () => (await import("../acts/stock")).StockScreen),
  damage: later(async () => (await import("../acts/damage")).DamageScreen),
  history: later(async () => (await import("../acts/history")).HistoryScreen),
};

/** They have the alarm in their own place, or are it. */
const WITH_OWN_ALARM: ReadonlySet<string> = new Set(["checklist", "step", "alarm", "hazard"]);

function Part({ found, rest }: OrderScreenProps) {
  const [name = ""] = rest;
  const Screen = SCREENS[name];
  if (Screen === undefined) return <Overview found={found} rest={rest.slice(1)} />;
  return (
    <>
      {!WITH_OWN_ALARM.has(name) && (
        <div class="order-alarm" key={rest.join("/")}>
          <AlarmButton job={found.job} isSmall />
        </div>
      )}
      <Screen found={found} rest={rest.slice(1)} />
    </>
  );
}

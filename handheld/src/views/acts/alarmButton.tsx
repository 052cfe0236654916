/**
 * The alarm on every screen of an order: one press.
 *
 * On gas orders a press of 0.7 s is the alarm: whoever smells gas must not have to look for a list.
 * A tap only opens the screen to choose, so that neither a pocket nor a link, a reload or "back"
 * raises an alarm: that is why no address does so by being opened.
 */

import { go } from "../../app/route";
import { hazardWords } from "../../words/trade";
import { words } from "../../words/words";
import { likelyHazard, mayAlarm } from "../../work/hazard";
import type { Job } from "../../work/job";
import { HoldButton } from "../parts/holdButton";
import "./alarmButton.css";
import { useAlarm } from "./useAlarm";

const say = words({
  zh: { alarm: "险情报警", short: "报警", hold: (what: string) => `按住即报${what}` },
  en: { alarm: "Hazard alarm", short: "Alarm", hold: (what: string) => `hold: ${what}` },
});

interface Props {
  job: Job;
  /** On every other screen of an order: beside what is done there. */
  isSmall?: boolean;
}

export function AlarmButton({ job, isSmall = false }: Props) {
  const { alarm, busy } = useAlarm();
  if (!mayAlarm(job)) return null;
  const likely = likelyHazard(job.snapshot.category);
  const choose = () => go("order", job.number, "alarm");
  return (
    <HoldButton
      class={isSmall ? "aside-alarm alarm-small" : "aside-alarm"}
      disabled={busy}
      onTap={choose}
      onHold={likely === null ? choose : () => void alarm(job, likely, "order")}
    >
      <span>
        ⚠ {isSmall ? say().short : say().alarm}
        {likely !== null && !isSmall && (
          <>
            <br />
            <small>{say().hold(hazardWords()[likely])}</small>
          </>
        )}
      </span>
    </HoldButton>
  );
}

/**
 * The alarm where a job is worked on: one press.
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
import { useAlarm } from "./useAlarm";

const say = words({
  zh: { alarm: "险情报警", hold: (what: string) => `按住即报${what}` },
  en: { alarm: "Hazard alarm", hold: (what: string) => `hold: ${what}` },
});

export function AlarmButton({ job }: { job: Job }) {
  const { alarm, busy } = useAlarm();
  if (!mayAlarm(job)) return null;
  const likely = likelyHazard(job.snapshot.category);
  const choose = () => go("order", job.number, "alarm");
  return (
    <HoldButton
      class="aside-alarm"
      disabled={busy}
      onTap={choose}
      onHold={likely === null ? choose : () => void alarm(job, likely, "order")}
    >
      <span>
        ⚠ {say().alarm}
        {likely !== null && (
          <>
            <br />
            <small>{say().hold(hazardWords()[likely])}</small>
          </>
        )}
      </span>
    </HoldButton>
  );
}

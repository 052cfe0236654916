/** The alarm of an order: leave first; then one tap says what it is, and that is the alarm. */

import { words } from "../../words/words";
import { likelyHazard, mayAlarm } from "../../work/hazard";
import { AlarmAnywhere } from "../more/alarmAnywhere";
import type { OrderScreenProps } from "../order/order";
import "./acts.css";
import { CallForHelp } from "./callForHelp";
import { HazardScreen } from "./hazard";
import { HazardKinds } from "./hazardKinds";
import { LeaveFirst, WhatToDo } from "./leaveFirst";
import { useAlarm } from "./useAlarm";

const say = words({
  zh: { title: "险情报警" },
  en: { title: "Hazard alarm" },
});

export function AlarmScreen(props: OrderScreenProps) {
  const { alarm, busy } = useAlarm();
  const { job } = props.found;
  if (job.hazard) return <HazardScreen {...props} />;
  // Nothing can be raised on an order that is over; the danger is told of all the same.
  if (!mayAlarm(job)) return <AlarmAnywhere />;
  const likely = likelyHazard(job.snapshot.category);
  return (
    <article class="alarm">
      <h1 class="quiet">{say().title}</h1>
      <LeaveFirst kind={likely} />
      <p>
        <b>{job.snapshot.customer.unit_code}</b> {job.number}
      </p>
      {likely !== null && <WhatToDo kind={likely} />}
      <HazardKinds
        likely={likely}
        disabled={busy}
        onAlarm={(kind) => void alarm(job, kind, "alarm")}
      />
      <CallForHelp kind={likely} />
    </article>
  );
}

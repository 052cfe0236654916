/**
 * The alarm from anywhere, in two taps: this screen, and what it is.
 *
 * Where the technician stands before an order the alarm is that order's; elsewhere it is a major
 * incident. A place that was not typed is told by telephone: nothing is waited for.
 */

import { useState } from "preact/hooks";
import { useLive } from "../../app/live";
import { goInstead, route } from "../../app/route";
import type { HazardKind } from "../../contract/wire";
import { categoryWords, hazardWords, wordFor } from "../../words/trade";
import { words } from "../../words/words";
import { likelyHazard, onTheSpot } from "../../work/hazard";
import { allJobs } from "../../work/jobs";
import "../acts/acts.css";
import { CallForHelp } from "../acts/callForHelp";
import { HazardKinds } from "../acts/hazardKinds";
import { LeaveFirst, WhatToDo } from "../acts/leaveFirst";
import { raised, useAlarm } from "../acts/useAlarm";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { Words } from "../parts/words";

const say = words({
  zh: {
    title: "险情报警",
    where: "在哪里",
    elsewhere: "别的地方",
    place: "地点(来不及写就打电话说)",
    byPhone: "地点待电话说明",
    sent: "已存本机,联网即发。现在打电话给调度,说清地点。",
    stay: "守在附近的安全处,等责任人员到场接手后再离开。",
    again: "再报一处",
  },
  en: {
    title: "Hazard alarm",
    where: "Where",
    elsewhere: "Somewhere else",
    place: "Place (no time to type: say it by phone)",
    byPhone: "Place to be told by phone",
    sent: "Kept here and sent with the network. Now call dispatch and say where.",
    stay: "Stay near, in safety, until the responsible staff have come and taken over.",
    again: "Report another",
  },
});

const KINDS: ReadonlySet<string> = new Set<HazardKind>([
  "gas_leak",
  "electric_shock",
  "water",
  "fire",
  "structural",
  "other",
]);
const ELSEWHERE = "";
/** What the wire takes as a place. */
const LONGEST_PLACE = 200;

export function AlarmAnywhere() {
  const [screen, shown] = route.value;
  // `alarm/water` shows what to do after it was raised; opening it raises nothing.
  if (screen === "alarm" && shown !== undefined && KINDS.has(shown)) {
    return <Raised kind={shown as HazardKind} />;
  }
  return <Raise />;
}

function Raise() {
  const jobs = useLive(["orders", "acts", "photos", "templates"], allJobs);
  const { alarm, record, busy } = useAlarm();
  const place = useDraft("", "alarm-place", "");
  const [chosen, choose] = useState<string | null>(null);
  const spots = onTheSpot((jobs ?? []).map((found) => found.job));
  const at = chosen ?? (spots.length === 1 ? spots[0]!.number : ELSEWHERE);
  const job = spots.find((spot) => spot.number === at);

  async function raise(kind: HazardKind): Promise<void> {
    if (job !== undefined) {
      await alarm(job, kind, "alarm");
      return;
    }
    const act = await record(
      "incident.reported",
      null,
      {
        place: place.value.trim() || say().byPhone,
        category: "engineering",
        severity: "major",
        description: hazardWords()[kind],
        found_at: new Date().toISOString(),
        photos: [],
      },
      { atOnce: true, drafts: [place.key], done: raised(kind) },
    );
    if (act !== null) goInstead("alarm", kind);
  }

  return (
    <article class="alarm">
      <h1 class="quiet">{say().title}</h1>
      <LeaveFirst kind={null} />
      {spots.length > 0 && (
        <Choices
          label={say().where}
          options={[
            ...spots.map((spot) => ({
              value: spot.number,
              label: `${spot.snapshot.customer.unit_code} · ${wordFor(categoryWords(), spot.snapshot.category)}`,
            })),
            { value: ELSEWHERE, label: say().elsewhere },
          ]}
          value={at}
          onChange={choose}
        />
      )}
      {job === undefined && (
        <Words
          label={say().place}
          lines="one"
          longest={LONGEST_PLACE}
          value={place.value}
          onChange={place.change}
        />
      )}
      <HazardKinds
        likely={job === undefined ? null : likelyHazard(job.snapshot.category)}
        disabled={busy || jobs === undefined}
        onAlarm={(kind) => void raise(kind)}
      />
      <CallForHelp kind={null} />
    </article>
  );
}

function Raised({ kind }: { kind: HazardKind }) {
  return (
    <article class="alarm">
      <LeaveFirst kind={null} />
      <h1>⚠ {hazardWords()[kind]}</h1>
      <p class="strip soon" role="status">
        {say().sent}
      </p>
      <CallForHelp kind={kind} />
      <WhatToDo kind={kind} />
      {/* */}
      <p class="strip late">
        <b>{say().stay}</b>
      </p>
      <button type="button" onClick={() => goInstead("alarm")}>
        {say().again}
      </button>
    </article>
  );
}

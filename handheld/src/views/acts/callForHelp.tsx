/** Telephone numbers to press in danger. */

import { useHandheld } from "../../app/live";
import type { HazardKind } from "../../contract/wire";
import { words } from "../../words/words";
import { emergencyNumber } from "./leaveFirst";

const say = words({
  zh: { dispatch: "打给调度", emergency: (number: string) => `打 ${number}` },
  en: { dispatch: "Call dispatch", emergency: (number: string) => `Call ${number}` },
});

export function CallForHelp({ kind }: { kind: HazardKind | null }) {
  const phone = useHandheld().settings.value?.dispatch_phone;
  const emergency = kind === null ? null : emergencyNumber(kind);
  return (
    <>
      {emergency !== null && (
        <a class="button danger call" href={`tel:${emergency}`}>
          ☎ {say().emergency(emergency)}
        </a>
      )}
      {phone && (
        <a class="button call" href={`tel:${phone}`}>
          ☎ {say().dispatch} {phone}
        </a>
      )}
    </>
  );
}

/** Hooks: the app at hand, and queries of the store that run again when something changed. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Topic } from "../store/changes";
import type { Database } from "../store/database";
import type { Handheld } from "./handheld";

export const HandheldContext = createContext<Handheld | null>(null);

export function useHandheld(): Handheld {
  const handheld = useContext(HandheldContext);
  if (handheld === null) throw new Error("outside of the app");
  return handheld;
}

/**
 * What a query of the store gives, undefined before its first answer; it runs again after each
 * change of `topics` and of `inputs`.
 */
export function useLive<Found>(
  topics: readonly Topic[],
  query: (database: Database) => Promise<Found>,
  inputs: readonly unknown[] = [],
): Found | undefined {
  const { database, changes } = useHandheld();
  const [found, setFound] = useState<Found>();
  useEffect(() => {
    let asked = 0;
    let gone = false;
    const ask = () => {
      const mine = ++asked;
      query(database).then(
        (answer) => {
          // A later question may have been answered first.
          if (!gone && mine === asked) setFound(() => answer);
        },
        (error: unknown) => {
          if (!gone) console.error(error);
        },
      );
    };
    ask();
    const stop = changes.listen((changed) => {
      if (topics.some((topic) => changed.has(topic))) ask();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [database, changes, ...inputs]);
  return found;
}

/** What was recorded at a step, and what the server thought of it. Pure. */

import type { RunEntry } from "../contract/wire";
import type { Result } from "../engine/evaluate";
import type { Act } from "../store/database";
import { counts, type Job } from "./job";

/** An attempt at a step, with when it was made and how far it has come. */
export interface Attempt {
  result: Result;
  at: string | null;
  /** Not yet answered by the server. */
  isHere: boolean;
}

/** All attempts at a step, the latest first. */
export function attemptsAt(job: Job, id: string): Attempt[] {
  const told = new Map(
    job.snapshot.run.filter((entry) => entry.step === id).map((entry) => [entry.attempt, entry]),
  );
  const acts = actsAt(job, id).filter(counts);
  return (job.run?.results ?? [])
    .filter((result) => result.step === id)
    .map((result) => attempt(result, told.get(result.attempt), acts))
    .reverse();
}

function attempt(result: Result, told: RunEntry | undefined, acts: readonly Act[]): Attempt {
  const act = acts.find((one) => one.data.attempt === result.attempt);
  return {
    result,
    at: told?.recorded_at ?? act?.at ?? null,
    isHere: told === undefined && act?.waiting === 1,
  };
}

/** What this handheld said of a step. */
function actsAt(job: Job, id: string): Act[] {
  return job.acts.filter((act) => act.type === "step.recorded" && act.data.step === id);
}

/** The server's last no about a step, unless the step was recorded since. */
export function refusedAct(job: Job, id: string): Act | null {
  const latest = actsAt(job, id).at(-1);
  return latest !== undefined && !counts(latest) ? latest : null;
}

/** Whether an answer to this step waits for the server, since it could not be judged here. */
export function isDoubtful(job: Job, id: string): boolean {
  return job.doubtful.some(({ act }) => act.data.step === id && act.outcome === null);
}

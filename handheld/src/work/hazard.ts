/** Danger on site: what it most likely is, and whose order it belongs to. Pure. */

import type { HazardKind } from "../contract/wire";
import type { Step } from "../engine/evaluate";
import type { Job } from "./job";
import { asidesOf } from "./stage";

const GAS: ReadonlySet<string> = new Set(["gas_water_heater", "gas_stove"]);
const GAS_EMERGENCY = "CL-GASEMG";
const ON_THE_SPOT: ReadonlySet<string> = new Set([
  "on_site",
  "quoted",
  "in_progress",
  "rework",
  "awaiting_acceptance",
]);

/** What danger an order of this category brings with it; null where none stands out. */
export function likelyHazard(category: string): HazardKind | null {
  return GAS.has(category) ? "gas_leak" : null;
}

/** What the danger on an order is: what was told of it, else what its checklist or work says. */
export function hazardKind(job: Job): HazardKind {
  const alarm = job.acts.filter((act) => act.type === "hazard.alarm").at(-1);
  if (alarm !== undefined) return alarm.data.kind as HazardKind;
  return likelyHazard(job.snapshot.category) ?? "other";
}

/** The danger that a step tells of by failing; null where it tells of none. */
export function hazardOf(step: Step, status: string): HazardKind | null {
  // As the server takes it: the one emergency that a checklist opens is gas.
  return status === "fail" && step.on_fail?.hazard !== undefined ? "gas_leak" : null;
}

/** Whether the danger on an order is known at the desk: only the server can tell. */
export function isAtTheDesk(job: Job): boolean {
  return job.snapshot.hazard;
}

/** Whether an alarm may be raised on the order itself; on a closed one it is an incident. */
export function mayAlarm(job: Job): boolean {
  return asidesOf(job).includes("alarm");
}

/** Orders that the technician is standing before: one of them is where the danger is. */
export function onTheSpot(jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => ON_THE_SPOT.has(job.state) && mayAlarm(job));
}

/** Whether the checklist for a gas emergency is here. */
export function hasGasEmergency(job: Job): boolean {
  return job.run?.templates.some((template) => template.code === GAS_EMERGENCY) ?? false;
}

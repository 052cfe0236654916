/** Which step of the checklist a picture of the inspection serves as well. Pure. */

import type { Step } from "../engine/template";
import type { Job } from "./job";

/**
 * The first photo step of the order's own checklist that wants a picture from before.
 *
 * Taken under that step, one picture serves the inspection and the checklist: the same bytes
 * may not be the evidence of two steps (P-17).
 */
export function beforeStep(job: Pick<Job, "run">): Step | undefined {
  return job.run?.template.steps.find(
    (step) =>
      step.kind === "photo" &&
      step.when === null &&
      step.photos.some(({ tag }) => tag === "before"),
  );
}

/** One picture from before serves the inspection and the checklist. */

import { expect, it } from "vitest";
import { Run, type Step, type Template } from "../../src/engine/evaluate";
import { beforeStep } from "../../src/work/inspection";

function step(id: string, more: Partial<Step>): Step {
  return {
    id,
    seq: 1,
    kind: "photo",
    text: { zh: id, en: id },
    source: "E",
    provenance: "engineering",
    when: null,
    photos: [],
    locks: [],
    on_fail: null,
    ...more,
  };
}

function run(...steps: Step[]): Run {
  const template = { code: "CL-X", version: 1, steps } as unknown as Template;
  return new Run(template, []);
}

const BEFORE = [{ tag: "before", min: 1 }];

it("is kept under the first photo step that wants one in any case", () => {
  const found = beforeStep({
    run: run(
      step("X-01", { kind: "check", photos: BEFORE }),
      step("X-02", { photos: [{ tag: "after", min: 1 }] }),
      step("X-03", { photos: BEFORE, when: { step: "X-01", is: "fail" } }),
      step("X-04", { photos: BEFORE }),
      step("X-05", { photos: BEFORE }),
    ),
  });
  expect(found?.id).toBe("X-04");
});

it("belongs to no step where no checklist wants it, or none has come yet", () => {
  expect(beforeStep({ run: run(step("X-01", {})) })).toBeUndefined();
  expect(beforeStep({ run: null })).toBeUndefined();
});

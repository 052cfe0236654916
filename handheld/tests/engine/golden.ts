/** Reads and replays the golden vectors, as `checklists/golden/__init__.py` does. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import {
  type Answer,
  applicable,
  type Context,
  childCodes,
  consequence,
  judge,
  locked,
  missing,
  nextSteps,
  type Photo,
  Refused,
  Run,
  redo,
  type Template,
} from "../../src/engine/evaluate";
import type { Json } from "../../src/engine/template";
import { loadCatalogue, ROOT } from "./python";

export interface GivenAnswer {
  readonly step: string;
  readonly answer: unknown;
  readonly attempt?: unknown;
  readonly photos?: readonly Photo[];
  readonly text?: string | null;
  readonly reason?: string | null;
}

export interface GivenContext {
  readonly price_confirmed?: boolean;
  readonly held?: "all" | readonly (readonly [string, string, string])[];
  readonly rework_steps?: readonly string[];
  readonly overrides?: readonly string[];
  readonly hazard?: boolean;
}

export type Entry = GivenAnswer | { readonly context: GivenContext };

/** What an engine says: the keys of `expect` in docs/checklists.md, and a refusal's words. */
export type Said = Json;

export interface Vector {
  readonly file: string;
  readonly template: string;
  readonly name: string;
  readonly given: readonly Entry[];
  readonly context: GivenContext;
  readonly answer?: GivenAnswer;
  readonly expect: Said;
}

type Walks = Readonly<Record<string, readonly GivenAnswer[]>>;
type Written = Entry | { readonly walk: string; readonly until?: string };

const FOLDER = `${ROOT}checklists/golden/`;

export const CATALOGUE = loadCatalogue();

/** Read every vector of every file, with the walks it names spelled out. */
export function loadVectors(): Vector[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((name) => {
    const data = JSON.parse(readFileSync(FOLDER + name, "utf-8"));
    return data.vectors.map((vector: Vector & { given: readonly Written[] }) => ({
      ...vector,
      file: name.replace(".json", ""),
      template: data.template,
      given: vector.given.flatMap((entry) => spelledOut(entry, data.walks)),
    }));
  });
}

function spelledOut(entry: Written, walks: Walks): readonly Entry[] {
  if (!("walk" in entry)) {
    return [entry];
  }
  const walk = walks[entry.walk]!;
  const end = walk.findIndex((answer) => answer.step === entry.until);
  return end === -1 ? walk : walk.slice(0, end);
}

/** An order's run before anything was recorded. */
export function freshRun(code: string): Run {
  const template = CATALOGUE.get(code)!;
  return new Run(
    template,
    childCodes(template).map((child) => CATALOGUE.get(child)!),
  );
}

/** Play a vector and give what the engine says, for the keys that the vector expects. */
export function replay(vector: Vector): Said {
  let run = freshRun(vector.template);
  let context = contextOf(run, {});
  for (const entry of vector.given) {
    if ("context" in entry) {
      context = contextOf(run, entry.context);
    } else {
      run = run.withResult(judge(run, answerOf(run, entry), context));
    }
  }
  const walk = new Walk(run, contextOf(run, vector.context));
  const said: Said = vector.answer === undefined ? walk.state() : walk.play(vector.answer);
  return Object.fromEntries(Object.keys(vector.expect).map((key) => [key, said[key] ?? null]));
}

/** A run that is being recorded, in a context that may change on the way. */
export class Walk {
  constructor(
    public run: Run,
    public context: Context = contextOf(run, {}),
  ) {}

  /** Take the next entry and give what the engine says after it. */
  play(entry: Entry): Said {
    if ("context" in entry) {
      this.context = contextOf(this.run, entry.context);
      return this.state();
    }
    const said = this.judged(answerOf(this.run, entry));
    const step = this.run.find(entry.step);
    const again = step === undefined ? {} : { redo: [...redo(this.run, step)].sort() };
    return { ...said, ...again, ...this.state() };
  }

  private judged(answer: Answer): Said {
    try {
      const result = judge(this.run, answer, this.context);
      this.run = this.run.withResult(result);
      const follows = consequence(this.run.find(result.step)!, result);
      return {
        status: result.status,
        band: result.band,
        ...(follows === null ? {} : { consequence: follows }),
      };
    } catch (refusal) {
      if (!(refusal instanceof Refused)) {
        throw refusal;
      }
      const { reasons } = refusal;
      return {
        refused: reasons.map((reason) => reason.code),
        rules: reasons.map((reason) => reason.rule).filter((rule) => rule !== null),
        words: reasons.map((reason) => [reason.zh, reason.en]),
      };
    }
  }

  state(): Said {
    const lacking = missing(this.run, this.context);
    return {
      next: nextSteps(this.run, this.context),
      applicable: applicable(this.run, this.context),
      locked: Object.fromEntries(locked(this.run, this.context)),
      missing: lacking.map((lack) => [lack.step, lack.tag, lack.code]),
    };
  }
}

/** An answer as a vector gives it; without `attempt` it carries the next one. */
export function answerOf(run: Run, given: GivenAnswer): Answer {
  const attempt = (run.last(given.step)?.attempt ?? 0) + 1;
  // A vector may hold what no answer of this client could be; the engine has to refuse it.
  return { attempt, ...given } as Answer;
}

export function contextOf(run: Run, given: GivenContext): Context {
  const held = given.held === "all" ? everyPhoto(run) : (given.held ?? []);
  return {
    priceConfirmed: given.price_confirmed ?? true,
    heldPhotos: held.map(([step, tag, sha256]) => ({ step, tag, sha256 })),
    reworkSteps: new Set(given.rework_steps),
    overrides: new Set(given.overrides),
    hazard: given.hazard ?? false,
  };
}

function everyPhoto(run: Run): [string, string, string][] {
  return run.templates
    .flatMap((template: Template) => template.steps)
    .flatMap((step) =>
      step.photos.flatMap((need) =>
        Array.from({ length: need.min }, (_, number): [string, string, string] => [
          step.id,
          need.tag,
          createHash("sha256").update(`${step.id}/${number}`).digest("hex"),
        ]),
      ),
    );
}

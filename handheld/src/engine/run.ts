/** What has been recorded so far, what the engine is told about the order, how it refuses. */

import type { Json, Step, Template } from "./template";
import type { Status } from "./vocabulary";

/** A picture that an answer names: the sha256 of its bytes, in hex, and what it shows. */
export interface Photo {
  readonly sha256: string;
  readonly tag: string;
}

/** What the technician entered for one step, not yet judged. */
export interface Answer {
  readonly step: string;
  readonly attempt: number;
  readonly answer: Json;
  readonly photos?: readonly Photo[];
  readonly text?: string | null;
  readonly reason?: string | null;
}

/** A judged answer. Results are only ever added; a later attempt never replaces an earlier. */
export interface Result {
  readonly step: string;
  readonly attempt: number;
  readonly status: Status;
  readonly band: string | null;
  readonly answer: Json;
  readonly photos: readonly Photo[];
  readonly text: string | null;
  readonly reason: string | null;
}

/** A result as an entry of `run` in a snapshot carries it (docs/wire.md). */
export interface RunEntry {
  readonly step: string;
  readonly attempt: number;
  readonly status: string;
  readonly band?: string | null;
  readonly answer: Json;
  readonly photos?: readonly Photo[];
  readonly text?: string | null;
  readonly reason?: string | null;
}

/** A picture that counts for a step, under the tag that the step asks for. */
export interface HeldPhoto extends Photo {
  readonly step: string;
}

/**
 * What the engine must know of the order.
 *
 * `heldPhotos` are the pictures that are held and that count: one that was sent back is not among
 * them. `reworkSteps` are sent back and not recorded since. `overrides` are the steps for which
 * the supervisor allowed a deviation (R-162, P-24). `hazard`: an alarm was raised.
 */
export interface Context {
  readonly priceConfirmed: boolean;
  readonly heldPhotos: readonly HeldPhoto[];
  readonly reworkSteps: ReadonlySet<string>;
  readonly overrides: ReadonlySet<string>;
  readonly hazard: boolean;
}

/** Why an answer was refused: a stable code, the rule behind it, words for both readers. */
export interface Reason {
  readonly code: string;
  readonly rule: string | null;
  readonly step: string;
  readonly zh: string;
  readonly en: string;
}

/** The answer may not be recorded; `reasons` says why, all of it at once. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly reasons: readonly Reason[]) {
    super(reasons.map((reason) => `${reason.step}: ${reason.en}`).join("; "));
  }
}

/** One thing that keeps the run from completion: a step, or a photo of it (`tag`). */
export interface Missing {
  readonly step: string;
  readonly tag: string | null;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/** A template with all results so far, oldest first; those of child runs stand among them. */
export class Run {
  /** The template itself, then the ones it may open. */
  readonly templates: readonly Template[];
  private readonly places = new Map<string, number[]>();
  private readonly found = new Map<string, { owner: Template; step: Step }>();

  /** `children` are the templates that this one may open (`childCodes`), all of them. */
  constructor(
    readonly template: Template,
    readonly children: readonly Template[],
    readonly results: readonly Result[] = [],
  ) {
    this.templates = [template, ...children];
    for (const owner of this.templates) {
      for (const step of owner.steps) {
        this.found.set(step.id, { owner, step });
      }
    }
    results.forEach((result, place) => {
      const places = this.places.get(result.step);
      if (places === undefined) {
        this.places.set(result.step, [place]);
      } else {
        places.push(place);
      }
    });
  }

  /** The run as a snapshot tells it: the server has judged these entries, so they are trusted. */
  static fromWire(
    template: Template,
    children: readonly Template[],
    entries: readonly RunEntry[],
  ): Run {
    return new Run(template, children, entries.map(asResult));
  }

  /** Find a step; undefined where no template of the run has it. */
  find(stepId: string): Step | undefined {
    return this.found.get(stepId)?.step;
  }

  /** The template that a step belongs to. Throws RangeError for a step of another run. */
  ownerOf(step: Step): Template {
    const found = this.found.get(step.id);
    if (found === undefined) {
      throw new RangeError(`${this.template.code} has no step ${step.id}`);
    }
    return found.owner;
  }

  /** A template that this run may open. Throws RangeError where it was not given. */
  child(code: string): Template {
    const child = this.children.find((template) => template.code === code);
    if (child === undefined) {
      throw new RangeError(`${this.template.code} was given no ${code}`);
    }
    return child;
  }

  /** The latest result of a step. */
  last(stepId: string): Result | undefined {
    return this.results[this.at(stepId)];
  }

  /**
   * Where the latest result of a step stands, or its latest with one of `statuses`.
   *
   * A place in the order of recording; -1 when there is none.
   */
  at(stepId: string, ...statuses: readonly Status[]): number {
    const places = this.places.get(stepId) ?? [];
    for (let index = places.length - 1; index >= 0; index--) {
      const place = places[index]!;
      if (statuses.length === 0 || statuses.includes(this.results[place]!.status)) {
        return place;
      }
    }
    return -1;
  }

  /** Give the run with one more result. */
  withResult(result: Result): Run {
    return new Run(this.template, this.children, [...this.results, result]);
  }

  /** The value, or a further quantity, that the latest result of a step carries. */
  quantity(stepId: string, field?: string): unknown {
    const answer = this.last(stepId)?.answer;
    return field === undefined ? answer?.value : fieldsOf(answer)[field];
  }
}

/** The further quantities that an answer carries. */
export function fieldsOf(answer: Json | undefined): Json {
  return (answer?.fields as Json | null | undefined) ?? {};
}

function asResult(entry: RunEntry): Result {
  return {
    step: entry.step,
    attempt: entry.attempt,
    status: entry.status as Status,
    band: entry.band ?? null,
    answer: entry.answer,
    photos: entry.photos ?? [],
    text: entry.text ?? null,
    reason: entry.reason ?? null,
  };
}

/** The server's engine, asked through the interpreter that the server runs in. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Template } from "../../src/engine/evaluate";
import type { Entry, Said } from "./golden";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const PYTHON = process.env.PAIGONG_PYTHON ?? `${ROOT}.venv/bin/python`;

const LONGEST_ANSWER_BYTES = 32 * 1024 * 1024;

/** Run Python in the repository's root and give what it prints. */
export function python(...args: readonly string[]): string {
  return execFileSync(PYTHON, args, {
    cwd: ROOT,
    encoding: "utf-8",
    maxBuffer: LONGEST_ANSWER_BYTES,
  });
}

/** Print a Python expression as JSON, with these modules at hand. */
export function fromPython<T>(expression: string, ...modules: readonly string[]): T {
  const imports = ["json", ...modules].join(", ");
  return JSON.parse(python("-c", `import ${imports}; print(json.dumps(${expression}))`)) as T;
}

/** Every template that is shipped, by code. */
export function loadCatalogue(): ReadonlyMap<string, Template> {
  const lines = python("-m", "checklists.catalogue").trim().split("\n");
  const templates = lines.map((line) => JSON.parse(line) as Template);
  return new Map(templates.map((template) => [template.code, template]));
}

/** One Python process that plays walk after walk and says what it thinks. */
export class Server {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor() {
    this.process = spawn(PYTHON, ["-m", "checklists.golden"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async play(template: string, given: readonly Entry[]): Promise<readonly Said[]> {
    this.process.stdin!.write(`${JSON.stringify({ template, given })}\n`);
    const { value, done } = await this.lines.next();
    if (done) {
      throw new Error("the Python process ended");
    }
    return JSON.parse(value) as readonly Said[];
  }

  close(): void {
    this.process.stdin!.end();
  }
}

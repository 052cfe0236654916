/** What was said, put behind what stands there by now. */

/** What the wire takes of a text for which it names no other limit (docs/wire.md). */
export const LONGEST_TEXT = 2000;

/** Words that were heard, behind those that were typed meanwhile; no longer than may be sent. */
export function withSpoken(typed: string, heard: string, longest: number): string {
  const whole = typed === "" ? heard : `${typed} ${heard}`;
  // Not through the middle of a character that is written as two.
  return whole.slice(0, longest).replace(/[\uD800-\uDBFF]$/, "");
}

/** Text as the server counts, trims and compares it: by code points, by Unicode's white space. */

// The four separators below the space are white space to the server, though not to Unicode.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these four are meant
const WHITE = /[\p{White_Space}\u001c-\u001f]+/gu;

/** How many characters a text has; one beyond the basic plane is one, not two. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** The first so many characters of a text. */
export function begin(text: string, count: number): string {
  return [...text].slice(0, count).join("");
}

/** Tell whether a text says nothing: it is not there, empty, or white space. */
export function isBlank(text: string | null | undefined): boolean {
  return withoutSpace(text ?? "") === "";
}

export function withoutSpace(text: string): string {
  return text.replaceAll(WHITE, "");
}

/**
 * Fold a text for comparison, so that case and full width do not count (NFKC, case folding).
 *
 * The platform has no case folding: there and back again through upper case comes to the same,
 * letter by letter, but for the dotless i, which folding leaves alone.
 */
export function folded(text: string): string {
  return [...text.normalize("NFKC")]
    .map((letter) => (letter === "ı" ? letter : letter.toLowerCase().toUpperCase().toLowerCase()))
    .join("");
}

/** Names sorted by code point. */
export function inOrder(names: readonly string[]): string[] {
  const points = (name: string) =>
    [...name].map((letter) => letter.codePointAt(0)!.toString(16).padStart(6, "0")).join("");
  return [...names].sort((one, other) => (points(one) < points(other) ? -1 : 1));
}

/** Where the technician is in the app: the part of the address behind the #. */

import { signal } from "@preact/signals";

export const route = signal<readonly string[]>(read());

function read(): readonly string[] {
  if (typeof location === "undefined") return [];
  const path = location.hash.replace(/^#\/?/, "");
  return path.split("/").filter(Boolean).map(decodeURIComponent);
}

/** How many screens of this app lie behind the one that is shown. */
let depth = 0;

export function listenToAddress(): void {
  // It may have changed while the store was being opened.
  route.value = read();
  mark(depthHere() ?? 0);
  addEventListener("hashchange", () => {
    mark(depthHere() ?? depth + 1);
    route.value = read();
    scrollTo(0, 0);
  });
}

/** What the browser keeps beside an entry of its history outlives a reload. */
function depthHere(): number | null {
  return (history.state as { depth?: number } | null)?.depth ?? null;
}

function mark(behind: number): void {
  depth = behind;
  history.replaceState({ depth }, "");
}

/** Where one came from; the work list where the app was opened on this very screen, by a ring. */
export function goBack(): void {
  if (depth > 0) history.back();
  else goInstead();
}

/** `go("order", number, "quote")` */
export function go(...path: string[]): void {
  location.hash = `#/${path.map(encodeURIComponent).join("/")}`;
}

/** The same without a way back to where one was: what was there is done. */
export function goInstead(...path: string[]): void {
  history.replaceState({ depth }, "", `#/${path.map(encodeURIComponent).join("/")}`);
  route.value = read();
  scrollTo(0, 0);
}

export function href(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join("/")}`;
}

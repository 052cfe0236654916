/** Where the technician is in the app: the part of the address behind the #. */

import { signal } from "@preact/signals";

export const route = signal<readonly string[]>(read());

function read(): readonly string[] {
  if (typeof location === "undefined") return [];
  const path = location.hash.replace(/^#\/?/, "");
  return path.split("/").filter(Boolean).map(decodeURIComponent);
}

export function listenToAddress(): void {
  // It may have changed while the store was being opened.
  route.value = read();
  addEventListener("hashchange", () => {
    route.value = read();
    scrollTo(0, 0);
  });
}

/** `go("order", number, "quote")` */
export function go(...path: string[]): void {
  location.hash = `#/${path.map(encodeURIComponent).join("/")}`;
}

/** The same without a way back to where one was: what was there is done. */
export function goInstead(...path: string[]): void {
  history.replaceState(null, "", `#/${path.map(encodeURIComponent).join("/")}`);
  route.value = read();
  scrollTo(0, 0);
}

export function href(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join("/")}`;
}

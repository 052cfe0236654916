/** What the QR code of the desk says. Pure. */

/** The code in the address that the QR code carries: `#pair=AB12CD34`; null where it has none. */
export function codeInHash(hash: string): string | null {
  return /^#pair=([0-9A-Za-z-]+)$/.exec(hash)?.[1]?.toUpperCase() ?? null;
}

export type Scanned = { code: string } | { elsewhere: string };

/**
 * What a scanned text means to this app; null where it has nothing to do with pairing.
 *
 * `elsewhere`: the code belongs to another server, which this app does not speak to.
 */
export function scannedCode(text: string, origin: string): Scanned | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const code = codeInHash(url.hash);
  if (code === null) return null;
  return url.origin === origin ? { code } : { elsewhere: url.host };
}

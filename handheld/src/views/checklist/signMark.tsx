/** The sign of a standing: a letter of the font, or a drawn lock. */

import { LOCK } from "./standings";

export function SignMark({ sign }: { sign: string }) {
  if (sign !== LOCK) return <span aria-hidden="true">{sign}</span>;
  return (
    <svg class="lock" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M6 9V6a4 4 0 0 1 8 0v3" />
      <rect x="3.5" y="9" width="13" height="9" rx="2" />
    </svg>
  );
}

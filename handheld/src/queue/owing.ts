/** Pictures that were thrown away and are wanted again before "finished" may go. No DOM here. */

import type { Act, HeldPhoto } from "../store/database";
import { NEEDS_PHOTOS } from "./sealing";

/** The acts in a transaction that writes. */
interface Acts {
  index(name: "subject"): { getAll(order: string): Promise<Act[]> };
  put(act: Act): Promise<unknown>;
}

/** A "finished" that waits goes on waiting, for another picture in the place of this one. */
export async function owe(acts: Acts, photo: HeldPhoto): Promise<void> {
  const { step, tag } = photo;
  await change(acts, photo.order, (act) => ({
    ...act,
    owes: [...(act.owes ?? []), { step, tag }],
  }));
}

/** The picture is there again: from now on it is waited for until it is up. */
export async function oweNoMore(acts: Acts, photo: HeldPhoto): Promise<void> {
  await change(acts, photo.order, (act) => {
    const place = act.owes?.findIndex((one) => one.step === photo.step && one.tag === photo.tag);
    if (place === undefined || place < 0) return act;
    return { ...act, owes: act.owes!.filter((_, index) => index !== place) };
  });
}

async function change(acts: Acts, order: string, edit: (act: Act) => Act): Promise<void> {
  for (const act of await acts.index("subject").getAll(order)) {
    const isHere = act.waiting === 1 && (act.seq === null || act.sealedEarly === true);
    if (act.type !== NEEDS_PHOTOS || !isHere) continue;
    const edited = edit(act);
    if (edited !== act) await acts.put(edited);
  }
}

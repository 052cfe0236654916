/** Ringing with the app closed: the browser's push subscription, known to the server. */

import { computed, effect } from "@preact/signals";
import { fact, remember } from "../store/facts";
import { Door } from "../sync/door";
import type { Handheld } from "./handheld";

/** "unsupported": this browser has no push; "unset": the installation has none. */
export type Ringing = "unsupported" | "unset" | "denied" | "off" | "on";

export async function ringing(handheld: Handheld): Promise<Ringing> {
  const key = handheld.settings.value?.push_public_key ?? null;
  if (key === null) return "unset";
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  if (Notification.permission !== "granted") return "off";
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  const known = await fact(handheld.database, "push_key");
  return subscription && known === key ? "on" : "off";
}

/** Ask the technician, subscribe, tell the server. Throws what the browser or the door throws. */
export async function startRinging(handheld: Handheld): Promise<Ringing> {
  if ((await Notification.requestPermission()) === "granted") await subscribe(handheld);
  return ringing(handheld);
}

/**
 * Once allowed it stays so: at every start, with the first network, the server is told anew where
 * to ring, since it forgets an address that the push service called gone (docs/wire.md).
 */
export function keepRinging(handheld: Handheld): void {
  const key = computed(() => handheld.settings.value?.push_public_key ?? null);
  const isConnected = computed(() => CONNECTED.has(handheld.connection.value));
  let told: string | null = null;
  effect(() => {
    const { value: wanted } = key;
    if (wanted === null || handheld.pairing.value === null || !isSupported()) return;
    const { device } = handheld.pairing.value;
    if (!isConnected.value || told === `${device} ${wanted}`) return;
    if (Notification.permission !== "granted") return;
    renew(handheld, wanted).then(
      () => {
        told = `${device} ${wanted}`;
      },
      (error: unknown) => console.warn("no push subscription", error),
    );
  });
}

const CONNECTED: ReadonlySet<string> = new Set(["mqtt", "http"]);

async function renew(handheld: Handheld, key: string): Promise<void> {
  const known = await fact(handheld.database, "push_key");
  // Never asked for here: the permission is from before this handheld was paired anew.
  if (known !== undefined) await subscribe(handheld, known === key);
}

/** For whoever forgets the handheld: its next owner's orders must not ring here. */
export async function stopRinging(): Promise<void> {
  if (!isSupported()) return;
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** Tell the server where to ring; `isSameKey`: by the subscription at hand, where there is one. */
async function subscribe(handheld: Handheld, isSameKey = false): Promise<void> {
  const key = handheld.settings.value?.push_public_key;
  const pairing = handheld.pairing.value;
  if (!key || pairing === null) return;
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription = await pushManager.getSubscription();
  if (!isSameKey) {
    // A browser refuses a second key beside a subscription under the first.
    await subscription?.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  await new Door(pairing.url, pairing.token).ringHere(subscription.toJSON());
  await remember(handheld.database, "push_key", key);
}

function isSupported(): boolean {
  return (
    typeof Notification !== "undefined" &&
    typeof PushManager !== "undefined" &&
    navigator.serviceWorker !== undefined
  );
}

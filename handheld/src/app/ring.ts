/** Makes itself heard: a new order rings, vibrates and, where the app is in the back, notifies. */

import type { Snapshot } from "../contract/wire";
import { categoryWords, wordFor } from "../words/trade";
import { words } from "../words/words";
import type { Handheld } from "./handheld";
import { go } from "./route";

const say = words({
  zh: {
    arrived: (what: string, where: string) => `新工单:${what} · ${where}`,
    withdrawn: (number: string) => `${number} 已收回`,
    refused: (number: string) => `${number} 有内容被退回,请查看原因`,
    notice: (text: string) => `通知:${text}`,
    open: "打开",
  },
  en: {
    arrived: (what: string, where: string) => `New order: ${what} · ${where}`,
    withdrawn: (number: string) => `${number} was taken back`,
    refused: (number: string) => `${number}: something was refused, see why`,
    notice: (text: string) => `Notice: ${text}`,
    open: "Open",
  },
});

export function announceArrival(handheld: Handheld, order: Snapshot): void {
  const text = say().arrived(wordFor(categoryWords(), order.category), order.customer.unit_code);
  handheld.toast(text, "done", { label: say().open, run: () => go("order", order.number) });
  ring(handheld, order.urgency !== "normal");
  notify(text, order.number);
}

export function announceText(
  handheld: Handheld,
  kind: "withdrawn" | "refused" | "notice",
  text: string,
): void {
  handheld.toast(say()[kind](text), kind === "notice" ? "done" : "warning");
  vibrate(handheld, 200);
}

let audio: AudioContext | null = null;

/** Two tones, thrice where it is urgent. A browser that nobody has touched yet stays silent. */
export function ring(handheld: Handheld, urgent: boolean): void {
  vibrate(handheld, urgent ? [400, 150, 400, 150, 400] : [300, 150, 300]);
  if (!handheld.preferences.value.sound || typeof AudioContext === "undefined") return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
  for (let round = 0; round < (urgent ? 3 : 1); round++) {
    tone(audio, 880, round * 0.7);
    tone(audio, 1174, round * 0.7 + 0.22);
  }
}

function vibrate(handheld: Handheld, pattern: number | number[]): void {
  if (handheld.preferences.value.vibration) navigator.vibrate?.(pattern);
}

function tone(context: AudioContext, hertz: number, afterSeconds: number): void {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  const start = context.currentTime + afterSeconds;
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.4, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.4);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.4);
}

function notify(text: string, number: string): void {
  if (document.visibilityState === "visible" || typeof Notification === "undefined") return;
  if (Notification.permission !== "granted") return;
  void navigator.serviceWorker?.ready.then((registration) =>
    registration.showNotification(text, { tag: number, data: { number } }),
  );
}

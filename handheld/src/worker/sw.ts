/**
 * The shell of the app, kept so that it opens with no network; and the ring of a new order when it
 * is closed. Data lives in IndexedDB and is none of this worker's business.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

const CACHE = "shell-__VERSION__";
const FILES = JSON.parse("__FILES__") as string[];
const BASE = "/handheld/";
const INDEX = `${BASE}index.html`;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((url) => new Request(url, { cache: "reload" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("shell-") && name !== CACHE) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  // Only the app knows when nobody is in the middle of something.
  if (event.data === "take-over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (!url.pathname.startsWith(BASE)) return;
  const wanted = request.mode === "navigate" ? INDEX : url.pathname;
  event.respondWith(
    (async () => (await (await caches.open(CACHE)).match(wanted)) ?? fetch(request))(),
  );
});

interface Ring {
  kind: string;
  number: string;
  urgency?: string;
}

worker.addEventListener("push", (event) => {
  event.waitUntil(ring(event.data));
});

async function ring(data: PushMessageData | null): Promise<void> {
  let told: Partial<Ring> = {};
  try {
    told = (data?.json() as Partial<Ring> | undefined) ?? {};
  } catch {
    // Whatever it was, somebody wants the technician to look.
  }
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const client of open) client.postMessage({ type: "ring", number: told.number });
  const urgent = told.urgency === "urgent" || told.urgency === "emergency";
  const options: NotificationOptions & { vibrate?: number[]; renotify?: boolean } = {
    body: told.number ?? "",
    tag: told.number ?? "paigong",
    renotify: true,
    requireInteraction: urgent,
    icon: `${BASE}icon-192.png`,
    vibrate: urgent ? [400, 150, 400, 150, 400] : [300, 150, 300],
    data: { number: told.number },
  };
  await worker.registration.showNotification(
    urgent ? "急单 Urgent order" : "新工单 New order",
    options,
  );
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { number } = (event.notification.data ?? {}) as { number?: string };
  const url = number === undefined ? BASE : `${BASE}#/order/${number}`;
  event.waitUntil(
    (async () => {
      const [open] = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
      if (open === undefined) await worker.clients.openWindow(url);
      else {
        await open.focus();
        open.postMessage({ type: "open", number });
      }
    })(),
  );
});

/** What is on this handheld and has not arrived, what was refused and why, and how it gets away. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { countAll } from "../../queue/counts";
import { photosWaiting } from "../../queue/sealing";
import { fact } from "../../store/facts";
import { networkKind, sendNow, uploadAnyway } from "../../sync/surroundings";
import { bytes, fromNow } from "../../words/format";
import { words } from "../../words/words";
import { queueGroups } from "../../work/queueGroups";
import "../acts/acts.css";
import "./more.css";
import { QueueExport } from "./queueExport";
import { QueueGroupView } from "./queueGroup";

const say = words({
  zh: {
    title: "本机上的内容",
    here: "只在本机:还没送到服务器",
    hereSize: (photos: number, size: string) => `其中照片 ${photos} 张,${size}`,
    arrived: "已到:服务器已收下,等核对回执",
    verified: "已核对:服务器回执已逐项列明,本机才可清理",
    mqtt: "已连接服务器。",
    http: "已通过备用通道连接(慢一些)。",
    connecting: "正在连接服务器…",
    offline: "没有网络。所做的都存在本机,联网后自动发送。",
    elsewhere: "另一个页面正在与服务器通信,本页内容一样会送达。",
    "not-let-in": "服务器没有放行本机。请联系调度台;所做的都还在本机。",
    heard: (when: string) => `上次收到服务器消息:${when}`,
    never: "还没有收到过服务器的消息",
    sendNow: "立即发送",
    wifi: "现在不是 Wi-Fi:按您的设置,照片等到有 Wi-Fi 才发送。",
    anyway: "现在就用流量发送",
    nothing: "没有等待发送或被退回的内容。",
    space: (used: string, quota: string) => `存储:已用 ${used},可用到 ${quota}`,
    kept: "浏览器承诺不会自动清理本机内容。",
    notKept: "空间不足时浏览器可能清理本机内容:请把应用安装到主屏幕,并尽快发送。",
  },
  en: {
    title: "On this handheld",
    here: "Only here: has not reached the server",
    hereSize: (photos: number, size: string) => `photos among it: ${photos}, ${size}`,
    arrived: "Arrived: the server has it, its receipt is still to come",
    verified: "Verified: listed in the server's receipt; only then is space freed",
    mqtt: "Connected to the server.",
    http: "Connected by the fallback channel (slower).",
    connecting: "Connecting to the server…",
    offline: "No network. Everything is kept here and goes out by itself later.",
    elsewhere: "Another tab speaks to the server; what is done here arrives as well.",
    "not-let-in":
      "The server does not let this handheld in. Ask the desk; everything is still here.",
    heard: (when: string) => `The server was last heard ${when}`,
    never: "The server has not been heard yet",
    sendNow: "Send now",
    wifi: "This is no Wi-Fi: as you chose, photos wait for it.",
    anyway: "Send over mobile data now",
    nothing: "Nothing waits and nothing was refused.",
    space: (used: string, quota: string) => `Space: ${used} used, up to ${quota}`,
    kept: "The browser has promised not to clear it away.",
    notKept:
      "The browser may clear it when space runs out: install the app to the home screen, and send soon.",
  },
});

const REDRAW_MS = 20_000;

export function QueueScreen() {
  const handheld = useHandheld();
  const counts = useLive(["acts", "photos"], countAll);
  const contents = useLive(["acts", "photos"], async (database) => ({
    acts: await database.getAll("acts"),
    photos: await database.getAll("photos"),
  }));
  const held = useLive(
    ["orders"],
    async (database) =>
      new Set(
        (await database.getAll("orders"))
          .filter((order) => order.snapshot !== null)
          .map((order) => order.number),
      ),
  );
  if (counts === undefined || contents === undefined) return null;
  const groups = queueGroups(contents.acts, contents.photos);
  const waiting = photosWaiting(contents.photos);
  const isHeldForWifi =
    handheld.preferences.value.photosOnWifiOnly && networkKind() === "cellular" && waiting.size > 0;
  return (
    <article class="queue">
      <h1>{say().title}</h1>
      <Contact />
      <dl class="big-counters">
        <dt class="counter-here">{counts.here}</dt>
        <dd>
          {say().here}
          {counts.photosHere > 0 && (
            <small>
              <br />
              {say().hereSize(counts.photosHere, bytes(counts.bytesHere))}
            </small>
          )}
        </dd>
        <dt>{counts.arrived}</dt>
        <dd>{say().arrived}</dd>
        <dt class="counter-verified">{counts.verified}</dt>
        <dd>{say().verified}</dd>
      </dl>
      {isHeldForWifi && (
        <section class="strip soon">
          <p>{say().wifi}</p>
          <button
            type="button"
            onClick={() => {
              void uploadAnyway(handheld.database).then(() => sendNow(handheld.changes));
            }}
          >
            {say().anyway}
          </button>
        </section>
      )}
      {groups.length === 0 ? (
        <p class="strip">{say().nothing}</p>
      ) : (
        groups.map((group) => (
          <QueueGroupView
            key={group.order}
            group={group}
            photosWaiting={waiting}
            isHere={held?.has(group.order) ?? false}
          />
        ))
      )}
      <QueueExport waiting={counts.here} />
      <Space />
    </article>
  );
}

function Contact() {
  const handheld = useHandheld();
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const heardAt = useLive(["facts"], (database) => fact(database, "heard_at"));
  return (
    <section class="card">
      <p role="status">
        <b>{say()[handheld.connection.value]}</b>
      </p>
      <p class="soft">{heardAt === undefined ? say().never : say().heard(fromNow(heardAt))}</p>
      <button type="button" class="wide" onClick={() => sendNow(handheld.changes)}>
        {say().sendNow}
      </button>
    </section>
  );
}

interface Room {
  usedBytes: number;
  quotaBytes: number;
  isPersisted: boolean;
}

function Space() {
  const [room, setRoom] = useState<Room | null>(null);
  useEffect(() => {
    async function look(): Promise<void> {
      const estimate = await navigator.storage?.estimate?.();
      if (estimate?.quota === undefined) return;
      setRoom({
        usedBytes: estimate.usage ?? 0,
        quotaBytes: estimate.quota,
        isPersisted: (await navigator.storage.persisted?.()) ?? false,
      });
    }
    look().catch(console.warn);
  }, []);
  if (room === null) return null;
  return (
    <p class="soft">
      {say().space(bytes(room.usedBytes), bytes(room.quotaBytes))}
      <br />
      {room.isPersisted ? say().kept : say().notKept}
    </p>
  );
}

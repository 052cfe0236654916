/** Always in view: how the handheld is connected, and the three counters. */

import { useHandheld, useLive } from "../../app/live";
import { goBack, href, route } from "../../app/route";
import { countAll } from "../../queue/counts";
import { fact } from "../../store/facts";
import { countUnreadNotices } from "../../store/notices";
import { reserveState } from "../../store/reserve";
import { measureSpace, spaceWarning } from "../../store/space";
import { bytes } from "../../words/format";
import { words } from "../../words/words";
import { countUnreadMessages } from "../../work/messages";
import { Icon } from "./icon";

const say = words({
  zh: {
    back: "返回",
    home: "工单",
    more: "更多",
    moreUnread: (count: number) => `更多,${count} 条消息或通知未读`,
    here: "本机",
    arrived: "已到",
    verified: "已核对",
    counters: "本机未送达、已到服务器、服务器已核对",
    mqtt: "在线",
    http: "在线(慢速)",
    connecting: "连接中",
    offline: "离线",
    elsewhere: "另一页面在线",
    "not-let-in": "未获准接入",
    skewed: (seconds: number) => `本机时钟${seconds > 0 ? "快" : "慢"} ${Math.abs(seconds)} 秒`,
    lost: "服务器缺少本机已删除的记录,请联系调度重新配对",
    unread: (count: number) => `${count} 条被退回,请查看`,
    low: "本机存储快满了。",
    critical: "本机存储几乎满了,新照片可能存不下。",
    upload: (count: number, size: string) =>
      `请联网上传 ${count} 张照片(${size}),核对后自动腾出空间。`,
    clear: "请删除手机里的视频或不用的应用。",
  },
  en: {
    back: "Back",
    home: "Orders",
    more: "More",
    moreUnread: (count: number) => `More, ${count} unread messages or notices`,
    here: "Here",
    arrived: "Arrived",
    verified: "Verified",
    counters: "Not yet delivered, arrived at the server, verified by its receipt",
    mqtt: "Online",
    http: "Online (slow)",
    connecting: "Connecting",
    offline: "Offline",
    elsewhere: "Online in another tab",
    "not-let-in": "Not let in",
    skewed: (seconds: number) =>
      `This clock is ${Math.abs(seconds)} s ${seconds > 0 ? "fast" : "slow"}`,
    lost: "The server lacks records that are gone here: ask the desk to pair anew",
    unread: (count: number) => `${count} refused: see why`,
    low: "Storage is getting tight. ",
    critical: "Storage is nearly full: new photos may not fit. ",
    upload: (count: number, size: string) =>
      `Go where there is a network: ${count} photos (${size}) upload and free their space.`,
    clear: "Delete videos or unused apps on this phone.",
  },
});

export function TopBar() {
  const handheld = useHandheld();
  const counts = useLive(["acts", "photos"], countAll);
  const unread = useLive(
    ["notices", "messages"],
    async (database) =>
      (await countUnreadNotices(database)) + (await countUnreadMessages(database)),
  );
  const clock = useLive(["facts"], async (database) => ({
    skewS: (await fact(database, "skew_s")) ?? 0,
    lostSeq: await fact(database, "lost_seq"),
  }));
  const space = useLive(["photos", "acts", "facts"], async () =>
    spaceWarning(await measureSpace(), await reserveState()),
  );
  const state = handheld.connection.value;
  const skewShownS = handheld.settings.value?.clock_skew_s ?? 120;
  const skewed = clock !== undefined && Math.abs(clock.skewS) > skewShownS;
  return (
    <header class="top">
      <div class="top-row">
        {route.value.length > 0 ? (
          <>
            <button type="button" class="icon" aria-label={say().back} onClick={goBack}>
              ‹
            </button>
            <a class="icon home" href={href()}>
              <Icon of="home" />
              <small>{say().home}</small>
            </a>
          </>
        ) : (
          <span class="brand">派工</span>
        )}
        <a class={`line line-${state}`} href={href("queue")}>
          <span>{say()[state]}</span>
        </a>
        <a class="counters" href={href("queue")} title={say().counters}>
          <Counter name="here" value={counts?.here} />
          <Counter name="arrived" value={counts?.arrived} />
          <Counter name="verified" value={counts?.verified} />
        </a>
        <a
          class="icon"
          href={href("more")}
          aria-label={unread ? say().moreUnread(unread) : say().more}
        >
          <span aria-hidden="true">☰</span>
          {unread ? (
            <span class="unread" aria-hidden="true">
              {unread}
            </span>
          ) : null}
        </a>
      </div>
      {counts !== undefined && counts.unread > 0 && (
        <a class="strip late" href={href("queue")}>
          {say().unread(counts.unread)}
        </a>
      )}
      {space && (
        <a
          class={`strip ${space === "critical" ? "late" : "soon"}`}
          href={href("queue")}
          data-space={space}
        >
          {say()[space]}
          {counts !== undefined && counts.photosHere > 0
            ? say().upload(counts.photosHere, bytes(counts.bytesHere))
            : say().clear}
        </a>
      )}
      {skewed && <p class="strip soon">{say().skewed(clock.skewS)}</p>}
      {clock?.lostSeq !== undefined && <p class="strip late">{say().lost}</p>}
    </header>
  );
}

function Counter({
  name,
  value,
}: {
  name: "here" | "arrived" | "verified";
  value?: number | undefined;
}) {
  return (
    <span class={`counter counter-${name}`} data-count={name}>
      <b>{value ?? "–"}</b>
      <small>{say()[name]}</small>
    </span>
  );
}

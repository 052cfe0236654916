/** The frame around every screen, and which screen stands in it. */

import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { useHandheld } from "../app/live";
import { route } from "../app/route";
import { language, words } from "../words/words";
import { OrderScreen } from "./order/order";
import { Pairing } from "./pairing";
import { later } from "./parts/later";
import { Toasts } from "./parts/toasts";
import { TopBar } from "./parts/topBar";
import { WorkList } from "./workList";

const say = words({
  zh: {
    skip: "跳到内容",
    superseded: "另一个页面已更新到新版本,请刷新本页。",
    closed: "浏览器关闭了本机存储,请刷新本页。已记录的内容都在。",
    reload: "刷新",
  },
  en: {
    skip: "Skip to content",
    superseded: "Another tab runs a newer version. Reload this one.",
    closed: "The browser has closed this handheld's store. Reload: what was recorded is there.",
    reload: "Reload",
  },
});

export function App() {
  const handheld = useHandheld();
  const { theme, textScale } = handheld.preferences.value;
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = theme;
    root.dataset.text = textScale;
    root.lang = language.value === "zh" ? "zh-CN" : "en";
  }, [theme, textScale, language.value]);

  if (handheld.taken.value !== null) {
    return (
      <main class="screen center">
        <p>{say()[handheld.taken.value]}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {say().reload}
        </button>
      </main>
    );
  }
  if (handheld.pairing.value === null) return <Pairing />;
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        {say().skip}
      </button>
      <TopBar />
      <main class="screen" id="main" tabIndex={-1}>
        <Screen />
      </main>
      <Toasts />
    </>
  );
}

/** By hand: what stands behind the # of a link is a screen here. */
function skip(): void {
  document.getElementById("main")?.focus();
}

const SCREENS: Record<string, ComponentType> = {
  queue: later(async () => (await import("./more/queue")).QueueScreen),
  more: later(async () => (await import("./more/more")).MoreScreen),
  settings: later(async () => (await import("./more/settings")).SettingsScreen),
  notices: later(async () => (await import("./more/notices")).NoticesScreen),
  messages: later(async () => (await import("./more/messages")).MessagesScreen),
  incident: later(async () => (await import("./more/incident")).IncidentScreen),
  things: later(async () => (await import("./more/things")).ThingsScreen),
  shift: later(async () => (await import("./more/shift")).ShiftScreen),
  pool: later(async () => (await import("./pool/pool")).PoolScreen),
  alarm: later(async () => (await import("./more/alarmAnywhere")).AlarmAnywhere),
};

function Screen() {
  const [where, first, ...rest] = route.value;
  if (where === "order") return <OrderScreen number={first ?? ""} rest={rest} key={first} />;
  const Found = SCREENS[where ?? ""] ?? WorkList;
  return <Found />;
}

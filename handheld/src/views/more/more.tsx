/** Everything that belongs to no single order. */

import { useHandheld, useLive } from "../../app/live";
import { href } from "../../app/route";
import { countAll } from "../../queue/counts";
import { fact } from "../../store/facts";
import { countUnreadNotices } from "../../store/notices";
import { words } from "../../words/words";
import { isOverdue } from "../../work/inHand";
import { countUnreadMessages } from "../../work/messages";
import "./more.css";

const say = words({
  zh: {
    title: "更多",
    alarm: "险情报警",
    alarmHow: "先离开,再按",
    incident: "报告事件",
    incidentHow: "公共区域的问题,不需要工单",
    messages: "消息",
    messagesHow: "写给您的,读过和回复都会告知发件人",
    notices: "通知",
    unread: (count: number) => `${count} 条未读`,
    queue: "本机上的内容",
    here: (count: number) => `${count} 项未送达`,
    delivered: "全部已送达",
    things: "我的物品",
    thingsHow: "手上的材料、工具和旧件",
    overdue: (count: number) => `${count} 件工具超过一天未还`,
    shift: "交班",
    shiftHow: "未完的单和手上的材料工具",
    settings: "设置",
    settingsHow: "语言、字号、日光模式、铃声",
  },
  en: {
    title: "More",
    alarm: "Hazard alarm",
    alarmHow: "Leave first, then press",
    incident: "Report an incident",
    incidentHow: "In common areas; needs no order",
    messages: "Messages",
    messagesHow: "Written to you; the sender sees what you read and answer",
    notices: "Notices",
    unread: (count: number) => `${count} unread`,
    queue: "On this handheld",
    here: (count: number) => `${count} not delivered`,
    delivered: "Everything is delivered",
    things: "What I have in hand",
    thingsHow: "Materials, tools and old parts",
    overdue: (count: number) =>
      `${count} ${count === 1 ? "tool" : "tools"} out for more than a day`,
    shift: "Hand over the shift",
    shiftHow: "Open orders, materials and tools in hand",
    settings: "Settings",
    settingsHow: "Language, text size, sunlight, sound",
  },
});

export function MoreScreen() {
  const handheld = useHandheld();
  const counts = useLive(["acts", "photos"], countAll);
  const unread = useLive(["notices"], countUnreadNotices) ?? 0;
  const unreadMessages = useLive(["messages"], countUnreadMessages) ?? 0;
  const inHand = useLive(["facts"], (store) => fact(store, "in_hand"));
  const overdue = (inHand?.things ?? []).filter((thing) => isOverdue(thing, Date.now())).length;
  const here = counts?.here ?? 0;
  return (
    <article>
      <h1>{say().title}</h1>
      <p class="soft">{handheld.pairing.value?.technician.name}</p>
      <nav class="menu" aria-label={say().title}>
        <Entry to="alarm" icon="⚠" name={say().alarm} about={say().alarmHow} danger />
        <Entry to="incident" icon="✎" name={say().incident} about={say().incidentHow} />
        <Entry
          to="messages"
          icon="✉"
          name={say().messages}
          about={unreadMessages > 0 ? say().unread(unreadMessages) : say().messagesHow}
        />
        <Entry
          to="notices"
          icon="ⓘ"
          name={say().notices}
          about={unread > 0 ? say().unread(unread) : ""}
        />
        <Entry
          to="queue"
          icon="⇅"
          name={say().queue}
          about={here > 0 ? say().here(here) : say().delivered}
        />
        <Entry
          to="things"
          icon="⚒"
          name={say().things}
          about={overdue > 0 ? say().overdue(overdue) : say().thingsHow}
        />
        <Entry to="shift" icon="⇄" name={say().shift} about={say().shiftHow} />
        <Entry to="settings" icon="⚙" name={say().settings} about={say().settingsHow} />
      </nav>
    </article>
  );
}

interface EntryProps {
  to: string;
  icon: string;
  name: string;
  about: string;
  danger?: boolean;
}

function Entry({ to, icon, name, about, danger = false }: EntryProps) {
  return (
    <a class={`button${danger ? " danger" : ""}`} href={href(to)}>
      <span aria-hidden="true">{icon}</span>
      <span>
        <b>{name}</b>
        {about !== "" && <small>{about}</small>}
      </span>
      <span aria-hidden="true">›</span>
    </a>
  );
}

/** What the desk had to say to this handheld. */

import { useHandheld, useLive } from "../../app/live";
import { readNotice } from "../../store/notices";
import { dayAndClock } from "../../words/format";
import { words } from "../../words/words";
import "./more.css";

const say = words({
  zh: { title: "通知", none: "没有通知。", known: "知道了", kept: "已读的通知保留 7 天。" },
  en: {
    title: "Notices",
    none: "There are no notices.",
    known: "Understood",
    kept: "A notice that was read stays for 7 days.",
  },
});

export function NoticesScreen() {
  const { database, changes } = useHandheld();
  const notices = useLive(["notices"], (store) => store.getAll("notices"));
  if (notices === undefined) return null;
  const latestFirst = notices.sort((one, other) => other.at.localeCompare(one.at));
  return (
    <article>
      <h1>{say().title}</h1>
      {notices.length === 0 && <p class="empty">{say().none}</p>}
      {latestFirst.map((notice) => (
        <section class={`card notice${notice.read ? "" : " notice-new"}`} key={notice.id}>
          <p class="soft">{dayAndClock(notice.at)}</p>
          <p class="notice-text">{notice.text}</p>
          {!notice.read && (
            <button
              type="button"
              class="wide"
              onClick={() =>
                void readNotice(database, notice.id).then(() => changes.announce("notices"))
              }
            >
              {say().known}
            </button>
          )}
        </section>
      ))}
      {notices.length > 0 && <p class="soft">{say().kept}</p>}
    </article>
  );
}

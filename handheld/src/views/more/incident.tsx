/**
 * Something in a common area that needs no order.
 *
 * There is one form at a time: its words are one draft, and pictures that are kept for no order and
 * are part of nothing are its pictures.
 */

import { useState } from "preact/hooks";
import { goInstead, href } from "../../app/route";
import type { Acts } from "../../contract/wire";
import { words } from "../../words/words";
import { fromEstateClock, onEstateClock } from "../../work/contact";
import { Choices } from "../parts/choices";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { PhotoNeed, useKeptPhotos } from "../photos/photoNeed";
import "./more.css";

const say = words({
  zh: {
    title: "报告事件",
    danger: "有人身危险?先离开,立即报警",
    place: "地点",
    category: "哪一类",
    engineering: "工程设施",
    security: "秩序安全",
    cleaning: "清洁",
    greening: "绿化",
    other: "其他",
    severity: "严重程度",
    normal: "一般",
    major: "重大:通知部门负责人和总经理",
    description: "看到了什么",
    action: "已采取的应急措施(可不填)",
    found: "发现时间",
    stay: "先采取应急措施,责任人员到场前不要离开。",
    noPlace: "请写明地点",
    noDescription: "请写明看到了什么",
    badTime: "发现时间不能在以后",
    send: "报告",
    done: "事件已记录,联网即发",
  },
  en: {
    title: "Report an incident",
    danger: "Anybody in danger? Leave first, raise the alarm",
    place: "Place",
    category: "Which kind",
    engineering: "Engineering",
    security: "Security",
    cleaning: "Cleaning",
    greening: "Greening",
    other: "Other",
    severity: "How bad",
    normal: "Normal",
    major: "Major: department head and general manager are told",
    description: "What you saw",
    action: "Emergency action taken (may be left out)",
    found: "Found at",
    stay: "Take emergency action first, and stay until the responsible staff have come.",
    noPlace: "Say where",
    noDescription: "Say what you saw",
    badTime: "The time lies ahead",
    send: "Report",
    done: "Kept; it goes out with the network",
  },
});

const CATEGORIES = ["engineering", "security", "cleaning", "greening", "other"] as const;
const SEVERITIES = ["normal", "major"] as const;
const TAG = "fault_point";
const LONGEST_PLACE = 200;

interface Form {
  place: string;
  category: Acts["incident.reported"]["category"];
  severity: (typeof SEVERITIES)[number];
  description: string;
  action: string;
  /** Empty until it was changed: now. */
  foundAt: string;
}

export function IncidentScreen() {
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const form = useDraft<Form>("", "incident", {
    place: "",
    category: "engineering",
    severity: "normal",
    description: "",
    action: "",
    foundAt: "",
  });
  const photos = useKeptPhotos("", "").filter((photo) => photo.tag === TAG);
  const change = (next: Partial<Form>) => form.change({ ...form.value, ...next });
  const { category, severity, foundAt } = form.value;
  const place = form.value.place.trim();
  const description = form.value.description.trim();
  const action = form.value.action.trim();
  const now = new Date();
  const found = foundAt === "" ? now : fromEstateClock(foundAt);
  const isBadTime = found === null || found.getTime() > now.getTime();

  async function send(): Promise<void> {
    setTried(true);
    if (place === "" || description === "" || isBadTime || found === null) return;
    const act = await record(
      "incident.reported",
      null,
      {
        place,
        category,
        severity,
        description,
        ...(action === "" ? {} : { emergency_action: action }),
        found_at: found.toISOString(),
        photos: photos.map(({ sha256, tag }) => ({ sha256, tag })),
      },
      {
        drafts: [form.key],
        photos: photos.map((photo) => photo.id),
        done: say().done,
        // a major one is told at once, and stays told.
        atOnce: severity === "major",
      },
    );
    if (act !== null) goInstead();
  }

  return (
    <form
      class="incident"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h1>{say().title}</h1>
      <a class="button danger call" href={href("alarm")}>
        ⚠ {say().danger}
      </a>
      {/* */}
      <p class="strip soon">{say().stay}</p>
      <Words
        label={say().place}
        lines="one"
        longest={LONGEST_PLACE}
        value={form.value.place}
        onChange={(next) => change({ place: next })}
      />
      {tried && place === "" && <Wrong text={say().noPlace} />}
      <Words
        label={say().description}
        value={form.value.description}
        onChange={(next) => change({ description: next })}
      />
      {tried && description === "" && <Wrong text={say().noDescription} />}
      <PhotoNeed order="" step="" tag={TAG} min={0} />
      <Choices
        label={say().category}
        options={CATEGORIES.map((value) => ({ value, label: say()[value] }))}
        value={category}
        onChange={(next) => change({ category: next })}
      />
      <Choices
        label={say().severity}
        options={SEVERITIES.map((value) => ({ value, label: say()[value] }))}
        value={severity}
        onChange={(next) => change({ severity: next })}
      />
      <Words
        label={say().action}
        value={form.value.action}
        onChange={(next) => change({ action: next })}
      />
      <label>
        {say().found}
        <input
          type="datetime-local"
          max={onEstateClock(now)}
          value={foundAt === "" ? onEstateClock(now) : foundAt}
          onInput={(event) => change({ foundAt: event.currentTarget.value })}
        />
      </label>
      {tried && isBadTime && <Wrong text={say().badTime} />}
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}

function Wrong({ text }: { text: string }) {
  return (
    <p class="wrong" role="alert">
      {text}
    </p>
  );
}

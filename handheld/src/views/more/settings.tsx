/** How this handheld looks, sounds and sends; who it is; and how to forget it. */

import { useHandheld } from "../../app/live";
import { ring } from "../../app/ring";
import type { Preferences } from "../../store/facts";
import { words } from "../../words/words";
import { Choices } from "../parts/choices";
import { About } from "./about";
import { Forget } from "./forget";
import { Install } from "./install";
import "./more.css";
import { RingingSetting } from "./ringing";

const say = words({
  zh: {
    title: "设置",
    language: "语言 Language",
    theme: "显示",
    auto: "跟随系统",
    light: "浅色",
    dark: "深色",
    sunlight: "日光",
    text: "字号",
    normal: "标准",
    large: "大",
    larger: "特大",
    ring: "新工单提醒",
    sound: "响铃",
    vibration: "振动",
    test: "试响一次",
    photos: "照片",
    wifi: "照片只用 Wi-Fi 发送",
    place: "照片里保留拍摄位置",
    placeWhy: "只在您同意时保留;随时可以关掉。",
  },
  en: {
    title: "Settings",
    language: "Language 语言",
    theme: "Display",
    auto: "As the phone",
    light: "Light",
    dark: "Dark",
    sunlight: "Sunlight",
    text: "Text size",
    normal: "Normal",
    large: "Large",
    larger: "Largest",
    ring: "When an order comes",
    sound: "Sound",
    vibration: "Vibration",
    test: "Test the ring",
    photos: "Photos",
    wifi: "Send photos over Wi-Fi only",
    place: "Keep in the photo where it was taken",
    placeWhy: "Only with your consent; you may turn it off at any time.",
  },
});

const THEMES = ["auto", "light", "dark", "sunlight"] as const;
const TEXT_SCALES = ["normal", "large", "larger"] as const;

export function SettingsScreen() {
  const handheld = useHandheld();
  const chosen = handheld.preferences.value;
  const prefer = (next: Partial<Preferences>) => void handheld.prefer(next);
  return (
    <article class="settings">
      <h1>{say().title}</h1>
      <Choices
        label={say().language}
        name="language"
        short
        options={[
          { value: "zh" as const, label: "中文" },
          { value: "en" as const, label: "English" },
        ]}
        value={chosen.language}
        onChange={(language) => prefer({ language })}
      />
      <Choices
        label={say().theme}
        short
        options={THEMES.map((value) => ({ value, label: say()[value] }))}
        value={chosen.theme}
        onChange={(theme) => prefer({ theme })}
      />
      <Choices
        label={say().text}
        options={TEXT_SCALES.map((value) => ({ value, label: say()[value] }))}
        value={chosen.textScale}
        onChange={(textScale) => prefer({ textScale })}
      />
      <h2 class="label">{say().ring}</h2>
      <Toggle label={say().sound} value={chosen.sound} onChange={(sound) => prefer({ sound })} />
      <Toggle
        label={say().vibration}
        value={chosen.vibration}
        onChange={(vibration) => prefer({ vibration })}
      />
      <button type="button" class="wide" onClick={() => ring(handheld, false)}>
        {say().test}
      </button>
      <RingingSetting />
      <h2 class="label">{say().photos}</h2>
      <Toggle
        label={say().wifi}
        value={chosen.photosOnWifiOnly}
        onChange={(photosOnWifiOnly) => prefer({ photosOnWifiOnly })}
      />
      {handheld.settings.value?.photo.keep_place && (
        <>
          <Toggle
            label={say().place}
            value={chosen.keepPlace}
            onChange={(keepPlace) => prefer({ keepPlace })}
          />
          <p class="soft">{say().placeWhy}</p>
        </>
      )}
      <Install />
      <About />
      <Forget />
    </article>
  );
}

interface ToggleProps {
  label: string;
  value: boolean;
  onChange(value: boolean): void;
}

function Toggle({ label, value, onChange }: ToggleProps) {
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

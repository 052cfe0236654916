/** Words that the technician types, or says where the browser listens. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { language, words } from "../../words/words";
import { LONGEST_TEXT, withSpoken } from "./dictation";
import { Icon } from "./icon";

const say = words({
  zh: { dictate: "语音输入", listening: "正在听…" },
  en: { dictate: "Dictate", listening: "Listening…" },
});

interface Heard {
  /** From this one on they are new. */
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }>>;
}
interface Recognition extends EventTarget {
  lang: string;
  interimResults: boolean;
  start(): void;
  stop(): void;
  onresult: ((event: Heard) => void) | null;
  onend: (() => void) | null;
}
type Listening = {
  SpeechRecognition?: new () => Recognition;
  webkitSpeechRecognition?: new () => Recognition;
};

interface Props {
  label: string;
  value: string;
  onChange(value: string): void;
  /** What the server takes, in characters. */
  longest?: number;
  lines?: "one" | "many";
  required?: boolean;
  name?: string;
}

export function Words({
  label,
  value,
  onChange,
  longest = LONGEST_TEXT,
  lines = "many",
  required,
  name,
}: Props) {
  const id = useId();
  // What is heard comes seconds later: it is put to what the form holds then.
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const [isListening, setListening] = useState(false);
  const recognition = useRef<Recognition | null>(null);
  const Recogniser =
    (window as Listening).SpeechRecognition ?? (window as Listening).webkitSpeechRecognition;

  useEffect(
    () => () => {
      // Whoever has left the form is not listened to for it.
      if (recognition.current === null) return;
      recognition.current.onresult = null;
      recognition.current.stop();
    },
    [],
  );

  function dictate(): void {
    if (recognition.current !== null) {
      recognition.current.stop();
      return;
    }
    if (Recogniser === undefined) return;
    const listener = new Recogniser();
    listener.lang = language.value === "zh" ? "zh-CN" : "en-GB";
    listener.interimResults = false;
    listener.onresult = (event) => {
      const fresh = Array.from(event.results).slice(event.resultIndex);
      const heard = fresh.map((result) => result[0]?.transcript ?? "").join("");
      latest.current.onChange(withSpoken(latest.current.value, heard, longest));
    };
    listener.onend = () => {
      recognition.current = null;
      setListening(false);
    };
    recognition.current = listener;
    setListening(true);
    listener.start();
  }

  const shared = {
    id,
    name,
    value,
    required,
    maxLength: longest,
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <div class="words">
      <label for={id}>{label}</label>
      {lines === "many" ? <textarea {...shared} /> : <input {...shared} autocomplete="off" />}
      {Recogniser !== undefined && (
        <button type="button" class="dictate" aria-pressed={isListening} onClick={dictate}>
          <Icon of="microphone" /> {isListening ? say().listening : say().dictate}
        </button>
      )}
    </div>
  );
}

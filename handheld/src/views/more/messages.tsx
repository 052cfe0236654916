/** The message centre: what was written to this technician, read and answered also without a network. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { href, route } from "../../app/route";
import { readBox } from "../../store/messages";
import { dayAndClock } from "../../words/format";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";
import { type MessageAtHand, messagesAtHand } from "../../work/messages";
import { useDraft } from "../parts/draft";
import { Words } from "../parts/words";
import "./more.css";

const say = words({
  zh: {
    title: "消息",
    loading: "正在读取…",
    none: "没有消息",
    noneHow: "写给您的消息会响铃并出现在这里;没有网络时,读过的和回复都先存在本机。",
    old: (when: string) => `没有网络,以下是 ${when} 的情况。`,
    asOf: (when: string) => `${when} 的情况`,
    refused: "服务器没有给出消息,请稍后再看。",
    gone: "本机上没有这条消息。",
    all: "所有消息",
    unread: "未读",
    due: "等您回复",
    here: "回复未送达",
    notTaken: "回复未被接受",
    house: "系统",
    toOrder: "去工单",
    label: "您的回复",
    empty: "请写回复",
    answer: "回复",
    kept: "回复已存在本机,有网络时送出",
    notKept: "没有存下,请再按一次;本机可能存满了",
    yours: "您的回复:",
    known: "知道了",
  },
  en: {
    title: "Messages",
    loading: "Reading…",
    none: "No messages",
    noneHow:
      "What is written to you rings and appears here. Without a network, what you read and answer is kept here first.",
    old: (when: string) => `No network. This is how it was ${when}.`,
    asOf: (when: string) => `As of ${when}`,
    refused: "The server gave no messages; look again later.",
    gone: "This message is not on the handheld.",
    all: "All messages",
    unread: "Unread",
    due: "Asks for an answer",
    here: "Answer not delivered",
    notTaken: "Answer not accepted",
    house: "System",
    toOrder: "To the order",
    label: "Your answer",
    empty: "Write an answer",
    answer: "Answer",
    kept: "Kept; it goes out with the network",
    notKept: "Not kept: press again. The handheld may be full",
    yours: "Your answer: ",
    known: "Understood",
  },
});

const LONGEST_ANSWER = 2000;

export function MessagesScreen() {
  const id = route.value[1];
  const { messages } = useHandheld();
  const box = useLive(["messages"], readBox);
  useEffect(() => void messages.ask(), [messages]);
  if (box === undefined) return <p class="soft">{say().loading}</p>;
  const found = messagesAtHand(box);
  if (id !== undefined) {
    const one = found.find((known) => known.message.id === id);
    return one === undefined ? <Gone /> : <OneMessage found={one} key={id} />;
  }
  return (
    <article>
      <h1>{say().title}</h1>
      <Standing toldAt={box.told?.told_at ?? null} />
      {box.told !== null && found.length === 0 && (
        <section class="empty">
          <h2>{say().none}</h2>
          <p class="soft">{say().noneHow}</p>
        </section>
      )}
      <nav class="menu" aria-label={say().title}>
        {found.map((one) => (
          <Line found={one} key={one.message.id} />
        ))}
      </nav>
    </article>
  );
}

/** From when the list is, and why it may be old. */
function Standing({ toldAt }: { toldAt: number | null }) {
  const trouble = useHandheld().messages.trouble.value;
  return (
    <>
      {trouble === "refused" && (
        <p class="strip soon" role="status">
          {say().refused}
        </p>
      )}
      {toldAt !== null && (
        <p class={trouble === "unreachable" ? "strip soon" : "soft"} role="status">
          {(trouble === "unreachable" ? say().old : say().asOf)(dayAndClock(toldAt))}
        </p>
      )}
      {toldAt === null && trouble === null && <p class="soft">{say().loading}</p>}
    </>
  );
}

function Gone() {
  return (
    <article>
      <h1>{say().title}</h1>
      <p class="empty">{say().gone}</p>
      <a class="button wide" href={href("messages")}>
        {say().all}
      </a>
    </article>
  );
}

function Line({ found }: { found: MessageAtHand }) {
  const { message, isRead } = found;
  return (
    <a
      class={`button message${isRead ? "" : " notice-new"}`}
      href={href("messages", message.id)}
      data-message={message.id}
    >
      <span aria-hidden="true">{isRead ? "○" : "●"}</span>
      <span>
        {isRead ? message.title : <b>{message.title}</b>}
        <small>
          {message.sender ?? say().house} · {dayAndClock(message.sent_at)}
        </small>
        <Marks found={found} />
      </span>
      <span aria-hidden="true">›</span>
    </a>
  );
}

function Marks({ found: { isRead, answer } }: { found: MessageAtHand }) {
  return (
    <span class="job-marks">
      {!isRead && <span class="mark soon">{say().unread}</span>}
      {answer.is === "due" && <span class="mark soon">{say().due}</span>}
      {answer.is === "here" && <span class="mark">{say().here}</span>}
      {answer.is === "refused" && <span class="mark late">{say().notTaken}</span>}
    </span>
  );
}

function OneMessage({ found }: { found: MessageAtHand }) {
  const { messages } = useHandheld();
  const { message, answer } = found;
  const { id, subject, subject_kind: about } = message;
  const isHeld = useLive(["orders"], async (store) =>
    about === "order" && subject !== null ? (await store.get("orders", subject))?.snapshot : null,
  );
  useEffect(() => void messages.open(id).catch(console.error), [messages, id]);
  return (
    <article data-message={id}>
      <h1>{message.title}</h1>
      <section class="card">
        <p class="soft">
          {message.sender ?? say().house} · {dayAndClock(message.sent_at)}
        </p>
        <p class="notice-text">{message.text}</p>
        {isHeld && (
          <a class="button wide" href={href("order", isHeld.number)}>
            {say().toOrder} {isHeld.number}
          </a>
        )}
      </section>
      {answer.is === "due" && <AnswerForm id={id} />}
      {"text" in answer && (
        <section class="card">
          <p class="soft">{say().yours}</p>
          <p class="notice-text">{answer.text}</p>
          {answer.is === "here" && (
            <p class="strip soon" role="status">
              {say().here}
            </p>
          )}
          {answer.is === "refused" && (
            <>
              <p class="strip late" role="alert">
                {problemText(answer.problem)}
              </p>
              <button type="button" class="wide" onClick={() => void messages.dropRefused(id)}>
                {say().known}
              </button>
            </>
          )}
        </section>
      )}
    </article>
  );
}

function AnswerForm({ id }: { id: string }) {
  const handheld = useHandheld();
  const [tried, setTried] = useState(false);
  const form = useDraft("", `message-${id}`, "");
  const text = form.value.trim();

  async function send(): Promise<void> {
    setTried(true);
    if (text === "") return;
    try {
      await handheld.messages.answer(id, text, form.key);
      handheld.toast(say().kept);
    } catch (error) {
      console.error(error);
      handheld.toast(say().notKept, "failed");
    }
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Words
        label={say().label}
        longest={LONGEST_ANSWER}
        value={form.value}
        onChange={form.change}
      />
      {tried && text === "" && (
        <p class="wrong" role="alert">
          {say().empty}
        </p>
      )}
      <button type="submit" class="primary">
        {say().answer}
      </button>
    </form>
  );
}

/** The open pool: what may be taken, and the button that takes it. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { goInstead, route } from "../../app/route";
import type { PoolOrder } from "../../contract/wire";
import { sendNow } from "../../sync/surroundings";
import { clock, dayAndClock } from "../../words/format";
import { poolWords as say } from "../../words/pool";
import { problemText } from "../../words/problems";
import { categoryWords, urgencyWords, wordFor } from "../../words/trade";

const ASK_EVERY_MS = 60_000;

export function PoolScreen() {
  const { pool } = useHandheld();
  useEffect(() => {
    pool.wasOpened.value = true;
    void pool.ask();
    const asking = setInterval(() => {
      if (document.visibilityState === "visible") void pool.ask();
    }, ASK_EVERY_MS);
    return () => clearInterval(asking);
  }, [pool]);
  const orders = pool.orders.value;
  return (
    <article class="pool">
      <h1>{say().title}</h1>
      <p class="soft">{say().how}</p>
      <Trouble />
      {orders === null && pool.trouble.value === null && <p class="soft">{say().loading}</p>}
      {orders?.length === 0 && (
        <section class="empty">
          <h2>{say().none}</h2>
          <p class="soft">{say().noneHow}</p>
        </section>
      )}
      {orders?.map((order) => (
        <PoolCard order={order} key={order.number} />
      ))}
    </article>
  );
}

/** Why the list may be out of date. */
function Trouble() {
  const { pool } = useHandheld();
  const trouble = pool.trouble.value;
  if (trouble === null) return null;
  const told = pool.toldAt.value;
  return (
    <p class="strip soon" role="status">
      {trouble === "unreachable" ? say().needsNetwork : problemText(trouble)}
      {told !== null && ` ${say().asOf(clock(told))}`}
    </p>
  );
}

function PoolCard({ order }: { order: PoolOrder }) {
  const handheld = useHandheld();
  const { pool } = handheld;
  const [wrong, setWrong] = useState("");
  const claiming = pool.claiming.value;
  const about = `about-${order.number}`;

  async function take(): Promise<void> {
    setWrong("");
    const claimed = await pool.claim(order.number);
    switch (claimed?.is) {
      case "taken":
        handheld.toast(say().taken(order.number));
        sendNow(handheld.changes);
        // The technician may have gone elsewhere meanwhile.
        if (route.value[0] === "pool") goInstead();
        break;
      case "quicker":
        handheld.toast(say().quicker(order.number), "warning");
        break;
      case "unreachable":
        setWrong(say().noAnswer);
        break;
      case "refused":
        setWrong(problemText(claimed.problem));
        break;
    }
  }

  return (
    <section class={`card job job-${order.urgency}`} data-pool={order.number}>
      <div class="job" id={about}>
        <span class="job-when">
          {order.appointment_at === null ? say().noAppointment : dayAndClock(order.appointment_at)}
        </span>
        <h2 class="job-where">{order.building}</h2>
        <span class="job-what">
          {wordFor(categoryWords(), order.category)} · {order.content}
        </span>
        <span class="job-marks">
          <span class={`mark${order.urgency === "normal" ? "" : " late"}`}>
            {wordFor(urgencyWords(), order.urgency)}
          </span>
          <small>{order.number}</small>
        </span>
      </div>
      {wrong !== "" && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      <button
        type="button"
        class="primary"
        aria-describedby={about}
        aria-busy={claiming === order.number}
        disabled={claiming !== null}
        onClick={() => void take()}
      >
        {claiming === order.number ? say().taking : say().take}
      </button>
    </section>
  );
}

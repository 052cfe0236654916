/** How a message stands: what the server told, and what was done with it here since. */

import { expect, test } from "vitest";
import { messagesAtHand } from "../../src/work/messages";
import { message } from "../trade";

const problem = { title: "已回复过" };

test("the newest comes first, whatever the order they were told in", () => {
  const items = ["2026-03-01", "2026-03-03", "2026-03-02"].map((day) =>
    message({ id: day, sent_at: `${day}T01:00:00Z` }),
  );
  const found = messagesAtHand({ told: { items, told_at: 1 }, owed: {} });
  expect(found.map((one) => one.message.id)).toEqual(["2026-03-03", "2026-03-02", "2026-03-01"]);
  expect(messagesAtHand({ told: null, owed: {} })).toEqual([]);
});

test.each([
  ["nobody asked", {}, undefined, false, { is: "none" }],
  ["asked", { wants_reply: true }, undefined, false, { is: "due" }],
  ["opened here, not told yet", { wants_reply: true }, {}, true, { is: "due" }],
  ["answered here", { wants_reply: true }, { reply: "好" }, true, { is: "here", text: "好" }],
  [
    "answered",
    { wants_reply: true, reply: "好", read_at: "2026-03-02T01:00:00Z" },
    undefined,
    true,
    { is: "given", text: "好" },
  ],
  [
    "answered elsewhere meanwhile",
    { wants_reply: true, reply: "好", read_at: "2026-03-02T01:00:00Z" },
    { reply: "不行", problem },
    true,
    { is: "refused", text: "不行", problem },
  ],
] as const)("%s", (_name, told, owed, isRead, answer) => {
  const items = [message({ id: "m", ...told })];
  const box = { told: { items, told_at: 1 }, owed: owed === undefined ? {} : { m: owed } };
  expect(messagesAtHand(box)).toEqual([{ message: items[0], isRead, answer }]);
});

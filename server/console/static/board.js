// The board looks every other second whether something changed, is worked by keys, and its cards can
// be dragged onto a technician. Without it the page is the same, as of when it was opened.
"use strict";

const live = document.getElementById("live");
const liveState = document.getElementById("live-state");
const dialog = document.getElementById("assign");
const inDialog = document.getElementById("assign-body");
const LOOK_MS = 1500;
let looking = false;
let again = false;
let dragging = null;

function say(working) {
  const words = working ? liveState.dataset.on : liveState.dataset.off;
  if (liveState.textContent !== words) liveState.textContent = words;
  liveState.classList.toggle("off", !working);
}

function look() {
  // Not while a card is pressed or in the air: another would be put in its place under the hand.
  if (looking || held || document.hidden) return;
  looking = true;
  again = false;
  live.dispatchEvent(new Event("look"));
}
function lookAtOnce() {
  if (looking) again = true;
  else look();
}
say(true);
setInterval(look, LOOK_MS);
document.addEventListener("letgo", lookAtOnce);
document.addEventListener("visibilitychange", look);

document.addEventListener("htmx:config:request", (event) => {
  if (event.target === live) event.detail.ctx.request.headers["X-Requested-With"] = "board";
});
document.addEventListener("htmx:after:request", (event) => {
  if (event.target !== live) return;
  const answer = event.detail.ctx.response;
  if (answer.status === 401) return location.reload();
  say(answer.status === 200 || answer.status === 204);
  const server = Number(answer.headers.get("X-Server-Time"));
  if (server) ahead = server - Date.now();
});
document.addEventListener("htmx:before:swap", (event) => {
  if (event.target !== live) return;
  // A page that says what failed must not take the place of the board, nor anything the card in hand.
  if (held || event.detail.ctx.response.status !== 200) event.preventDefault();
});
document.addEventListener("htmx:error", (event) => {
  if (event.target === live) say(false);
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target !== live) return;
  looking = false;
  if (again) setTimeout(look);
});

function done() {
  document.getElementById("said").textContent = inDialog.textContent.trim();
  dialog.close();
  lookAtOnce();
}
document.addEventListener("htmx:after:swap", () => {
  if (inDialog.querySelector("[data-done]")) return done();
  if (!inDialog.firstElementChild || dialog.open) return;
  dialog.showModal();
  inDialog.querySelector("input[name=technician]:checked")?.focus();
});
dialog.addEventListener("close", () => {
  inDialog.replaceChildren();
});
dialog.addEventListener("click", (event) => {
  if (event.target.closest(".close")) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.target.matches("input:not([type=radio])")) return;
  const chosen = inDialog.querySelectorAll("input[name=technician]")[Number(event.key) - 1];
  if (!chosen || chosen.disabled) return;
  chosen.checked = true;
  chosen.focus();
  event.preventDefault();
});

function cardsOf(lane) {
  return [...lane.querySelectorAll("li.one .goal")];
}
function step(from, key) {
  const lanes = [...live.querySelectorAll(".lane, .plan tbody tr")].filter((one) => cardsOf(one).length);
  const here = lanes.findIndex((one) => one.contains(from));
  if (here < 0) return lanes[0] && cardsOf(lanes[0])[0];
  const cards = cardsOf(lanes[here]);
  const place = cards.indexOf(from);
  if (key === "ArrowDown") return cards[place + 1];
  if (key === "ArrowUp") return cards[place - 1];
  const next = lanes[here + (key === "ArrowRight" ? 1 : -1)];
  return next && cardsOf(next)[Math.min(place, cardsOf(next).length - 1)];
}
document.addEventListener("keydown", (event) => {
  if (dialog.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const card = event.target.closest("li.one");
  if (event.key.startsWith("Arrow")) {
    const goal = step(card?.querySelector(".goal"), event.key);
    if (!goal) return;
    goal.focus();
    goal.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else if (event.key === "a" && card) {
    card.querySelector(".give")?.click();
  } else return;
  event.preventDefault();
});

live.addEventListener("dragstart", (event) => {
  dragging = event.target.closest("li.one[draggable]");
  if (!dragging) return;
  event.dataTransfer.setData("text/plain", dragging.dataset.number);
  event.dataTransfer.effectAllowed = "move";
  live.classList.add("dragging");
});
live.addEventListener("dragend", () => {
  dragging = null;
  live.classList.remove("dragging");
  for (const one of live.querySelectorAll(".over")) one.classList.remove("over");
});
live.addEventListener("dragover", (event) => {
  const goal = dragging && event.target.closest("[data-technician]");
  for (const one of live.querySelectorAll(".over")) one.classList.toggle("over", one === goal);
  if (!goal) return;
  goal.classList.add("over");
  event.preventDefault();
});
live.addEventListener("drop", (event) => {
  const goal = dragging && event.target.closest("[data-technician]");
  if (!goal) return;
  event.preventDefault();
  const { number, version } = dragging.dataset;
  htmx.ajax("POST", `/board/orders/${number}/assign`, {
    source: inDialog,
    target: inDialog,
    swap: "innerHTML",
    values: { technician: goal.dataset.technician, version, dragged: "1" },
  });
});

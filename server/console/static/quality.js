// The reviewer's keys, and photos held against each other. Without it the form works by mouse.
"use strict";

const desk = document.getElementById("review");
const zoom = document.getElementById("zoom");
const keysHelp = document.getElementById("keys");
const stage = document.getElementById("stage");

const LARGEST = 8;
const STEP_PX = 80;
let view = { scale: 1, x: 0, y: 0 };
let shownPair = "";

// Both pictures move as one: the same place of each stays in sight.
function draw() {
  for (const picture of stage.querySelectorAll("img")) {
    picture.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }
}

function scaleBy(factor) {
  const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
  const share = scale / view.scale;
  view = scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: view.x * share, y: view.y * share };
  draw();
}

function moveBy(x, y) {
  if (view.scale === 1) return;
  view = { ...view, x: view.x + x, y: view.y + y };
  draw();
}

// Those that stand side by side on the page, the earlier on the left; else the one picture itself.
function linksOf(pair) {
  const links = [...document.querySelectorAll("a.zoom")].filter((one) => one.dataset.pair === pair);
  const beside = links.filter((one) => one.closest(".pair"));
  return beside.length ? beside : links.slice(0, 1);
}

function pairsInOrder() {
  return [...new Set([...document.querySelectorAll("a.zoom")].map((link) => link.dataset.pair))];
}

function show(pair) {
  shownPair = pair;
  view = { scale: 1, x: 0, y: 0 };
  stage.replaceChildren(
    ...linksOf(pair).map((link) => {
      const figure = document.createElement("figure");
      const frame = document.createElement("div");
      const picture = document.createElement("img");
      const words = document.createElement("figcaption");
      picture.src = link.href;
      picture.alt = link.dataset.words;
      picture.draggable = false;
      words.textContent = link.closest("figure").querySelector("figcaption").textContent;
      frame.append(picture);
      figure.append(frame, words);
      return figure;
    }),
  );
  if (!zoom.open) zoom.showModal();
}

function otherPair(by) {
  const pairs = pairsInOrder();
  show(pairs[(pairs.indexOf(shownPair) + by + pairs.length) % pairs.length]);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.zoom");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.dataset.pair);
});
document.getElementById("bigger").addEventListener("click", () => scaleBy(1.5));
document.getElementById("smaller").addEventListener("click", () => scaleBy(1 / 1.5));
stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    scaleBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
  },
  { passive: false },
);
stage.addEventListener("pointermove", (event) => {
  if (event.buttons === 1) moveBy(event.movementX, event.movementY);
});
zoom.addEventListener("keydown", (event) => {
  const acts = {
    "+": () => scaleBy(1.5),
    "=": () => scaleBy(1.5),
    "-": () => scaleBy(1 / 1.5),
    0: () => scaleBy(0),
    ArrowLeft: () => (view.scale > 1 ? moveBy(STEP_PX, 0) : otherPair(-1)),
    ArrowRight: () => (view.scale > 1 ? moveBy(-STEP_PX, 0) : otherPair(1)),
    ArrowUp: () => moveBy(0, STEP_PX),
    ArrowDown: () => moveBy(0, -STEP_PX),
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  acts[event.key]();
});

document.getElementById("keys-link").addEventListener("click", (event) => {
  event.preventDefault();
  keysHelp.showModal();
});

const steps = [...desk.querySelectorAll(".steps > li[data-step]")];
const said = document.getElementById("said");
const fail = document.getElementById("fail");
let at = -1;

function here() {
  return steps[at];
}

function goTo(place) {
  here()?.classList.remove("here");
  at = Math.min(steps.length - 1, Math.max(0, place));
  here()?.classList.add("here");
  here()?.focus({ preventScroll: true });
  here()?.scrollIntoView({ block: "nearest" });
}

function tell(words, step) {
  said.textContent = words.replace("#", step);
}

function boxOf(step) {
  return step?.querySelector('input[name="step"]') ?? null;
}

function hasReason(step) {
  return step.querySelector("select").value !== "" || step.querySelector(".why input").value.trim();
}

function mark() {
  const box = boxOf(here());
  if (!box) return;
  box.checked = !box.checked;
  tell(box.checked ? desk.dataset.marked : "", here().dataset.step);
}

function choose(place) {
  if (!boxOf(here())?.checked) return;
  const reasons = here().querySelector("select");
  if (place >= reasons.options.length) return;
  reasons.selectedIndex = place;
  tell(`# ${reasons.options[place].value}`, here().dataset.step);
}

function write() {
  const box = boxOf(here());
  if (!box) return;
  box.checked = true;
  here().querySelector(".why input").focus();
}

function sendBack() {
  const marked = steps.filter((step) => boxOf(step)?.checked);
  if (!marked.length) return tell(desk.dataset.none, "");
  const bare = marked.find((step) => !hasReason(step));
  if (bare) {
    goTo(steps.indexOf(bare));
    return tell(desk.dataset.why, bare.dataset.step);
  }
  desk.requestSubmit(document.getElementById("return"));
}

function failIt() {
  fail.open = true;
  fail.querySelector("textarea").focus();
}

function look() {
  const link = here()?.querySelector("a.zoom") ?? document.querySelector("a.zoom");
  if (link) show(link.dataset.pair);
}

const READING = {
  j: () => goTo(at + 1),
  ArrowDown: () => goTo(at + 1),
  k: () => goTo(at - 1),
  ArrowUp: () => goTo(at - 1),
  z: look,
  e: () => document.getElementById("evidence").focus(),
  n: () => document.getElementById("next").click(),
  "?": () => keysHelp.showModal(),
  Escape: () => location.assign(desk.dataset.queue),
};
const JUDGING = {
  x: mark,
  t: write,
  r: sendBack,
  p: () => document.getElementById("pass").focus(),
  f: failIt,
};
const ACTS = document.getElementById("pass") ? { ...READING, ...JUDGING } : READING;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (zoom.open || keysHelp.open) return;
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (typing) {
    const done = event.key === "Escape" || (event.key === "Enter" && typing.closest(".why"));
    if (!done) return;
    event.preventDefault();
    if (typing.closest(".why")) goTo(steps.indexOf(typing.closest("li")));
    else if (typing.closest("#fail")) fail.querySelector("summary").focus();
    else typing.blur();
    return;
  }
  if (event.key === "Escape" && fail?.open) {
    fail.open = false;
    return;
  }
  const act = /^[1-6]$/.test(event.key) ? () => choose(Number(event.key)) : ACTS[event.key];
  if (!act) return;
  // Arrows scroll where something else has the focus than a step or the page itself.
  if (event.key.startsWith("Arrow") && event.target.closest("[tabindex='0'], button, a")) return;
  event.preventDefault();
  act();
});
desk.addEventListener("focusin", (event) => {
  const step = event.target.closest(".steps > li[data-step]");
  if (!step || step === here()) return;
  here()?.classList.remove("here");
  at = steps.indexOf(step);
  step.classList.add("here");
});

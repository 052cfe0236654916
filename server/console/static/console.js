// Counting clocks, forms that are sent once, and a few keys. Everything works without it.
"use strict";

const body = document.body;
let ahead = Number(body.dataset.now) - Date.now(); // the server's clock minus this machine's

function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48)
    return body.dataset.days.replace("#", Math.floor(hours / 24)).replace("#", hours % 24);
  if (hours) parts.unshift(hours);
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

function tick() {
  const now = Date.now() + ahead;
  for (const clock of document.querySelectorAll(".clock[data-due]")) {
    const left = Number(clock.dataset.due) - now;
    const colour = left < 0 ? "late" : now >= Number(clock.dataset.warn) ? "soon" : "ok";
    clock.classList.remove("ok", "soon", "late");
    clock.classList.add(colour);
    const word = left < 0 ? body.dataset.over : body.dataset.left;
    clock.querySelector(".left").textContent = word.replace("#", span(left));
  }
  for (const wait of document.querySelectorAll(".wait[data-since]")) {
    const minutes = Math.floor((now - Number(wait.dataset.since)) / 60000);
    wait.textContent = minutes > 0 ? body.dataset.minutes.replace("#", minutes) : "";
  }
}
tick();
setInterval(tick, 1000);

// What htmx sends carries the token against forged forms; forms of the page have it in a field.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  event.detail.ctx.request.headers["X-CSRFToken"] = token;
});
// The clocks of a part that was just put in place count at once.
document.addEventListener("htmx:after:swap", tick);

// Whether something is held down. What lies under the hand is not put elsewhere until it is let go
// of, or the click would go to another thing or to none; `letgo` then tells who has waited.
let held = false;
let carried = false;
function letGo() {
  if (!held || carried) return;
  held = false;
  setTimeout(() => document.dispatchEvent(new Event("letgo"))); // the click of this hand comes first
}
window.addEventListener("pointerdown", (event) => (held = event.button === 0), true);
for (const end of ["pointerup", "pointercancel", "keydown"]) window.addEventListener(end, letGo, true);
window.addEventListener("blur", letGo);
// What is dragged takes the pointer with it, and is let go of at the end of that.
window.addEventListener("dragstart", () => (carried = true), true);
window.addEventListener("dragend", () => {
  carried = false;
  letGo();
});
// Let go of where this page could not hear it.
window.addEventListener("pointermove", (event) => {
  if (event.buttons) return;
  carried = false;
  letGo();
});

// A form is sent once, however impatient the finger.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return; // the page itself asks for something more first
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Somebody is called in a note with "@": names are offered, arrows and Enter take one.
"use strict";

const text = document.getElementById("note-text");
const offered = document.getElementById("note-people");
if (text && offered) {
  let at = -1;
  let asked = "";
  const options = () => [...offered.children];
  const typed = () => text.value.slice(0, text.selectionStart).match(/[@＠]([^\s@＠]{0,20})$/);
  const show = (shown) => {
    offered.hidden = !shown;
    if (!shown) text.removeAttribute("aria-activedescendant");
  };
  const point = (place) => {
    const all = options();
    at = (place + all.length) % all.length;
    all.forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    text.setAttribute("aria-activedescendant", all[at].id);
  };
  const take = (one) => {
    const match = typed();
    if (match) {
      const from = text.selectionStart - match[1].length;
      text.setRangeText(`${one.dataset.name} `, from, text.selectionStart, "end");
    }
    show(false);
    text.focus();
  };
  text.addEventListener("input", async () => {
    const match = typed();
    if (!match) return show(false);
    asked = match[1];
    const answer = await fetch(`${text.dataset.people}?q=${encodeURIComponent(asked)}`);
    if (!answer.ok || typed()?.[1] !== asked) return;
    offered.innerHTML = await answer.text();
    show(offered.children.length > 0);
    if (offered.children.length) point(0);
  });
  text.addEventListener("keydown", (event) => {
    if (offered.hidden) return;
    if (event.key === "ArrowDown") point(at + 1);
    else if (event.key === "ArrowUp") point(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(options()[at]);
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
  });
  offered.addEventListener("mousedown", (event) => {
    const one = event.target.closest("[role=option]");
    if (one) take(one);
    event.preventDefault();
  });
  text.addEventListener("blur", () => show(false));
}

// The box in the header: "/" goes there, arrows walk through what was found, Enter opens it.
"use strict";

const box = document.querySelector(".search input");
const found = document.getElementById("search-found");
if (box && found) {
  let at = -1;
  const hits = () => [...found.querySelectorAll("a[role=option]")];
  const point = (place) => {
    const all = hits();
    at = all.length ? (place + all.length) % all.length : -1;
    all.forEach((hit, index) => hit.setAttribute("aria-selected", String(index === at)));
    if (at < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const open = (shown) => {
    found.hidden = !shown;
    box.setAttribute("aria-expanded", String(shown && found.childElementCount > 0));
    at = -1;
    box.removeAttribute("aria-activedescendant");
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      open(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (found.hidden) open(true);
      if (at < 0 && event.key === "ArrowUp") at = 0;
      point(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && at >= 0) {
      hits()[at]?.click();
    } else return;
    event.preventDefault();
  });
  box.addEventListener("focus", () => open(found.childElementCount > 0));
  found.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("blur", () => open(false));
  new MutationObserver(() => {
    if (document.activeElement === box) open(true);
  }).observe(found, { childList: true });
}

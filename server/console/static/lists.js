// Ticking rows: all of the page, a range with Shift, the row at hand with x; j and k move.
"use strict";

const form = document.querySelector("form[data-ticks]");
if (form) {
  const boxes = [...form.querySelectorAll('input[name="order"]')];
  const all = document.getElementById("tick-all");
  const told = form.querySelector(".ticked");
  let last = -1;
  let at = -1;

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    told.textContent = ticked ? told.dataset.words.replace("#", ticked) : "";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  const go = (place) => {
    boxes[at]?.closest("tr").classList.remove("at");
    at = Math.min(boxes.length - 1, Math.max(0, place));
    boxes[at].closest("tr").classList.add("at");
    boxes[at].focus({ preventScroll: true });
    boxes[at].closest("tr").scrollIntoView({ block: "nearest" });
  };

  form.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last >= 0) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = place;
    count();
  });
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    count();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const here = boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));
    if (here >= 0) at = here;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) {
      boxes[at].checked = !boxes[at].checked;
      last = at;
      count();
    } else return;
    event.preventDefault();
  });
  // A download or a print leaves this page as it is: the form may be sent again.
  form.addEventListener("submit", (event) => {
    if (event.submitter && "again" in event.submitter.dataset) {
      setTimeout(() => delete form.dataset.sent, 0);
    }
  });
  window.addEventListener("pageshow", count);
  count();
}

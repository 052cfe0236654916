// The intake's keyboard: finding callers while typing, taking proposals, sending with one key.
"use strict";

const intake = document.getElementById("intake");
const chosen = (form) => form.dispatchEvent(new Event("chosen"));

function set(form, name, value) {
  const field = form.elements[name];
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return field;
}

if (intake) {
  const list = document.getElementById("found");
  const state = document.getElementById("found-state");
  let field = null;
  let waiting = 0;
  let asked = null;

  const options = () => [...list.children];
  const marked = () => list.querySelector('[aria-selected="true"]');
  const close = () => {
    clearTimeout(waiting);
    asked?.abort();
    list.hidden = true;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  };
  const mark = (option) => {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const fill = (facts) => {
    for (const name of ["unit_code", "name", "phone", "relation"])
      if (facts[name]) intake.elements[name].value = facts[name];
    close();
    state.textContent = "";
    chosen(intake);
    const next = ["name", "phone", "content"].find((name) => !intake.elements[name].value);
    intake.elements[next ?? "content"].focus();
  };
  const look = async () => {
    const input = field;
    const query = input.value.trim();
    if (query.length < 2) return close();
    asked?.abort();
    asked = new AbortController();
    try {
      const address = `${intake.dataset.callers}?q=${encodeURIComponent(query)}`;
      const answer = await fetch(address, { signal: asked.signal, cache: "no-store" });
      if (!answer.ok) return;
      const html = await answer.text();
      if (document.activeElement !== input || input.value.trim() !== query) return;
      list.innerHTML = html;
      const count = options().length;
      list.hidden = count === 0;
      input.setAttribute("aria-expanded", String(count > 0));
      input.removeAttribute("aria-activedescendant");
      state.textContent = count ? intake.dataset.some.replace("#", count) : intake.dataset.none;
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = "";
    }
  };

  for (const input of intake.querySelectorAll("[data-finds]")) {
    input.addEventListener("input", (event) => {
      field = input;
      clearTimeout(waiting);
      if (!event.isComposing) waiting = setTimeout(look, 150);
    });
    input.addEventListener("compositionend", look);
    input.addEventListener("focus", () => (field = input));
    input.addEventListener("blur", () => {
      close();
      state.textContent = "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const all = options();
      const at = all.indexOf(marked());
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return void look();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark(all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
      } else if (event.key === "Enter" && !list.hidden && at >= 0) {
        event.preventDefault();
        fill(all[at].dataset);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
  }
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) fill(option.dataset);
  });

  // Advice that comes while a button is pressed would move it away: it is asked for again after.
  let missed = false;
  document.addEventListener("htmx:before:swap", (event) => {
    if (!held || !event.target.matches("#advice, #unit-panel")) return;
    missed = true;
    event.preventDefault();
  });
  document.addEventListener("letgo", () => {
    if (missed) chosen(intake);
    missed = false;
  });

  // Enter goes on to the next field: a half-filled form is not sent by mistake.
  intake.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || !here.matches("input, select")) return;
    event.preventDefault();
    const fields = [...intake.elements].filter(
      (one) => !one.disabled && one.type !== "hidden" && one.tagName !== "FIELDSET",
    );
    fields[fields.indexOf(here) + 1]?.focus();
  });

  // The proposals are one stop of the Tab key; arrows go from one to the next.
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[role=toolbar]");
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!bar || !step) return;
    const chips = [...bar.querySelectorAll("button")];
    const next = chips[(chips.indexOf(event.target) + step + chips.length) % chips.length];
    for (const chip of chips) chip.tabIndex = chip === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.set) {
      const changed = set(intake, button.dataset.set, button.dataset.value);
      if (!button.closest("[role=toolbar]")) changed?.focus();
    }
    else if ("fill" in button.dataset) fill(button.dataset);
    else if (button.dataset.onto) {
      intake.elements.onto.value = button.dataset.onto;
      if (intake.reportValidity()) intake.requestSubmit();
      else intake.elements.onto.value = "";
    }
  });
}

// Alt+S or Ctrl+Enter sends the form one is in, or the one that the page is about.
document.addEventListener("keydown", (event) => {
  const plain = event.altKey && !event.ctrlKey && !event.metaKey;
  const wanted = event.ctrlKey && event.key === "Enter" ? "KeyS" : plain ? event.code : "";
  if (!wanted || event.isComposing) return;
  const own = event.target.closest?.("main form");
  const button =
    own?.querySelector(`[data-key="${wanted}"]`) ??
    (wanted === "KeyS" && own ? own.querySelector("button:not([type=button])") : null) ??
    (own ? null : document.querySelector(`main [data-key="${wanted}"]`));
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

// A canned text goes into its field; what stands there already stays before it.
document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-into]");
  if (!select?.value) return;
  const field = document.getElementById(select.dataset.into);
  field.value = [field.value.trim(), select.value].filter(Boolean).join(" ");
  select.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// The parts of a decline follow what is filled in, until somebody writes them.
for (const form of document.querySelectorAll("form[data-decline]")) {
  const parts = [...form.querySelectorAll("[data-words]")];
  for (const part of parts) part.addEventListener("input", () => delete part.dataset.words);
  form.addEventListener("input", () => {
    for (const part of parts.filter((one) => one.dataset.words)) {
      const said = [...form.querySelectorAll(`[name="${part.dataset.from}"]`)];
      const words = said.map((one) => one.value.trim()).filter(Boolean).join("、");
      part.value = part.dataset.words.replace("#", words || "……");
    }
  });
}

// j and k walk the rows' buttons at the counter, Enter does what the button says, s goes to the
// field for scanning. Tab does the same without this.
"use strict";

const steps = [...document.querySelectorAll("button.step")];
const scan = document.getElementById("scan");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key === "s") scan.focus();
  else if ((event.key === "j" || event.key === "k") && steps.length) {
    const at = steps.indexOf(document.activeElement);
    const next = at < 0 ? 0 : at + (event.key === "j" ? 1 : -1);
    const step = steps[Math.min(steps.length - 1, Math.max(0, next))];
    step.focus();
    step.closest("tr").scrollIntoView({ block: "nearest" });
  } else return;
  event.preventDefault();
});

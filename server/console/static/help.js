// ? opens the help of the page in a dialog; without scripts the link opens it as a page.
"use strict";

const helpLink = document.querySelector("a[data-help]");
const helpDialog = document.getElementById("help");

async function openHelp() {
  if (helpDialog.open) return helpDialog.close();
  const room = helpDialog.querySelector("div");
  if (!room.childElementCount) {
    try {
      const answer = await fetch(helpLink.href, { headers: { "X-Requested-With": "help" } });
      if (!answer.ok) throw new Error(answer.status);
      room.innerHTML = await answer.text();
    } catch {
      location.href = helpLink.href;
      return;
    }
  }
  helpDialog.showModal();
}

if (helpLink && helpDialog) {
  helpLink.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openHelp();
  });
  document.addEventListener("keydown", (event) => {
    if (document.getElementById("keys")) return; // that page shows its keys instead
    const typing = event.target.closest("textarea, select, input:not([type=checkbox], [type=radio])");
    if (event.key !== "?" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    openHelp();
  });
}

// j and k walk the orders of the queue, Enter opens one. Tab does the same without this.
"use strict";

const orders = [...document.querySelectorAll(".queue tbody th a")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !orders.length) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key !== "j" && event.key !== "k") return;
  const at = orders.indexOf(document.activeElement);
  const next = at < 0 ? 0 : at + (event.key === "j" ? 1 : -1);
  const order = orders[Math.min(orders.length - 1, Math.max(0, next))];
  order.focus();
  order.closest("tr").scrollIntoView({ block: "nearest" });
  event.preventDefault();
});

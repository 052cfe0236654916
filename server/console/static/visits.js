// The customer signs on the visitor's screen: strokes become a picture when the form is sent.
"use strict";

const SHORTEST_LINE_PX = 60;

for (const form of document.querySelectorAll("form[data-signed]")) {
  const canvas = form.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const missing = form.querySelector("[data-missing]");
  let last = null;
  let drawnPx = 0;

  const clear = () => {
    // White paper in every theme, and a picture without holes.
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#000";
    pen.lineWidth = 2.4;
    pen.lineCap = "round";
    drawnPx = 0;
  };

  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * canvas.width) / box.width,
      y: ((event.clientY - box.top) * canvas.height) / box.height,
    };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = spot(event);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const next = spot(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(next.x, next.y);
    pen.stroke();
    drawnPx += Math.hypot(next.x - last.x, next.y - last.y);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }
  form.querySelector("[data-clear]").addEventListener("click", clear);

  form.addEventListener("submit", (event) => {
    // A dot or a slip of the finger is no signature.
    const signed = drawnPx >= SHORTEST_LINE_PX;
    const sheet = form.elements.sheet.files.length > 0;
    form.elements.strokes.value = signed ? canvas.toDataURL("image/png") : "";
    missing.hidden = signed || sheet;
    if (!signed && !sheet) event.preventDefault();
  });

  clear();
}

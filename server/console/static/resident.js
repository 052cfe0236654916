// The report works without this: here photos are made smaller before they leave the phone, and the
// button says that it was heard.
"use strict";
(() => {
  const LONGEST_PX = 1600;
  const SMALL_BYTES = 600 * 1024;
  const form = document.querySelector("form[data-sending]");
  const input = form && form.querySelector("input[type=file]");
  if (!form || !input) return;

  async function shrunk(file) {
    if (file.size <= SMALL_BYTES || !window.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: blob.type }) : file;
    } catch {
      return file; // what this browser cannot draw the server judges
    }
  }

  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = form.querySelector("button.main");
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.sending;
    const chosen = [...input.files].slice(0, Number(input.dataset.most));
    if (chosen.length) {
      const kept = new DataTransfer();
      for (const file of await Promise.all(chosen.map(shrunk))) kept.items.add(file);
      input.files = kept.files;
    }
    form.submit();
  });
  // Back from another page: the form may be sent again, the server knows it.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();

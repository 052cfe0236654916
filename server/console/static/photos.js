// Pictures pasted or dropped anywhere on a page go into its field for photos, and what is too much is
// told before the form is sent. The field does without this.
"use strict";
{
  const field = document.querySelector("input[type=file][data-most]");
  const place = field.closest(".photo-field");
  const hint = place.querySelector(".hint");
  const told = hint.querySelector("[role=status]");
  const none = hint.querySelector("button");
  const put = (files) => {
    const kept = new DataTransfer();
    for (const file of files) kept.items.add(file);
    field.files = kept.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const add = (files) => {
    put([...field.files, ...files]);
    place.scrollIntoView({ block: "center" }); // clear of the bar with the buttons
  };
  const amiss = (files) => {
    const { most, mostBytes, many, large, other } = field.dataset;
    if (files.length > Number(most)) return many;
    for (const file of files) {
      if (!field.accept.split(",").includes(file.type)) return other.replace("#", file.name);
      if (file.size > Number(mostBytes)) return large.replace("#", file.name);
    }
    return "";
  };

  hint.hidden = false;
  field.addEventListener("change", () => {
    const files = [...field.files];
    const wrong = amiss(files);
    field.setCustomValidity(wrong);
    told.textContent = wrong || files.map((file) => file.name).join(" · ");
    told.classList.toggle("wrong", Boolean(wrong));
    hint.firstElementChild.hidden = files.length > 0;
    none.hidden = files.length === 0;
  });
  none.addEventListener("click", () => {
    put([]);
    field.focus();
  });
  document.addEventListener("paste", (event) => {
    const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    // What was copied out of a document is words first, and a picture of them beside.
    if (!pictures.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    add(pictures);
  });
  const carriesFiles = (event) => event.dataTransfer.types.includes("Files");
  // Dropped beside the field, a picture would be opened instead of the page, and all that was typed gone.
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}

// The print page: one button.
"use strict";

document.getElementById("print").addEventListener("click", () => window.print());

// Editing a rule file: the numbers follow the lines, and a fault leads into the text.
"use strict";
(() => {
  const text = document.querySelector(".editor textarea");
  const gutter = document.querySelector(".editor .gutter");
  if (!text || !gutter) return;

  const room = 12;
  const number = () => {
    const lines = text.value.split("\n").length + room;
    for (let n = gutter.children.length + 1; n <= lines; n += 1) {
      const one = document.createElement("span");
      one.id = `L${n}`;
      one.textContent = String(n);
      gutter.append(one, "\n");
    }
    text.rows = Math.max(lines, gutter.children.length);
  };
  text.addEventListener("input", number);

  // Into the line that a fault names.
  for (const link of document.querySelectorAll("[data-line]")) {
    link.addEventListener("click", () => {
      const lines = text.value.split("\n");
      const at = Number(link.dataset.line) - 1;
      const begin = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
      text.focus({ preventScroll: true });
      text.setSelectionRange(begin, begin + (lines[at] || "").length);
    });
  }

  // What was typed is not lost by leaving the page unawares.
  let typed = false;
  text.addEventListener("input", () => { typed = true; });
  text.form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
})();

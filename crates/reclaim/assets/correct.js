// The form of a corrected claim by keys. Without it its buttons do the same.
"use strict";

(() => {
  const form = document.querySelector("[data-correct]");
  if (!form) return;
  const press = (step) => form.querySelector(`button[value="${step}"]`)?.click();
  form.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const step = { Enter: "look", s: "save" }[event.key];
    if (!step) return;
    event.preventDefault();
    press(step);
  });
  const faults = document.getElementById("faults");
  const first = form.querySelector('[aria-invalid="true"]');
  if (faults && location.hash === "#faults") (first || faults).focus();
})();

// Keys, and files dropped on a page. Everything here can be done without it.
"use strict";

const rows = () => [...document.querySelectorAll("a.row")];

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[to].focus();
  all[to].scrollIntoView({ block: "nearest" });
}

// What a key does not do now is told where acts tell what they came to.
function sayWhy(shut) {
  const toast = document.getElementById("toast");
  if (!shut || !toast) return false;
  toast.textContent = shut.textContent;
  toast.classList.add("shown", "trouble");
  clearTimeout(sayWhy.timer);
  sayWhy.timer = setTimeout(() => toast.classList.remove("shown"), 15000);
  return true;
}

function openAct(key) {
  const link = document.querySelector(`a[data-act-key="${CSS.escape(key)}"]`);
  if (link) { link.click(); return true; }
  const act = document.querySelector(`.acts [data-key="${CSS.escape(key)}"]`);
  if (!act) return sayWhy(document.querySelector(`[data-shut-key="${CSS.escape(key)}"]`));
  if (act.matches("a")) {
    act.click();
    return true;
  }
  act.open = true;
  const field = act.querySelector("form input:not([type=hidden]), form select, form textarea");
  (field || act.querySelector("form button")).focus();
  act.scrollIntoView({ block: "nearest" });
  return true;
}

function help() {
  const keys = document.getElementById("keys");
  if (!keys || keys.open) return;
  // Only the keys of what is here.
  for (const row of keys.querySelectorAll("[data-if]")) row.hidden = !document.querySelector(row.dataset.if);
  keys.showModal();
}

// A button of the row that has the focus.
function press(key) {
  const row = document.activeElement.closest(".pair");
  const button = row && row.querySelector(`button[data-press="${CSS.escape(key)}"]`);
  if (!button) return false;
  button.click();
  return true;
}

const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

let went = false;

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form && isTyping(target)) {
    event.preventDefault();
    // The button that plain Enter would press: its value may say what is asked.
    target.form.requestSubmit(target.form.querySelector("button:not([type=button], [data-close])"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(target)) {
    target.blur();
    return;
  }
  if (isTyping(target) || document.querySelector("dialog[open]")) return;
  if (went) {
    went = false;
    const link = document.querySelector(`[data-go~="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  const done = (window.queueKey && window.queueKey(event)) || (() => {
    switch (event.key) {
      case "j": case "ArrowDown": if (rows().length === 0) return false; move(1); return true;
      case "k": case "ArrowUp": if (rows().length === 0) return false; move(-1); return true;
      case "g": went = true; setTimeout(() => { went = false; }, 1500); return true;
      case "/": { const find = document.getElementById("find"); if (!find) return false; const menu = document.querySelector(".pages-menu"); if (menu) menu.open = true; find.focus(); find.select(); return true; }
      case "f": { const first = document.querySelector("#filters :is(select, input:not([type=hidden]))"); if (!first) return false; first.focus(); return true; }
      case "u": { const list = document.querySelector("nav [aria-current]"); if (!list) return false; list.click(); return true; }
      case "?": help(); return true;
      case "]": { const next = document.querySelector("[data-next]"); if (!next) return false; next.click(); return true; }
      default: return event.key.length === 1 && (press(event.key) || openAct(event.key));
    }
  })();
  if (done) event.preventDefault();
});

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", help);
}

// A word that explains itself does so over the page; its link leads to the same words.
async function explain(link) {
  const answer = await fetch(link.href);
  if (!answer.ok) return false;
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  const word = link.hash ? there.getElementById(link.hash.slice(1)) : there.querySelector(".explained");
  if (!word) return false;
  const box = document.createElement("dialog");
  box.setAttribute("aria-label", link.getAttribute("aria-label") || link.textContent);
  box.setAttribute("autofocus", "");
  const words = document.createElement("dl");
  words.className = "words";
  words.append(...(word.matches("dl > div") ? [word] : word.querySelectorAll("dl > div")));
  const more = document.createElement("p");
  more.className = "buttons below";
  const all = document.createElement("a");
  all.href = link.href;
  all.textContent = "More words";
  all.className = "button";
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => box.close());
  more.append(close, all);
  box.append(words, more);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.explain, a.about");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  explain(link).catch(() => false).then((done) => { if (!done) location.assign(link.href); });
});

// A filter that is changed shows at once.
const filters = document.getElementById("filters");
if (filters) {
  // What is typed is sent when it is whole: by Enter or the button.
  filters.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) filters.requestSubmit();
  });
}

// Menus and parts close where one clicks elsewhere.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.me[open], details.parts[open], details.menu-of[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Files dropped on the page go into its file field.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const names = zone.querySelector("[data-names]");
  const show = () => {
    const files = [...input.files].map((file) => file.name);
    names.textContent = files.length === 0 ? "" : files.join(", ");
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    zone.addEventListener(kind, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    show();
  });
  zone.addEventListener("submit", () => {
    const button = zone.querySelector("button");
    button.disabled = true;
    button.textContent = button.dataset.busy || button.textContent;
  });
}

// What was refused is read out and seen first.
const refused = document.querySelector(".rail .refused");
if (refused) refused.focus();

// Goes to a page that is asked for by a form.
window.leaveBy = (action, fields) => {
  const made = (tag, facts) => Object.assign(document.createElement(tag), facts);
  const form = made("form", { method: "post", action });
  for (const [name, value] of fields) form.append(made("input", { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
  form.remove();
};

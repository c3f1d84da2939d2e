// What stands beside the queue's list: the case of a row; columns that are out of sight, told of and
// brought by a button or the arrow keys; filters over the page, and what is chosen anew at once.
// Without it the list scrolls as any other, and filters are a page.
"use strict";

(() => {
  const list = document.getElementById("list");
  const side = document.getElementById("side");
  if (!list || !side) return;

  // The case of the row beside the list.
  let looking = 0;
  async function look(row) {
    const mine = (looking += 1);
    const href = row.querySelector("a.row").getAttribute("href");
    const answer = await fetch(href);
    if (!answer.ok || mine !== looking) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const facts = page.querySelector(".facts");
    const now = page.querySelector(".rail .now");
    const clocks = page.querySelector(".rail .clocks");
    if (!facts) return;
    const open = document.createElement("p");
    open.className = "side-open";
    const link = document.createElement("a");
    link.href = href;
    link.className = "button";
    link.textContent = "Open the case";
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", shut);
    open.append(link, close);
    const pieces = [...facts.children].slice(0, 4);
    side.replaceChildren(open, pieces[0], ...[now, clocks].filter(Boolean), ...pieces.slice(1));
    for (const one of side.querySelectorAll("[id]")) one.removeAttribute("id");
    side.hidden = false;
    list.parentElement.classList.add("beside");
    row.scrollIntoView({ block: "nearest" });
  }

  function shut() {
    side.hidden = true;
    side.replaceChildren();
    list.parentElement.classList.remove("beside");
  }

  window.queueSide = { look, shut };
})();

(() => {
  const list = document.getElementById("list");
  const aside = document.querySelector("[data-columns]");
  if (!list || !aside) return;
  const reach = () => list.scrollWidth - list.clientWidth;
  const across = (step) => list.scrollBy({ left: step * list.clientWidth * 0.6 });

  function hint() {
    const isMore = reach() - list.scrollLeft > 8;
    aside.hidden = reach() <= 8;
    aside.textContent = isMore ? "More columns →" : "← First columns";
    list.classList.toggle("more-right", isMore);
    list.classList.toggle("more-left", list.scrollLeft > 8);
  }

  aside.addEventListener("click", () => (list.classList.contains("more-right") ? across(1) : list.scrollTo({ left: 0 })));
  list.addEventListener("scroll", hint, { passive: true });
  new ResizeObserver(hint).observe(list);
  document.addEventListener("keydown", (event) => {
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || isOther || reach() <= 8 || event.target.type === "radio" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    across(step);
  });
})();

(() => {
  const link = document.querySelector("[data-filters]");
  const dialog = document.getElementById("form");
  if (!link || !dialog) return;

  async function filters() {
    const answer = await fetch(link.getAttribute("href"), { headers: { "x-part": "yes" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.getElementById("filters-form");
    if (!form) return;
    dialog.replaceChildren(form);
    dialog.setAttribute("aria-labelledby", "filters-title");
    dialog.classList.add("broad");
    dialog.showModal();
    form.querySelector(".facets input")?.focus();
  }

  link.addEventListener("click", (event) => { event.preventDefault(); filters(); });
  for (const select of document.querySelectorAll("[data-submits]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  window.queueFilters = filters;
})();

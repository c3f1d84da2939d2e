// What others did to the list: rows in sight are renewed where they stand, new cases are counted
// and come when somebody asks for them. No row moves by itself.
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  const news = document.getElementById("news");
  if (!queue || !news) return;
  const EVERY = 15000;
  let seq = queue.dataset.seq;
  let come = 0;
  let asking = false;
  let isOver = false;

  function tell(isMuch) {
    if (come === 0 && !isMuch) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = isMuch ? "The list has changed " : `${come} new `;
    const key = document.createElement("kbd");
    key.textContent = "r";
    key.setAttribute("aria-hidden", "true");
    link.append(key);
    news.replaceChildren(link);
  }

  async function ask() {
    if (document.hidden || asking || isOver) return !isOver;
    asking = true;
    isOver = !(await hear());
    asking = false;
    return !isOver;
  }

  async function hear() {
    const query = queue.dataset.query;
    const address = `/queue/news?${query}${query ? "&" : ""}seq=${seq}`;
    let answer;
    try {
      answer = await fetch(address, { headers: { "x-unasked": "yes" } });
    } catch {
      return true;
    }
    if (answer.redirected || answer.status === 403) return false;
    if (!answer.ok) return true;
    const told = await answer.json();
    seq = told.seq;
    come += told.new;
    if (told.changed.length > 0) queue.dispatchEvent(new CustomEvent("renew", { detail: told.changed }));
    tell(told.much);
    return true;
  }

  async function again() {
    if (await ask()) setTimeout(again, EVERY);
  }

  setTimeout(again, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
})();

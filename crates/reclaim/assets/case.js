// A case's parts one at a time, by the tabs above them. Without it they follow each other.
"use strict";

(() => {
  const facts = document.querySelector(".facts");
  const tabs = [...document.querySelectorAll(".case-tabs a")];
  if (!facts || tabs.length === 0) return;
  const parts = [...facts.querySelectorAll(".part")];

  // The part that the address names, or that holds what it names.
  function show() {
    const id = decodeURIComponent(location.hash.slice(1));
    const named = id && document.getElementById(id);
    if (named && named.matches(".acts details")) named.open = true;
    const tried = facts.querySelector(".steps details[open]");
    const part = ((named || tried) && (named || tried).closest(".part")) || parts[0];
    for (const one of parts) one.classList.toggle("shown", one === part);
    for (const tab of tabs) {
      if (tab.hash === `#${part.id}`) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    // After the browser has gone where it believes the part to be.
    requestAnimationFrame(() => {
      if (named && named !== part) named.scrollIntoView({ block: "center" });
      else if (named) window.scrollTo(0, 0);
    });
  }

  // The frame asks here before it looks at the key itself.
  window.queueKey = (event) => {
    const tab = tabs[Number(event.key) - 1];
    if (!tab) return false;
    tab.click();
    return true;
  };
  // What is done while a part is looked at leads back to that part: a redirect keeps what stands
  // behind the address that was asked.
  document.addEventListener("submit", (event) => {
    const part = facts.querySelector(".part.shown");
    const to = event.target.getAttribute("action");
    if (!part || part === parts[0] || !to || to.includes("#") || event.target.method !== "post") return;
    event.target.setAttribute("action", `${to}#${part.id}`);
  });
  facts.classList.add("by-part");
  window.addEventListener("hashchange", show);
  show();
})();

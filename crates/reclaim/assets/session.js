// A page that nobody uses is covered when its session has ended, with what was typed still on it;
// who signs in again goes on where they were. A form is sent only while the session holds.
"use strict";

(() => {
  const login = document.body.dataset.login;
  if (!login) return;
  const quietly = { headers: { "x-unasked": "yes" }, redirect: "manual" };
  let heard = Date.now();

  // The session as it is: null where it has ended, false where nobody answers.
  async function session() {
    let answer;
    try {
      answer = await fetch("/session", quietly);
    } catch {
      return false;
    }
    if (!answer.ok) return answer.type === "opaqueredirect" || answer.status === 403 ? null : false;
    const now = await answer.json();
    return now.left > 0 ? now : null;
  }

  let timer = null;
  function wait(seconds) {
    clearTimeout(timer);
    timer = setTimeout(check, Math.min(Math.max(seconds, 5), 3600) * 1000);
  }

  async function check() {
    const now = await session();
    if (now === null) cover();
    else wait(now ? now.left + 2 : 30);
  }

  let cloth = null;
  function cover() {
    if (cloth) return;
    cloth = document.createElement("dialog");
    cloth.className = "cover";
    cloth.setAttribute("aria-labelledby", "cover-title");
    const title = document.createElement("h2");
    title.id = "cover-title";
    title.textContent = "You have been signed out";
    const text = document.createElement("p");
    text.textContent = "Nothing was done for a while. What you typed is still on this page.";
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = "/sign-in";
    link.target = "_blank";
    link.rel = "noopener";
    link.className = "button primary";
    link.textContent = "Sign in (opens a tab)";
    const on = document.createElement("button");
    on.type = "button";
    on.textContent = "I have signed in: go on";
    on.addEventListener("click", async () => {
      if (!(await lift())) said.textContent = "Not yet: sign in first.";
    });
    const row = document.createElement("p");
    row.className = "buttons";
    row.append(link, on);
    cloth.append(title, text, row, said);
    cloth.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(cloth);
    document.body.classList.add("covered");
    cloth.showModal();
  }

  // Uncovers the page for who it was opened by; anybody else gets a page of their own.
  async function lift() {
    const now = await session();
    if (!now) return false;
    if (now.login !== login || now.practice !== document.body.dataset.practice) {
      location.assign("/");
      return true;
    }
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = now.csrf;
    document.body.classList.remove("covered");
    cloth.close();
    cloth.remove();
    cloth = null;
    heard = Date.now();
    wait(now.left + 2);
    return true;
  }

  // Who has been away asks first, so that no form is lost on the way to the sign-in or to nobody.
  let passed = null;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (passed === form || (event.submitter?.formMethod || form.method) !== "post") return;
    if (Date.now() - heard < 60000) return;
    event.preventDefault();
    event.stopPropagation();
    const now = await session();
    form.querySelector(":scope > [data-unsent]")?.remove();
    if (now === null) cover();
    if (now === false) unsent(form);
    if (!now) return;
    heard = Date.now();
    wait(now.left + 2);
    passed = form;
    form.requestSubmit(event.submitter);
    passed = null;
  }, true);

  function unsent(form) {
    const line = document.createElement("p");
    line.className = "refused";
    line.dataset.unsent = "";
    line.setAttribute("role", "alert");
    line.textContent = "The server does not answer. What you typed is still here: try again.";
    form.prepend(line);
  }

  document.addEventListener("visibilitychange", () => {
    if (cloth) lift();
    else if (!document.hidden && Date.now() - heard > 60000) check();
  });
  window.addEventListener("focus", () => { if (cloth) lift(); });
  wait(Number(document.body.dataset.left) + 2);
})();

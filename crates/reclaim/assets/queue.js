// The queue by keyboard: a cursor, chosen rows, a long list that loads as it is scrolled, acts in a
// dialog, undo. Without it the page is a list with forms.
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const list = document.getElementById("list");
  const body = list && list.querySelector("tbody");
  const bar = document.getElementById("bulk");
  const dialog = document.getElementById("form");
  const toast = document.getElementById("toast");
  const side = document.getElementById("side");
  const look = (row) => window.queueSide.look(row);
  const shut = () => window.queueSide.shut();
  const isGrouped = !!document.querySelector("table[data-groups]");
  const query = queue.dataset.query;
  const total = Number(queue.dataset.total);
  const PART = 50;
  const part = { "x-part": "yes" };

  // The cursor and what is chosen.
  let at = Number(queue.dataset.from);
  let anchor = at;
  const chosen = new Set();
  // What the open form is about, and what was done last.
  let asked = null;
  let acted = null;

  const rows = () => (body ? [...body.querySelectorAll("tr[data-id], tr[data-group]")] : []);
  const idOf = (row) => row.dataset.id || row.dataset.group;
  const rowAt = (place) => (isGrouped ? rows()[place - Number(queue.dataset.from)] : body.querySelector(`tr[data-at="${place}"]`));

  function current() {
    const focused = document.activeElement.closest && document.activeElement.closest("tr[data-id], tr[data-group]");
    return focused || (body && body.querySelector("tr.here")) || null;
  }

  function mark(row) {
    for (const one of body.querySelectorAll("tr.here")) one.classList.remove("here");
    if (!row) return;
    row.classList.add("here");
    tell();
    at = isGrouped ? Number(queue.dataset.from) + rows().indexOf(row) : Number(row.dataset.at);
  }

  async function go(place) {
    const last = isGrouped ? Number(queue.dataset.from) + rows().length - 1 : total - 1;
    at = Math.min(Math.max(place, isGrouped ? Number(queue.dataset.from) : 0), last);
    let row = rowAt(at);
    if (!row && !isGrouped) {
      list.scrollTop = offsetOf(at) - list.clientHeight / 2;
      const place = at;
      while (!(await draw())) if (place !== at) return;
      row = rowAt(at);
    }
    if (!row) return;
    mark(row);
    row.querySelector("a.row").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (side && !side.hidden) look(row);
  }

  function choose(row, isChosen) {
    const box = row.querySelector(".tick input");
    if (!box) return;
    const id = idOf(row);
    box.checked = isChosen;
    if (isGrouped) chosen.clear();
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    tell();
  }

  // Every row from one place to another, also those that were not in sight.
  const FARTHEST = 1000;
  async function range(from, to) {
    if (to - from >= FARTHEST) {
      trouble(`At most ${FARTHEST} rows at once: choose everything that fits with *, or set a filter.`);
      return;
    }
    for (let n = Math.floor(from / PART); n <= Math.floor(to / PART); n += 1) {
      await load(n);
      for (const row of parts.get(n) || []) {
        const place = Number(row.dataset.at);
        if (place >= from && place <= to) choose(row, true);
      }
    }
  }

  function tell() {
    if (!bar) return;
    const all = bar.querySelector("[data-everything]");
    const row = current();
    const said = all.checked ? "With all of this list:" : chosen.size > 0 ? `With ${chosenInWords()}` : row ? `With ${nameOf(row)}:` : "Choose a row first";
    const words = document.getElementById("chosen");
    if (words.textContent !== said) words.textContent = said;
    for (const one of rows()) one.classList.toggle("chosen", chosen.has(idOf(one)));
    const refused = refusals();
    for (const button of bar.querySelectorAll("[data-bulk-key]")) {
      const isRefused = refused === null || refused.has(button.value);
      button.disabled = refused === null;
      button.setAttribute("aria-disabled", String(isRefused));
      button.hidden = isRefused && "rare" in button.dataset;
    }
  }

  const nameOf = (row) => row.dataset.name || row.querySelector("a.row").textContent;
  function chosenInWords() {
    const row = isGrouped && rows().find((one) => chosen.has(idOf(one)));
    return row ? `${nameOf(row)}:` : `${chosen.size} ticked case${chosen.size === 1 ? "" : "s"}:`;
  }

  // Acts that nothing of what is chosen allows: their form says why. Null where nothing is chosen. What is not in sight
  // may allow anything.
  function refusals() {
    if (bar.querySelector("[data-everything]").checked) return new Set();
    const row = current();
    const meant = chosen.size === 0 ? [row].filter(Boolean) : rows().filter((one) => chosen.has(idOf(one)));
    if (meant.length === 0) return chosen.size === 0 ? null : new Set();
    if (meant.length < chosen.size) return new Set();
    const each = meant.map((one) => new Set((one.dataset.refuses || "").split(" ")));
    return each.reduce((all, some) => new Set([...all].filter((name) => some.has(name))));
  }

  // A list longer than the page: parts are loaded as they come into sight. Rows stay where they
  // are until somebody asks for the list anew, whatever others do meanwhile.
  const isLong = list && !isGrouped && list.hasAttribute("data-list");
  const parts = new Map();
  let height = 48;
  const TALLEST = 30000000;
  const tallness = () => Math.min(total * height, TALLEST);
  const offsetOf = (place) => (place / Math.max(total, 1)) * tallness();
  let top = null;
  let bottom = null;
  let drawing = 0;

  function begin() {
    if (!isLong || rows().length === 0) return;
    list.classList.add("long");
    height = rows()[0].getBoundingClientRect().height || height;
    const from = Number(queue.dataset.from);
    const first = Math.floor(from / PART);
    const all = rows();
    for (let n = 0; n * PART < all.length; n += 1) {
      if (from % PART === 0) parts.set(first + n, all.slice(n * PART, (n + 1) * PART));
    }
    document.querySelector(".pages").hidden = true;
    const spacer = () => {
      const row = document.createElement("tr");
      row.className = "spacer";
      row.setAttribute("aria-hidden", "true");
      row.append(document.createElement("td"));
      return row;
    };
    top = spacer();
    bottom = spacer();
    body.prepend(top);
    body.append(bottom);
    list.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    if (from > 0) list.scrollTop = offsetOf(from);
    draw();
  }

  const coming = new Map();
  function load(number) {
    if (parts.has(number)) return null;
    if (!coming.has(number)) coming.set(number, bring(number).finally(() => coming.delete(number)));
    return coming.get(number);
  }

  async function bring(number) {
    const address = `/queue/rows?${query}${query ? "&" : ""}from=${number * PART}`;
    const answer = await fetch(address, { headers: part });
    if (answer.ok) parts.set(number, read(await answer.text()));
  }

  function read(text) {
    const holder = document.createElement("template");
    holder.innerHTML = `<table><tbody>${text}</tbody></table>`;
    return [...holder.content.querySelectorAll("tr[data-id]")];
  }

  async function draw() {
    const mine = (drawing += 1);
    const seen = Math.ceil(list.clientHeight / height);
    const reach = Math.max(tallness() - list.clientHeight, 1);
    const share = Math.min(list.scrollTop / reach, 1);
    const first = tallness() < TALLEST ? Math.floor(list.scrollTop / height) : Math.floor(share * Math.max(total - seen, 0));
    const from = Math.max(Math.floor((first - 10) / PART), 0);
    const to = Math.min(Math.floor((first + seen + 10) / PART), Math.floor(Math.max(total - 1, 0) / PART));
    const wanted = [];
    for (let n = from; n <= to; n += 1) wanted.push(n);
    await Promise.all(wanted.map(load));
    if (mine !== drawing) return false;
    const shown = wanted.flatMap((n) => parts.get(n) || []);
    const above = Math.max(list.scrollTop - (first - from * PART) * height - (list.scrollTop % height), 0);
    const had = document.activeElement;
    const focused = had.closest && had.closest("tr[data-id]");
    top.firstChild.style.height = `${tallness() < TALLEST ? from * PART * height : above}px`;
    const below = tallness() - from * PART * height - shown.length * height;
    bottom.firstChild.style.height = `${Math.max(tallness() < TALLEST ? below : tallness() - above - shown.length * height, 0)}px`;
    // Taking out the row with the focus makes a browser measure a list that is half there.
    const scrolled = list.scrollTop;
    body.replaceChildren(top, ...shown, bottom);
    if (list.scrollTop !== scrolled) list.scrollTop = scrolled;
    for (const row of shown) {
      const box = row.querySelector(".tick input");
      if (box) box.checked = chosen.has(row.dataset.id);
    }
    if (focused && focused.isConnected && document.activeElement === document.body) {
      had.focus({ preventScroll: true });
    }
    const row = rowAt(at);
    if (row) mark(row);
    tell();
    return true;
  }

  // Rows that were acted on, as they are now, in the place where they stand.
  async function renew(ids, headers = part) {
    if (isGrouped || ids.length === 0) return;
    const answer = await fetch(`/queue/rows?${query}${query ? "&" : ""}ids=${ids.slice(0, 200).join(",")}`, { headers });
    if (!answer.ok) return;
    for (const fresh of read(await answer.text())) {
      const old = body.querySelector(`tr[data-id="${fresh.dataset.id}"]`);
      if (!old) continue;
      fresh.dataset.at = old.dataset.at;
      for (const loaded of parts.values()) {
        const place = loaded.indexOf(old);
        if (place >= 0) loaded[place] = fresh;
      }
      const had = old.contains(document.activeElement);
      old.replaceWith(fresh);
      if (had) fresh.querySelector("a.row").focus({ preventScroll: true });
      if (Number(fresh.dataset.at) === at) mark(fresh);
    }
    tell();
  }

  queue.addEventListener("renew", (event) => {
    const here = event.detail.filter((id) => body && body.querySelector(`tr[data-id="${CSS.escape(id)}"]`));
    renew(here, { ...part, "x-unasked": "yes" });
  });

  // Acts.
  function ids() {
    if (bar.querySelector("[data-everything]").checked) return null;
    if (chosen.size > 0) return [...chosen];
    const row = current();
    return row ? [idOf(row)] : [];
  }

  // Sends a form of ours. What went wrong is said where it was sent from, and nothing is lost.
  async function post(address, fields) {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", headers: part, body: fields });
    } catch {
      trouble("The server does not answer. What you typed is still here: try again.");
      return null;
    }
    if (answer.redirected) {
      trouble("You have been signed out. Sign in in another window, then send this again.");
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { answer, page, form: page.querySelector("[data-bulk]"), said: page.querySelector("main") || page.body };
  }

  function trouble(text) {
    const line = document.createElement("p");
    line.className = "refused";
    line.setAttribute("role", "alert");
    line.textContent = text;
    const form = dialog.open && dialog.querySelector("form");
    if (form) {
      form.querySelector(":scope > .refused")?.remove();
      form.prepend(line);
      return;
    }
    const holder = document.createElement("div");
    holder.append(line);
    say(holder, true);
  }

  async function act(name) {
    const which = ids();
    if (which !== null && which.length === 0) {
      trouble("Choose a row first: press j or x.");
      return;
    }
    const fields = new URLSearchParams();
    fields.set("csrf", bar.querySelector("[name=csrf]").value);
    fields.set("query", query);
    fields.set("act", name);
    if (which === null) fields.set("all", "yes");
    else if (isGrouped) fields.set("job", which[0]);
    else fields.set("cases", which.join(","));
    if (name === "correct") {
      // It has pages of its own.
      window.leaveBy("/queue/bulk", fields);
      return;
    }
    asked = which;
    const came = await post("/queue/bulk", fields);
    if (!came) return;
    if (!came.form) {
      say(came.said, true);
      return;
    }
    show(came.form);
    // What asks for nothing, leaves nothing out and can be taken back is done at once.
    const isPlain = !came.form.querySelector("label, .warn, .refused, .grave") && which !== null && which.length === 1 && !isGrouped;
    if (isPlain && !["review", "post"].includes(name)) send(came.form);
  }

  function show(form) {
    dialog.setAttribute("aria-labelledby", "bulk-title");
    dialog.replaceChildren(form);
    if (!dialog.open) dialog.showModal();
    (form.querySelector("select, input:not([type=hidden]), textarea") || form.querySelector("button, a"))?.focus();
  }

  function say(node, isTrouble) {
    toast.replaceChildren(...node.childNodes);
    toast.classList.toggle("trouble", !!isTrouble);
    toast.classList.add("shown");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => toast.classList.remove("shown"), isTrouble ? 15000 : 60000);
  }

  let last = null;
  async function send(form) {
    const fields = new URLSearchParams(new FormData(form));
    const came = await post("/queue/bulk", fields);
    if (!came) return;
    if (came.form) {
      show(came.form);
      return;
    }
    if (!came.answer.ok) {
      trouble(came.said.textContent.trim());
      return;
    }
    dialog.close();
    const one = asked !== null && asked.length === 1 && chosen.size === 0 && !isGrouped;
    await done(came.said, asked);
    for (const name of ["cases", "all", "told", "sure", "count"]) fields.delete(name);
    // Money is posted after a look each time.
    last = ["post", "approve"].includes(fields.get("act")) ? null : fields;
    chosen.clear();
    for (const box of document.querySelectorAll("#list .tick input")) box.checked = false;
    bar.querySelector("[data-everything]").checked = false;
    tell();
    await go(one && !["review", "take"].includes(fields.get("act")) ? at + 1 : at);
  }

  // Something was done: it is said with its way back, in place of what was done before.
  async function done(said, cases) {
    document.querySelector(".last-done")?.remove();
    say(said, false);
    acted = cases;
    if (cases !== null) await renew(cases);
  }

  // The last act on this row too.
  async function again() {
    const row = current();
    if (!last || !row || isGrouped) return;
    const fields = new URLSearchParams(last);
    fields.set("cases", idOf(row));
    asked = [idOf(row)];
    const came = await post("/queue/bulk", fields);
    if (!came) return;
    if (came.form) {
      show(came.form);
      return;
    }
    if (!came.answer.ok) {
      say(came.said, true);
      return;
    }
    await done(came.said, asked);
    await go(at + 1);
  }

  async function undo() {
    const form = toast.querySelector("[data-undo]") || document.querySelector("form[data-undo]");
    if (!form) {
      trouble("Nothing of yours can be taken back here: it is more than ten minutes ago, or moved the status.");
      return;
    }
    const isOld = form.classList.contains("last-done");
    const came = await post("/queue/undo", new URLSearchParams(new FormData(form)));
    if (!came) return;
    if (!came.answer.ok) {
      say(came.said, true);
      return;
    }
    // What was done before this page was opened may be anywhere in it.
    if (isOld) {
      location.reload();
      return;
    }
    await done(came.said, acted);
  }

  if (dialog) {
    dialog.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.hasAttribute("data-bulk")) return;
      event.preventDefault();
      send(form);
    });
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-close]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      dialog.classList.remove("broad");
      const row = rowAt(at);
      if (row) row.querySelector("a.row").focus({ preventScroll: true });
    });
    dialog.addEventListener("keydown", (event) => {
      const isPick = event.target.matches("select, input[type=checkbox]");
      if (event.key === "Enter" && event.target.form && isPick && !event.ctrlKey) {
        event.preventDefault();
        event.target.form.requestSubmit();
      }
    });
  }
  toast.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-undo")) return;
    event.preventDefault();
    undo();
  });
  if (bar) {
    bar.addEventListener("submit", (event) => {
      event.preventDefault();
      act(event.submitter.value);
    });
    bar.querySelector("[data-everything]").addEventListener("change", tell);
  }
  if (list) {
    list.addEventListener("change", (event) => {
      const row = event.target.closest("tr[data-id], tr[data-group]");
      if (row && event.target.matches(".tick input")) {
        choose(row, event.target.checked);
        mark(row);
        anchor = at;
      }
    });
    list.addEventListener("focusin", (event) => {
      const row = event.target.closest("tr[data-id], tr[data-group]");
      if (row) mark(row);
    });
    list.addEventListener("click", (event) => {
      const row = event.target.closest("tr[data-id]");
      if (!row || event.target.closest("a, input, summary, details, button")) return;
      mark(row);
      look(row);
    });
  }
  // What the page's keys mean here; the frame asks before it looks itself.
  window.queueKey = (event) => {
    const key = event.key;
    const row = current();
    // The row that is marked is where the keys stand, whether or not anything has the focus yet.
    const steps = row ? 1 : 0;
    if ((key === "j" || key === "ArrowDown") && body) { go(at + steps); return true; }
    if ((key === "k" || key === "ArrowUp") && body) { go(at - steps); return true; }
    if (key === "Home" && body) { go(0); return true; }
    if (key === "End" && body) { go(total - 1); return true; }
    if (key === "x" && row) {
      choose(row, !chosen.has(idOf(row)));
      anchor = at;
      // From here on the next step goes to the next row.
      row.querySelector("a.row").focus({ preventScroll: true });
      return true;
    }
    if (key === "X" && row && !isGrouped) { range(Math.min(anchor, at), Math.max(anchor, at)); return true; }
    if (key === "*" && bar) { const all = bar.querySelector("[data-everything]"); all.checked = !all.checked; tell(); return true; }
    if (key === "o" && row) { row.querySelector("a.row").click(); return true; }
    if ((key === "d" || key === "p") && row && !isGrouped) { location.assign(`${row.querySelector("a.row").href}${key === "d" ? "#documents" : "#act-log_contact"}`); return true; }
    if (key === "f") { window.queueFilters(); return true; }
    if (key === "h") { const group = document.querySelector("[data-group]"); if (!group) return false; group.click(); return true; }
    const opens = side && !side.hidden && side.querySelector(`a[data-act-key="${CSS.escape(key)}"]`);
    if (opens) { opens.click(); return true; }
    if (key === "c") { const first = document.querySelector(".cuts a"); if (first) { first.focus(); return true; } }
    if (key === "u") { undo(); return true; }
    if (key === "." && last && row && !isGrouped) { again(); return true; }
    if (key === "r") { location.reload(); return true; }
    if (key === "v") { const first = document.querySelector("[data-views] a"); if (!first) return false; first.focus(); return true; }
    if (key === "Escape" && side && !side.hidden) { shut(); return true; }
    const isFree = event.target === document.body || event.target.id === "main";
    if (key === "Enter" && row && (isFree || event.target.matches("a.row"))) {
      if (!isGrouped && side && (side.hidden || side.dataset.of !== idOf(row))) { side.dataset.of = idOf(row); look(row); return true; }
      if (!isFree) return false;
      row.querySelector("a.row").click();
      return true;
    }
    const button = bar && bar.querySelector(`[data-bulk-key="${CSS.escape(key)}"]`);
    if (button && button.disabled) { trouble("Choose a row first: press j or x."); return true; }
    if (button) { act(button.value); return true; }
    const why = silence(key, row);
    if (why) trouble(why);
    return why !== "";
  };

  // Why a key of this page does nothing now; empty where it is none of this page's own.
  function silence(key, row) {
    if (key.length !== 1 || !"xXodp*.cnbliaqzstem$w".includes(key)) return "";
    if (key === "c") return "Press h first: what the cases of one job have in common is chosen among jobs.";
    if (!body) return "No case is listed here.";
    if (!row) return "Choose a row first: press j or x.";
    if (isGrouped && "Xdp.".includes(key)) return "This row is a job of several cases: press o for its cases.";
    if (key === ".") return "Nothing was done here yet that could be done on this row too.";
    return "Your role does not do this, or these cases do not allow it.";
  }

  if (bar) {
    tell();
  }
  if (isGrouped && rows().length > 0) mark(rows()[0]);
  begin();
})();

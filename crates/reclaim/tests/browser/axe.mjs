// Every page that any role opens: nothing that WCAG 2.2 A or AA forbids, no way to scroll sideways,
// nothing odd; and Tab goes through each in reading order with the focus in view. Each role sees each
// of its pages once; each kind of page is seen once in every look.
//
//   node axe.mjs BASE PASSWORD ROLE…       (logins are the names of the roles)
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fs from "node:fs";
import { leave, open, signIn } from "./chrome.mjs";
import { kindOf, missed, walk } from "./routes.mjs";

const [base, password, ...roles] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { width: 1280, height: 720 };
const LOOKS = [
  { name: "light", colorScheme: "light", contrast: null, forcedColors: null, size: wide },
  { name: "dark", colorScheme: "dark", contrast: null, forcedColors: null, size: wide },
  { name: "light, more contrast", colorScheme: "light", contrast: "more", forcedColors: null, size: wide },
  { name: "dark, more contrast", colorScheme: "dark", contrast: "more", forcedColors: null, size: wide },
  // 200 % zoom leaves half the room.
  { name: "twice the size", colorScheme: "light", contrast: null, forcedColors: null, size: { width: 640, height: 360 } },
  { name: "imposed colours", colorScheme: "light", contrast: null, forcedColors: "active", size: wide },
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const TABS = 50;
/// What the queue may weigh when it comes for the first time, compressed, with all that it needs.
const FIRST_LOAD = 40_000;

/// What axe finds on the page as it is, in words.
async function faults(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  const told = violations.flatMap((one) => one.nodes.map((node) => `${where}: ${one.id}: ${node.target} ${node.failureSummary}`));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 1) told.push(`${where}: ${over} pixels to scroll sideways`);
  return told;
}

/// What is wrong with where the focus is now; runs in the page.
function focus() {
  const here = document.activeElement;
  // Round once: where the focus stood at first is not always the top.
  if (!here || here === document.body || (window.focusedBefore && here.matches(".skip"))) return null;
  const name = `${here.tagName.toLowerCase()}${here.id ? `#${here.id}` : ""}.${here.className} “${(here.textContent || here.name || "").trim().slice(0, 40)}”`;
  const wrong = [];
  let shown = false;
  for (let one = here, up = 0; one && up < 4; one = one.parentElement, up += 1) {
    const style = getComputedStyle(one);
    shown ||= style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  }
  if (!shown) wrong.push(`no outline around ${name}`);
  const box = here.getClientRects()[0];
  // Of what is taller than the page, what is in view of it.
  const [top, bottom] = box ? [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)] : [0, 0];
  const isTall = box && box.height > innerHeight / 2;
  const middle = box && [box.left + box.width / 2, isTall ? (top + bottom) / 2 : box.top + Math.min(box.height / 2, 12)];
  const isIn = middle && middle[0] >= 0 && middle[0] <= innerWidth && middle[1] >= 0 && middle[1] <= innerHeight;
  const over = isIn && document.elementFromPoint(...middle);
  if (!over || !(here.contains(over) || over.contains(here) || (here.labels && [...here.labels].some((one) => one.contains(over))))) {
    wrong.push(`out of view or covered: ${name}`);
  }
  // Reading goes down, or to the right: what comes next is never above without being to the right.
  const before = window.focusedBefore;
  if (before && before.isConnected) {
    let [one, other] = [before, here];
    const line = [];
    for (let up = before; up; up = up.parentElement) line.push(up);
    for (let up = here; up; up = up.parentElement) {
      const at = line.indexOf(up);
      if (at >= 0) { one = line[at - 1]; break; }
      other = up;
    }
    if (one && other && one !== other) {
      const [first, second] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      if (first.height && second.height && second.bottom <= first.top + 1 && second.left < first.right - 1) wrong.push(`above what came before: ${name}`);
      if (!(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push(`out of order: ${name}`);
    }
  }
  window.focusedBefore = here;
  return wrong;
}

/// Goes through the page with Tab.
async function tabbed(page, where, most) {
  const told = [];
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press("Tab");
    const wrong = await page.evaluate(focus);
    if (!wrong) break;
    told.push(...wrong.map((text) => `${where}: Tab ${n + 1}: ${text}`));
  }
  return told;
}

try {
  const { context, page, odd } = await open(base, {});
  const told = [];
  const seen = new Map();
  let count = 0;

  const look = async (address, look, role, isNew, isFirst) => {
    const { name, size, ...media } = look;
    await page.emulateMedia(media);
    await page.setViewportSize(size);
    await page.goto(base + address);
    const where = `${role}, ${name}, ${kindOf(address)}`;
    if (isFirst && kindOf(address) === "/queue") {
      const bytes = await page.evaluate(() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind)).reduce((sum, one) => sum + one.encodedBodySize, 0));
      console.log(`the queue at first: ${bytes} bytes as sent`);
      if (bytes > FIRST_LOAD) told.push(`${where}: ${bytes} bytes at first, at most ${FIRST_LOAD}`);
    }
    told.push(...(await faults(page, where)));
    const isSmall = size !== wide;
    if (isSmall) {
      await page.setViewportSize({ width: 390, height: 780 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 1) told.push(`${where}: ${over} pixels to scroll sideways on a phone`);
      await page.setViewportSize(size);
    }
    if (isFirst || (isSmall && isNew)) told.push(...(await tabbed(page, where, isSmall ? TABS / 2 : TABS)));
    count += 1;
  };

  for (const next of LOOKS) {
    seen.set("/sign-in", { left: [] });
    await look("/sign-in", next, "nobody", true, next === LOOKS[0]);
  }
  for (const role of roles) {
    await context.clearCookies();
    await signIn(page, base, role, password);
    await walk(page, base, async (address) => {
      const kind = kindOf(address);
      const isFirst = !seen.has(kind);
      if (isFirst) seen.set(kind, { role, address, left: [...LOOKS] });
      const next = seen.get(kind).left.shift();
      await look(address, next ?? LOOKS[count % LOOKS.length], role, next !== undefined, isFirst);
    });
  }
  for (const role of roles) {
    const short = [...seen.values()].filter((one) => one.role === role && one.left.length > 0);
    if (short.length === 0) continue;
    await context.clearCookies();
    await signIn(page, base, role, password);
    for (const one of short) for (const next of one.left) await look(one.address, next, role, true, false);
  }
  told.push(...missed(seen).map((pattern) => `nobody came to ${pattern}`));
  await context.close();
  told.push(...odd);
  assert.ok(told.length === 0, `${told.length} faults:\n${told.join("\n")}`);
  console.log(`${seen.size} kinds of page, ${count} looks, nothing found`);
} finally {
  leave();
}

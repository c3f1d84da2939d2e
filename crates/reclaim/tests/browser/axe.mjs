// Every page of a role, in light, dark and high contrast, at 1280x720 and at twice the size: nothing
// that WCAG 2.2 A or AA forbids, no way to scroll sideways, nothing odd.
//
//   node axe.mjs BASE LOGIN PASSWORD
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fs from "node:fs";
import { leave, open, signIn } from "./chrome.mjs";

const [base, login, password] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { colorScheme: "light" },
  { colorScheme: "dark" },
  { colorScheme: "light", contrast: "more" },
  { colorScheme: "dark", contrast: "more" },
  // 200 % zoom leaves half the room.
  { colorScheme: "light", viewport: { width: 640, height: 360 } },
];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Every page that the frame leads to, and one of each kind that those lead to.
async function pages(page) {
  const found = new Map();
  const add = (address) => {
    const kind = address.replace(/(den|clm|era|viw|doc|rej|usr|bat)_[0-9A-Z]{26}/g, "ID").replace(/[0-9a-f]{64}/g, "HASH").split("?")[0];
    if (!/\.csv$|\/documents\/|\/scan$/.test(kind) && !found.has(kind)) found.set(kind, address);
  };
  const links = () => page.$$eval("a[href^='/']", (all) => all.map((one) => one.getAttribute("href")));
  for (const address of await links()) add(address);
  for (const [, address] of [...found]) {
    await page.goto(base + address);
    for (const further of await links()) add(further);
  }
  if (found.has("/queue")) {
    for (const address of ["/queue?by=job", "/queue/filters", "/queue?status=written_off"]) found.set(address, address);
  }
  return [...found.values()];
}

/// What axe finds on the page as it is, in words.
async function faults(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  const told = violations.flatMap((one) => one.nodes.map((node) => `${where}: ${one.id}: ${node.target} ${node.failureSummary}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) told.push(`${where}: ${wide} pixels to scroll sideways`);
  return told;
}

try {
  let count = 0;
  const told = [];
  for (const look of LOOKS) {
    const { context, page, odd } = await open(base, look);
    await signIn(page, base, login, password);
    for (const address of await pages(page)) {
      await page.goto(base + address);
      told.push(...(await faults(page, `${JSON.stringify(look)} ${address}`)));
      count += 1;
    }
    await context.close();
    told.push(...odd);
  }
  assert.deepEqual(told, []);
  console.log(`${count} looks at pages, nothing found`);
} finally {
  leave();
}

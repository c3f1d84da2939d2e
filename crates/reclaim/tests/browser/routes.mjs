// Which pages there are, as the program's own table says, and a walk over all that a role can reach.
import fs from "node:fs";

const folder = new URL("../../src/web/", import.meta.url);
const tables = fs.readdirSync(folder).filter((name) => name.endsWith(".rs"));
const shown = tables.flatMap((name) => {
  const text = fs.readFileSync(new URL(name, folder), "utf8");
  return [...text.matchAll(/\bshows\(\s*"(\/[^"]*)"/g)].map((found) => found[1]);
});

/// What is no page that one looks at: files, a part of a page, answers for machines.
const NO_PAGES = new Set(["/healthz", "/assets/{name}", "/queue/rows", "/queue/news", "/session", "/setup", "/sign-in/code", "/sign-in/elsewhere", "/sign-in/back", "/account/tie"]);
const isFile = (pattern) => /\.csv$|\/documents\/|\/packet$|\/scan$|^\/rules\/text$/.test(pattern);

/// Addresses that need more than a link: a choice made, a page that only its own address opens.
const FURTHER = {
  "/queue": ["/queue?by=job", "/queue?columns=patient,payer,reason,status,next,clock,owner,outstanding,priority,service,age,plan,provider,waiting,round,net", "/queue?status=written_off", "/queue/filters"],
  "/": ["/practices", "/account", "/words"],
  "/people": ["/people/ties"],
  "/cases/{id}/correct": ["./look"],
  "/rules": ["/rules/edit?path=desk.toml", "/rules/lists", "/rules/codes"],
  "/rules/actions": ["/rules/actions?try=clock_near"],
};

/// The patterns of pages that a walk of all roles must come to.
const patterns = () => shown.filter((pattern) => !NO_PAGES.has(pattern) && !isFile(pattern));

/// Those of them of which no kind was seen.
export function missed(seen) {
  const met = new Set([...seen.keys()].map((kind) => kind.split("?")[0]));
  return patterns().filter((pattern) => !met.has(pattern));
}

const shapes = patterns().map((pattern) => [pattern, new RegExp(`^${pattern.replace(/\{[^}]+\}/g, "[^/]+")}$`)]);

/// The kind of page behind an address: its pattern, and what of its query makes another page of it.
export function kindOf(address) {
  const [path, query = ""] = address.split("#")[0].split("?");
  const exact = shapes.find(([pattern]) => pattern === path);
  const pattern = (exact ?? shapes.find(([, shape]) => shape.test(path)))?.[0];
  if (!pattern) return null;
  const other = /(?:^|&)(show|book|by|columns|version|try)=([a-z]*)/.exec(query);
  return other ? `${pattern}?${other[1]}${["version", "try"].includes(other[1]) ? "" : `=${other[2]}`}` : pattern;
}

/// Cases that some role came to; another role may have to open one of them in an emergency.
const met = new Set();

/// The way into a case that is not the visitor's, where there is one for their role.
async function emergency(page, base) {
  for (const address of [...met].slice(0, 20)) {
    const answer = await page.request.get(`${base}${address}/emergency`);
    if (answer.ok() && answer.url().endsWith("/emergency")) return `${address}/emergency`;
  }
  return null;
}

/// The page of a batch of corrections that is begun from the queue, where the visitor may.
async function batch(page, base) {
  await page.goto(`${base}/queue`);
  const button = page.locator("[data-bulk-key=m]");
  if (!await button.isVisible()) return null;
  await page.locator("#list .tick input").first().check();
  await button.click();
  await page.waitForURL("**/queue/bulk");
  await page.locator("[name=change]").selectOption("authorization");
  await page.locator("[name=to]").fill("AUTH1");
  await page.locator("main button.primary").click();
  await page.waitForURL("**/batches/cor_*");
  return new URL(page.url()).pathname;
}

/// The page of a project appeal that is begun from the queue, where the visitor may; the first case
/// that allows an appeal makes it.
async function project(page, base) {
  for (let row = 0; row < 8; row += 1) {
    await page.goto(`${base}/queue`);
    const button = page.locator("[data-bulk-key=l]");
    if (!await button.isVisible()) return null;
    const ticks = page.locator("#list .tick input");
    if (await ticks.count() <= row) return null;
    await ticks.nth(row).check();
    if (!await button.isEnabled()) continue;
    await button.click();
    const form = page.locator("form[data-bulk]");
    await form.locator("[name=kind]").selectOption("project");
    await form.locator("button.primary").click();
    const begun = page.getByText("Project appeal begun").first();
    if (!await begun.waitFor({ timeout: 3000 }).then(() => true, () => false)) continue;
    await page.goto(`${base}/projects`);
    return page.locator("a[href^='/projects/prj_']").first().getAttribute("href");
  }
  return null;
}

/// The page of a payer's letter that is keyed, where the visitor may see it afterwards.
async function letter(page, base) {
  await page.goto(`${base}/requests/new`);
  const form = page.locator("form[action='/requests']");
  if (!await form.isVisible()) return null;
  await form.locator("[name=payer]").fill("Made-up payer");
  await form.locator("[name=dated_on]").fill("2026-01-05");
  await form.locator("[name=asked]").fill("the record of a made-up visit");
  await form.locator("button.primary").click();
  await page.waitForURL("**/requests?done=kept");
  const row = page.locator("a.row[href^='/requests/req_']").first();
  return await row.isVisible() ? await row.getAttribute("href") : null;
}

/// Goes from page to page over the links of each and calls `at` once for each kind.
export async function walk(page, base, at) {
  const known = new Set();
  const ahead = [];
  const add = (address) => {
    const kind = kindOf(address);
    if (kind && !known.has(kind)) {
      known.add(kind);
      ahead.push(address);
    }
  };
  add("/");
  const beyond = await emergency(page, base);
  if (beyond) add(beyond);
  while (ahead.length > 0) {
    const address = ahead.shift();
    await at(address);
    const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    for (const link of links) {
      if (kindOf(link) === "/cases/{id}") met.add(link.split(/[?#]/)[0]);
      add(link);
    }
    // A letter has a page once somebody began it.
    const begin = kindOf(address) === "/cases/{id}/appeal" && !known.has("/cases/{id}/appeals/{draft}")
      ? page.locator("form[action$='/appeal'] button").first() : null;
    if (begin && await begin.isVisible()) {
      await begin.click();
      await page.waitForLoadState();
      add(new URL(page.url()).pathname);
    }
    if (kindOf(address) === "/batches" && !known.has("/batches/{id}")) {
      const begun = await batch(page, base);
      if (begun) add(begun);
    }
    if (kindOf(address) === "/projects" && !known.has("/projects/{id}")) {
      const begun = await project(page, base);
      if (begun) add(begun);
    }
    if (kindOf(address) === "/requests" && !known.has("/requests/{id}")) {
      const keyed = await letter(page, base);
      if (keyed) add(keyed);
    }
    for (const further of FURTHER[kindOf(address)] ?? []) add(further.replace(/^\./, address));
  }
}

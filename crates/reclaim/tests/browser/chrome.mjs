// What the stories in a real browser share: Debian's Chromium with an empty folder of its own, the
// way in, and a list of everything odd: requests to other hosts, console, errors.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reclaim-browser-"));
export const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

// What a browser says of itself and not of a page: that a sign-out cleared its cache; that whoever
// types was in a field before the page's own cursor came to it.
const notices = ["Clear-Site-Data header", "Autofocus processing was blocked"];

export async function open(base, options) {
  const host = new URL(base).host;
  const context = await chromium.launchPersistentContext(
    fs.mkdtempSync(path.join(folder, "user-")),
    {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      headless: true,
      viewport: { width: 1280, height: 720 },
      args: flags,
      ...options,
    },
  );
  const odd = [];
  context.on("request", (request) => {
    if (new URL(request.url()).host !== host) odd.push(`asked ${request.url()}`);
  });
  context.on("console", (message) => {
    if (notices.some((notice) => message.text().startsWith(notice))) return;
    odd.push(`console: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => odd.push(`error: ${error.error()}`));
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(20_000);
  return { context, page, odd };
}

const own = "quiet lamps sing early";
const changed = new Set();

/// Signs in with the password that an administrator set, which has to be changed before anything
/// opens; who did that before signs in with their own.
export async function signIn(page, base, login, set) {
  const password = changed.has(login) ? own : set;
  const [home, account] = ["Home", "Your account"].map((name) => page.getByRole("heading", { name }));
  await page.goto(base);
  await page.getByLabel("Name to sign in with").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await home.or(account).waitFor();
  if (await account.isVisible()) {
    await page.getByLabel("The one you have").fill(password);
    await page.getByLabel("The new one", { exact: true }).fill(own);
    await page.getByLabel("The new one again").fill(own);
    await page.keyboard.press("Enter");
    changed.add(login);
  }
  await home.waitFor();
}

/// Takes the browsers' folders away. One that a story left open where it failed still writes there:
/// then what the story found is told, and not that.
export function leave() {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch (fault) {
    console.error(`${folder} stays: ${fault.code}`);
  }
}

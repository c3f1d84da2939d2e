// The pictures of the user guide, of a simulated practice: nobody in them is real.
//
//   node screens.mjs BASE PASSWORD FOLDER      (logins are the names of the roles)
import fs from "node:fs";
import path from "node:path";
import { flags, leave, open, signIn } from "./chrome.mjs";
import { small } from "./small.mjs";

const [base, password, folder] = process.argv.slice(2);
const wide = { width: 1280, height: 720 };
const phone = { width: 390, height: 780 };

const row = (page) => page.locator("tr.here").waitFor();

/// Name of the picture, how to come to it, and how it is looked at.
const LEAD = [
  ["home", (page) => page.goto(`${base}/`)],
  ["queue", async (page) => { await page.goto(`${base}/queue`); await row(page); }],
  ["queue-dark", async (page) => { await page.goto(`${base}/queue`); await row(page); }, { colorScheme: "dark" }],
  ["beside", async (page) => {
    await page.goto(`${base}/queue`);
    await row(page);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator("#side h1").waitFor();
  }],
  ["jobs", async (page) => {
    await page.goto(`${base}/queue?by=job`);
    await page.keyboard.press("j");
    await page.keyboard.press("n");
    await page.locator("dialog[open] .what").waitFor();
  }],
  ["filters", async (page) => {
    await page.goto(`${base}/queue`);
    await row(page);
    await page.keyboard.press("f");
    await page.locator("dialog[open] fieldset").first().waitFor();
  }],
  ["case", (page) => aCase(page)],
  ["case-dark", (page) => aCase(page), { colorScheme: "dark" }],
  ["lines", async (page) => { await aCase(page); await page.keyboard.press("3"); }],
  ["remittance", async (page) => {
    await page.goto(`${base}/remittances?show=review`);
    await page.locator("a.row").first().click();
    await page.getByRole("heading", { name: "Does it add up?" }).waitFor();
  }],
  ["map", async (page) => {
    await page.goto(`${base}/rules`);
    await page.getByRole("link", { name: /^Map / }).first().click();
    await page.getByRole("heading", { name: /^Map / }).waitFor();
  }],
  ["words", (page) => page.goto(`${base}/words`)],
  ["tour", (page) => page.goto(`${base}/tour`)],
];
const CODER = [
  ["question-phone", (page) => question(page), { size: phone }],
  ["question-phone-dark", (page) => question(page), { size: phone, colorScheme: "dark" }],
];

async function aCase(page) {
  await page.goto(`${base}/queue?category=coding_or_modifier`);
  await page.locator("tr[data-id] a.row").first().click();
  await page.locator("#side h1").or(page.locator(".case-tabs")).first().waitFor();
  if (/\/queue/.test(page.url())) await page.getByRole("link", { name: "Open the case" }).click();
  await page.locator(".case-tabs [aria-current]").first().waitFor();
}

async function question(page) {
  await page.goto(`${base}/questions`);
  await page.locator(".asked a").first().click();
  await page.getByRole("heading", { name: "Your answer" }).waitFor();
}

try {
  fs.mkdirSync(folder, { recursive: true });
  for (const [login, shots] of [["billing_supervisor", LEAD], ["certified_coder", CODER]]) {
    const { context, page } = await open(base, { reducedMotion: "reduce", args: [...flags, "--disable-lcd-text"] });
    await signIn(page, base, login, password);
    for (const [name, come, { size = wide, colorScheme = "light" } = {}] of shots) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await come(page);
      await page.waitForTimeout(200);
      fs.writeFileSync(path.join(folder, `${name}.png`), small(await page.screenshot()));
    }
    await context.close();
  }
} finally {
  leave();
}

// One sitting in a real browser: sign in, upload an 835, find its denial by keyboard, work it to
// Corrected and resubmitted, see it in the timeline. Nothing may leave the host or reach the console.
//
//   node story.mjs BASE LOGIN PASSWORD FILE CLAIM [SHOTS]
import assert from "node:assert/strict";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";

const [base, login, password, file, claim, shots] = process.argv.slice(2);

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/// Presses `j` until the row of the claim has the focus.
async function reach(page, claim) {
  for (let step = 0; step < 60; step += 1) {
    const row = await page.evaluate(() => document.querySelector("tr.here a.row")?.textContent);
    if (row === claim) return;
    await page.keyboard.press("j");
    await page.waitForTimeout(20);
  }
  assert.fail(`no row of claim ${claim}`);
}

async function work(page) {
  await signIn(page, base, login, password);
  await page.locator("nav .more > summary").click();
  await page.getByRole("link", { name: "Files", exact: true }).click();
  await page.getByRole("link", { name: "Take files in" }).click();
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Take them in" }).click();
  await page.getByText(path.basename(file)).first().waitFor();
  await page.getByRole("link", { name: "Open the remittance" }).first().waitFor();
  await shoot(page, "upload");

  await page.keyboard.press("g");
  await page.keyboard.press("q");
  // Its script has marked a row once the keys are heard.
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.locator("tr.here").waitFor();
  await shoot(page, "queue");
  await reach(page, claim);
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: "The case of the row" }).getByText("Outstanding").waitFor();
  await shoot(page, "beside");
  await page.keyboard.press("o");
  await page.getByRole("heading", { name: claim }).waitFor();

  await page.keyboard.press("s");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "The review has started" }).waitFor();

  // What is done while a part is looked at leads back to it.
  await page.keyboard.press("5");
  await page.keyboard.press("n");
  const plan = page.locator(".acts form:has(input[name=act][value=plan])");
  await plan.locator("select[name=next]").selectOption("resubmit");
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await plan.locator("input[name=on]").fill(tomorrow);
  await plan.getByRole("button").click();
  await page.getByRole("status").filter({ hasText: "next action was planned" }).waitFor();
  assert.equal(new URL(page.url()).hash, "#timeline");
  assert.equal(await page.locator(".case-tabs [aria-current]").innerText(), "Timeline");

  await page.keyboard.press("Escape");
  await page.keyboard.press("x");
  const sent = page.locator("form:has(input[name=act][value=resubmit])");
  await sent.locator("select[name=channel]").selectOption("portal");
  await sent.locator("input[name=reference]").fill(`${claim}R`);
  // A sample may be years old; a supervisor says why it goes all the same.
  await sent.locator("input[name=late]").fill("the payer agreed to look again");
  await sent.locator("input[name=late]").press("Enter");
  await page.getByRole("status").filter({ hasText: "recorded as sent" }).waitFor();

  const timeline = await page.locator("#timeline").innerText();
  assert.match(timeline, /Case opened/);
  assert.match(timeline, /Reviewed/);
  assert.match(timeline, new RegExp(`${claim}R sent by portal`));
  const status = await page.locator("h1 .status").innerText();
  assert.equal(status, "Corrected and resubmitted");
  await shoot(page, "case");

  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type(claim);
  await page.keyboard.press("Enter");
  await page.getByText("Timeline").or(page.getByText("Found for")).first().waitFor();
}

/// The same desk where scripts are off: everything is links and forms.
async function workWithout(page) {
  await signIn(page, base, login, password);
  await page.goto(`${base}/queue?status=corrected_and_resubmitted`);
  await page.getByRole("link", { name: claim, exact: true }).first().click();
  await page.locator(".acts summary", { hasText: "Note" }).click();
  await page.locator("form:has(input[name=act][value=note]) textarea").fill("without scripts");
  await page.locator("form:has(input[name=act][value=note]) button").click();
  await page.locator("#timeline").getByText("Note: without scripts").waitFor();
}

try {
  for (const [options, story] of [[{}, work], [{ javaScriptEnabled: false }, workWithout]]) {
    const { context, page, odd } = await open(base, options);
    await story(page);
    await context.close();
    assert.deepEqual(odd, []);
  }
  console.log("told");
} finally {
  leave();
}

// Two people at one desk: the slower saver sees who changed what, keeps the draft and sends it again;
// a list hears of it and moves no row; a session that ends covers the page and loses no draft.
//
//   node two.mjs BASE PASSWORD FILE [SHOTS]     (logins: lead, biller; FILE brings new cases)
import assert from "node:assert/strict";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";

const [base, password, file, shots] = process.argv.slice(2);

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`) });
}

const form = (page, act) => page.locator(`.acts form:has(input[name=act][value=${act}])`);

async function openForm(page, act, summary) {
  const field = form(page, act);
  if (!(await field.isVisible())) await page.locator(".acts summary", { hasText: summary }).click();
  return field;
}

/// Plans what comes next on the case that is open.
async function planned(page, next) {
  const plan = await openForm(page, "plan", "next action");
  await plan.locator("select[name=next]").selectOption(next);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await plan.locator("input[name=on]").fill(tomorrow);
  await plan.getByRole("button").click();
  await page.getByRole("status").filter({ hasText: "next action" }).waitFor();
}

/// The slower of two who save one case.
async function merge(fast, slow, address) {
  for (const page of [fast, slow]) await page.goto(address);
  const draft = await openForm(slow, "note", "Note");
  await draft.locator("textarea").fill("typed while the other saved");
  await planned(fast, "call_payer");
  await draft.getByRole("button").click();
  const changed = slow.getByRole("region", { name: "Since you opened it" });
  await changed.getByText("Test lead").first().waitFor();
  await changed.getByText("call payer").first().waitFor();
  await shoot(slow, "merge");
  const kept = form(slow, "note");
  assert.equal(await kept.locator("textarea").inputValue(), "typed while the other saved");
  await kept.getByRole("button").click();
  await slow.locator("#timeline").getByText("Note: typed while the other saved").waitFor({ state: "attached" });
}

const wake = (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

/// A list that others work on too.
async function hear(mine, theirs) {
  await mine.goto(`${base}/queue?`);
  await mine.locator("tr.here").waitFor();
  for (let step = 0; step < 4; step += 1) await mine.keyboard.press("j");
  const id = await mine.evaluate(() => document.activeElement.closest("tr").dataset.id);
  const place = await mine.locator(`tr[data-id="${id}"]`).boundingBox();
  await theirs.goto(`${base}/cases/${id}`);
  await planned(theirs, "appeal");
  await theirs.goto(`${base}/upload`);
  await theirs.locator("input[type=file]").setInputFiles(file);
  await theirs.getByRole("button", { name: "Take them in" }).click();
  await theirs.getByRole("link", { name: "Open the remittance" }).first().waitFor();
  await wake(mine);
  await mine.locator("#news").getByRole("link", { name: /new/ }).waitFor();
  await mine.locator(`tr[data-id="${id}"]`, { hasText: "Appeal" }).waitFor();
  const now = await mine.locator(`tr[data-id="${id}"]`).boundingBox();
  assert.deepEqual([now.x, now.y], [place.x, place.y], "the row under the cursor has not moved");
  assert.equal(await mine.evaluate(() => document.activeElement.closest("tr").dataset.id), id);
  await shoot(mine, "news");
  const before = Number(await mine.locator("[data-queue]").getAttribute("data-total"));
  await mine.keyboard.press("r");
  await mine.waitForFunction((before) => Number(document.querySelector("[data-queue]").dataset.total) > before, before);
}

/// A session that ends under somebody's hands: the page is covered when its time is over, or when a
/// form is sent that would be lost.
async function cover(context, page, address, isSent) {
  await page.goto(address);
  const text = isSent ? "sent after it had ended" : "typed before lunch";
  const draft = await openForm(page, "note", "Note");
  await draft.locator("textarea").fill(text);
  const other = await context.newPage();
  await other.goto(base);
  await other.locator("details.me summary").click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByLabel("Name to sign in with").waitFor();
  await page.clock.fastForward(isSent ? "02:00" : "31:00");
  if (isSent) await draft.getByRole("button").click();
  const cloth = page.getByRole("dialog", { name: "You have been signed out" });
  await cloth.waitFor();
  assert.ok(!(await page.locator("#main").isVisible()), "what was on the page is covered");
  await page.keyboard.press("Escape");
  assert.ok(await cloth.isVisible(), "Escape does not lift the cover");
  await cloth.getByRole("button", { name: "I have signed in" }).click();
  await cloth.getByText("Not yet").waitFor();
  await shoot(page, "cover");
  await signIn(other, base, "biller", password);
  await cloth.getByRole("button", { name: "I have signed in" }).click();
  await cloth.waitFor({ state: "detached" });
  assert.equal(await draft.locator("textarea").inputValue(), text);
  await draft.getByRole("button").click();
  await page.locator("#timeline").getByText(`Note: ${text}`).waitFor({ state: "attached" });
  await other.close();
}

try {
  const lead = await open(base, {});
  await signIn(lead.page, base, "lead", password);
  const biller = await open(base, {});
  await signIn(biller.page, base, "biller", password);
  await lead.page.goto(`${base}/queue`);
  const address = base + (await lead.page.locator("a.row").first().getAttribute("href"));
  await merge(lead.page, biller.page, address);
  await hear(biller.page, lead.page);
  await biller.page.clock.install();
  for (const isSent of [false, true]) await cover(biller.context, biller.page, address, isSent);
  for (const one of [lead, biller]) await one.context.close();
  // A browser says on its console that the slower saver was told (409).
  const odd = [...lead.odd, ...biller.odd].filter((text) => !text.includes("409"));
  assert.deepEqual(odd, []);
  console.log("told");
} finally {
  leave();
}

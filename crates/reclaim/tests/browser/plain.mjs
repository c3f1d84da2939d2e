// The desk with scripts turned off: everything is links and forms. Then every page of the program is
// opened that way: each can be read, none asks another host, none says anything on the console.
//
//   node plain.mjs BASE PASSWORD FILE ROLE…      (logins are the names of the roles; the first works)
import assert from "node:assert/strict";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";
import { kindOf, missed, walk } from "./routes.mjs";

const [base, password, file, ...roles] = process.argv.slice(2);
const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const act = (page, name) => page.locator(`.acts form:has(input[name=act][value=${name}])`);

/// Unfolds an act of a case, fills it in and sends it.
async function does(page, name, fill, says) {
  await page.locator(`.acts details:has(input[name=act][value=${name}]) > summary`).click();
  await fill(act(page, name));
  await act(page, name).getByRole("button").click();
  const [done, refused] = [page.getByRole("status").filter({ hasText: says }), page.locator(".refused")];
  await done.or(refused).first().waitFor();
  assert.equal(await refused.count(), 0, (await refused.allInnerTexts()).join(" "));
}

/// How many cases the queue says it has.
const count = async (page) => parseInt((await page.locator("#sum strong").innerText()).replace(/,/g, ""), 10);

async function filter(page) {
  await page.getByRole("link", { name: "Queue", exact: true }).click();
  const all = await count(page);
  await page.getByRole("link", { name: /^Filters/ }).click();
  await page.locator("input[name=category]").first().check();
  await page.getByRole("button", { name: "Show", exact: true }).first().click();
  await page.locator(".chip.set").first().waitFor();
  const some = await count(page);
  assert.ok(some > 0 && some < all, `${some} of ${all} cases after a filter`);
  await page.locator("select[name=sort]").selectOption({ index: 1 });
  await page.locator("form.sort").getByRole("button").click();
  await page.getByRole("link", { name: /^Group same jobs/ }).click();
  await page.locator("table[data-groups]").waitFor();
  await page.getByRole("link", { name: /^Case by case/ }).click();
  await page.locator("tr[data-id]").first().waitFor();
  await page.locator(".chip.set").first().click();
}

async function work(page) {
  await page.locator("tr[data-id] a.row").first().click();
  const number = (await page.locator("h1").first().innerText()).split(/\s/)[0];
  await page.locator(".part#timeline").getByText("Case opened").first().waitFor();
  await does(page, "plan", async (form) => {
    await form.locator("select[name=next]").selectOption("call_payer");
    await form.locator("input[name=on]").fill(tomorrow);
  }, "next action was planned");
  await does(page, "note", (form) => form.locator("textarea").fill("without scripts, and whole"), "The note");
  await does(page, "ask_colleague", async (form) => {
    await form.locator("select[name=to]").selectOption("certified_coder");
    await form.locator("textarea").fill("Is it the right modifier?");
  }, "question was sent");
  await page.getByText("without scripts, and whole").first().waitFor();
  return number;
}

async function workOnMany(page) {
  await page.goto(`${base}/queue`);
  for (const n of [1, 2]) await page.locator("input[name=cases]").nth(n).check();
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await page.getByText("2 cases").first().waitFor();
  await page.locator("select[name=next]").selectOption("call_payer");
  await page.locator("input[name=on]").fill(tomorrow);
  await page.locator(".bulk-form button.primary").click();
  await page.getByText("2 cases").first().waitFor();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText(/Taken back/).first().waitFor();
}

async function find(page, number) {
  await page.locator("#find").fill("whole scripts");
  await page.keyboard.press("Enter");
  await page.getByText(number).first().waitFor();
}

async function upload(page) {
  await page.goto(`${base}/upload`);
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Take them in" }).click();
  await page.getByText(path.basename(file)).first().waitFor();
  await page.getByRole("link", { name: "Open the remittance" }).first().click();
  await page.getByRole("heading", { name: "Does it add up?" }).waitFor();
}

/// Opens each kind of page that a role reaches.
async function readAll(page, seen) {
  await walk(page, base, async (address) => {
    const answer = await page.goto(base + address);
    assert.equal(answer.status(), 200, address);
    const words = (await page.locator("main").innerText()).trim();
    assert.ok(words.length > 20, `${address} says nothing`);
    seen.add(kindOf(address));
  });
}

try {
  const { context, page, odd } = await open(base, { javaScriptEnabled: false });
  await signIn(page, base, roles[0], password);
  await filter(page);
  const number = await work(page);
  await workOnMany(page);
  await find(page, number);
  await upload(page);
  const seen = new Set();
  await page.goto(`${base}/sign-in`);
  seen.add("/sign-in");
  for (const role of roles) {
    await context.clearCookies();
    await signIn(page, base, role, password);
    await readAll(page, seen);
  }
  await context.close();
  assert.deepEqual(missed(seen), []);
  assert.deepEqual(odd, []);
  console.log(`${seen.size} kinds of page read without scripts`);
} finally {
  leave();
}

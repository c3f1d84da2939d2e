// What has to fit: the queue's menu and bar in a small window, columns out of sight that are told of
// and reached by keys, explanations in place; and on a phone one row of header, its menu without
// scripts, what matters in view.
//
//   node desk.mjs BASE PASSWORD      (logins: billing_supervisor, front_desk)
import assert from "node:assert/strict";
import { leave, open, signIn } from "./chrome.mjs";

const [base, password] = process.argv.slice(2);
const phone = { width: 390, height: 780 };
const all = "payer,reason,status,next,clock,owner,outstanding,priority,service,age,plan,provider,waiting,net";
const box = (page, what) => page.locator(what).first().boundingBox();
const ends = async (page, what) => { const { y, height } = await box(page, what); return y + height; };

/// The menu of views ends within the window, and what has no room scrolls in it.
async function menu(page) {
  await page.goto(`${base}/queue`);
  await page.locator(".menu-of > summary").click();
  assert.ok((await ends(page, ".menu.wide")) <= 720, "the menu ends above the fold");
  await page.locator(".menu.wide button").last().scrollIntoViewIfNeeded();
  assert.ok((await page.locator(".menu.wide button").last().boundingBox()).y < 720);
}

/// The last row stands above the bar, in the list and among jobs.
async function last(page) {
  for (const address of ["/queue", "/queue?by=job"]) {
    await page.goto(base + address);
    await page.locator("tr.here").waitFor();
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement.matches("tr.here a.row"));
    const bar = await box(page, "#bulk");
    assert.ok((await ends(page, "tr.here a.row")) <= bar.y, `${address}: the bar covers no row`);
  }
}

/// Columns out of sight are told of and come by keys, and the claim stays.
async function columns(page) {
  await page.goto(`${base}/queue?columns=${all}`);
  const more = page.getByRole("button", { name: "More columns" });
  await more.waitFor();
  const before = await box(page, "tr.here a.row");
  await page.keyboard.press("j");
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(50);
  }
  await page.getByRole("button", { name: "First columns" }).waitFor();
  const net = await box(page, "tr.here [data-c=net]");
  assert.ok(net.x + net.width <= 1280, "the last column is in sight");
  assert.ok(Math.abs((await box(page, "tr.here a.row")).x - before.x) < 2, "the claim stays");
  await page.getByRole("button", { name: "First columns" }).click();
  await more.waitFor();
}

/// A tile's question mark explains it where it stands; figures of a row of tiles stand in line.
async function tiles(page) {
  await page.goto(base);
  await page.locator(".tile > .about").first().click();
  await page.locator("dialog[open] .words").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  await page.keyboard.press("Escape");
  const figures = await page.locator(".tiles").first().locator(".tile").evaluateAll((all) =>
    all.map((tile) => [Math.round(tile.getBoundingClientRect().top), Math.round(tile.querySelector(".figure").getBoundingClientRect().bottom)]));
  for (const [top, bottom] of figures) {
    const others = figures.filter(([other]) => other === top).map(([, one]) => one);
    assert.ok(others.every((one) => Math.abs(one - bottom) <= 6), `figures in line: ${others}`);
  }
}

async function small(page) {
  await page.goto(`${base}/rejections`);
  const header = await box(page, "header.top");
  assert.ok(header.height <= 64, `a header of ${header.height} pixels`);
  assert.equal(await page.locator("header nav a").first().isVisible(), false);
  await page.locator(".pages-menu > summary").click();
  await page.getByRole("link", { name: "Queue", exact: true }).waitFor();
  const why = page.locator("td.broad", { has: page.locator(".codes") }).first();
  const { x, width } = await why.boundingBox();
  assert.ok(x >= 0 && x + width <= phone.width, "why it was refused is in view");
}

try {
  const { context, page, odd } = await open(base, {});
  await signIn(page, base, "billing_supervisor", password);
  await menu(page);
  await last(page);
  await columns(page);
  await tiles(page);
  await page.setViewportSize(phone);
  await small(page);
  await page.goto(`${base}/queue`);
  await page.keyboard.press("/");
  await page.locator("#find:focus").waitFor();
  await context.close();
  const plain = await open(base, { javaScriptEnabled: false, viewport: phone });
  await signIn(plain.page, base, "front_desk", password);
  assert.equal(await plain.page.locator("header nav").isVisible(), false);
  await plain.page.locator(".pages-menu > summary").click();
  await plain.page.getByRole("link", { name: "Questions", exact: true }).click();
  await plain.page.locator(".asked a.row").first().click();
  await plain.page.getByText("Yes or No is an answer by itself").waitFor();
  assert.ok((await box(plain.page, ".question .buttons button")).height >= 44, "for a thumb");
  await plain.context.close();
  assert.deepEqual([...odd, ...plain.odd], []);
  console.log("it fits");
} finally {
  leave();
}

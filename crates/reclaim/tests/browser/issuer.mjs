// Signing in by another house in a real browser: from the button to Home, tied once before, signed
// out here and there, refused, and a stranger whom the house knows and we do not.
//
//   node issuer.mjs BASE HOUSE LOGIN PASSWORD [SHOTS]
import assert from "node:assert/strict";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";

const [base, house, login, set, shots] = process.argv.slice(2);
const own = "quiet lamps sing early";

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

async function signOut(page) {
  await page.goto(base);
  await page.locator("details.me summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
}

async function goAs(page, who) {
  await page.getByLabel("Who").fill(who);
  await page.getByRole("button", { name: "Go" }).click();
}

async function live(page) {
  const home = page.getByRole("heading", { name: "Home" });
  const button = page.getByRole("link", { name: "Sign in by North Login" });
  await signIn(page, base, login, set);
  await signOut(page);
  await shoot(page, "issuer-door");
  await button.click();
  await goAs(page, "ada");
  await page.getByText("North Login knows you; who are you here?").waitFor();
  await shoot(page, "issuer-who");
  await page.getByLabel("Name to sign in with").fill(login);
  await page.getByLabel("Password").fill(own);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("ada@id.test").waitFor();
  await shoot(page, "issuer-tie");
  await page.getByRole("button", { name: "Yes, sign me in that way from now on" }).click();
  await page.getByText("you sign in by North Login as ada@id.test").waitFor();

  // The house knows the browser still, so the button leads home.
  await signOut(page);
  await button.click();
  await home.waitFor();
  assert.equal(new URL(page.url()).search, "", "no code stays in the address");

  await signOut(page);
  await shoot(page, "issuer-left");
  await page.getByRole("link", { name: "sign out there too" }).click();
  await page.getByRole("button", { name: /sign me out/i }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  assert.ok(page.url().startsWith(`${base}/sign-in`));

  await button.click();
  await goAs(page, "");
  await page.getByRole("alert").filter({ hasText: "it refused: access_denied" }).waitFor();
  await button.click();
  await goAs(page, "stranger");
  await page.getByText("who are you here?").waitFor();
  await page.goto(`${base}/queue`);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
}

/// What the house's own pages ask and say is its own.
const isOurs = (text) => !text.includes(house) && !text.includes("status of 422");

try {
  const { context, page, odd } = await open(base);
  await live(page);
  await context.close();
  assert.deepEqual(odd.filter(isOurs), []);
  console.log("told");
} finally {
  leave();
}

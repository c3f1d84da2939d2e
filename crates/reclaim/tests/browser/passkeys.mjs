// Passkeys in a real browser, with a virtual authenticator of the DevTools protocol: one is made, it
// opens the door alone and after the password, a counter that went back opens nothing, and browsers
// without passkeys or script are told what else there is. Nothing may leave the host.
//
//   node passkeys.mjs BASE LOGIN PASSWORD [SHOTS]
import assert from "node:assert/strict";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";

const [base, login, set, shots] = process.argv.slice(2);
const own = "quiet lamps sing early";

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

async function device(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () =>
      (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    // As a copy of the device would have it that was made before.
    turnBack: async (one) => {
      await session.send("WebAuthn.clearCredentials", { authenticatorId });
      await session.send("WebAuthn.addCredential", {
        authenticatorId, credential: { ...one, signCount: 0 },
      });
    },
    forget: () => session.send("WebAuthn.clearCredentials", { authenticatorId }),
    // Whether somebody is at the device, who would touch it.
    attend: (enabled) =>
      session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    verify: (isUserVerified) =>
      session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

async function signOut(page) {
  await page.goto(base);
  await page.locator("details.me summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
}

// In the browser's own list at the name: who chooses there presses nothing else. Chromium's virtual
// device has no list and answers what is offered as soon as somebody is at it, so nobody is until
// the door was looked at, and from then on the pages offer nothing of themselves.
async function liveList(page, virtual, home) {
  await virtual.attend(false);
  await signOut(page);
  await shoot(page, "passkey-door");
  const name = page.getByLabel("Name to sign in with");
  assert.equal(await name.getAttribute("autocomplete"), "username webauthn");
  await page.goto("about:blank");
  await virtual.attend(true);
  await page.goto(`${base}/sign-in`, { waitUntil: "commit" });
  await home.waitFor();
  await page.addInitScript(() => delete window.PublicKeyCredential.isConditionalMediationAvailable);
}

async function live(page, context) {
  const [home, door] = [
    page.getByRole("heading", { name: "Home" }),
    page.getByRole("button", { name: "Sign in with a passkey" }),
  ];
  const virtual = await device(context, page);
  await signIn(page, base, login, set);
  await page.goto(`${base}/account`);
  await page.getByLabel("Its name, such as the device").fill("Front desk computer");
  const adding = page.locator("form:has(button[value=begin])");
  await adding.locator("input[name=old]").fill(own);
  await adding.getByRole("button").click();
  await shoot(page, "passkey-new");
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await page.getByRole("heading", { name: "Your recovery codes, shown this once" }).waitFor();
  await page.getByRole("rowheader", { name: "Front desk computer" }).waitFor();
  await shoot(page, "passkey-account");
  assert.equal((await virtual.credentials()).length, 1);

  // The same device makes no second one.
  await page.getByLabel("Its name, such as the device").fill("Again");
  await adding.locator("input[name=old]").fill(own);
  await adding.getByRole("button").click();
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await page.getByRole("alert").filter({ hasText: "has a passkey of yours already" }).waitFor();

  await liveList(page, virtual, home);
  await signOut(page);
  await door.click();
  await home.waitFor();

  await signOut(page);
  await page.getByLabel("Name to sign in with").fill(login);
  await page.getByLabel("Password").fill(own);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Show a passkey" }).waitFor();
  await shoot(page, "passkey-second");
  await page.getByRole("button", { name: "Show a passkey" }).click();
  await home.waitFor();

  await signOut(page);
  await virtual.verify(false);
  await door.click();
  await page.getByRole("alert").filter({ hasText: "Nothing came from your device" }).waitFor();
  await virtual.verify(true);
  const [kept] = await virtual.credentials();
  assert.ok(kept.signCount > 1, "it counts");
  await virtual.turnBack(kept);
  await door.click();
  await page.getByRole("alert").filter({ hasText: "may have been copied" }).waitFor();
  await virtual.forget();
  await door.click();
  await page.getByRole("alert").filter({ hasText: "Nothing came from your device" }).waitFor();
}

/// Without passkeys in the browser, without script, and under a number instead of a name.
async function liveWithout() {
  const bare = await open(base);
  await bare.context.addInitScript(() => delete window.PublicKeyCredential);
  await bare.page.goto(`${base}/sign-in`);
  await bare.page.getByText("This browser has no passkeys. The other ways stay.").waitFor();
  await bare.page.getByLabel("Password").fill("typed");
  await bare.context.close();
  const still = await open(base, { javaScriptEnabled: false });
  await still.page.goto(`${base}/sign-in`);
  await still.page.getByText("Your browser runs no script here").waitFor();
  await still.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await still.page.getByText("The other ways to sign in need none").waitFor();
  await still.context.close();
  const number = await open(base.replace("localhost", "127.0.0.1"));
  await number.page.goto(`${base.replace("localhost", "127.0.0.1")}/sign-in`);
  await number.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  assert.equal(await number.page.getByText("passkey").count(), 0);
  await number.context.close();
  for (const { odd } of [bare, still, number]) assert.deepEqual(odd.filter(isOdd), []);
}

/// A refusal is answered with a status that Chromium writes to its console.
const isOdd = (text) => !text.includes("status of 422");

try {
  const { context, page, odd } = await open(base);
  await live(page, context);
  await context.close();
  assert.deepEqual(odd.filter(isOdd), []);
  await liveWithout();
  console.log("told");
} finally {
  leave();
}

// Two denials worked to their end by the pages. One for want of an authorisation: its ways looked at,
// the approval attached, the claim corrected, compared, sent. One for medical necessity: the provider
// asked and answering, the packet built, signed by somebody else, sent, and paid in the end.
//
//   node chase.mjs BASE PASSWORD PROGRAM DATABASE FOLDER [SHOTS]
//                                    (logins: lead, biller, provider; FOLDER holds the route `house`)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { leave, open, signIn } from "./chrome.mjs";

const [base, password, program, database, folder, shots] = process.argv.slice(2);
const AUTHORISED = { number: "A-197", charge: 90, control: "PAYER197", refused: "CO*197*90" };
const NEEDED = { number: "A-50", charge: 250, control: "PAYER50", refused: "CO*50*250" };
let taken = 0;
const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
const [SERVED, BILLED, DENIED] = [ago(40), ago(38), ago(10)];

const status = (page, text) => page.getByRole("status").filter({ hasText: text }).waitFor();
const state = (page) => page.locator("h1 .status").innerText();

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/// What is due leaves, as it does by itself within minutes.
const leaves = () =>
  execFileSync(program, ["--db", database, "sweep", "outbox"], { stdio: "pipe" });

/// Segments of a made-up payer in their envelopes.
function enveloped(group, version, transaction) {
  const all = [
    `ISA*00*          *00*          *ZZ*STANDIN        *ZZ*CLINIC         *${DENIED.slice(2)}*1200*^*00501*${String(++taken).padStart(9, "0")}*0*P*:`,
    `GS*${group}*STANDIN*CLINIC*${DENIED}*1200*1*X*${version}`,
    ...transaction, `SE*${transaction.length + 1}*0001`, "GE*1*1", `IEA*1*${String(taken).padStart(9, "0")}`,
  ];
  return Buffer.from(all.map((segment) => `${segment}~\n`).join(""));
}

/// The claims as billed; everybody in them is made up.
function bills(claims) {
  const patient = ({ number, charge }, at) => [
    `HL*${at + 2}*1*22*0`, "SBR*P*18*******CI", `NM1*IL*1*MADEUP*PAT****MI*M${number}`, "N3*3 EXAMPLE WAY",
    "N4*SAMPLETON*TX*75001", "DMG*D8*19800101*F", "NM1*PR*2*STANDIN HEALTH*****PI*STAND",
    `CLM*${number}*${charge}***11:B:1*Y*A*Y*Y`, "HI*ABK:R69", "LX*1", `SV1*HC:99214*${charge}*UN*1***1`,
    `DTP*472*D8*${SERVED}`, `REF*6R*${number}-1`,
  ];
  return enveloped("HC", "005010X222A1", [
    "ST*837*0001*005010X222A1", `BHT*0019*00*B1*${BILLED}*1200*CH`, "NM1*41*2*TEST CLINIC*****46*SUB1",
    "PER*IC*DESK*TE*5550101", "NM1*40*2*STANDIN HEALTH*****46*STAND", "HL*1**20*1",
    "NM1*85*2*TEST CLINIC*****XX*1234567893", "N3*2 EXAMPLE WAY", "N4*SAMPLETON*TX*750010000",
    "REF*EI*123456789", ...claims.flatMap(patient),
  ]);
}

/// A remittance: of each claim its status, what was paid, and the adjustment of its one line.
function remittance(trace, payments) {
  const claim = ([{ number, charge, control }, code, sign, paid, adjustment]) => [
    `CLP*${number}*${code}*${sign * charge}*${paid}**12*${control}*11*1`, `NM1*QC*1*MADEUP*PAT****MI*M${number}`,
    `DTM*232*${SERVED}`, `SVC*HC:99214*${sign * charge}*${paid}**1`, `DTM*472*${SERVED}`,
    ...(adjustment ? [`CAS*${adjustment}`] : []), `REF*6R*${number}-1`,
  ];
  const sum = payments.reduce((all, [, , , paid]) => all + paid, 0);
  return enveloped("HP", "005010X221A1", [
    "ST*835*0001", `BPR*${sum ? "I" : "H"}*${sum}*C*${sum ? "ACH*CCP*01*111*DA*222*1999999999**01*333*DA*444" : "NON***********"}*${DENIED}`,
    `TRN*1*${trace}*1999999999`, `DTM*405*${DENIED}`, "N1*PR*STANDIN HEALTH", "N3*1 EXAMPLE WAY",
    "N4*SAMPLETON*TX*75001", "PER*BL*STANDIN HELP*TE*5550100", "N1*PE*TEST CLINIC*XX*1234567893", "LX*1",
    ...payments.flatMap(claim),
  ]);
}

async function take(page, name, buffer) {
  await page.goto(`${base}/upload`);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer });
  await page.getByRole("button", { name: "Take them in" }).click();
  await page.getByText(name).first().waitFor();
}

/// Opens a case by its claim's number, as somebody on the telephone does.
async function find(page, number) {
  await page.keyboard.press("/");
  await page.keyboard.type(number);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: number }).waitFor();
}

async function review(page) {
  await page.keyboard.press("s");
  await page.keyboard.press("Enter");
  await status(page, "The review has started");
}

/// A page of paper, as a scanner gives it.
async function paper(context, text) {
  const page = await context.newPage();
  await page.setContent(`<h1>${text}</h1><p>Made up for a test.</p>`);
  const pdf = await page.pdf({ format: "Letter" });
  await page.close();
  return pdf;
}

async function attach(context, page, what) {
  await page.keyboard.press("d");
  const form = page.locator(".acts details form[enctype]").first();
  await form.locator("select[name=what]").selectOption(what);
  const buffer = await paper(context, what);
  await form.locator("input[type=file]").setInputFiles({ name: `${what}.pdf`, mimeType: "application/pdf", buffer });
  await form.locator("button").click();
  await status(page, "attached");
}

async function correct({ context, page }) {
  await find(page, AUTHORISED.number);
  await review(page);
  const ways = page.locator("#ways");
  await ways.getByText("What to do").waitFor();
  assert.match(await ways.innerText(), /Corrected claim/);
  await shoot(page, "chase-1-ways");
  await attach(context, page, "authorization_record");

  await page.keyboard.press("c");
  await page.getByRole("heading", { name: "Correct the claim" }).waitFor();
  await page.locator("[name=authorization]").fill("AUTH77");
  await shoot(page, "chase-2-correct");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: "Preview the correction" }).waitFor();
  const changes = page.locator("table.lines");
  for (const text of ["AUTH77", AUTHORISED.control]) await changes.locator("ins", { hasText: text }).waitFor();
  await shoot(page, "chase-3-diff");
  await page.getByLabel("I know that the payer takes it like this").check();
  await page.getByRole("button", { name: "Send it" }).click();
  await status(page, "waits in the outbox");
  leaves();
  await page.reload();
  assert.equal(await state(page), "Corrected and resubmitted");
  await shoot(page, "chase-4-sent");
  const out = path.join(folder, "out");
  const files = fs.readdirSync(out).map((name) => fs.readFileSync(path.join(out, name), "utf8"));
  const [text, ...others] = files.filter((one) => one.startsWith("ISA*"));
  assert.equal(others.length, 0, "it leaves once");
  for (const part of ["*11:B:7*", `REF*F8*${AUTHORISED.control}`, "REF*G1*AUTH77"]) {
    assert.ok(text.includes(part), `${part} in what was sent`);
  }
}

async function ask(page) {
  await find(page, NEEDED.number);
  await review(page);
  await page.keyboard.press("q");
  const form = page.locator("form:has(input[name=act][value=ask_colleague])").first();
  await form.locator("select[name=to]").selectOption("provider");
  await form.locator("[name=text]").fill("Please send the notes of the visit");
  await form.getByRole("button").click();
  await status(page, "question was sent");
}

async function answer({ context, page }) {
  await page.getByRole("link", { name: "Questions", exact: true }).first().click();
  await page.locator(".asked a.row").first().click();
  await page.getByLabel("Answer", { exact: true }).fill("Here they are");
  const buffer = await paper(context, "Notes of the visit");
  await page.locator("input[type=file]").setInputFiles({ name: "notes.pdf", mimeType: "application/pdf", buffer });
  await page.getByLabel("What it is").selectOption("clinical_notes");
  await shoot(page, "chase-5-question");
  await page.getByRole("button", { name: "Send the answer" }).click();
  await page.waitForURL(/\/questions/);
  await shoot(page, "chase-5-answered");
}

/// Writes the letter and has its packet built; tells where.
async function write({ context, page }) {
  await find(page, NEEDED.number);
  await page.keyboard.press("5");
  await page.locator("#timeline").getByText("Here they are").waitFor();
  for (const what of ["medical_record", "payer_policy"]) await attach(context, page, what);
  await page.keyboard.press("l");
  await page.getByRole("heading", { name: "Letters to the payer" }).waitFor();
  const level = page.locator("tr", { hasText: "Appeal, level 1" });
  await level.locator("select").selectOption({ label: "Appeal: medical necessity" });
  await level.getByRole("button").click();
  const draft = page.locator("#draft");
  await draft.waitFor();
  await draft.locator("[name=channel]").selectOption("portal");
  await draft.locator("[name=opening]").fill("You denied {{denied}} for {{procedures}} under {{reason_codes}}.");
  await draft.locator("[name=criterion_0]").fill("Six weeks of other treatment");
  await draft.locator("[name=evidence_0]").fill("Eight weeks, see the notes");
  await draft.locator("[name=exhibit_0]").fill("1");
  await draft.locator("[name=page_0]").fill("1");
  for (const box of await draft.locator("input[name^=take_]").all()) await box.check();
  await page.getByRole("button", { name: "Save and build the packet" }).click();
  await status(page, "The packet is built");
  await shoot(page, "chase-6-draft");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await status(page, "question was sent");
}

/// Somebody else looks at the packet and signs exactly this file.
async function sign(page) {
  await page.goto(`${base}/letters?show=ready`);
  await page.locator("main a.row").first().click();
  await page.getByRole("link", { name: "Download the packet" }).waitFor();
  await shoot(page, "chase-7-sign");
  await page.getByRole("button", { name: "Sign this packet" }).click();
  await status(page, "signed");
}

async function send(page) {
  await find(page, NEEDED.number);
  const asked = page.locator("p.note").filter({ hasText: "Please sign the packet" });
  assert.equal(await asked.filter({ hasNotText: "Answered:" }).count(), 0, "signed is answered");
  await page.keyboard.press("7");
  await page.locator("#appeals a").first().click();
  await page.locator("[name=route]").selectOption("house");
  await page.getByRole("button", { name: "Put it into the outbox" }).click();
  await page.locator("h1 .chip", { hasText: "In the outbox" }).waitFor();
  leaves();
  await find(page, NEEDED.number);
  assert.equal(await state(page), "Appealed");
  await page.keyboard.press("7");
  await shoot(page, "chase-8-appealed");
}

async function paid(page) {
  const { charge, refused } = NEEDED;
  const back = refused.replace(String(charge), String(-charge));
  const won = remittance("CHASE2", [[NEEDED, 22, -1, 0, back], [NEEDED, 1, 1, charge, ""]]);
  await take(page, "won.835", won);
  await find(page, NEEDED.number);
  assert.match(await state(page), /^(Overturned|Paid)$/);
  await page.keyboard.press("5");
  await shoot(page, "chase-9-overturned");
}

try {
  const people = {};
  for (const login of ["lead", "biller", "provider"]) {
    people[login] = await open(base, {});
    await signIn(people[login].page, base, login, password);
  }
  const { lead, biller, provider } = people;
  await take(lead.page, "billed.837", bills([AUTHORISED, NEEDED]));
  const denied = [AUTHORISED, NEEDED].map((one) => [one, 4, 1, 0, one.refused]);
  await take(lead.page, "denied.835", remittance("CHASE1", denied));
  await correct(biller);
  await ask(biller.page);
  await answer(provider);
  await write(biller);
  await sign(lead.page);
  await send(biller.page);
  await paid(lead.page);
  for (const { context, odd } of Object.values(people)) {
    await context.close();
    assert.deepEqual(odd, []);
  }
  console.log("both are at their end");
} finally {
  leave();
}

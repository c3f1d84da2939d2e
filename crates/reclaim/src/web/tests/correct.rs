//! A claim is corrected on a copy: typed, looked at, approved, sent once; a repeat denial is told.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, bill, denied, era, era_on, take};
use super::outbox::{LATER, files, reviewed};
use crate::outbox::leaving;

/// Saves a correction as somebody types it on the page as it stands.
async fn typed(browser: &Browser, case: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("{case}/correct")).await;
    let (version, lines) = (page.field("version"), page.field("lines"));
    let mut all = vec![("version", version.as_str()), ("lines", lines.as_str()), ("step", step)];
    all.extend(fields);
    browser.post(&format!("{case}/correct"), &all).await
}

/// A step of the preview as it stands.
async fn decided(browser: &Browser, case: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
    let look = format!("{case}/correct/look");
    let version = browser.get(&look).await.field("version");
    let mut all = vec![("version", version.as_str()), ("step", step)];
    all.extend(fields);
    browser.post(&look, &all).await
}

/// A claim denied for want of an authorisation, not looked at yet.
async fn unauthorised(biller: &Browser, number: &'static str) -> String {
    take(biller, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
    let text = era(&format!("T{number}"), &[denied(number, 90, "CO*197*90")]);
    take(biller, &format!("{number}.835"), &text).await;
    biller.find(number).await
}

#[tokio::test]
async fn an_authorisation_is_put_on_previewed_sent_and_paid() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let case = unauthorised(&lead, "A-1").await;
    let link = format!("{case}/correct");
    lead.get(&case).await.shows(&["Ways forward", "data-act-key=\"c\"", &link]);
    let file = ("file", "approval.pdf", "%PDF-1.4 approval");
    let page = lead.get(&case).await;
    let version = page.field("version");
    let fields = [("version", version.as_str()), ("what", "authorization")];
    lead.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);

    let form = lead.get(&link).await;
    form.shows(&[
        "name=\"authorization\"",
        "PAYER0001",
        "name=\"line.1.modifiers\"",
        "7 · replaces",
    ]);
    let answer = typed(&lead, &case, "look", &[("authorization", "AUTH77")]).await;
    assert_eq!(answer.location(), format!("{case}/correct/look"));
    lead.get(&case).await.shows(&["Go on with the correction", "Test ada", "In review"]);
    let look = lead.get(&format!("{case}/correct/look")).await;
    look.shows(&["Authorization number", ">nothing</span>", "<ins>AUTH77</ins>", "Send it"]);
    look.shows(&["<ins>7</ins>", "<ins>PAYER0001</ins>"]).hides(&["Ask a coder"]);
    let unconfirmed = decided(&lead, &case, "send", &[]).await;
    unconfirmed.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Confirm what the payer takes"]);
    let sent = decided(&lead, &case, "send", &[("confirmed", "yes")]).await;
    assert_eq!(sent.location(), format!("{case}?done=corrected"));
    let page = lead.get(&format!("{case}?done=corrected")).await;
    page.shows(&["waits in the outbox", "Replacement in the outbox leaves on Mar 3, 2026."]);
    page.shows(&["Confirmed the payer’s terms and sent the corrected claim"]);
    // Pressed twice, it goes once.
    let twice = decided(&lead, &case, "send", &[("confirmed", "yes")]).await;
    twice.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["to send one again say why"]);

    clinic.later(LATER);
    let tally = leaving::sweep(clinic.office()).await.expect("swept");
    assert_eq!((tally.sent, tally.failed), (1, 0));
    let [file] = files(clinic.office()).try_into().expect("one file");
    let text = std::fs::read_to_string(file).expect("text");
    for part in ["*11:B:7*", "REF*F8*PAYER0001", "REF*G1*AUTH77", "REF*6R*A-1-1"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let lead = clinic.again(&lead);
    let page = lead.get(&case).await;
    page.shows(&[
        "Corrected and resubmitted",
        "Replacement sent Mar 3, 2026, waits for the payer.",
    ]);
    page.hides(&["data-act-key=\"c\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_change_of_codes_leaves_with_a_coders_word_alone() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let coder = clinic.named("cora", Role::CertifiedCoder).await;
    let case = reviewed(&biller, "A-1").await;
    typed(&biller, &case, "look", &[("line.1.modifiers", "25")]).await;
    let look = format!("{case}/correct/look");
    biller.get(&look).await.shows(&["Ask a coder", "<ins>25</ins>"]).hides(&["Send it"]);
    let early = decided(&biller, &case, "send", &[("confirmed", "yes")]).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["A coder has to approve"]);
    let own = decided(&biller, &case, "approve", &[]).await;
    own.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["A coder approves codes"]);
    coder.get(&look).await.is(StatusCode::FORBIDDEN);
    decided(&biller, &case, "ask", &[]).await.is(StatusCode::SEE_OTHER);
    biller.get(&look).await.shows(&["A coder was asked"]);
    biller.get(&case).await.shows(&["it waits for a coder"]);
    // The coder finds it among the questions, looks and agrees.
    coder.get("/questions").await.shows(&["line 1: modifiers"]);
    coder.get(&look).await.shows(&["Approve the codes", "<ins>25</ins>"]);
    decided(&coder, &case, "approve", &[]).await.is(StatusCode::SEE_OTHER);
    coder.get(&look).await.is(StatusCode::FORBIDDEN);
    biller.get(&look).await.shows(&["approved</span> by Test cora", "Send it"]);
    // Another change of codes has it asked anew; what is no code does not.
    typed(&biller, &case, "look", &[("line.1.modifiers", "25"), ("note", "see")]).await;
    biller.get(&look).await.shows(&["approved</span> by Test cora"]);
    typed(&biller, &case, "look", &[("line.1.modifiers", "25,59")]).await;
    biller.get(&look).await.shows(&["Ask a coder"]).hides(&["Send it"]);
    typed(&biller, &case, "look", &[("line.1.modifiers", "25")]).await;
    let sent = decided(&biller, &case, "send", &[("confirmed", "yes")]).await;
    sent.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    let wrong = [("line.1.dates", "yesterday"), ("line.1.units", "0"), ("rendering.npi", "12")];
    let answer = typed(&biller, &case, "look", &wrong).await;
    assert_eq!(answer.location(), format!("{case}/correct?from=0#faults"));
    let page = biller.get(&format!("{case}/correct")).await;
    page.shows(&["value=\"yesterday\"", "value=\"12\"", "aria-invalid", "faults are to be mended"]);
    page.shows(&["was 2026-02-10"]);
    let look = biller.get(&format!("{case}/correct/look")).await;
    look.shows(&["It cannot leave yet"]).hides(&["Send it"]);
    let sent = decided(&biller, &case, "send", &[("confirmed", "yes")]).await;
    sent.is(StatusCode::UNPROCESSABLE_ENTITY);
    // Back to what the claim says is no change.
    let right = [("line.1.dates", "2026-02-10"), ("line.1.units", "1"), ("rendering.npi", "")];
    typed(&biller, &case, "look", &right).await;
    let look = biller.get(&format!("{case}/correct/look")).await;
    look.shows(&["Nothing is corrected"]).hides(&["Send it"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn two_who_correct_the_same_lose_nothing() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSupervisor).await;
    let ben = clinic.named("ben", Role::BillingSupervisor).await;
    let case = reviewed(&ada, "A-1").await;
    let link = format!("{case}/correct");
    let fields = |text| [("version", "0"), ("lines", "1"), ("step", "save"), ("note", text)];
    ada.post(&link, &fields("mine")).await.is(StatusCode::SEE_OTHER);
    let answer = ben.post(&link, &fields("his")).await;
    answer.is(StatusCode::CONFLICT).shows(&["Test ada saved this", "value=\"his\""]);
    assert_eq!(answer.field("version"), "1");
    ada.get(&link).await.shows(&["value=\"mine\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn lines_come_and_go() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    typed(&biller, &case, "add", &[]).await.is(StatusCode::SEE_OTHER);
    biller
        .get(&format!("{case}/correct"))
        .await
        .shows(&["name=\"line.2.procedure\"", "new</span>"]);
    let added = [("line.2.procedure", "99000"), ("line.2.charge", "10"), ("charge", "lines")];
    typed(&biller, &case, "look", &added).await;
    let look = biller.get(&format!("{case}/correct/look")).await;
    look.shows(&["Line 2: procedure", "<ins>99000</ins>", "<ins>100.00</ins>"]);
    typed(&biller, &case, "save", &[("remove.2", "yes")]).await;
    let look = biller.get(&format!("{case}/correct/look")).await;
    look.hides(&["99000"]);
    typed(&biller, &case, "anew", &[]).await;
    biller.get(&format!("{case}/correct")).await.hides(&["name=\"line.2.procedure\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_sends_nothing_corrects_nothing() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let case = reviewed(&biller, "A-1").await;
    for (login, role) in
        [("eve", Role::Auditor), ("pat", Role::Poster), ("cy", Role::CertifiedCoder)]
    {
        let other = clinic.named(login, role).await;
        other.get(&format!("{case}/correct")).await.is(StatusCode::FORBIDDEN);
    }
    // A claim that is known from its remittance alone has nothing to copy.
    take(&biller, "B.835", &era("T2", &[denied("B-1", 90, "CO*16*90")])).await;
    let other = biller.find("B-1").await;
    biller.get(&other).await.hides(&["data-act-key=\"c\""]);
    let page = biller.get(&format!("{other}/correct")).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["take it in first"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn denied_again_for_the_same_reason_is_told_with_the_chain() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.named("ada", Role::BillingSupervisor).await;
    let case = unauthorised(&lead, "A-1").await;
    typed(&lead, &case, "look", &[("authorization", "AUTH77")]).await;
    decided(&lead, &case, "send", &[("confirmed", "yes")]).await.is(StatusCode::SEE_OTHER);
    clinic.later(LATER);
    leaving::sweep(clinic.office()).await.expect("swept");
    let lead = clinic.again(&lead);
    lead.get(&case).await.hides(&["denied again for the same reason"]);
    take(&lead, "again.835", &era_on("T9", "20260304", &[denied("A-1", 90, "CO*197*90")])).await;
    let page = lead.get(&case).await;
    page.shows(&["denied again for the same reason", "1 · original", "7 · replacement"]);
    // The next correction begins with what was sent, and not with what was typed for it.
    lead.get(&format!("{case}/correct")).await.shows(&["value=\"AUTH77\""]).hides(&["was nothing"]);
    clinic.is_proven().await;
}

/// A claim of 45 lines, which are two parts of the form.
fn long(number: &str) -> String {
    let mut lines = String::new();
    for line in 2..=45 {
        lines.push_str(&format!(
            "LX*{line}~\nSV1*HC:99214*0*UN*1***1~\nDTP*472*D8*20260210~\nREF*6R*{number}-{line}~\n"
        ));
    }
    bill(number, "MADEUP", 90).replace("SE*24*", &format!("{lines}SE*{}*", 24 + 44 * 4))
}

#[tokio::test]
async fn what_is_wrong_in_another_part_is_told_and_lines_typed_there_stay() {
    let clinic = TestClinic::open().await;
    let ada = clinic.named("ada", Role::BillingSupervisor).await;
    let ben = clinic.named("ben", Role::BillingSupervisor).await;
    take(&ada, "a.837", &long("A-1")).await;
    take(&ada, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    let link = format!("{}/correct", ada.find("A-1").await);
    let part = ada.get(&format!("{link}?from=40")).await;
    let (version, lines) = (part.field("version"), part.field("lines"));
    assert_eq!((version.as_str(), lines.as_str()), ("0", "41,42,43,44,45"));
    let fields = |units| {
        let at = [("version", "0"), ("from", "40"), ("lines", lines.as_str())];
        [&at[..], &[("step", "save"), ("line.44.units", units)]].concat()
    };
    ada.post(&link, &fields("none")).await.is(StatusCode::SEE_OTHER);
    // Who was slower finds their own lines before them, at the version of now.
    let slower = ben.post(&link, &fields("7")).await;
    slower.is(StatusCode::CONFLICT).shows(&["Test ada saved this", "name=\"line.44.units\""]);
    slower.shows(&["value=\"7\""]);
    assert_eq!((slower.field("version").as_str(), slower.field("lines")), ("1", lines));
    ada.get(&format!("{link}?from=40")).await.hides(&["Line 44, units: expected"]);
    ada.get(&link).await.shows(&["One fault", "Line 44, units: expected a number such as"]);
    clinic.is_proven().await;
}

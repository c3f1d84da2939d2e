//! The case page: its parts, its timeline by kind and line, what became of cases like it.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, PASSWORD, TestClinic, denied, era, take};

/// A clinic with a lead and two cases of one payer and code.
pub(super) async fn two_alike() -> (TestClinic, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = [denied("A-1", 250, "CO*197*250"), denied("A-2", 90, "CO*197*90")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    (clinic, lead)
}

#[tokio::test]
async fn every_part_of_a_case_stands_on_its_page() {
    let (clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&[
        "href=\"#summary\"",
        "What usually works",
        "No such case at this payer that you may see has ended yet",
        "class=\"clock-bars\"",
        ">Today</text>",
        "id=\"lines\"",
        "the segments behind this figure",
        "known from remittances alone",
        "CO-197 at STANDIN HEALTH: similar cases",
        ">A-2</a>",
        "STANDIN HEALTH has no file in the rules",
        "Waits on",
        "Nobody else",
    ]);
    let ask = [("to", "provider"), ("text", "is it so?"), ("due", "2026-03-06")];
    lead.act(&case, "ask_colleague", &ask).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["<dd>A colleague: provider, answer by Mar 6, 2026</dd>"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_has_taken_a_case_may_take_it_again_for_longer() {
    let (mut clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&[", until Mar 3, 2026, 1:00 PM"]).hides(&["value=\"take\""]);
    clinic.later("2026-03-03T12:29:00Z");
    clinic.again(&lead).get(&case).await.hides(&["value=\"take\""]);
    clinic.later("2026-03-03T12:31:00Z");
    let mut later = clinic.stranger();
    later.sign_in("lead", PASSWORD).await;
    later.get(&case).await.shows(&["value=\"take\""]);
    later.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    later.get(&case).await.shows(&[", until Mar 3, 2026, 1:31 PM"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_appeals_part_tells_what_was_sent_and_whose_turn_it_is() {
    let (clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&[
        "No appeal was sent.",
        "<dt>Appeal, level 1</dt>",
        "It can be written now, and goes out once the review is started.",
    ]);
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    lead.get(&case)
        .await
        .hides(&["It can be written now, and goes out once the review is started."]);
    let sent = [
        ("level", "1"),
        ("channel", "fax"),
        ("confirmation", "F-77"),
        ("without", "asked for by telephone"),
    ];
    lead.act(&case, "appeal", &sent).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&[
        "<th scope=\"row\">1</th>",
        "F-77",
        "No decision yet",
        "What was sent last waits for its answer.",
    ]);
    let kept = [("note", "they keep their view"), ("on", "2026-03-03")];
    lead.act(&case, "uphold", &kept).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.shows(&["Upheld on Mar 3, 2026", "<td>0 days</td>", "<dt>Appeal, level 2</dt>"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn cases_like_it_tell_what_worked_and_only_to_who_may_see_them() {
    let (clinic, lead) = two_alike().await;
    let (one, other) = (lead.find("A-1").await, lead.find("A-2").await);
    lead.act(&one, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let sent = [("frequency", "1"), ("channel", "portal"), ("reference", "A-1R")];
    lead.act(&one, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);
    lead.act(&one, "overturn", &[("note", "by letter")]).await.is(StatusCode::SEE_OTHER);
    let paid = [("kind", "payer_payment"), ("amount", "250"), ("on", "2026-03-03")];
    lead.act(&one, "post", &paid).await.is(StatusCode::SEE_OTHER);
    lead.get(&one).await.shows(&["Closed", "New claim A-1R sent by portal"]);
    lead.get(&other).await.shows(&[
        "Of 1 such case at this payer that ended, 1 was won: 1 after a corrected claim.",
        "Won in money: $250.00",
        "it took 2 days",
        "Paid by payer after 2 days",
    ]);
    // Who owns the open one has no part in the closed one.
    let asked = [("to", "front_desk"), ("text", "which card?")];
    lead.act(&other, "ask_colleague", &asked).await.is(StatusCode::SEE_OTHER);
    let desk = clinic.person(Role::FrontDesk).await;
    let seen = desk.get(&other).await;
    seen.is(StatusCode::OK).shows(&["No other case of this payer and code that you may see"]);
    seen.hides(&[">A-1</a>", "Won in money: $250.00"]).shows(&["does not open claims as billed"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_timeline_is_read_by_kind_and_by_line() {
    let (clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.act(&case, "note", &[("text", "called them")]).await.is(StatusCode::SEE_OTHER);
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let some = [("kind", "payer_payment"), ("amount", "10"), ("line", "1")];
    lead.act(&case, "post", &some).await.is(StatusCode::SEE_OTHER);
    let all = lead.get(&case).await;
    all.shows(&["Note: called them", "Posted $10.00", "Case opened", "?kind=money#timeline"]);
    all.hides(&["kind=contacts"]);
    let money = lead.get(&format!("{case}?kind=money")).await;
    money.shows(&["Posted $10.00", "?kind=money&#38;line=1#timeline"]);
    money.hides(&["Note: called them", "Case opened"]);
    let line = lead.get(&format!("{case}?line=1")).await;
    line.shows(&["Posted $10.00"]).hides(&["Note: called them"]);
    lead.get(&format!("{case}?kind=notes&line=1")).await.shows(&["Nothing of this kind"]);
    lead.get(&format!("{case}?kind=nonsense&line=x")).await.shows(&["Note: called them"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn documents_are_asked_for_received_or_missing() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = lead.find("A-1").await;
    let page = lead.get(&case).await;
    page.shows(&[
        "<td>Authorization record<small>asked for</small></td>",
        ">missing</span>",
        "<td>Utilization review</td>",
    ]);
    let version = page.field("version");
    let fields = [("version", version.as_str()), ("what", "authorization_record")];
    let file = ("file", "notes.pdf", "%PDF synthetic");
    let kept = lead.upload(&format!("{case}/documents"), &fields, file).await;
    kept.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&[">received</span>", "Mar 3, 2026, 12:00 PM, by Test lead"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_document_of_a_refused_act_is_not_kept() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*252*90")])).await;
    let case = lead.find("A-1").await;
    let documents = async || {
        let mut tx = clinic.office().read().await.expect("read");
        tx.document_hashes().await.expect("read").len()
    };
    let before = documents().await;
    let stale = lead.get(&case).await.field("version");
    lead.act(&case, "note", &[("text", "meanwhile")]).await.is(StatusCode::SEE_OTHER);
    let file = ("file", "notes.pdf", "%PDF synthetic");
    let fields = [("version", stale.as_str()), ("what", "authorization_record")];
    let late = lead.upload(&format!("{case}/documents"), &fields, file).await;
    late.is(StatusCode::CONFLICT);
    let version = lead.get(&case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "")];
    let unsaid = lead.upload(&format!("{case}/documents"), &fields, file).await;
    unsaid.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(documents().await, before, "a file stays where its act was refused");
    let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(file.2));
    assert!(!clinic.office().documents.path(&hash).exists(), "its bytes stay");
    let fields = [("version", version.as_str()), ("what", "authorization_record")];
    lead.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);
    assert_eq!(documents().await, before + 1);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_moved_no_status_is_taken_back_and_what_did_is_told() {
    let (mut clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.hides(&["You did last"]);
    let plan = [("next", "call_payer"), ("on", "2026-03-05")];
    lead.act(&case, "plan", &plan).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.shows(&["You did last</strong> Planned: call payer by Mar 5, 2026", ">Undo</button>"]);
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    biller.get(&case).await.hides(&["You did last"]);
    let (path, version) = (format!("{case}/undo"), page.field("version"));
    let anothers = biller.post(&path, &[("version", &version)]).await;
    anothers.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["somebody else did it"]);
    lead.post(&path, &[("version", "1")]).await.shows(&["something came after it"]);
    lead.post(&path, &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let undone = lead.post(&path, &[("version", &version)]).await;
    assert_eq!(undone.is(StatusCode::SEE_OTHER).location(), format!("{case}?done=undo"));
    let after = lead.get(&undone.location()).await;
    after.shows(&["was taken back.", "What was done last was taken back"]).hides(&["You did last"]);
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.hides(&["You did last"]);
    let moved = lead.post(&path, &[("version", &page.field("version"))]).await;
    moved.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["it moved the status or money"]);
    lead.act(&case, "note", &[("text", "words")]).await.is(StatusCode::SEE_OTHER);
    clinic.later("2026-03-03T12:11:00Z");
    let lead = clinic.again(&lead);
    let page = lead.get(&case).await;
    page.hides(&["You did last"]);
    let late = lead.post(&path, &[("version", &page.field("version"))]).await;
    late.shows(&["more than ten minutes have passed"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_step_is_ticked_with_what_shows_it() {
    let (clinic, lead) = two_alike().await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&[
        "Corrective steps: 0 of 6 settled",
        "Check that the billed codes lie within those that were approved.",
        "Not needed, because",
    ]);
    let bare = [("step", "policy_verification"), ("mark", "done")];
    let told = lead.act(&case, "tick", &bare).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["a note or a document that shows it"]);
    let why = [("step", "modifier_correction"), ("mark", "not_needed"), ("note", "no modifier")];
    let saved = lead.act(&case, "tick", &why).await;
    assert_eq!(saved.is(StatusCode::SEE_OTHER).location(), format!("{case}?done=tick#checklist"));
    let strange = "doc_00000000000000000000000001";
    let another = [("step", "claim_submission"), ("mark", "done"), ("document", strange)];
    lead.act(&case, "tick", &another).await.shows(&["The document is not on this case"]);
    let version = lead.get(&case).await.field("version");
    let fields = [("version", version.as_str()), ("what", "authorization_record")];
    let file = ("file", "auth.pdf", "%PDF synthetic");
    lead.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    let link = page.text.split(&format!("{case}/documents/")).nth(1).expect("a link");
    let document = link.split('"').next().expect("quoted");
    let done = [("step", "documentation_review"), ("mark", "done"), ("document", document)];
    lead.act(&case, "tick", &done).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&case).await;
    page.shows(&[
        "Corrective steps: 2 of 6 settled",
        "Checklist 2/6",
        "Test lead, Mar 3, 2026, 12:00 PM: no modifier",
        "The document</a>",
        "Modifier correction: not needed: no modifier",
        "Documentation review: done, shown by a document",
    ]);
    let undone = lead.post(&format!("{case}/undo"), &[("version", &page.field("version"))]).await;
    undone.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["Corrective steps: 1 of 6 settled"]);
    let again = [("step", "modifier_correction"), ("mark", "open"), ("note", "look again")];
    lead.act(&case, "tick", &again).await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&format!("{case}?kind=checks")).await;
    page.shows(&["0 of 6 settled", "Modifier correction: open again: look again"]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get(&case).await.shows(&["0 of 6 settled"]).hides(&["Not needed, because"]);
    let refused = auditor.act_at(&case, &page.field("version"), "tick", &why).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["The role auditor may not do this"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_key_that_does_nothing_says_why() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let case = lead.find("A-1").await;
    let new = lead.get(&case).await;
    new.shows(&["<li data-shut-key=\"w\">Propose a write-off: a case that is new cannot do this"]);
    new.shows(&["<li data-shut-key=\"c\">Correct the claim:", "id=\"toast\""]);
    new.hides(&["data-shut-key=\"s\"", "data-shut-key=\"n\""]);
    lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let ours = lead.get(&case).await;
    ours.shows(&["data-key=\"w\"", "data-shut-key=\"s\""]).hides(&["data-shut-key=\"w\""]);
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get(&case).await.shows(&["data-shut-key=\"w\">Propose a write-off: the role auditor"]);
    clinic.is_proven().await;
}

//! Appeals from the first word to the payer's answer.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, denied, era, take};

/// A made-up PDF of so many pages, in letters alone; each page says its name and number.
pub(super) fn pdf(name: &str, pages: usize) -> String {
    let kids: Vec<String> = (0..pages).map(|at| format!("{} 0 R", 4 + at * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
    ];
    for at in 0..pages {
        let text = format!("BT /F1 18 Tf 72 400 Td ({name} sheet {}) Tj ET", at + 1);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + at * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    file.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file
}

/// The words of a PDF, page after page; none where no program reads it here.
fn words(pdf: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().expect("its input");
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("written");
    assert!(output.status.success());
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A case of CO-50 in review.
pub(super) async fn reviewed(biller: &Browser, charge: u32) -> String {
    take(
        biller,
        "a.835",
        &era(
            "T1",
            &[denied(
                "A-1",
                charge,
                match charge {
                    90 => "CO*50*90",
                    _ => "CO*50*250",
                },
            )],
        ),
    )
    .await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    case
}

pub(super) async fn attached(biller: &Browser, case: &str, what: &str, name: &str, pages: usize) {
    let version = biller.get(case).await.field("version");
    let fields = [("version", version.as_str()), ("what", what)];
    let file = ("file", name, &*pdf(what, pages));
    biller.upload(&format!("{case}/documents"), &fields, file).await.is(StatusCode::SEE_OTHER);
}

/// Every field of the form of a draft, as a browser sends it.
pub(super) fn form(page: &Answer) -> Vec<(String, String)> {
    let text = &page.text;
    let form = text.split("<form id=\"draft\"").nth(1).expect("a form");
    let form = form.split("</form>").next().unwrap_or_default();
    let mut fields = Vec::new();
    let mut select = String::new();
    for tag in form.split('<').skip(1) {
        let named = |key: &str| {
            let rest = tag.split(&format!("{key}=\"")).nth(1);
            rest.and_then(|rest| rest.split('"').next()).map(unescaped)
        };
        if tag.starts_with("option") && tag.contains(" selected") {
            fields.push((select.clone(), named("value").unwrap_or_default()));
        }
        let Some(name) = named("name") else { continue };
        let tag_name = tag.split([' ', '>']).next().unwrap_or_default();
        let is_box = tag.contains("type=\"checkbox\"");
        match tag_name {
            "input" if is_box && !tag.contains(" checked") => {}
            "input" => fields.push((name, named("value").unwrap_or_default())),
            "textarea" => {
                let inner = tag.split_once('>').map(|(_, inner)| inner).unwrap_or_default();
                fields.push((name, unescaped(inner)));
            }
            "select" => select = name,
            _ => {}
        }
    }
    fields.retain(|(name, _)| name != "csrf");
    fields
}

fn unescaped(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Sends the form of a draft as it is, with some fields changed or added.
pub(super) async fn send(
    browser: &Browser,
    draft: &str,
    page: &Answer,
    changes: &[(&str, &str)],
) -> Answer {
    let mut fields = form(page);
    for (name, text) in changes {
        fields.retain(|(there, _)| there != name);
        fields.push(((*name).to_owned(), (*text).to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.upload(draft, &fields, ("file", "", "")).await
}

pub(super) async fn begun(biller: &Browser, case: &str) -> String {
    let page = biller.get(&format!("{case}/appeal")).await;
    page.is(StatusCode::OK).shows(&["Appeal, level 1", "Appeal: medical necessity"]);
    let fields = [("kind", "appeal"), ("template", "letters/appeals.toml#medical_necessity")];
    let begun = biller.post(&format!("{case}/appeal"), &fields).await;
    begun.is(StatusCode::SEE_OTHER).location()
}

/// What has to go with it and what has no value here is settled: nothing stops it.
const WHOLE: [(&str, &str); 5] = [
    ("channel", "fax"),
    ("opening", "You denied {{denied}} for {{procedures}} under {{reason_codes}}."),
    ("criterion_0", "Six weeks of other treatment"),
    ("evidence_0", "Eight weeks, see the notes"),
    ("exhibit_0", "1"),
];

#[tokio::test]
async fn a_case_goes_from_hand_off_to_overturn() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let provider = clinic.person(Role::Provider).await;
    let case = reviewed(&biller, 250).await;
    let id = case.trim_start_matches("/cases/");
    super::decided::asks_for_notes((&biller, &provider), &case).await;
    let notes = pdf("clinical_notes", 3);
    let answer = [("text", "Here they are"), ("what", "clinical_notes")];
    let file = ("file", "notes.pdf", notes.as_str());
    provider.upload(&format!("/questions/{id}/1"), &answer, file).await.is(StatusCode::SEE_OTHER);

    attached(&biller, &case, "medical_record", "record.pdf", 2).await;
    let draft = begun(&biller, &case).await;
    attached(&biller, &case, "payer_policy", "policy.pdf", 4).await;
    let page = biller.get(&draft).await;
    page.shows(&["Exhibit A", "Clinical notes", "What stops it", "received, not chosen"]);
    let policy = page.text.rsplit("name=\"take_").next().and_then(|it| it.split('"').next());
    let policy = policy.expect("a document").to_owned();
    let early = send(&biller, &draft, &page, &[("what", "build")]).await;
    early.is(StatusCode::UNPROCESSABLE_ENTITY);
    early.shows(&["has no value here", "Not among the exhibits: payer policy"]);
    let page = biller.get(&draft).await;
    let take = (format!("take_{policy}"), format!("pages_{policy}"));
    let too_far = [("page_0", "9"), ("what", "build"), (&take.0, "yes"), (&take.1, "2-3")];
    let too_far = send(&biller, &draft, &page, &[&WHOLE[..], &too_far].concat()).await;
    too_far.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Point 1 names page 9 of exhibit A"]);
    let page = biller.get(&draft).await;
    let built = [("page_0", "2"), ("what", "build")];
    let built = send(&biller, &draft, &page, &built).await;
    built.is(StatusCode::SEE_OTHER);
    let page = biller.get(&built.location()).await;
    page.shows(&["The packet is built", "Download the packet"]);
    // More is at stake than one person gives up alone: who wrote it does not sign it.
    page.hides(&["What stops it", "Sign this packet"]);
    super::decided::asks_a_signer((&biller, &lead), &case, &page).await;
    let packet = biller.get(&format!("{draft}/packet")).await;
    packet.is(StatusCode::OK);
    let header = |name: &str| packet.headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(header("cache-control"), Some("no-store"));
    assert!(header("content-disposition").is_some_and(|text| text.starts_with("attachment")));

    let seen = lead.get(&draft).await;
    let hash = seen.field("hash");
    let sign = [("what", "sign"), ("hash", hash.as_str())];
    let own = send(&biller, &draft, &page, &sign).await;
    own.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["did not write it signs"]);
    super::decided::signs_as_asked((&lead, &biller), (&case, &draft), (&seen, &sign)).await;
    let page = biller.get(&draft).await;
    page.shows(&["Test lead", "Send it by hand"]);

    let without = send(&biller, &draft, &page, &[("what", "hand"), ("sent_by", "fax")]).await;
    without.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["confirmation or tracking number"]);
    let hand = [("what", "hand"), ("sent_by", "fax"), ("confirmation", "FAX-77")];
    send(&biller, &draft, &page, &hand).await.is(StatusCode::SEE_OTHER);
    let sent = biller.get(&case).await;
    sent.shows(&["Appealed", "FAX-77", "what was sent", "criteria met", "clinical notes"]);
    let again = send(&biller, &draft, &page, &hand).await;
    again.is(StatusCode::CONFLICT);
    biller.get(&draft).await.shows(&["Sent"]).hides(&["Record that it was sent"]);
    let copy = super::clinic::link(&biller, &case, &format!("{case}/documents/")).await;
    biller.get(&copy).await.is(StatusCode::OK);

    clinic.later("2026-03-20T12:00:00Z");
    let biller = clinic.named("ben", Role::BillingSpecialist).await;
    let won = [("note", "letter of March 19"), ("expected", "250.00")];
    biller.act(&case, "overturn", &won).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&[
        "Overturned on Mar 20, 2026",
        "$250.00 asked, $250.00 granted",
        "letter of March 19",
        "17 days",
    ]);
    clinic.is_proven().await;
}

/// A draft that nothing stops, of a case at which little is at stake.
pub(super) async fn ready(biller: &Browser) -> (String, String) {
    let case = reviewed(biller, 90).await;
    for what in ["medical_record", "payer_policy", "clinical_notes"] {
        attached(biller, &case, what, &format!("{what}.pdf"), 2).await;
    }
    let draft = begun(biller, &case).await;
    let page = biller.get(&draft).await;
    let saved = send(biller, &draft, &page, &WHOLE).await;
    saved.is(StatusCode::SEE_OTHER);
    biller.get(&draft).await.hides(&["What stops it"]);
    (case, draft)
}

pub(super) async fn signed(biller: &Browser, draft: &str) -> Answer {
    let page = biller.get(draft).await;
    let said = form(&page).into_iter().find(|(name, text)| name == "channel" && !text.is_empty());
    let channel = said.map_or_else(|| "fax".to_owned(), |(_, text)| text);
    let built = send(biller, draft, &page, &[("what", "build"), ("channel", &channel)]).await;
    built.is(StatusCode::SEE_OTHER);
    let page = biller.get(draft).await;
    let hash = page.text.split("name=\"hash\" value=\"").nth(1).and_then(|it| it.split('"').next());
    let hash = hash.expect("a hash").to_owned();
    let sign = [("what", "sign"), ("hash", hash.as_str())];
    send(biller, draft, &page, &sign).await.is(StatusCode::SEE_OTHER);
    biller.get(draft).await
}

#[tokio::test]
async fn a_later_edit_voids_the_sign_off_and_nothing_typed_is_lost() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    let page = signed(&biller, &draft).await;
    page.shows(&["Send it by hand"]);
    // The same texts change nothing; other ones do, and who was slower keeps what was typed.
    send(&biller, &draft, &page, &[]).await.is(StatusCode::SEE_OTHER);
    biller.get(&draft).await.shows(&["Send it by hand"]);
    let edit = [("closing", "Please pay <b>now</b>.")];
    send(&biller, &draft, &page, &edit).await.is(StatusCode::SEE_OTHER);
    let after = biller.get(&draft).await;
    after.shows(&["holds no more", "&#60;b&#62;now", "Not built yet"]).hides(&["Send it by hand"]);
    let late = send(&biller, &draft, &page, &[("closing", "typed in vain?")]).await;
    late.is(StatusCode::CONFLICT).shows(&["Test ada saved this draft", "typed in vain?"]);
    late.shows(&["is not saved yet"]);
    // The form carries the version of now: it can be saved after a look.
    send(&biller, &draft, &late, &[]).await.is(StatusCode::SEE_OTHER);
    biller.get(&draft).await.shows(&["typed in vain?"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_supervisor_alone_excuses_a_missing_exhibit_and_an_unfilled_field_nobody() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = reviewed(&biller, 90).await;
    let draft = begun(&biller, &case).await;
    let page = biller.get(&draft).await;
    let tried = [&WHOLE[..4], &[("without", "not to be had"), ("what", "build")]].concat();
    let refused = send(&biller, &draft, &page, &tried).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Not among the exhibits"]);
    let page = lead.get(&draft).await;
    let opening = ("opening", "{{authorization}} [[look it up]] {{nonsense}}");
    let used = ("argument_use_0", "yes");
    let wrong =
        send(&lead, &draft, &page, &[opening, used, ("without", "gone"), ("what", "build")]).await;
    wrong.is(StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows(&[
        "{{authorization}} has no value here",
        "[[look it up]]",
        "{{nonsense}} is no field",
    ]);
    wrong.shows(&["<mark>{{authorization}}</mark>"]).hides(&["Not among the exhibits"]);
    let page = lead.get(&draft).await;
    // A table and a policy that it has not keep it too, until nothing speaks of them.
    wrong.shows(&["{{payer_policy}} has no value here"]);
    let own = ("argument_0", "The record meets each criterion.");
    let right = [("opening", "Please look again."), own, used, ("what", "build")];
    send(&lead, &draft, &page, &right).await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_receipt_of_another_kind_loses_nothing_that_was_typed() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    let page = signed(&biller, &draft).await;
    let version = page.field("version");
    let hand = [
        ("version", version.as_str()),
        ("what", "hand"),
        ("sent_by", "fax"),
        ("sent_on", "2026-03-02"),
        ("confirmation", "FAX-77"),
    ];
    let told = biller.upload(&draft, &hand, ("file", "receipt.exe", "MZ")).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["A document is a file whose name ends in"]);
    told.shows(&["value=\"2026-03-02\"", "value=\"FAX-77\"", "value=\"fax\" selected"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_only_reads_neither_writes_nor_signs() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (case, draft) = ready(&biller).await;
    let poster = clinic.person(Role::Poster).await;
    let page = poster.get(&draft).await;
    page.is(StatusCode::OK).hides(&["<form id=\"draft\"", "Give this draft up"]);
    for what in ["save", "build", "sign", "hand", "route", "give_up"] {
        let fields = [("version", "2"), ("what", what), ("hash", "x"), ("sent_by", "fax")];
        let told = poster.upload(&draft, &fields, ("file", "", "")).await;
        told.is(StatusCode::FORBIDDEN).shows(&["writes no letters to payers"]);
    }
    let told = poster.post(&format!("{case}/appeal"), &[("kind", "reminder")]).await;
    told.is(StatusCode::FORBIDDEN);
    let fields = [("version", "2"), ("what", "give_up")];
    biller.upload(&draft, &fields, ("file", "", "")).await.is(StatusCode::SEE_OTHER);
    biller.get(&draft).await.shows(&["Void"]);
    begun(&biller, &case).await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_payers_limit_stops_a_packet_by_its_channel_alone() {
    let mut clinic = TestClinic::open().await;
    let text = "name = \"STANDIN HEALTH\"\n[[channel]]\nby = \"fax\"\nto = \"555 0100\"\n\
        most_pages = 3\nsource = \"a manual\"\nas_of = \"2026\"\nverification = \"clinic\"\n";
    clinic.with_file("payers/standin.toml", text).await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (case, draft) = ready(&biller).await;
    biller.get(&case).await.shows(&["Fax to 555 0100: at most 3 pages"]);
    let page = biller.get(&draft).await;
    // A limit is known of once the packet is built.
    send(&biller, &draft, &page, &[("channel", "fax"), ("what", "build")]).await;
    let page = biller.get(&draft).await;
    page.shows(&["by fax the payer takes 3. Leave pages out."]);
    send(&biller, &draft, &page, &[("channel", "portal"), ("what", "build")]).await;
    let page = signed(&biller, &draft).await;
    page.shows(&["Not configured: the rules do not say what STANDIN HEALTH takes by portal"]);
    let fax = [("what", "hand"), ("sent_by", "fax"), ("confirmation", "F1"), ("channel", "portal")];
    let refused = send(&biller, &draft, &page, &fax).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["by fax the payer takes 3"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_packet_leaves_by_the_outbox_once_and_moves_its_case() {
    let mut clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (case, draft) = ready(&biller).await;
    let page = signed(&biller, &draft).await;
    let route = [("what", "route"), ("route", "local")];
    send(&biller, &draft, &page, &route).await.is(StatusCode::SEE_OTHER);
    let queued = biller.get(&draft).await;
    queued.shows(&["In the outbox"]).hides(&["Put it into the outbox"]);
    let edit = send(&biller, &draft, &page, &[("closing", "other")]).await;
    edit.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["waits in the outbox"]);
    biller.get(&case).await.shows(&[
        "In review",
        "The case moves once it has left",
        ">In the outbox<",
    ]);
    biller.get(&format!("{case}/appeal")).await.shows(&[">In the outbox<"]).hides(&[">Signed<"]);
    clinic.later("2026-03-03T12:20:00Z");
    crate::outbox::leaving::sweep(clinic.office()).await.expect("swept");
    let biller = clinic.again(&biller);
    biller.get(&case).await.shows(&["Appealed", "what was sent"]);
    biller.get(&draft).await.shows(&["Sent"]);
    assert_eq!(super::outbox::files(clinic.office()).len(), 1);
    // Silence: a reminder is one step away, goes by hand and moves nothing.
    clinic.later("2026-05-20T12:00:00Z");
    let biller = clinic.named("cleo", Role::BillingSpecialist).await;
    biller.get(&case).await.shows(&["Answer expected", "Write a reminder"]);
    let begin = format!("{case}/appeal");
    let reminder = biller.post(&begin, &[("kind", "reminder")]).await;
    let reminder = reminder.is(StatusCode::SEE_OTHER).location();
    let page = biller.get(&reminder).await;
    page.shows(&["A note to yourself stands in it"]).hides(&["Not among the exhibits"]);
    let opening = ("opening", "Claim {{claim_number}} is with you since March 3.");
    let text = [opening, ("argument_0", "Thirty days, by your manual.")];
    send(&biller, &reminder, &page, &text).await.is(StatusCode::SEE_OTHER);
    let page = signed(&biller, &reminder).await;
    page.shows(&["does not move the case"]).hides(&["Put it into the outbox"]);
    let hand = [("what", "hand"), ("sent_by", "mail"), ("confirmation", "RR-1")];
    let told = send(&biller, &reminder, &page, &hand).await.is(StatusCode::SEE_OTHER).location();
    biller.get(&told).await.shows(&["as a contact with the payer. The case stays where it is."]);
    biller.get(&case).await.shows(&["Appealed", "Sent: reminder", "RR-1"]);
    // The payer does not hear it; the level's turn stays, and another draft may begin.
    let no = [("note", "late, they say"), ("dismissed", "yes")];
    biller.act(&case, "uphold", &no).await.is(StatusCode::SEE_OTHER);
    biller.get(&case).await.shows(&[
        "Dismissed on May 20, 2026",
        "late, they say",
        "Appeal, level 1",
    ]);
    begun(&biller, &case).await;
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_a_remark_forbids_is_appealed_with_a_reason_alone() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let mut claim = denied("A-1", 90, "CO*50*90");
    claim.lines[0].remarks = &["N211"];
    take(&biller, "a.835", &era("T1", &[claim])).await;
    let case = biller.find("A-1").await;
    biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let page = format!("{case}/appeal");
    biller.get(&page).await.shows(&["N211 says that no appeal is open"]);
    let none = biller.post(&page, &[("kind", "appeal")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say why it is sent all the same"]);
    let why = [("kind", "appeal"), ("although", "the remark is of another claim")];
    let draft = biller.post(&page, &why).await.is(StatusCode::SEE_OTHER).location();
    biller.get(&draft).await.shows(&["the remark is of another claim"]);
    let fields = [("level", "1"), ("channel", "fax"), ("confirmation", "F1")];
    let told = biller.act(&case, "appeal", &fields).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["N211 says that no appeal is open"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn hostile_words_stand_in_a_packet_as_words() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let (_, draft) = ready(&biller).await;
    let page = biller.get(&draft).await;
    let hostile = "#import \"/etc/passwd\" $x^2$ <script>alert(1)</script> \\u{41} {{payer}} \
        \u{1f600} Z\u{308} \u{5d0}\u{5d1}";
    let long = "W".repeat(150);
    let fields = [
        ("opening", hostile),
        ("criterion_0", long.as_str()),
        ("evidence_0", "_under_ *star* `tick` = head\n- list // note /* more */"),
        ("what", "build"),
    ];
    send(&biller, &draft, &page, &fields).await.is(StatusCode::SEE_OTHER);
    let id = draft.rsplit('/').next().expect("an id");
    let mut tx = clinic.office().read().await.expect("a look");
    let packet = tx.draft(id).await.expect("there").packet.expect("built");
    let bytes = std::fs::read(clinic.office().documents.path(&packet.hash)).expect("kept");
    assert!(bytes.starts_with(b"%PDF-"));
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("written");
    match Command::new("qpdf").arg("--check").arg(file.path()).output() {
        Ok(checked) => assert!(checked.status.success(), "{checked:?}"),
        Err(_) => eprintln!("SKIPPED: no qpdf here"),
    }
    let Some(text) = words(&bytes) else { return eprintln!("SKIPPED: no pdftotext here") };
    let flat: String = text.split_whitespace().collect();
    let flat = flat.replace('\u{200b}', "");
    for told in [
        "#import\"/etc/passwd\"$x^2$<script>alert(1)</script>",
        "STANDINHEALTH",
        "[U+1F600]",
        "_under_*star*`tick`=head-list//note/",
        "ExhibitA",
        "Extractoftheremittance",
        "clinical_notessheet2",
        "CAS*CO*50*90",
        "MADEUP",
    ] {
        assert!(flat.contains(told), "{told}:\n{text}");
    }
    assert!(flat.matches('W').count() >= long.len(), "{text}");
    drop(tx);
    clinic.is_proven().await;
}

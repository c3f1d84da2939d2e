//! Remittances that wait for a person, rejections; ranks that follow the days.

use axum::http::StatusCode;
use denial::person::Role;
use store::files::FileRow;

use super::clinic::{Browser, Line, PaidClaim, TestClinic, at, denied, era, era_on, take};
use crate::practice::Office;
use crate::practices::{self, Wanted};
use crate::rank;

/// The addresses of remittances on a page, in its order.
async fn remittances(browser: &Browser, page: &str) -> Vec<String> {
    let text = browser.get(page).await.text;
    let ids = text.split("href=\"").filter_map(|rest| rest.split('"').next());
    let mut ids: Vec<String> =
        ids.filter(|href| href.starts_with("/remittances/era_")).map(str::to_owned).collect();
    ids.dedup();
    ids
}

#[tokio::test]
async fn a_remittance_shows_its_sums_and_the_segments_behind_them() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let mut text = era("T1", &[denied("A-1", 90, "CO*16*90"), denied("A-2", 50, "CO*16*40")]);
    text = text.replace("BPR*I*0*", "BPR*I*25*");
    take(&lead, "a.835", &text).await.shows(&["does not add up"]);
    let waiting = remittances(&lead, "/remittances?show=review").await;
    let [one] = waiting.as_slice() else { panic!("{waiting:?}") };
    lead.get(one).await.is(StatusCode::OK).shows(&[
        "Payment off",
        "claims $0.00 less provider adjustments $0.00 ≠ payment $25.00",
        "1 claim does not add up",
        "quarantined",
        "MADEUP, PAT",
    ]);
    lead.get("/remittances?show=review&text=nobody").await.shows(&["No remittance fits"]);
    let claim = lead.get(&format!("{one}/claims/1")).await;
    claim.shows(&["href=\"/claims/clm_", "href=\"/cases/"]);
    claim.is(StatusCode::OK).shows(&["CLP*A-2*1*50*0", "the parts come to $10.00", "CO-16"]);
    lead.get(&format!("{one}/claims/2")).await.is(StatusCode::NOT_FOUND);
    let case = lead.find("A-2").await;
    lead.get(&case).await.shows(&["quarantined", "does not add up"]);
    lead.get(&case).await.shows(&["of 10 known", "take its 837 in"]);
    lead.get("/").await.shows(&["1 remittance to decide"]);
    let looked = [("verdict", "looked_at"), ("why", "the payer sends it again")];
    lead.post(&format!("{one}/verdict"), &looked).await.is(StatusCode::SEE_OTHER);
    lead.get(one).await.shows(&["Looked at: it does not add up: the payer sends it again"]);
    assert!(remittances(&lead, "/remittances?show=review").await.is_empty());
    lead.get("/").await.hides(&["remittance to decide"]);
    let again = lead.post(&format!("{one}/verdict"), &looked).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["nothing to look at"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_is_odd_in_a_file_is_listed_at_its_place() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let text = era("T1", &[denied("A-1", 90, "CO*16*90")]).replace("SE*", "ZZZ*1~SE*");
    let taken = take(&lead, "a.835", &text).await;
    taken.shows(&["What is odd in it", "no such segment", "warning"]);
    lead.get("/files").await.shows(&["a.835", "odd</a>"]);
    let again = take(&lead, "b.835", &text).await;
    again.shows(&["Taken already, as a.835 on "]);
    let link = again.text.split("href=\"").find(|rest| rest.starts_with("/files/"));
    let link = link.and_then(|rest| rest.split('"').next()).expect("a pointer to the first");
    lead.get(link).await.is(StatusCode::OK).shows(&["a.835", "What is odd in it"]);
}

/// A file whose taking in ended before anything of it was written, and the program that goes on.
async fn cut_short(clinic: &TestClinic, text: &str, report: &str) {
    let office = clinic.office();
    let hash = office.documents.keep(text.as_bytes()).expect("kept");
    let file = FileRow {
        hash: hash.clone(),
        name: "a.835".to_owned(),
        bytes: 0,
        kinds: String::new(),
        state: String::new(),
        taken_at: "2026-01-05T09:00:00Z".to_owned(),
        taken_by: office.who.person.as_str().to_owned(),
        report: report.to_owned(),
    };
    let mut tx = office.write().await.expect("a turn");
    tx.begin_file(&file).await.expect("begun");
    tx.commit().await.expect("durable");
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    crate::take::go_on(office, &stopped).await.expect("gone on");
    let row = office.read().await.expect("a look").file(&hash).await.expect("read");
    assert_eq!(row.map(|row| row.state).as_deref(), Some("taken"));
}

#[tokio::test]
async fn a_file_that_a_crash_cut_short_is_taken_to_its_end() {
    let clinic = TestClinic::open().await;
    cut_short(&clinic, &era("T1", &[denied("A-1", 90, "CO*16*90")]), "{}").await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.is(StatusCode::OK).shows(&["CO-16"]);
    clinic.is_proven().await;
}

/// That a test file was to count is remembered over the crash.
#[tokio::test]
async fn a_test_file_that_was_to_count_counts_after_a_crash() {
    for (report, counts) in [("{}", false), (r#"{"accept_test":true}"#, true)] {
        let clinic = TestClinic::open().await;
        let text = era("T1", &[denied("A-1", 90, "CO*16*90")]).replacen("*P*:", "*T*:", 1);
        cut_short(&clinic, &text, report).await;
        let lead = clinic.named("lead", Role::BillingSupervisor).await;
        let queue = lead.get("/queue").await;
        assert_eq!(queue.text.contains("A-1"), counts, "{report}");
        clinic.is_proven().await;
    }
}

#[tokio::test]
async fn of_two_that_say_different_things_somebody_chooses() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let other = take(&lead, "b.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    other.shows(&["in conflict"]);
    lead.get("/").await.shows(&["2 remittances to decide"]);
    let both = remittances(&lead, "/remittances?show=review").await;
    assert_eq!(both.len(), 2);
    let page = lead.get(&both[0]).await;
    page.shows(&[
        "says something else",
        "Other remittances of the same payment",
        "This one counts",
    ]);
    biller.get(&both[0]).await.is(StatusCode::OK).hides(&["This one counts"]);
    let verdict = format!("{}/verdict", both[0]);
    biller.post(&verdict, &[("verdict", "counts"), ("why", "x")]).await.is(StatusCode::FORBIDDEN);
    let mute = lead.post(&verdict, &[("verdict", "counts"), ("why", " ")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["say why"]);
    let chosen = [("verdict", "counts"), ("why", "the payer confirmed it by phone")];
    lead.post(&verdict, &chosen).await.is(StatusCode::SEE_OTHER);
    lead.get(&both[0]).await.shows(&["counts", "Counts: the payer confirmed it by phone"]);
    lead.get(&both[1])
        .await
        .shows(&["set aside", "another remittance of the same payment was chosen"]);
    let case = lead.find("A-1").await;
    let kept = lead.get(&case).await;
    let won = if kept.text.contains("CAS*CO*16*90") { "CO-16" } else { "CO-197" };
    kept.shows(&[won]).hides(&["quarantined", "Another remittance has the same payment"]);
    let back = lead.post(&format!("{}/verdict", both[1]), &chosen).await;
    back.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["counts already"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_belongs_to_nobody_is_held_until_somebody_releases_it() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let wanted = Wanted { npis: vec!["1093817462".to_owned()], ..Wanted::default() };
    practices::change(clinic.office(), &wanted).await.expect("added");
    let held = take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    held.shows(&["held", "its payee is no practice of this database"]);
    let none = lead.post("/find", &[("sought", "A-1")]).await;
    none.shows(&["No case was found"]);
    let waiting = remittances(&lead, "/remittances?show=review").await;
    let verdict = format!("{}/verdict", waiting[0]);
    let why = [("verdict", "counts"), ("why", "our old NPI")];
    lead.post(&verdict, &why).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-1").await;
    lead.get(&case).await.is(StatusCode::OK).shows(&["CO-16"]);
    let aside = [("verdict", "set_aside"), ("why", "not ours after all")];
    lead.post(&verdict, &aside).await.is(StatusCode::SEE_OTHER);
    lead.get(&case).await.shows(&["was set aside"]);
    clinic.is_proven().await;
}

/// A 277CA that refuses one claim.
pub(super) fn refusal(number: &str) -> String {
    let era = era("T9", &[]);
    let head: Vec<&str> = era.lines().take(1).collect();
    let rest = [
        "GS*HN*STANDIN*CLINIC*20260301*1200*1*X*005010X214~",
        "ST*277*0001*005010X214~",
        "BHT*0085*08*R1*20260301*1200*TH~",
        "HL*1**20*1~",
        "NM1*PR*2*STANDIN HEALTH*****PI*STAND~",
        "TRN*1*R1~",
        "DTP*050*D8*20260301~",
        "DTP*009*D8*20260301~",
        "HL*2*1*21*1~",
        "NM1*41*2*TEST CLINIC*****46*SUB1~",
        "HL*3*2*19*1~",
        "NM1*85*2*TEST CLINIC*****XX*1234567893~",
        "HL*4*3*PT~",
        "NM1*QC*1*MADEUP*PAT****MI*M1~",
        &format!("TRN*2*{number}~"),
        "STC*A7:562:85*20260301*U*90~",
        "SE*15*0001~",
        "GE*1*1~",
        "IEA*1*000000001~",
    ]
    .map(str::to_owned);
    head.into_iter().map(str::to_owned).chain(rest).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_rejection_has_its_own_queue_and_is_no_denial() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let auditor = clinic.person(Role::Auditor).await;
    take(&biller, "a.277", &refusal("C-3")).await.shows(&["277"]);
    let page = biller.get("/rejections").await;
    page.is(StatusCode::OK).shows(&["C-3", "Claim, by 277CA", "A7", "Resolve"]);
    biller.get("/queue").await.hides(&["C-3"]);
    auditor
        .get("/rejections")
        .await
        .is(StatusCode::OK)
        .shows(&["C-3"])
        .hides(&["Resolve</button>"]);
    let id = page.field("rejection");
    let mute = biller.post("/rejections", &[("rejection", &id), ("why", "")]).await;
    mute.is(StatusCode::UNPROCESSABLE_ENTITY);
    let done = [("rejection", id.as_str()), ("why", "NPI mended, sent again")];
    auditor.post("/rejections", &done).await.is(StatusCode::FORBIDDEN);
    biller.post("/rejections", &done).await.is(StatusCode::SEE_OTHER);
    biller.get("/rejections").await.shows(&["No open rejection"]);
    biller.get("/rejections?show=resolved").await.shows(&["C-3", "Test ada", "NPI mended"]);
    biller.post("/rejections", &done).await.is(StatusCode::NOT_FOUND);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_later_payment_is_told_on_the_case() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    take(&biller, "a.835", &era("T1", &[denied("A-1", 90, "CO*16*90")])).await;
    let line =
        Line { code: "99214", charge: 90, paid: 70, adjustments: &["CO*45*20"], remarks: &[] };
    let paid = PaidClaim { lines: vec![line], ..denied("A-1", 90, "CO*16*90") };
    take(&biller, "b.835", &era_on("T2", "20260302", &[paid])).await;
    let case = biller.find("A-1").await;
    biller.get(&case).await.shows(&["Overturned", "Paid after all: $70.00 on Mar 2, 2026"]);
    let post = [("kind", "payer_payment"), ("amount", "70"), ("why", "T2")];
    biller
        .act(&case, "post", &post)
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["role billing specialist may not"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn ranks_follow_the_days_without_an_act() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let text = era("T1", &[denied("A-1", 900, "CO*197*900")])
        .replace("CLP*A-1*1*900*0**12", "CLP*A-1*1*900*0**MB");
    take(&lead, "a.835", &text).await;
    let case = lead.find("A-1").await;
    lead.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let planned = [("next", "review"), ("on", "2026-06-01")];
    lead.act(&case, "plan", &planned).await.is(StatusCode::SEE_OTHER);
    let before = lead.get(&case).await.field("version");
    let filter = store::queue::Filter::default();
    let sort = store::queue::Sort::Priority;
    let row = async |office: &Office| {
        let mut tx = office.read().await.expect("readable");
        tx.queue(&filter, sort, 1).await.expect("a queue").remove(0)
    };
    let first = row(clinic.office()).await;
    let later = Office { clock: at("2026-05-20T09:00:00Z"), ..clinic.office().clone() };
    assert!(rank::is_due(&later).await.expect("readable"));
    assert_eq!(rank::sweep(&later).await.expect("swept"), 1);
    assert!(!rank::is_due(&later).await.expect("readable"));
    let second = row(&later).await;
    assert_ne!(first.priority, second.priority);
    assert_eq!(first.version, second.version);
    assert_eq!(lead.get(&case).await.field("version"), before);
    assert_eq!(rank::sweep(&later).await.expect("swept"), 0, "nothing moves twice");
    clinic.is_proven().await;
}

//! Rules in the browser: tried on cases, saved as versions, restored; codes mapped by a form.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, Line, PASSWORD, PaidClaim, TestClinic, denied, era, take};
use crate::refile;

/// A claim that a code denies which nobody mapped.
fn vague(number: &'static str, charge: u32) -> PaidClaim {
    let adjustments: &'static [&'static str] =
        Box::leak(Box::new([&*Box::leak(format!("CO*111*{charge}").into_boxed_str())]));
    let line = Line { code: "99214", charge, paid: 0, adjustments, remarks: &[] };
    PaidClaim { lines: vec![line], ..denied(number, charge, "") }
}

const OWN: &str = "name = \"Standin Health\"\nplan_types = [\"commercial\"]\n\n\
                   [[reason]]\ncarc = \"111\"\nkind = \"denial\"\ncategory = \"authorization\"\n\
                   correctable = true\nrecoverable = \"medium\"\nnext = \"correct\"\n";
const PATH: &str = "payers/standin.toml";

async fn edit(
    lead: &Browser,
    what: &str,
    text: &str,
    why: &str,
    read: &str,
) -> super::clinic::Answer {
    let fields = [
        ("path", PATH),
        ("text", text),
        ("why", why),
        ("read", read),
        ("what", what),
        ("number", ""),
    ];
    lead.post("/rules/edit", &fields).await
}

/// Brings the cases after their rules, as the server does when it is told.
async fn follow(clinic: &TestClinic) -> u64 {
    let office = clinic.office().afresh().await.expect("read");
    refile::sweep(&office, &|_| {}).await.expect("swept")
}

#[tokio::test]
async fn a_rule_is_tried_on_cases_before_it_is_saved_and_the_cases_follow() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let biller = clinic.person(Role::BillingSpecialist).await;
    take(&lead, "a.835", &era("T1", &[vague("A-1", 90), denied("A-2", 50, "CO*197*50")])).await;
    biller.get("/rules/edit?path=owners.toml").await.is(StatusCode::FORBIDDEN);
    lead.get("/rules").await.shows(&["playbook.toml", "Built in", "payers/aetna_commercial.toml"]);
    let faulty = edit(&lead, "try", &OWN.replace("medium", "often"), "", "0").await;
    faulty.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&[
        "href=\"#L9\"",
        "expected one of high, medium, low, came &#34;often&#34;",
        "write recoverable as one of high, medium, low",
        "recoverable = &#34;often&#34;",
    ]);
    let tried = edit(&lead, "try", OWN, "", "0").await;
    tried.is(StatusCode::OK).shows(&[
        "Tried on 2 cases: 2 cases differ",
        "authorization staff",
        ">A-1</a>",
        "Reason: unmapped → <strong>authorization</strong>",
    ]);
    assert_eq!(clinic.views_since(0).await[0].2, "rules tried");
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["name=\"version\" value=\"1\""]);
    edit(&lead, "save", OWN, " ", "0")
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["Say why", "Standin Health"]);
    let saved = edit(&lead, "save", OWN, "their manual of March", "0").await;
    let page = lead.get(&saved.is(StatusCode::SEE_OTHER).location()).await;
    page.shows(&["Saved.", "Own, version 1", "Test billing_supervisor", "their manual of March"]);
    assert_eq!(follow(&clinic).await, 2);
    lead.get(&case).await.shows(&["Authorization", "Authorization staff"]);
    lead.get("/rules").await.hides(&["CO-111"]);
    // What is taken in next is read by it at once.
    take(&lead, "b.835", &era("T2", &[vague("A-3", 70)])).await;
    let case = lead.find("A-3").await;
    lead.get(&case).await.shows(&["Authorization staff"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn versions_are_compared_restored_and_given_up() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let manager = clinic.person(Role::Manager).await;
    edit(&lead, "save", OWN, "first", "0").await.is(StatusCode::SEE_OTHER);
    let second = OWN.replace("authorization", "credentialing");
    edit(&lead, "save", &second, "second", "1").await.is(StatusCode::SEE_OTHER);
    edit(&lead, "save", &second, "again", "2").await.shows(&["Nothing differs from what holds"]);
    let stale = edit(&manager, "save", OWN, "mine", "1").await;
    stale.is(StatusCode::CONFLICT).shows(&[
        "Test billing_supervisor saved version 2",
        "version=2\">See what they changed",
        "authorization",
        "name=\"read\" value=\"2\"",
    ]);
    let page = manager.get("/rules/file?path=payers/standin.toml&version=2").await;
    page.is(StatusCode::OK).shows(&[
        "<code>category = &#34;authorization&#34;</code>",
        "<code>category = &#34;credentialing&#34;</code>",
        "aria-label=\"gone\"",
        "second",
    ]);
    let restore = |version: &'static str, why: &'static str| {
        let fields = [("path", PATH), ("version", version), ("why", why), ("read", "9")];
        let lead = &lead;
        async move { lead.post("/rules/restore", &fields).await }
    };
    restore("7", "no such").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    restore("1", "").await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say why"]);
    restore("1", "the first was right").await.is(StatusCode::SEE_OTHER);
    let page = lead.get("/rules/file?path=payers/standin.toml").await;
    page.shows(&["Own, version 3", "category = &#34;authorization&#34;"]);
    restore("0", "no longer with them").await.is(StatusCode::SEE_OTHER);
    let page = lead.get("/rules/file?path=payers/standin.toml").await;
    page.shows(&["Given up since", "own file given up", "No text."]);
    lead.get("/rules").await.shows(&["payers/standin.toml", "Given up since"]);
    let found = lead.get("/rules?text=STANDIN").await;
    found.shows(&["payers/standin.toml", "value=\"STANDIN\"", "Show all"]).hides(&[">desk.toml<"]);
    lead.get("/rules?text=nowhere").await.shows(&["No rule file fits"]);
    restore("2", "with them again").await.is(StatusCode::SEE_OTHER);
    let page = lead.get("/rules/file?path=payers/standin.toml").await;
    page.shows(&["Own, version 5", "Nothing: give the file up"]);
    lead.get("/rules/file?path=../secret.toml").await.is(StatusCode::NOT_FOUND);
    lead.get("/rules/file?path=payers/nobody.toml").await.is(StatusCode::NOT_FOUND);
    let journal = manager.get("/journal").await;
    journal.shows(&["Saved rules", "rules/payers/standin.toml", "the first was right"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_sees_no_case_tries_rules_on_sums_alone() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let admin = clinic.person(Role::Administrator).await;
    take(&lead, "a.835", &era("T1", &[vague("A-1", 90)])).await;
    let tried = edit(&admin, "try", OWN, "", "0").await;
    tried.is(StatusCode::OK).shows(&["Tried on 1 case: 1 case differs", "authorization"]);
    tried.hides(&["A-1", "/cases/"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn another_process_and_another_practice_have_their_own() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let other = clinic.another_process().await;
    let elsewhere = clinic.another_practice("b").await;
    edit(&lead, "save", OWN, "first", "0").await.is(StatusCode::SEE_OTHER);
    assert_eq!(other.rules.version, 0, "as it was opened");
    let mut tx = other.write().await.expect("a turn");
    assert_eq!(other.in_step(&mut tx).await.expect("whole").rules.version, 1);
    drop(tx);
    assert_eq!(other.afresh().await.expect("read").rules.version, 1);
    assert_eq!(elsewhere.afresh().await.expect("read").rules.version, 0);
    let there = other.of(elsewhere.clinic.clone()).await.expect("read");
    assert_eq!(there.rules.version, 0, "another practice's rules are its own");
    clinic.is_proven().await;
}

#[tokio::test]
async fn rules_that_no_longer_check_stop_cases_and_say_so() {
    let mut clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    edit(&lead, "save", OWN, "first", "0").await.is(StatusCode::SEE_OTHER);
    // A later program brings a file that claims the same name.
    clinic.with_file("payers/new.toml", OWN).await;
    let mut lead = clinic.stranger();
    lead.sign_in("billing_supervisor", PASSWORD).await;
    let page = lead.get("/rules").await;
    page.is(StatusCode::OK).shows(&["no longer check", "commercial of Standin Health"]);
    let office = clinic.office().afresh().await.expect("read");
    let fault = refile::sweep(&office, &|_| {}).await.expect_err("no case follows").to_string();
    assert!(fault.contains("1 faults in the practice's own rules"), "{fault}");
    edit(&lead, "save", &OWN.replace("Standin", "Our Standin"), "mended", "1").await;
    lead.get("/rules").await.hides(&["no longer check"]);
    let office = clinic.office().afresh().await.expect("read");
    office.rules.require_whole().expect("mended");
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_code_is_mapped_by_a_form_and_its_cases_are_filed_anew() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[vague("A-1", 90), denied("A-2", 50, "CO*197*50")])).await;
    lead.get("/rules").await.shows(&["/rules/code?code=CO-111"]);
    let form = lead.get("/rules/code?code=CO-111").await;
    form.is(StatusCode::OK).shows(&["1 open case waits", "The code looks like Registration"]);
    let chosen = form.text.split("map-form").nth(1).and_then(|form| form.split("</form>").next());
    assert!(!chosen.expect("a form").contains(" selected"), "nothing is chosen beforehand");
    lead.get("/rules/code?code=CO-1%2011").await.is(StatusCode::NOT_FOUND);
    let post = |changes: &'static [(&'static str, &'static str)]| {
        let mut fields = vec![
            ("code", "CO-111"),
            ("kind", "denial"),
            ("category", "credentialing"),
            ("recoverable", "high"),
            ("correctable", "no"),
            ("preventable", "yes"),
            ("next", "call_payer"),
            ("documents", "Enrollment record, w 9"),
            ("read", "0"),
        ];
        fields.retain(|(name, _)| changes.iter().all(|(other, _)| name != other));
        fields.extend(changes);
        let lead = &lead;
        async move { lead.post("/rules/code", &fields).await }
    };
    post(&[("category", "")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["Choose the reason"]);
    post(&[("rarc", "ZZ9")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .shows(&["ZZ9 is in no list"]);
    let tried = post(&[]).await;
    tried.is(StatusCode::OK).shows(&[
        "Tried on 1 case: 1 case differs",
        "<td>unmapped</td><td>credentialing</td>",
        "What is written into playbook.toml",
        "documents = [&#34;enrollment_record&#34;, &#34;w_9&#34;]",
        "preventable = true",
    ]);
    post(&[("what", "save")]).await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Say why"]);
    let saved = post(&[("what", "save"), ("why", "their letter")]).await;
    lead.get(&saved.is(StatusCode::SEE_OTHER).location()).await.shows(&["Saved."]);
    follow(&clinic).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Credentialing", "Call payer"]);
    lead.get("/rules").await.hides(&["/rules/code?code=CO-111"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_name_is_said_to_be_a_payer_and_its_clocks_come() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    // The filing code does not say the line of business.
    let text = era("T1", &[denied("A-1", 90, "CO*197*90")]).replace("0**12*", "0**ZZ*");
    take(&lead, "a.835", &text).await;
    let rules = lead.get("/rules").await;
    let at = rules.text.find("/rules/payer?payer=pay_").expect("a payer without clocks");
    let address = rules.text[at..].split('"').next().expect("its end").to_owned();
    let payer = address.split('=').nth(1).expect("its id").to_owned();
    lead.get(&address).await.is(StatusCode::OK).shows(&["Who is STANDIN HEALTH?", "1 open case"]);
    lead.get("/rules/payer?payer=pay_none").await.is(StatusCode::NOT_FOUND);
    let post = |fields: &[(&'static str, &'static str)]| {
        let payer = payer.clone();
        let fields = fields.to_vec();
        let lead = &lead;
        async move {
            let mut all = vec![("payer", payer.as_str()), ("names", "yes"), ("read", "0")];
            all.extend(fields);
            lead.post("/rules/payer", &all).await
        }
    };
    post(&[("is", "Nobody")]).await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Choose one"]);
    let own = post(&[("is", ""), ("name", "Standin Health"), ("plan", "self_funded")]).await;
    own.is(StatusCode::OK).shows(&[
        "payers/standin_health.toml",
        "plan_where_unsaid = &#34;self_funded&#34;",
        "Clock: appeal, level 1",
    ]);
    let known = post(&[("is", "Florida Blue"), ("what", "save"), ("why", "its plan here")]).await;
    known.is(StatusCode::SEE_OTHER);
    let page = lead.get("/rules/file?path=payers/florida_blue.toml").await;
    page.shows(&["STANDIN HEALTH", "its plan here", "Own, version 1"]);
    follow(&clinic).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["payers/florida_blue.toml"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_matrix_names_a_person_and_a_cover_has_their_new_cases() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let _anna = clinic.named("anna", Role::AuthorizationStaff).await;
    let ben = clinic.named("ben", Role::AuthorizationStaff).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    let page = lead.get("/rules/owners?category=authorization").await;
    page.is(StatusCode::OK).shows(&[
        "<th scope=\"col\">Authorization staff</th>",
        "value=\"authorization\" selected",
        "Nobody is away",
        "Test anna (authorization staff)",
    ]);
    let row = |person: &'static str, what: &'static str| {
        let lead = &lead;
        async move {
            let fields = [
                ("change", "row"),
                ("category", "authorization"),
                ("role", "authorization_staff"),
                ("person", person),
                ("asks", "utilization_review"),
                ("then", "billing_supervisor"),
                ("after_days", "5"),
                ("why", "she knows them"),
                ("read", "0"),
                ("what", what),
            ];
            lead.post("/rules/owners", &fields).await
        }
    };
    let stranger = row("nobody", "try").await;
    stranger.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["nobody in this practice signs in as"]);
    let tried = row("anna", "try").await;
    tried.is(StatusCode::OK).shows(&["1 case differs", "authorization staff: Test anna"]);
    row("anna", "save").await.is(StatusCode::SEE_OTHER);
    follow(&clinic).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Test anna"]);
    let away = [
        ("change", "away"),
        ("away", "anna"),
        ("cover", "ben"),
        ("from", "2026-03-02"),
        ("until", "2026-03-06"),
        ("why", "holiday"),
        ("read", "1"),
        ("what", "save"),
    ];
    lead.post("/rules/owners", &away).await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/owners").await.shows(&["away now", "Test ben", "Mar 6, 2026"]);
    take(&lead, "b.835", &era("T2", &[denied("A-2", 50, "CO*197*50")])).await;
    let case = ben.find("A-2").await;
    ben.get(&case).await.shows(&["Test ben"]).hides(&["Test anna"]);
    let back = [
        ("change", "back"),
        ("away", "anna"),
        ("from", "2026-03-02"),
        ("why", "back"),
        ("read", "2"),
        ("what", "save"),
    ];
    lead.post("/rules/owners", &back).await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/owners").await.shows(&["Nobody is away"]);
    take(&lead, "c.835", &era("T3", &[denied("A-3", 50, "CO*197*50")])).await;
    let case = lead.find("A-3").await;
    lead.get(&case).await.shows(&["Test anna"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn large_amounts_have_an_owner_of_their_own() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let large = [
        ("change", "row"),
        ("category", "authorization"),
        ("from", "5000"),
        ("role", "billing_supervisor"),
        ("then", "manager"),
        ("after_days", "2"),
        ("why", "large ones are mine"),
        ("read", "0"),
        ("what", "save"),
    ];
    lead.post("/rules/owners", &large).await.is(StatusCode::SEE_OTHER);
    let link = "category=authorization&#38;origin=&#38;provider=&#38;from=5000.00#change";
    lead.get("/rules/owners").await.shows(&["Authorization, from $5,000.00", link]);
    let row = lead.get("/rules/owners?category=authorization&from=5000.00").await;
    row.shows(&["name=\"from\" value=\"5000.00\"", "value=\"billing_supervisor\" selected"]);
    let claims = [denied("A-1", 6_000, "CO*197*6000"), denied("A-2", 60, "CO*197*60")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["for the role billing supervisor"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_licensed_list_is_looked_at_then_taken_in_and_never_exported() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    lead.get("/rules/codes").await.is(StatusCode::OK).shows(&["never exported"]);
    let look = |text: &'static str| {
        let lead = &lead;
        async move {
            let file = ("file", "list.csv", text);
            lead.upload("/rules/codes", &[("path", "codes/carc.csv")], file).await
        }
    };
    look("a,b\n").await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["No column is called"]);
    let looked = look("Code,Description\n197,Made-up licensed text\n9990,New one\n").await;
    looked.is(StatusCode::OK).shows(&[
        "1 new, 1 with another text",
        "Made-up licensed text",
        "list.csv taken in",
    ]);
    let text = looked.text.split("aria-label=\"The list\">\n").nth(1).expect("a text");
    let text = text.split("</textarea>").next().expect("its end").replace("&#34;", "\"");
    let text = text.replace("&#39;", "'").replace("&#38;", "&").replace("&#60;", "<");
    let fields = [
        ("path", "codes/carc.csv"),
        ("text", text.as_str()),
        ("why", "our licence"),
        ("read", "0"),
        ("what", "save"),
    ];
    lead.post("/rules/edit", &fields).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-1").await;
    lead.get(&case).await.shows(&["Made-up licensed text"]);
    let folder = tempfile::tempdir().expect("a folder");
    let office = clinic.office().afresh().await.expect("read");
    crate::rules_folder::export(&office, folder.path()).await.expect("written");
    assert!(!folder.path().join("codes").exists(), "a licensed list stays here");
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_text_of_any_version_goes_out_as_a_file_and_is_on_record() {
    let clinic = TestClinic::open().await;
    let lead = clinic.person(Role::BillingSupervisor).await;
    let later = OWN.replace("medium", "low");
    edit(&lead, "save", OWN, "their manual", "0").await.is(StatusCode::SEE_OTHER);
    edit(&lead, "save", &later, "a second look", "1").await.is(StatusCode::SEE_OTHER);
    let page = lead.get(&format!("/rules/file?path={PATH}&version=1")).await;
    page.shows(&["href=\"/rules/text?path=", "&amp;version=1\" download"]);
    let first = lead.get(&format!("/rules/text?path={PATH}&version=1")).await;
    assert_eq!(first.is(StatusCode::OK).text, OWN);
    let name = first.headers.get("content-disposition").and_then(|name| name.to_str().ok());
    assert_eq!(name, Some("attachment; filename=\"standin.toml\""));
    assert_eq!(lead.get(&format!("/rules/text?path={PATH}")).await.text, later);
    assert!(lead.get("/rules/text?path=desk.toml").await.text.len() > 200, "the built-in file");
    let told = clinic.views_since(0).await;
    assert_eq!(told.iter().filter(|one| one.1 == "rules.exported").count(), 3);
    lead.get(&format!("/rules/text?path={PATH}&version=9")).await.is(StatusCode::NOT_FOUND);
    let list = lead.get("/rules/text?path=codes/carc.csv").await;
    list.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["licensed"]);
    clinic.is_proven().await;
}

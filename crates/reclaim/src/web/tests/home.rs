//! Home of each role: what is there, and that every figure is the length of the list it opens.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, Line, PaidClaim, TestClinic, bill, denied, era, take};
use crate::rank;

/// Every link that counts a list: its address and its count.
fn counted(page: &Answer) -> Vec<(String, usize)> {
    let ends = page.text.match_indices("\" data-rows=\"");
    let link = |(at, mark): (usize, &str)| {
        let (before, after) = (&page.text[..at], &page.text[at + mark.len()..]);
        let href = before.rsplit("href=\"").next().expect("an address");
        let rows = after.split('"').next().and_then(|rows| rows.parse().ok());
        (href.replace("&#38;", "&").replace("&amp;", "&"), rows.expect("a count"))
    };
    ends.map(link).collect()
}

/// How many rows a list has.
fn length(address: &str, list: &Answer) -> usize {
    let text = list.text.as_str();
    let rows = |of: &str| of.matches("<tr>").count() - of.matches("<thead><tr>").count();
    let part = |id: &str| {
        let part = text.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_default();
        part.split("</section>").next().unwrap_or_default().to_owned()
    };
    let (path, place) = address.split_once('#').unwrap_or((address, ""));
    match (path.split('?').next().unwrap_or_default(), place) {
        ("/queue", _) => {
            let said = text.split("id=\"sum\"><strong>").nth(1).unwrap_or_default();
            let said = said.split_whitespace().next().unwrap_or_default();
            let listed = text.matches("<tr data-id=\"").count();
            assert_eq!(said.replace(',', ""), listed.to_string(), "{address}");
            listed
        }
        ("/questions", "asked") => part("asked").matches("<li>").count(),
        ("/questions", _) => text.matches("<li><a class=\"row\" href=\"/questions/").count(),
        ("/matches", _) => text.matches("class=\"panel pair\"").count(),
        ("/rules", id) => rows(&part(id)),
        _ => rows(text),
    }
}

/// Opens every list that somebody's home counts.
async fn walk(person: &Browser, role: Role) -> usize {
    let home = person.get("/").await;
    home.is(StatusCode::OK);
    let mut links = counted(&home);
    // Opening the other lists makes entries in the journal.
    links.sort_by_key(|(address, _)| !address.starts_with("/journal"));
    for (address, rows) in &links {
        let mut list = person.get(address.split('#').next().unwrap_or_default()).await;
        list.is(StatusCode::OK);
        let mut found = length(address, &list);
        while let Some(next) = list
            .text
            .split("\" rel=\"next\"")
            .next()
            .filter(|_| list.text.contains("rel=\"next\"") && address.starts_with("/journal"))
        {
            let next = next.rsplit("href=\"").next().expect("an address").replace("&#38;", "&");
            list = person.get(&next).await;
            found += length(address, &list);
        }
        assert_eq!(found, *rows, "{role:?} {address}");
    }
    links.len()
}

/// A clinic with something in every list.
async fn busy() -> (TestClinic, Browser, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ada = clinic.named("ada", Role::BillingSpecialist).await;
    let vague =
        Line { code: "99214", charge: 70, paid: 0, adjustments: &["CO*111*70"], remarks: &[] };
    let claims = [
        denied("A-1", 500, "CO*29*500"),
        denied("A-2", 200, "CO*197*200"),
        denied("A-3", 300, "CO*27*300"),
        denied("A-4", 400, "CO*4*400"),
        denied("A-5", 450, "CO*4*450"),
        denied("A-6", 600, "CO*50*600"),
        denied("A-7", 80, "CO*16*80"),
        PaidClaim { lines: vec![vague], ..denied("A-8", 70, "") },
        denied("A-9", 90, "CO*18*90"),
    ];
    take(&lead, "bill.837", &bill("B-1", "MADEUP", 120)).await;
    take(&lead, "a.835", &era("T1", &claims)).await;
    take(&lead, "b.835", &era("T1", &[denied("A-1", 1, "CO*29*1")])).await;
    let other = PaidClaim { family: "OTHER", ..denied("B-1", 77, "CO*197*77") };
    take(&lead, "c.835", &era("T2", &[other])).await;
    let case = ada.find("A-9").await;
    let promised = [("channel", "phone"), ("said", "soon"), ("promised_by", "2026-03-03")];
    ada.act(&case, "log_contact", &promised).await.is(StatusCode::SEE_OTHER);
    (clinic, lead, ada)
}

/// A specialist takes, asks, proposes, puts off.
async fn work(lead: &Browser, ada: &Browser) {
    let case = ada.find("A-1").await;
    ada.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    ada.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    let proposed = ada.act(&case, "propose_write_off", &[("reason", "no proof")]).await;
    proposed.is(StatusCode::SEE_OTHER);
    for (number, role) in [
        ("A-2", "front_desk"),
        ("A-4", "certified_coder"),
        ("A-5", "provider"),
        ("A-5", "provider"),
        ("A-7", "authorization_staff"),
        ("A-7", "utilization_review"),
        ("A-8", "poster"),
    ] {
        let case = lead.find(number).await;
        let asked = [("to", role), ("text", "is it so?")];
        lead.act(&case, "ask_colleague", &asked).await.is(StatusCode::SEE_OTHER);
    }
    let case = lead.find("A-9").await;
    let snoozed = [("until", "2026-03-05"), ("reason", "waits")];
    lead.act(&case, "snooze", &snoozed).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_figure_is_the_length_of_the_list_that_it_opens() {
    let (mut clinic, lead, ada) = busy().await;
    work(&lead, &ada).await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    let case = lead.find("A-4").await;
    clinic.person(Role::Vendor).await;
    let vendor = crate::identity::person("vendor");
    let placed = [("role", "vendor"), ("person", vendor.as_str())];
    lead.act(&lead.find("A-3").await, "assign", &placed).await.is(StatusCode::SEE_OTHER);
    let answer = [("question", "1"), ("text", "it is")];
    coder.act(&case, "answer", &answer).await.is(StatusCode::SEE_OTHER);
    let case = lead.find("A-8").await;
    lead.act(&case, "overturn", &[("note", "they said so"), ("expected", "70")]).await;
    clinic.later("2026-03-04T12:00:00Z");
    rank::sweep(clinic.office()).await.expect("swept");
    let mut seen = Vec::new();
    for role in Role::ALL {
        let mut person = clinic.stranger();
        if matches!(role, Role::CertifiedCoder | Role::Vendor) {
            person.sign_in(role.as_str(), super::clinic::PASSWORD).await;
        } else {
            person = clinic.person(*role).await;
        }
        seen.push((role.as_str(), walk(&person, *role).await));
    }
    for login in ["ada", "lead"] {
        let mut person = clinic.stranger();
        person.sign_in(login, super::clinic::PASSWORD).await;
        seen.push((login, walk(&person, Role::BillingSpecialist).await));
    }
    let count = |role: Role| seen.iter().find(|(name, _)| *name == role.as_str()).map(|one| one.1);
    assert_eq!(count(Role::Executive), Some(0), "figures, and no list");
    assert!(count(Role::Vendor) >= Some(5), "what is placed with them by name");
    for (role, least) in [
        (Role::BillingSupervisor, 40),
        (Role::BillingSpecialist, 13),
        (Role::FrontDesk, 7),
        (Role::CertifiedCoder, 7),
        (Role::Provider, 3),
        (Role::Auditor, 12),
        (Role::Administrator, 3),
    ] {
        assert!(count(role) >= Some(least), "{role:?}: {seen:?}");
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn each_role_finds_its_own_job() {
    let (clinic, lead, ada) = busy().await;
    work(&lead, &ada).await;
    let home = ada.get("/").await;
    home.shows(&["My work today", " pts<small>", "in this order", "At risk"]);
    home.hides(&["MADEUP", "The team"]);
    let order = |page: &Answer| {
        let ids = page.text.split("/cases/").skip(1).filter_map(|one| one.split('"').next());
        let mut ids: Vec<String> = ids.map(str::to_owned).collect();
        ids.dedup();
        ids
    };
    let queue = ada.get("/queue?role=billing_specialist&person=me,nobody").await;
    assert_eq!(order(&home), order(&queue)[..order(&home).len()]);
    let front = clinic.person(Role::FrontDesk).await;
    front.get("/").await.shows(&[
        "What is refused at this desk",
        "CO-27",
        "Have: eligibility response",
        "Find the card copy",
        "Small sample: 1 case.",
    ]);
    let coder = clinic.person(Role::CertifiedCoder).await;
    let repeated = ["Coding denials that repeat", "1234567893", "CO-4", "$850.00"];
    coder.get("/").await.shows(&repeated);
    let provider = clinic.person(Role::Provider).await;
    provider.get("/").await.shows(&["2 questions for you", "Not configured: nobody has said"]);
    lead.get("/").await.shows(&[
        "The team",
        "No person or team",
        "Test ada",
        "Write-offs for a second",
    ]);
    let poster = clinic.person(Role::Poster).await;
    poster.get("/").await.shows(&["Money to post", "Remittances to decide", "Doubtful payments"]);
    let boss = clinic.person(Role::Executive).await;
    boss.get("/")
        .await
        .shows(&["At risk", "Aging since denial", "Money moved", "Written off"])
        .hides(&["/queue", "/cases"]);
    let admin = clinic.person(Role::Administrator).await;
    let home = admin.get("/").await;
    home.shows(&["Payers to configure", "Never yet"]).hides(&["At risk"]);
    let after = |what: &str| home.text.split(what).nth(1).expect("a row").split("</tr>").next();
    let alarms = |what: &str| after(what).expect("a row").contains("due soon");
    assert!(!alarms("What was due left the outbox"), "nothing was ever due");
    assert!(!alarms("Files fetched from other hosts"), "no other host is named");
    assert!(alarms("Backup of the whole database"), "there is no copy");
    let auditor = clinic.person(Role::Auditor).await;
    auditor.get("/").await.shows(&["Access log", "Proposed a write-off"]);
    let vendor = clinic.person(Role::Vendor).await;
    vendor
        .get("/")
        .await
        .shows(&["No case is placed with you yet"])
        .hides(&["At risk", "The team"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn charts_say_what_they_count_and_stand_as_tables_too() {
    let (_clinic, lead, _ada) = busy().await;
    let home = lead.get("/").await;
    home.shows(&[
        "<desc id=\"aging-says\">",
        "0 to 30 days",
        "over 120 days",
        "Small sample: 10 cases.",
        "Share so far",
        "100.0 %",
        "Week of Mar 2, 2026: 10 opened, 0 closed",
        "As a table",
    ]);
    assert_eq!(home.text.matches("<desc id=\"").count(), 4);
}

#[tokio::test]
async fn a_provider_is_told_of_questions_that_are_due() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let own = clinic.named("drown", Role::Provider).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    own.get("/").await.shows(&["Questions to you"]);
    let case = lead.find("A-1").await;
    lead.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let asked = [("to", "provider"), ("text", "is it so?")];
    lead.act(&case, "ask_colleague", &asked).await.is(StatusCode::SEE_OTHER);
    let home = own.get("/").await;
    home.shows(&["Questions to you", "the soonest in 3 days"]).hides(&["Due within 7 days"]);
    // Who was asked is offered the answer first.
    let page = own.get(&case).await;
    page.shows(&["id=\"act-answer\" open"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_provider_who_is_tied_to_an_npi_sees_the_causes_of_their_own_denials() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let own = clinic.named("drown", Role::Provider).await;
    let other = clinic.named("drother", Role::Provider).await;
    let claims = [denied("A-1", 90, "CO*197*90"), denied("A-2", 50, "CO*197*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    own.get("/").await.shows(&[
        "Not configured: nobody has said which provider",
        "Your login has no NPI yet",
        "Ask your administrator (nobody has that role in this practice yet)",
    ]);
    clinic.named("root", Role::Administrator).await;
    own.get("/").await.shows(&[
        "Ask your administrator, Test root,",
        "Owners, Who is which provider",
        "Your login, drown,",
    ]);
    own.get("/").await.hides(&["owners.toml"]);
    let files = crate::rules_files::files(None).expect("the shipped files");
    let (_, owners) = files.into_iter().find(|(path, _)| path == "owners.toml").expect("there");
    let tied = |npi: &str| format!("{owners}\n[[provider]]\nperson = \"drown\"\nnpi = \"{npi}\"\n");
    let save = async |text: &str| {
        let fields = [
            ("path", "owners.toml"),
            ("text", text),
            ("why", "who is who"),
            ("read", "0"),
            ("what", "save"),
            ("number", ""),
        ];
        lead.post("/rules/edit", &fields).await
    };
    save(&tied("1234567890")).await.shows(&["is no NPI", "write its ten digits"]);
    save(&tied("1234567893")).await.is(StatusCode::SEE_OTHER);
    let home = own.get("/").await;
    home.shows(&["NPI 1234567893", "CO-197", "$140.00", "Small sample: 2 cases."]);
    home.hides(&["A-1", "MADEUP", "Not configured: nobody", "Your login has no NPI"]);
    other.get("/").await.shows(&["Not configured: nobody has said"]).hides(&["$140.00"]);
    clinic.is_proven().await;
}

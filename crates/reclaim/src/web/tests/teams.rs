//! Teams: made by form, tested on a denial, given cases; their people see those and take them.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, PASSWORD, TestClinic, denied, era, take};
use crate::{rank, refile};

/// Saves or tries a team of `ana`, who leads it, and others.
async fn team(lead: &Browser, what: &str, name: &str, others: &[&str], read: &str) -> Answer {
    let boxes: Vec<String> = others.iter().map(|one| format!("member:{one}")).collect();
    let mut fields = vec![
        ("change", "team"),
        ("name", name),
        ("lead", "ana"),
        ("member:ana", "yes"),
        ("why", "they know the payer"),
        ("read", read),
        ("what", what),
    ];
    fields.extend(boxes.iter().map(|one| (one.as_str(), "yes")));
    lead.post("/rules/owners", &fields).await
}

/// Gives authorisations to whoever the form's list names.
async fn row(lead: &Browser, what: &str, whose: &str, role: &str, read: &str, on: &str) -> Answer {
    let fields = [
        ("change", "row"),
        ("category", "authorization"),
        ("role", role),
        ("person", whose),
        ("then", "billing_supervisor"),
        ("after_days", "5"),
        ("why", "a desk of its own"),
        ("on", on),
        ("read", read),
        ("what", what),
    ];
    lead.post("/rules/owners", &fields).await
}

/// A clinic whose authorisations belong to the team of ana, a specialist, and the others.
async fn shared(others: &[&str], role: &str) -> (TestClinic, Browser, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let ana = clinic.named("ana", Role::BillingSpecialist).await;
    for login in others {
        let role = if *login == "vera" { Role::Vendor } else { Role::FrontDesk };
        clinic.named(login, role).await;
    }
    team(&lead, "save", "Medicare desk", others, "0").await.is(StatusCode::SEE_OTHER);
    row(&lead, "save", "team:Medicare desk", role, "1", "").await.is(StatusCode::SEE_OTHER);
    let claims = [denied("A-1", 90, "CO*197*90"), denied("A-2", 50, "CO*29*50")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    (clinic, lead, ana)
}

/// The person's browser in the clinic as it is.
async fn again(clinic: &TestClinic, login: &str) -> Browser {
    let mut browser = clinic.stranger();
    browser.sign_in(login, PASSWORD).await.is(StatusCode::SEE_OTHER);
    browser
}

#[tokio::test]
async fn a_team_is_made_by_form_and_tested_on_a_denial_before_it_is_saved() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    for (login, role) in [("ana", Role::BillingSpecialist), ("ben", Role::BillingSpecialist)] {
        clinic.named(login, role).await;
    }
    take(&lead, "a.835", &era("T1", &[denied("A-1", 90, "CO*197*90")])).await;
    lead.get("/rules/owners").await.shows(&["There is no team yet", "name=\"member:ben\""]);
    let odd = team(&lead, "save", "A, B", &["ben"], "0").await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Name the team", "value=\"A, B\""]);
    let stranger = team(&lead, "save", "Desk", &["nobody"], "0").await;
    stranger.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["nobody in this practice signs in as"]);
    let strange = row(&lead, "try", "team:Desk", "billing_specialist", "0", "").await;
    strange.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["no team is called"]);
    team(&lead, "try", "Desk", &["ben"], "0").await.is(StatusCode::OK).shows(&["[[team]]"]);
    team(&lead, "save", "Desk", &["ben"], "0").await.is(StatusCode::SEE_OTHER);
    let page = lead.get("/rules/owners?team=Desk").await;
    page.shows(&["Test ana, Test ben", "name=\"member:ben\" value=\"yes\" checked"]);

    let row = async |what, on| row(&lead, what, "team:Desk", "billing_specialist", "1", on).await;
    row("try", "A-9").await.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["No denial that you"]);
    row("try", "A-1").await.is(StatusCode::OK).shows(&[
        "A denial like A-1, if it came today: the team Desk (billing specialist).",
        "billing specialist, team Desk",
        "value=\"team:Desk\" selected",
        "team = &#34;Desk&#34;",
    ]);
    let case = lead.find("A-1").await;
    lead.get(&case).await.hides(&["the team Desk"]);
    row("save", "").await.is(StatusCode::SEE_OTHER);
    let office = clinic.office().afresh().await.expect("read");
    refile::sweep(&office, &|_| {}).await.expect("followed");
    lead.get(&case).await.shows(&["No person yet, for the team Desk (billing specialist)"]);
    lead.get("/rules/owners").await.shows(&["<small>team Desk</small>"]);
    lead.get("/rules/file?path=owners.toml").await.shows(&["they know the payer"]);

    let gone =
        [("change", "unteam"), ("name", "Desk"), ("why", "so"), ("read", "2"), ("what", "save")];
    let kept = lead.post("/rules/owners", &gone).await;
    kept.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["no team is called"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn its_people_find_its_cases_and_one_of_them_takes_one() {
    let (clinic, lead, ana) = shared(&["ben"], "billing_specialist").await;
    let ben = again(&clinic, "ben").await;
    let other = clinic.named("dora", Role::FrontDesk).await;
    let case = lead.find("A-1").await;
    ben.get("/queue").await.shows(&["A-1", "Medicare desk<small>team, no person</small>"]);
    ben.get("/queue?person=me,team").await.shows(&["A-1", ">Mine<"]).hides(&["A-2"]);
    ben.get("/queue?person=team").await.shows(&["A-1", "my teams"]);
    ben.get("/").await.shows(&["Your teams share"]);
    ben.get(&case).await.is(StatusCode::OK);
    other.get("/queue").await.hides(&["A-1"]);
    other.get("/queue?person=team").await.hides(&["A-1", "A-2"]);
    other.get(&case).await.is(StatusCode::FORBIDDEN);
    ana.get("/digest").await.shows(&["Your teams share, and no person has"]);

    // What a team shares has no person either.
    lead.get("/queue?person=none").await.shows(&["A-1", "A-2", "Owner: no person"]);
    lead.get("/queue?person=nobody").await.hides(&["A-1"]);
    lead.get("/").await.shows(&["Load by team", "No person has it", "team=Medicare+desk"]);
    let filters = lead.get("/queue/filters").await;
    filters.shows(&["value=\"team:Medicare desk\"", "name=\"team\" value=\"Medicare desk\""]);
    lead.get("/queue?team=Medicare+desk").await.shows(&["A-1"]).hides(&["A-2"]);
    lead.post("/find", &[("sought", "medic desk")]).await.shows(&["The cases of the team"]);
    lead.get("/queue.csv?team=Medicare+desk").await.shows(&["team,owner", "Medicare desk"]);

    ben.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let taken = "Test ben (billing specialist, team Medicare desk)";
    ben.get(&case).await.shows(&[taken]);
    lead.get("/queue?team=Medicare+desk").await.shows(&["A-1", "<small>Medicare desk</small>"]);
    ana.get("/queue?person=team").await.hides(&["A-1"]);
    ben.get("/queue?person=me").await.shows(&["A-1"]);

    // The team is one of its people fewer: the case is still ben's by name.
    team(&lead, "save", "Medicare desk", &[], "2").await.is(StatusCode::SEE_OTHER);
    ben.get(&case).await.is(StatusCode::OK);
    let ids = case.trim_start_matches("/cases/");
    let given = [("role", "billing_specialist"), ("team", "Medicare desk"), ("person", "")];
    let mut all = vec![("act", "assign"), ("step", "do"), ("cases", ids)];
    all.extend(given);
    let many = lead.post("/queue/bulk", &all).await;
    many.is(StatusCode::OK).shows(&["1 case"]);
    ben.get(&case).await.is(StatusCode::FORBIDDEN);
    ben.get("/queue").await.hides(&["A-1"]);
    let kept = "<option value=\"Medicare desk\" selected>";
    lead.get(&case).await.shows(&["Given to the team Medicare desk", kept]);
    let strange = [("role", "billing_specialist"), ("team", "Nobody's")];
    let refused = lead.act(&case, "assign", &strange).await;
    refused.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["o team of that name"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn an_outsourcer_in_a_team_sees_what_is_placed_with_it_and_nothing_else() {
    let (clinic, lead, _) = shared(&["vera"], "billing_specialist").await;
    let vera = again(&clinic, "vera").await;
    let case = lead.find("A-1").await;
    vera.get("/queue").await.hides(&["A-1", "A-2"]);
    vera.get("/queue?person=team").await.hides(&["A-1", "A-2"]);
    vera.get(&case).await.is(StatusCode::FORBIDDEN);
    let placed = [("role", "vendor"), ("team", "Medicare desk")];
    lead.act(&case, "assign", &placed).await.is(StatusCode::SEE_OTHER);
    vera.get("/queue").await.shows(&["A-1"]).hides(&["A-2"]);
    vera.get("/").await.shows(&["Cases placed with you by name, or with a team of yours."]);
    vera.act(&case, "take", &[]).await.is(StatusCode::SEE_OTHER);
    let back = [("role", "billing_specialist"), ("team", "Medicare desk")];
    lead.act(&case, "assign", &back).await.is(StatusCode::SEE_OTHER);
    vera.get(&case).await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

#[tokio::test]
async fn its_lead_hears_first_and_it_covers_who_is_away() {
    let (mut clinic, _, _) = shared(&["ben"], "billing_specialist").await;
    clinic.later("2026-03-06T12:00:00Z");
    let office = clinic.office().afresh().await.expect("read");
    rank::sweep(&office).await.expect("swept");
    let (ana, ben) = (again(&clinic, "ana").await, again(&clinic, "ben").await);
    ana.get("/").await.shows(&["1 case brought to you"]);
    ana.get("/queue?brought=me&snoozed=show").await.shows(&["A-1", "me or my role"]);
    ben.get("/").await.hides(&["brought to you"]);
    let case = ana.find("A-1").await;
    ana.get(&case).await.shows(&["Brought to Test ana, who leads the team: no person has it"]);

    let lead = again(&clinic, "lead").await;
    let away = [
        ("change", "away"),
        ("away", "ben"),
        ("cover", "team:Medicare desk"),
        ("from", "2026-03-05"),
        ("until", "2026-03-09"),
        ("why", "holiday"),
        ("read", "2"),
        ("what", "save"),
    ];
    lead.post("/rules/owners", &away).await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/owners").await.shows(&["the team Medicare desk", "away now"]);
    let ben = crate::identity::person("ben");
    let to = [("role", "billing_specialist"), ("team", ""), ("person", ben.as_str())];
    let other = lead.find("A-2").await;
    lead.act(&other, "assign", &to).await.is(StatusCode::SEE_OTHER);
    lead.get(&other).await.shows(&["Given to the team Medicare desk"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn who_is_which_provider_is_said_by_form() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let doctor = clinic.named("drown", Role::Provider).await;
    let tie = async |change: &str, npi: &str, read: &str| {
        let fields = [
            ("change", change),
            ("provider_login", "drown"),
            ("npi", npi),
            ("why", "signs in"),
            ("read", read),
            ("what", "save"),
        ];
        lead.post("/rules/owners", &fields).await
    };
    let odd = tie("provider", "123", "0").await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["the ten digits"]);
    doctor.get("/").await.shows(&["nobody has said which provider"]);
    tie("provider", "1234567893", "0").await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/owners").await.shows(&["Test drown", "1234567893"]);
    doctor.get("/").await.shows(&["NPI 1234567893"]);
    tie("unprovider", "1234567893", "1").await.is(StatusCode::SEE_OTHER);
    lead.get("/rules/owners").await.shows(&["Nobody is tied to a number yet"]);
    doctor.get("/rules/owners").await.is(StatusCode::FORBIDDEN);
    clinic.is_proven().await;
}

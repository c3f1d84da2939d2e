//! The queue as a desk: filters with counts, jobs, many cases at once and back, saved views.

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Answer, Browser, TestClinic, bill, denied, era, take};

/// Five denials: three alike, one of another service's reason, one of the front desk's.
async fn desk() -> (TestClinic, Browser) {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let claims = [
        denied("A-1", 100, "CO*197*100"),
        denied("A-2", 200, "CO*197*200"),
        denied("A-3", 300, "CO*197*300"),
        denied("A-4", 400, "CO*97*400"),
        denied("A-5", 500, "CO*27*500"),
    ];
    take(&lead, "a.835", &era("T1", &claims)).await;
    (clinic, lead)
}

/// Ids of the cases that a page lists.
fn listed(answer: &Answer) -> Vec<String> {
    let rows = answer.text.split("<tr data-id=\"").skip(1);
    rows.filter_map(|row| row.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn filters_narrow_the_list_and_say_what_else_there_is() {
    let (clinic, lead) = desk().await;
    let all = lead.get("/queue").await;
    all.shows(&["5 cases", "$1,500.00", "A-1", "A-5", "All open"]);
    let some = lead.get("/queue?category=authorization&category=bundling&sort=money").await;
    some.shows(&["4 cases", "$1,000.00", "Reason: Authorization or Bundling", "Clear"]);
    some.hides(&["A-5"]);
    let order: Vec<usize> =
        ["A-4", "A-3", "A-2", "A-1"].iter().filter_map(|one| some.text.find(one)).collect();
    assert!(order.is_sorted() && order.len() == 4, "{order:?}");
    let offered = lead.get("/queue/filters?category=authorization").await;
    offered.shows(&["value=\"authorization\" checked", "1 · $400.00", "3 · $600.00", "CO-197"]);
    lead.get("/queue?code=CO-27").await.shows(&["1 case", "A-5"]).hides(&["A-4"]);
    lead.get("/queue?amount=under_500").await.shows(&["4 cases"]);
    lead.get("/queue?status=paid").await.shows(&["0 cases", "Nothing fits these filters"]);
    lead.get("/queue?columns=age,chance").await.shows(&["Chance"]).hides(&["<small>of "]);
    lead.get("/queue?nonsense=1&sort=sideways&from=x").await.shows(&["5 cases"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_long_list_comes_in_parts() {
    let (_clinic, lead) = desk().await;
    let whole = listed(&lead.get("/queue/rows?sort=money").await);
    let rest = lead.get("/queue/rows?sort=money&from=3").await;
    assert_eq!(listed(&rest), whole[3..]);
    rest.shows(&["data-at=\"3\""]).hides(&["<html", "A-5"]);
    let named = lead.get(&format!("/queue/rows?ids={},{}", whole[4], whole[0])).await;
    assert_eq!(listed(&named), [whole[4].clone(), whole[0].clone()]);
    lead.get("/queue?from=99").await.shows(&["That was the last page"]);
    let farthest = lead.get("/queue?from=18446744073709551615").await;
    farthest.is(StatusCode::OK).shows(&["That was the last page"]);
}

#[tokio::test]
async fn cases_that_are_one_job_are_planned_and_taken_back_as_one() {
    let (clinic, lead) = desk().await;
    let jobs = lead.get("/queue?by=job").await;
    jobs.shows(&["3 jobs of 5 cases", "$600.00"]);
    let like = jobs.text.split("data-group=\"").nth(2).and_then(|one| one.split('"').next());
    let like = like.expect("the second job").to_owned();
    let job = lead.get(&format!("/queue?job={like}")).await;
    let asked = lead.post("/queue/bulk", &[("act", "plan"), ("job", &like), ("query", "")]).await;
    let count = listed(&job).len();
    asked.is(StatusCode::OK).shows(&["Plan the next action", "value=\"do\""]);
    let cases = asked.field("cases");
    assert_eq!(cases.split(',').count(), count);
    let planned = [
        ("act", "plan"),
        ("step", "do"),
        ("cases", cases.as_str()),
        ("next", "call_payer"),
        ("on", "2026-03-05"),
    ];
    let done = lead.post("/queue/bulk", &planned).await;
    done.is(StatusCode::OK).shows(&["Undo", &format!("{count} case")]);
    let first = cases.split(',').next().expect("one");
    lead.get(&format!("/cases/{first}")).await.shows(&["Planned: call payer by Mar 5, 2026"]);
    let undone = lead.post("/queue/undo", &[("batch", &done.field("batch"))]).await;
    undone.is(StatusCode::OK).shows(&["Taken back", &format!("{count} case")]);
    lead.get(&format!("/cases/{first}")).await.shows(&["What was done last was taken back"]);
    let again = lead.post("/queue/undo", &[("batch", &done.field("batch"))]).await;
    again.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["taken back already"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_job_is_as_fine_as_it_is_asked_for_and_offers_what_its_cases_allow() {
    let (clinic, lead) = desk().await;
    let more = [denied("B-1", 700, "CO*197*700")];
    let mut other = era("T2", &more);
    other = other.replace("HC:99214", "HC:99213:25");
    take(&lead, "b.835", &other).await;
    let page = lead.get("/queue?by=code").await;
    page.shows(&["3 jobs of 6 cases", "$1,300.00", "Choose CO-197, STANDIN HEALTH: 4, $1,300.00"]);
    page.shows(&["by=code,procedure", "by=code,modifier", "by=job", "Case by case"]);
    lead.get("/queue?by=code,procedure").await.shows(&["4 jobs", ">99213<", ">99214<"]);
    lead.get("/queue?by=code,modifier").await.shows(&["4 jobs", ">25<", ">no modifier<"]);
    lead.get("/queue?by=code,provider").await.shows(&["3 jobs", "Provider"]);
    lead.get("/queue?by=code,remark").await.shows(&["3 jobs", "CO-197 · N54"]);
    lead.get("/queue?by=job").await.shows(&["4 jobs", ">99213-25<"]);
    // A job's list holds the job's cases, however fine it is, and says so.
    let like = page.text.split("data-group=\"").nth(1).and_then(|one| one.split('"').next());
    let like = like.expect("the first job").to_owned();
    let job = lead.get(&format!("/queue?job={like}&same=code")).await;
    job.shows(&["4 cases", "One job: same payer, code"]);
    lead.get(&format!("/queue?job={like}")).await.hides(&["4 cases"]);
    // Two wait for the payer: a plan offers what some allow, then what these allow.
    let cases = listed(&job);
    let sent = [("frequency", "1"), ("channel", "portal"), ("reference", "R")];
    for id in &cases {
        let case = format!("/cases/{id}");
        lead.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
    }
    for id in &cases[..2] {
        let case = format!("/cases/{id}");
        lead.act(&case, "resubmit", &sent).await.is(StatusCode::SEE_OTHER);
    }
    let plan = |job: &'static str| [("act", "plan"), ("job", job), ("query", "by=code")];
    let like: &'static str = Box::leak(like.into_boxed_str());
    let asked = lead.post("/queue/bulk", &plan(like)).await;
    asked.shows(&["4 cases", "value=\"appeal\"", "value=\"await_payer\""]);
    let both = cases[..2].join(",");
    let asked = lead.post("/queue/bulk", &[("act", "plan"), ("cases", both.as_str())]).await;
    asked.shows(&["2 cases", "value=\"await_payer\" selected", "value=\"call_payer\""]);
    asked.hides(&["value=\"appeal\"", "value=\"correct\"", "value=\"propose_write_off\""]);
    lead.get(&format!("/cases/{}", cases[0])).await.hides(&["value=\"resubmit\""]);
    let played = lead.post("/queue/bulk", &[("act", "playbook"), ("cases", &both)]).await;
    played
        .shows(&["no case allows it", "2: no way is recommended: what was sent lies with"])
        .hides(&["primary"]);
    let planned = [
        ("act", "plan"),
        ("step", "do"),
        ("cases", both.as_str()),
        ("next", "appeal"),
        ("on", "2026-03-05"),
    ];
    lead.post("/queue/bulk", &planned).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    // The bar offers what a row allows.
    let open = lead.get("/queue?by=code").await;
    open.shows(&["data-refuses=\"review post", "data-refuses=\"post propose_write_off"]);
    lead.get("/queue?waiting=payer")
        .await
        .shows(&["playbook review correct post propose_write_off"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn the_queue_opens_on_ones_own_work_and_its_tiles_are_filters() {
    let (clinic, lead) = desk().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    // Who leads begins with everything, who works cases with theirs and those that nobody has.
    lead.get("/queue").await.shows(&["5 cases"]).hides(&["My work"]);
    let own = coder.get("/queue").await;
    own.shows(&["1 case", "A-4", "Role: Certified coder", "Owner: me or no person or team"]);
    own.hides(&["A-1", "A-5"]);
    assert_eq!(listed(&own).len(), 1);
    let query = "role=certified_coder&#38;person=me,nobody";
    own.shows(&[&format!("data-query=\"{query}\""), &format!("{query}\" aria-current")]);
    coder.get("/queue?").await.hides(&["A-1", "My work</a>:"]);
    biller.get("/queue?").await.shows(&["5 cases", "All open"]);
    // Each tile counts what it leads to, within what is shown.
    let page = lead.get("/queue").await;
    page.shows(&["At risk", "Due within 7 days", "Past due", "No person has it"]);
    // A figure stands only over a list that could hold its cases.
    lead.get("/queue?person=me").await.shows(&["At risk"]).hides(&["No person has it"]);
    lead.get("/queue?person=none").await.shows(&["No person has it"]);
    page.shows(&["A clock not configured"]).hides(&["Lacks owner"]);
    let strip = page.text.split("class=\"tiles\"").nth(1).and_then(|one| one.split("</ul>").next());
    let links = strip.expect("a strip").split("href=\"/queue").skip(1);
    let mut count = 0;
    for link in links {
        let (href, rest) = link.split_once('"').expect("an address");
        let rows = rest.split("data-rows=\"").nth(1).and_then(|one| one.split('"').next());
        let list = lead.get(&format!("/queue{}", href.replace("&#38;", "&"))).await;
        assert_eq!(Some(listed(&list).len().to_string().as_str()), rows, "{href}");
        assert!(list.text.contains("aria-current=\"true\""), "{href} is on");
        count += 1;
    }
    assert_eq!(count, 6);
    // The same cases as jobs, in other columns or another order are still the view.
    let here = "href=\"/queue?\" aria-current=\"page\">All open";
    for shown in ["by=code", "columns=payer,age&sort=age", "sort=money"] {
        lead.get(&format!("/queue?{shown}")).await.shows(&[here]);
    }
    lead.get("/queue?columns=age").await.shows(&["sort=age\" aria-label=\"Sort by Age\""]);
    // Pressed again it is no filter; another one stays.
    let some = lead.get("/queue?category=authorization&person=none").await;
    some.shows(&["3 cases", "href=\"/queue?category=authorization\" data-rows=\"3\" aria-current"]);
    lead.get("/queue?status=paid").await.hides(&["class=\"strip\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_the_rest_is_done() {
    let (clinic, lead) = desk().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let ids = listed(&lead.get("/queue?sort=money").await);
    lead.act(&format!("/cases/{}", ids[0]), "take", &[]).await.is(StatusCode::SEE_OTHER);
    let all = ids.join(",");
    let asked = biller.post("/queue/bulk", &[("act", "plan"), ("cases", &all)]).await;
    asked.shows(&["4 cases", "1: somebody else works on it"]);
    let mut planned =
        vec![("act", "plan"), ("step", "do"), ("cases", all.as_str()), ("next", "call_payer")];
    let short = biller.post("/queue/bulk", &planned).await;
    short.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["on is needed"]);
    planned.push(("on", "2026-03-05"));
    let told = biller.post("/queue/bulk", &planned).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Leave those out and go on", "2026-03-05"]);
    biller.get(&format!("/cases/{}", ids[1])).await.hides(&["Planned"]);
    planned.push(("sure", "yes"));
    let done = biller.post("/queue/bulk", &planned).await;
    done.is(StatusCode::OK).shows(&["4 cases", "1 left out: somebody else works on it"]);
    // What came after it, on a case, stays.
    let second = format!("/cases/{}", ids[1]);
    biller.act(&second, "note", &[("text", "called")]).await.is(StatusCode::SEE_OTHER);
    let undone = biller.post("/queue/undo", &[("batch", &done.field("batch"))]).await;
    undone.shows(&["3 cases", "something came after it"]);
    // Nobody takes back what another one did.
    let taken = [("act", "take"), ("step", "do"), ("cases", ids[1].as_str())];
    let batch = lead.post("/queue/bulk", &taken).await.is(StatusCode::OK).field("batch");
    let other = biller.post("/queue/undo", &[("batch", &batch)]).await;
    other.is(StatusCode::FORBIDDEN).shows(&["Only who did it takes it back"]);
    lead.get("/queue").await.shows(&["Last: Take it: 1 case", &batch]);
    biller.get("/queue").await.hides(&["Last:"]);
    lead.post("/queue/undo", &[("batch", &batch)]).await.is(StatusCode::OK).shows(&["1 case"]);
    lead.get("/queue").await.hides(&["Last:"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn many_cases_are_acted_on_within_ones_own_reach() {
    let (clinic, lead) = desk().await;
    let desk = clinic.person(Role::FrontDesk).await;
    let all = listed(&lead.get("/queue").await).join(",");
    let own = listed(&desk.get("/queue").await);
    assert_eq!(own.len(), 1, "the front desk's eligibility");
    let noted = [("act", "note"), ("step", "do"), ("cases", all.as_str()), ("text", "asked")];
    let told = desk.post("/queue/bulk", &noted).await;
    told.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["1 case", "neither owns this case"]);
    let everything = [("act", "note"), ("all", "yes"), ("step", "do"), ("text", "asked")];
    desk.post("/queue/bulk", &everything).await.is(StatusCode::OK).shows(&["1 case"]);
    let odd = desk.post("/queue/bulk", &[("act", "write_off"), ("cases", &all)]).await;
    odd.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["not done with many cases at once"]);
    let none = desk.post("/queue/bulk", &[("act", "note"), ("cases", "x,<script>")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["Choose cases first"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn each_case_is_planned_by_its_own_way() {
    let (clinic, lead) = desk().await;
    let done =
        lead.post("/queue/bulk", &[("act", "playbook"), ("all", "yes"), ("step", "do")]).await;
    done.is(StatusCode::OK).shows(&["Follow the recommended way", "5 cases"]);
    for id in listed(&lead.get("/queue").await) {
        lead.get(&format!("/cases/{id}")).await.shows(&["Planned:"]);
    }
    clinic.is_proven().await;
}

#[tokio::test]
async fn views_are_kept_for_oneself_or_by_who_leads_for_the_team() {
    let (clinic, lead) = desk().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let query = "category=bundling&sort=money";
    let save =
        |name: &'static str, team: &'static str| [("name", name), ("team", team), ("query", query)];
    let saved = biller.post("/queue/views", &save("Bundles", "")).await;
    assert_eq!(saved.location(), format!("/queue?{query}"));
    biller.get("/queue").await.shows(&["Bundles"]);
    lead.get("/queue").await.hides(&["Bundles"]);
    biller.post("/queue/views", &save("Ours", "yes")).await.is(StatusCode::FORBIDDEN);
    lead.post("/queue/views", &save("Ours", "yes")).await.is(StatusCode::SEE_OTHER);
    let page = biller.get("/queue").await;
    page.shows(&["Ours", "team", &format!("/queue?{}", query.replace('&', "&#38;"))]);
    let id = page.field("forget");
    lead.post("/queue/views", &[("forget", &id), ("query", "")]).await.is(StatusCode::NOT_FOUND);
    biller.post("/queue/views", &[("forget", &id), ("query", "")]).await.is(StatusCode::SEE_OTHER);
    biller.get("/queue").await.hides(&["Bundles"]);
    let nameless = biller.post("/queue/views", &save(" ", "")).await;
    nameless.is(StatusCode::UNPROCESSABLE_ENTITY);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_list_leaves_the_house_on_record_and_without_formulas() {
    let (clinic, lead) = desk().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    biller.get("/queue").await.hides(&["queue.csv"]);
    biller.get("/queue.csv").await.is(StatusCode::FORBIDDEN);
    lead.get("/queue").await.shows(&["/queue.csv?"]);
    let before = clinic.views_since(0).await.first().map_or(0, |line| line.0);
    let sheet = lead.get("/queue.csv?category=authorization&sort=money").await;
    sheet.is(StatusCode::OK).shows(&["case,claim,payer", "\"A-3\"", "\"CO-197 · N54\""]);
    sheet.hides(&["A-5", "MADEUP"]);
    assert_eq!(sheet.text.lines().count(), 4);
    let noted = clinic.views_since(before).await;
    assert_eq!(noted.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), ["queue.exported"]);
}

#[tokio::test]
async fn what_was_told_is_what_is_done() {
    let (clinic, lead) = desk().await;
    let asked = lead.post("/queue/bulk", &[("act", "note"), ("all", "yes"), ("query", "")]).await;
    let told = asked.field("told");
    assert_eq!(told, "5 0");
    take(&lead, "b.835", &era("T2", &[denied("B-1", 10, "CO*197*10")])).await;
    let mut noted = vec![
        ("act", "note"),
        ("all", "yes"),
        ("step", "do"),
        ("text", "looked at"),
        ("told", told.as_str()),
    ];
    let more = lead.post("/queue/bulk", &noted).await;
    more.is(StatusCode::UNPROCESSABLE_ENTITY).shows(&["6 cases fit now", "looked at"]);
    noted.pop();
    noted.push(("told", "6 0"));
    lead.post("/queue/bulk", &noted).await.is(StatusCode::OK).shows(&["6 cases"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn a_question_that_is_taken_back_is_asked_of_nobody() {
    let (clinic, lead) = desk().await;
    let coder = clinic.person(Role::CertifiedCoder).await;
    let before = listed(&coder.get("/queue?").await);
    let case = lead.find("A-1").await;
    let id = case.trim_start_matches("/cases/").to_owned();
    let asked = [
        ("act", "ask_colleague"),
        ("step", "do"),
        ("cases", id.as_str()),
        ("to", "certified_coder"),
        ("text", "zebra crossing?"),
    ];
    let done = lead.post("/queue/bulk", &asked).await;
    assert!(listed(&coder.get("/queue?").await).contains(&id));
    assert_eq!(lead.post("/find", &[("sought", "zebra")]).await.location(), case);
    let undone = lead.post("/queue/undo", &[("batch", &done.field("batch"))]).await;
    undone.is(StatusCode::OK).shows(&["1 case"]);
    assert_eq!(listed(&coder.get("/queue?").await), before);
    lead.post("/find", &[("sought", "zebra")]).await.shows(&["No case was found"]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn filters_without_a_box_stay_set() {
    let (_clinic, lead) = desk().await;
    let page = lead.get("/queue/filters?brought=me&status=closed&category=duplicate").await;
    page.shows(&[
        "name=\"brought\" value=\"me\"",
        "name=\"status\" value=\"closed\"",
        "name=\"category\" value=\"duplicate\"",
    ]);
    let boxed = lead.get("/queue/filters?category=bundling").await;
    boxed.hides(&["type=\"hidden\" name=\"category\""]);
}

#[tokio::test]
async fn columns_to_choose_say_who_it_is_about_masked_and_what_it_is_worth() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    take(&lead, "a.837", &bill("A-1", "MADEUP", 90)).await;
    let claims = [denied("A-1", 90, "CO*197*90"), denied("B-2", 70, "CO*ZZ9*70")];
    take(&lead, "a.835", &era("T1", &claims)).await;
    let all = "/queue?columns=patient,expected,net,repeat,chance&sort=money";
    let page = lead.get(all).await;
    page.is(StatusCode::OK).shows(&["M••• P•••", "Net value", "Denied again", ">No<"]);
    page.hides(&["MADEUP"]).shows(&["not configured"]);
    let lists = lead.get(&format!("/queue/rows?{}", all.trim_start_matches("/queue?"))).await;
    lists.shows(&["data-c=\"patient\"", "data-c=\"net\""]);
    // Headings and cells stand in one order, whatever the address says.
    let turned = lead.get("/queue?columns=net,expected,payer").await;
    let places = turned.text.split("data-c=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let places: Vec<&str> = places.take(6).collect();
    assert_eq!(places, ["payer", "expected", "net", "payer", "expected", "net"]);
    lead.get("/queue").await.hides(&["M••• P•••", "Net value</a></th>"]);
    let words = lead.get("/words").await;
    words.shows(&["id=\"net-value\"", "id=\"masked-name\""]);
    clinic.is_proven().await;
}

#[tokio::test]
async fn those_who_may_approve_have_a_list_of_write_offs_and_decide_there() {
    let clinic = TestClinic::open().await;
    let biller = clinic.named("ada", Role::BillingSpecialist).await;
    let lead = clinic.named("ben", Role::BillingSupervisor).await;
    let other = clinic.named("mia", Role::Manager).await;
    let claims = ["A-1", "A-2", "A-3"].map(|number| denied(number, 500, "CO*29*500"));
    take(&biller, "a.835", &era("T1", &claims)).await;
    let mut ids = Vec::new();
    for number in ["A-1", "A-2", "A-3"] {
        let case = biller.find(number).await;
        biller.act(&case, "review", &[]).await.is(StatusCode::SEE_OTHER);
        ids.push(case.trim_start_matches("/cases/").to_owned());
    }
    let asks = [("reason", "sent too late")];
    for id in &ids[..2] {
        let case = format!("/cases/{id}");
        biller.act(&case, "propose_write_off", &asks).await.is(StatusCode::SEE_OTHER);
    }
    let view = "/queue?waiting=approval&snoozed=show";
    let linked = "href=\"/queue?waiting=approval&#38;snoozed=show\"";
    let home = lead.get("/").await;
    home.shows(&["2 write-offs to approve", linked]);
    lead.get("/queue?").await.shows(&["Write-offs to approve</a>", "data-rare hidden"]);
    biller.get("/queue?").await.hides(&["Write-offs to approve", "value=\"approve\""]);
    biller.get("/").await.hides(&["write-offs to approve"]);
    let list = lead.get(view).await;
    list.shows(&["A-1", "A-2", "Write-off asked for", "<strong>$500.00</strong> sent too late"]);
    list.shows(&["Test ada, Mar 3, 2026", "data-bulk-key=\"y\"", "data-bulk-key=\"D\""]);
    list.hides(&["A-3", "data-rare"]);
    // One is approved after a look at who asks for how much and why; another is declined.
    let one = [("act", "approve"), ("cases", ids[0].as_str())];
    let form = lead.post("/queue/bulk", &one).await;
    form.is(StatusCode::OK).shows(&["Test ada asks to give up $500.00: sent too late", "grave"]);
    form.shows(&["1 case · $500.00"]);
    let done = lead.post("/queue/bulk", &[one[0], one[1], ("step", "do")]).await;
    done.is(StatusCode::OK).shows(&["Approve the write-off: 1 case"]).hides(&["Undo"]);
    let mute = [("act", "decline"), ("cases", ids[1].as_str()), ("step", "do")];
    lead.post("/queue/bulk", &mute).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let no = [mute[0], mute[1], mute[2], ("reason", "there is proof")];
    lead.post("/queue/bulk", &no).await.is(StatusCode::OK).hides(&["Undo"]);
    lead.get(view).await.hides(&["A-1", "A-2"]);
    lead.get("/queue?").await.shows(&["Book the approved write-off"]).hides(&["Last: "]);
    biller
        .get(&format!("/cases/{}", ids[1]))
        .await
        .shows(&["declined by Test ben: there is proof"]);
    // What was approved is not declined along with others, though somebody goes on without it.
    let both = format!("{},{}", ids[0], ids[1]);
    let again = format!("/cases/{}", ids[1]);
    biller.act(&again, "propose_write_off", &asks).await.is(StatusCode::SEE_OTHER);
    let many = [("act", "decline"), ("cases", both.as_str()), mute[2], no[3], ("sure", "yes")];
    lead.post("/queue/bulk", &many).await.is(StatusCode::OK);
    lead.get("/queue?").await.shows(&["Book the approved write-off"]);
    lead.get(view).await.hides(&["A-1", "A-2"]);
    // Where none waits the form says so, and who asks has no word on it.
    let none = lead.post("/queue/bulk", &[("act", "approve"), ("cases", &ids[2])]).await;
    none.shows(&["no case allows it"]);
    let own = format!("/cases/{}", ids[2]);
    lead.act(&own, "propose_write_off", &asks).await.is(StatusCode::SEE_OTHER);
    let mine = lead.post("/queue/bulk", &[("act", "approve"), ("cases", &ids[2])]).await;
    mine.shows(&["no case allows it", "another supervisor"]);
    let page = other.get(&own).await;
    page.shows(&["Write-off to approve", "id=\"act-approve\" open"]);
    let at = |text: &str| page.text.find(text).expect(text);
    assert!(at("id=\"act-approve\"") < at("panel now"), "it stands first");
    assert_eq!(page.text.matches("id=\"act-approve\"").count(), 1);
    other.act(&own, "approve", &[]).await.is(StatusCode::SEE_OTHER);
    clinic.is_proven().await;
}

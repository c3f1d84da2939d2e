//! What people write and files carry is shown as text, whatever it looks like: no page runs it, no
//! spreadsheet counts with it, no mark of direction turns a page round.

use std::collections::{BTreeSet, VecDeque};

use axum::http::StatusCode;
use denial::person::Role;

use super::clinic::{Browser, TestClinic, bill, denied, enveloped, era, link, take};

/// Runs where a page takes it for its own; holds no separator of X12.
const SCRIPT: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7+7}}";
/// How it may begin where it would run.
const RUNS: [&str; 2] = ["<script>alert", "<img src=x"];
/// How it is shown.
const SHOWN: &str = "&#60;script&#62;alert(1)&#60;/script&#62;";

/// Every page that leads from one to the next, from a first one on, for one person.
async fn walk(person: &Browser, first: &str, most: usize) -> (usize, usize) {
    let mut known = BTreeSet::from([first.to_owned()]);
    let mut ways = VecDeque::from([first.to_owned()]);
    let (mut walked, mut shown) = (0, 0);
    while let Some(way) = ways.pop_front() {
        let page = person.get(&way).await;
        assert!(!page.status.is_server_error(), "{way}: {}", page.text);
        let media = page.headers.get("content-type").and_then(|value| value.to_str().ok());
        if media.is_some_and(|media| !media.starts_with("text/html")) {
            continue;
        }
        page.hides(&RUNS);
        walked += 1;
        shown += page.text.matches(SHOWN).count();
        for href in page.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let href = href.split('#').next().unwrap_or_default();
            let href = href.replace("&#38;", "&").replace("&amp;", "&");
            assert!(href.is_empty() || href.starts_with('/'), "{way} leads to {href:?}");
            let is_new = href.starts_with('/') && !href.starts_with("//");
            if is_new && known.len() < most && known.insert(href.clone()) {
                ways.push_back(href);
            }
        }
    }
    (walked, shown)
}

/// Everything that somebody can write on a case, by act.
const ACTS: [(&str, &[(&str, &str)]); 19] = [
    ("review", &[]),
    ("note", &[("text", SCRIPT)]),
    ("ask_colleague", &[("to", "provider"), ("text", SCRIPT)]),
    ("answer", &[("question", "1"), ("text", SCRIPT)]),
    ("ask_colleague", &[("to", "provider"), ("text", SCRIPT)]),
    (
        "log_contact",
        &[
            ("channel", "phone"),
            ("representative", SCRIPT),
            ("reference", SCRIPT),
            ("said", SCRIPT),
        ],
    ),
    (
        "set_root_cause",
        &[("step", SCRIPT), ("team", "front_desk"), ("preventable", "yes"), ("note", SCRIPT)],
    ),
    ("recategorize", &[("category", "registration"), ("reason", SCRIPT)]),
    ("snooze", &[("until", "2026-03-06"), ("reason", SCRIPT)]),
    ("escalate", &[("to", "billing_supervisor"), ("reason", SCRIPT)]),
    ("tick", &[("step", "fix_claim"), ("mark", "done"), ("note", SCRIPT)]),
    ("post", &[("kind", "payer_payment"), ("amount", "1"), ("why", SCRIPT)]),
    ("propose_write_off", &[("reason", SCRIPT)]),
    ("decline", &[("reason", SCRIPT)]),
    (
        "resubmit",
        &[
            ("frequency", "7"),
            ("channel", "portal"),
            ("reference", SCRIPT),
            ("confirmation", SCRIPT),
        ],
    ),
    ("acknowledge", &[("channel", "portal"), ("reference", SCRIPT)]),
    ("uphold", &[("note", SCRIPT)]),
    ("overturn", &[("note", SCRIPT)]),
    ("dispute", &[("reason", SCRIPT)]),
];

#[tokio::test]
async fn what_people_write_is_shown_as_text_on_every_page() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    take(&lead, "a.835", &era("T1", &[denied("A-1", 900, "CO*16*900")])).await;
    let person = [("what", "add"), ("login", "eve"), ("name", SCRIPT), ("role", "poster")];
    admin.post("/people", &person).await.is(StatusCode::OK);
    let named = admin.post("/practice", &[("clinic", SCRIPT), ("zone", "UTC")]).await;
    assert!(named.status.is_redirection(), "{}", named.text);
    let view = [("what", "save"), ("name", SCRIPT), ("query", "payer=x"), ("team", "yes")];
    lead.post("/queue/views", &view).await;
    let list = lead.get("/remittances").await.text;
    let remittance = list.split('"').find(|text| text.starts_with("/remittances/era_"));
    let aside = [("verdict", "set_aside"), ("why", SCRIPT)];
    let verdict = format!("{}/verdict", remittance.expect("one"));
    let case = lead.find("A-1").await;
    let mut done = BTreeSet::new();
    for (act, fields) in ACTS {
        let answer = lead.act(&case, act, fields).await;
        answer.hides(&RUNS);
        if answer.status == StatusCode::SEE_OTHER {
            done.insert(act);
        }
        lead.get(&case).await.is(StatusCode::OK).hides(&RUNS);
    }
    assert!(done.len() >= 14, "{done:?}");
    lead.post(&verdict, &aside).await;
    for path in ["/find", "/matches/search"] {
        lead.post(path, &[("sought", SCRIPT), ("family", SCRIPT)]).await.hides(&RUNS);
    }
    for (person, most) in [(&lead, 150), (&auditor, 150), (&admin, 100)] {
        let (walked, shown) = walk(person, "/", most).await;
        assert!(walked > 20 && shown > 5, "{walked} walked, shown {shown} times");
    }
    let (walked, shown) = walk(&lead, &case, 30).await;
    assert!(walked > 10 && shown >= 10, "{walked} walked, shown {shown} times");
    clinic.is_proven().await;
}

/// A payer's card, a letter of a payer, a conversation, another cover.
async fn written_beside(lead: &Browser, case: &str) {
    let card = link(lead, "/payers", "/payers/pay_").await;
    let fields = ["phone", "phone_tree", "best_time", "fax", "portal_steps", "file_limits"];
    let mut fields: Vec<_> = fields.iter().map(|name| (*name, SCRIPT)).collect();
    fields.extend([("read", "0"), ("appeal_address", SCRIPT), ("why", SCRIPT)]);
    lead.post(&card, &fields).await.is(StatusCode::SEE_OTHER);
    let id = case.trim_start_matches("/cases/");
    let letter = [
        ("kind", "records_request"),
        ("channel", "mail"),
        ("reference", SCRIPT),
        ("dated_on", "2026-03-01"),
        ("received_on", "2026-03-02"),
        ("role", "billing_supervisor"),
        ("asked", SCRIPT),
        ("case", id),
    ];
    let named = format!("{}.pdf", SCRIPT.replace('"', "%22"));
    let kept = lead.upload("/requests", &letter, ("file", &named, "%PDF synthetic")).await;
    kept.is(StatusCode::SEE_OTHER);
    let peer = [
        ("step", "peer"),
        ("asked_on", "2026-03-02"),
        ("provider", SCRIPT),
        ("reviewer", SCRIPT),
        ("held_on", "2026-03-02"),
        ("said", SCRIPT),
        ("outcome", "upheld"),
    ];
    lead.post(&format!("{case}/beyond"), &peer).await.is(StatusCode::SEE_OTHER);
    let claim = link(lead, case, "/claims/clm_").await.replace("/claims/", "/secondary/");
    let cover = [
        ("step", "tell"),
        ("cover_payer", SCRIPT),
        ("cover_id", SCRIPT),
        ("cover_member", SCRIPT),
        ("cover_turn", "secondary"),
    ];
    lead.post(&claim, &cover).await.hides(&RUNS);
    lead.get(&claim).await.is(StatusCode::OK).hides(&RUNS);
}

#[tokio::test]
async fn what_is_written_beside_cases_is_shown_as_text_on_every_page() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    for number in ["A-1", "A-2"] {
        take(&lead, &format!("{number}.837"), &bill(number, "MADEUP", 90)).await;
    }
    let claims = ["A-1", "A-2"].map(|number| denied(number, 90, "CO*97*90"));
    take(&lead, "a.835", &era("T1", &claims)).await;
    let case = lead.find("A-1").await;
    written_beside(&lead, &case).await;
    let cases = [case.clone(), lead.find("A-2").await].map(|case| case.replace("/cases/", ""));
    let all = cases.join(",");
    let begin = [("act", "letters"), ("cases", &*all), ("step", "do"), ("kind", "project")];
    lead.post("/queue/bulk", &begin).await.is(StatusCode::OK);
    let project = link(&lead, "/projects", "/projects/prj_").await;
    let version = lead.get(&project).await.field("version");
    let text = SCRIPT.replace("{{7+7}}", "");
    let letter =
        [("step", "save"), ("version", &*version), ("subject", &*text), ("letter", &*text)];
    lead.post(&project, &letter).await.is(StatusCode::SEE_OTHER);
    let pages = ["/payers", "/requests", "/service", "/unanswered", "/secondary", "/outbox"];
    for first in pages.into_iter().chain([&*project, &*case]) {
        let (walked, _) = walk(&lead, first, 60).await;
        assert!(walked > 10, "{first}: {walked} walked");
    }
    for first in [link(&lead, "/payers", "/payers/pay_").await, "/requests".into(), project, case] {
        assert!(lead.get(&first).await.text.contains(SHOWN), "{first} shows what was written");
        walk(&auditor, &first, 60).await;
    }
    clinic.is_proven().await;
}

/// An 835, an 837 and a 277CA whose every free text is this.
fn files(text: &str) -> [(&'static str, String); 3] {
    let mark = |file: String| {
        file.replace("MADEUP", text)
            .replace("STANDIN HEALTH", text)
            .replace("STANDIN HELP", text)
            .replace("*PAT*", &format!("*{text}*"))
            .replace("PAYER0001", text)
            .replace("EXAMPLE WAY", text)
            .replace("TRN*1*T1*", &format!("TRN*1*{text}*"))
            .replace("LQ*HE*N54", &format!("LQ*HE*{text}~\nLQ*HE*N54"))
            .replace("MI*MA-1", &format!("MI*{text}"))
            .replace("REF*6R*A-1-1", &format!("REF*6R*{text}"))
    };
    let refusal = [
        "ST*277*0001*005010X214".to_owned(),
        "BHT*0085*08*1*20260301*1200*TH".to_owned(),
        "HL*1**20*1".to_owned(),
        format!("NM1*PR*2*{text}*****PI*STAND"),
        "HL*2*1*21*1".to_owned(),
        format!("NM1*41*2*{text}*****46*SUB1"),
        "HL*3*2*19*1".to_owned(),
        "NM1*85*2*TEST CLINIC*****XX*1234567893".to_owned(),
        "HL*4*3*PT".to_owned(),
        format!("NM1*QC*1*{text}*PAT****MI*{text}"),
        format!("TRN*2*{text}"),
        format!("STC*A7:562*20260301*U*90********{text}"),
        format!("REF*1K*{text}"),
        "SE*14*0001".to_owned(),
    ];
    [
        ("a.837", mark(bill("A-1", "MADEUP", 900))),
        ("a.835", mark(era("T1", &[denied("A-1", 900, "CO*16*900")]))),
        ("a.277", enveloped("HN", "005010X214", &refusal)),
    ]
}

#[tokio::test]
async fn what_files_carry_is_shown_as_text_on_every_page() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    for (name, text) in files(SCRIPT) {
        // A browser codes quotes in names of files.
        let named = format!("{}{name}", SCRIPT.replace('"', "%22"));
        let taken = take(&lead, &named, &text).await;
        taken.is(StatusCode::OK).hides(&RUNS);
    }
    let mut odd = denied("A-2", 90, "CO*16*90");
    odd.number = SCRIPT;
    odd.control = SCRIPT;
    take(&lead, "b.835", &era("T2", &[odd])).await.is(StatusCode::OK).hides(&RUNS);
    let case = lead.find("A-1").await;
    for first in ["/", case.as_str(), "/remittances", "/rejections", "/files", "/matches"] {
        let (walked, shown) = walk(&lead, first, 80).await;
        assert!(walked > 10 && shown > 3, "{first}: {walked} walked, shown {shown} times");
        walk(&auditor, first, 80).await;
    }
    clinic.is_proven().await;
}

/// Every cell of a list, as a spreadsheet reads it.
fn cells(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().expect("a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' | '\r' | '\n' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    assert!(!quoted, "every quote is closed");
    cells
}

#[tokio::test]
async fn no_cell_of_a_list_is_a_formula() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    let admin = clinic.named("root", Role::Administrator).await;
    let auditor = clinic.named("audit", Role::Auditor).await;
    let mut claims = Vec::new();
    let formulas = ["=HYPERLINK(\"http//x\",\"y\")", "+1+1|' /C calc'!A0", "-2+3", "@SUM(A1)"];
    for formula in formulas {
        let mut claim = denied("A-1", 90, "CO*16*90");
        (claim.number, claim.family, claim.control) = (formula, formula, formula);
        claims.push(claim);
    }
    let text = era("T1", &claims).replace("STANDIN HEALTH", "=cmd,\"quoted\"");
    take(&lead, "=a.835", &text).await.is(StatusCode::OK);
    for sign in ["=", "+", "-", "@", "\t", "＝"] {
        let login = format!("eve{}", sign.len() + usize::from(sign.as_bytes()[0]));
        let name = format!("{sign}1+1\",\n=2");
        let person = [("what", "add"), ("login", &login), ("name", &name), ("role", "poster")];
        admin.post("/people", &person).await.is(StatusCode::OK);
    }
    let list = lead.get("/remittances").await.text;
    let one = list.split('"').find(|text| text.starts_with("/remittances/era_")).expect("one");
    let aside = [("verdict", "set_aside"), ("why", "=1+1\r\n@x")];
    lead.post(&format!("{one}/verdict"), &aside).await.is(StatusCode::SEE_OTHER);
    let mut looked = 0;
    for (person, path) in [
        (&lead, "/queue.csv?state=all"),
        (&auditor, "/journal.csv"),
        (&auditor, "/journal.csv?book=views"),
        (&auditor, "/journal.csv?book=house"),
    ] {
        let file = person.get(path).await;
        file.is(StatusCode::OK);
        let media = file.headers.get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(media, Some("text/csv; charset=utf-8"));
        let given = file.headers.get("content-disposition").and_then(|value| value.to_str().ok());
        assert!(given.is_some_and(|given| given.starts_with("attachment; filename=\"")));
        for cell in cells(&file.text) {
            let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝'];
            assert!(!cell.starts_with(signs), "{path}: {cell:?}");
            looked += usize::from(cell.starts_with('\''));
        }
    }
    assert!(looked >= 5, "{looked} marked");
}

#[tokio::test]
async fn a_file_with_odd_letters_is_taken_and_turns_no_page_round() {
    let clinic = TestClinic::open().await;
    let lead = clinic.named("lead", Role::BillingSupervisor).await;
    for (at, odd) in ["\0", "\u{202E}052", "\u{1b}[31m", "\u{FEFF}", "\u{85}", "é\u{301}\u{200D}"]
        .into_iter()
        .enumerate()
    {
        let mut claim = denied("A-1", 90, "CO*16*90");
        (claim.number, claim.family) = (["A0", "A1", "A2", "A3", "A4", "A5"][at], "MADEUP");
        let text = era(&format!("T{at}"), &[claim]);
        let text = text.replace("MADEUP", &format!("M{odd}X")).replace("STANDIN HEALTH", odd);
        let text = text.replace("PAYER0001", &format!("{odd}7")).replace("N54", &format!("N{odd}"));
        let text =
            text.replace("TRN*1*T", &format!("TRN*1*{odd}T")).replace("HC:", &format!("H{odd}:"));
        let text = text.replace("REF*6R*", &format!("REF*6R*{odd}"));
        take(&lead, "a.835", &text).await.is(StatusCode::OK).shows(&["Taken in"]);
        let case = lead.find(["A0", "A1", "A2", "A3", "A4", "A5"][at]).await;
        lead.get(&case).await.is(StatusCode::OK);
    }
    // Text stands in boxes of its own, so that a mark of direction ends with its box.
    let sheet = lead.get("/assets/reclaim.css").await.text;
    assert!(sheet.contains("unicode-bidi: isolate"), "inline text is set apart");
    let (walked, _) = walk(&lead, "/", 80).await;
    assert!(walked > 20);
    clinic.is_proven().await;
}

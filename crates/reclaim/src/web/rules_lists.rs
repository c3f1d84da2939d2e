//! Code lists in the browser: which hold since when, taken in with a look first, searched.

use std::time::Duration;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::lists::{self, Entry, ListKind};
use jiff::civil::Date;
use store::Tx;
use store::code_lists::CodeList;

use crate::code_files::{self, Source};
use crate::code_lists::{self, Failed, Report, Verdict};
use crate::fields::Fields;
use crate::practice::Office;
use crate::web::gate::Posted;
use crate::web::page::{Page, html, html_with};
use crate::web::rules::{self, FileRow};
use crate::web::rules_codes;
use crate::web::sent::{Sent, SentFile};
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "code_lists.html")]
struct ListsPage {
    page: Page,
    kinds: Vec<KindView>,
    /// Reasons and remarks, whose lists are rule files.
    files: Vec<FileRow>,
    /// What was chosen for the next one.
    kind: String,
    from: String,
    /// What is wrong with its file, and with its first day.
    file_fault: Option<String>,
    from_fault: Option<String>,
    sought: String,
    found: Option<Found>,
}

/// One kind of list.
struct KindView {
    name: &'static str,
    title: &'static str,
    /// What holds today; none where nothing does.
    holds: Option<String>,
    versions: Vec<VersionView>,
}

/// One version of it.
struct VersionView {
    version: i64,
    href: String,
    from: String,
    entries: String,
    name: String,
    state: &'static str,
    class: &'static str,
    brought: String,
    decided: String,
    /// What the button does, and what it says.
    way: Option<(&'static str, &'static str)>,
}

/// What was found.
struct Found {
    rows: Vec<FoundRow>,
    more: String,
}

struct FoundRow {
    code: String,
    text: String,
    list: String,
}

#[derive(Template)]
#[template(path = "code_list.html")]
struct ListPage {
    page: Page,
    kind: &'static str,
    title: &'static str,
    one: VersionView,
    state: String,
    /// It was compared with this.
    against: String,
    counts: String,
    report: Report,
}

/// How long somebody waits for a list before the page says that it is being read.
const PATIENCE: Duration = Duration::from_secs(8);
/// What a search shows.
const SHOWN: usize = 60;

/// `GET /rules/lists`.
pub(crate) async fn page(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let mut shown = lists_page(&visitor, &asked).await?;
    shown.page.done = asked.get("done").and_then(|done| told(done)).map(str::to_owned);
    html(&shown)
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "hold" => Some("The version is in effect for services from its first day on."),
        "back" => Some("The version was withdrawn. The one before it is in effect again."),
        "again" => Some("The version is in effect again."),
        "discard" => Some("The version was discarded; nothing of it was kept."),
        _ => None,
    }
}

async fn lists_page(visitor: &Visitor, asked: &Fields) -> Result<ListsPage, Trouble> {
    let office = &visitor.office;
    let field = |name: &str| asked.get(name).map(|text| text.trim()).unwrap_or_default().to_owned();
    let today = office.moment().today.to_string();
    let mut tx = office.read().await?;
    let people = timeline::people(&mut tx).await?;
    let all = tx.code_lists().await?;
    let mut kinds = Vec::new();
    for kind in ListKind::ALL {
        let holds = tx.code_list_on(*kind, &today).await?;
        let versions = all.iter().filter(|one| one.kind == kind.as_str());
        kinds.push(KindView {
            name: kind.as_str(),
            title: kind.title(),
            holds: holds.as_ref().map(source),
            versions: versions.map(|one| version(one, &people, office)).collect(),
        });
    }
    let mut files = rules::rows(&mut tx, office).await?;
    files.retain(|one| matches!(one.path.as_str(), "codes/carc.csv" | "codes/rarc.csv"));
    let sought = field("q");
    let found = match sought.is_empty() {
        true => None,
        false => Some(find(&mut tx, office, &sought).await?),
    };
    Ok(ListsPage {
        page: Page::of(visitor, "Code lists", "/rules"),
        kinds,
        files,
        kind: field("kind"),
        from: field("from"),
        file_fault: None,
        from_fault: None,
        sought,
        found,
    })
}

/// A list as the source of what a page says.
pub(super) fn source(list: &CodeList) -> String {
    let from = words::day_of(&list.from_day);
    format!("version {} from {from}: {} entries", list.version, words::number(list.entries))
}

fn version(one: &CodeList, people: &People, office: &Office) -> VersionView {
    let zone = &office.clinic.zone;
    let by = |at: &str, by: &str| {
        format!("{}, {}", words::instant(at, zone), timeline::name(people, by))
    };
    let (state, class, way) = match one.state.as_str() {
        "held" => ("in effect from its first day", "here", Some(("back", "Withdraw"))),
        "back" => ("withdrawn", "absent", Some(("again", "Put back in effect"))),
        "looked" => ("waits for a decision", "odd", None),
        "reading" => ("being read", "", None),
        _ => ("could not be read", "absent", None),
    };
    let decided = one.decided_at.as_deref().zip(one.decided_by.as_deref());
    VersionView {
        version: one.version,
        href: format!("/rules/lists/look?kind={}&version={}", one.kind, one.version),
        from: words::day_of(&one.from_day),
        entries: words::number(one.entries),
        name: one.name.clone(),
        state,
        class,
        brought: by(&one.made_at, &one.made_by),
        decided: decided.map(|(at, person)| by(at, person)).unwrap_or_default(),
        way,
    }
}

/// Codes that begin with what is sought, and texts with all of its words.
async fn find(tx: &mut Tx, office: &Office, sought: &str) -> Result<Found, Trouble> {
    let today = office.moment().today.to_string();
    let mut all = Seek { sought: Sought::of(sought), rows: Vec::new(), count: 0 };
    for (code, meaning) in office.rules.wording.carcs() {
        all.offer(code.as_str(), &meaning.text, "CARC");
    }
    for (code, meaning) in office.rules.wording.rarcs() {
        all.offer(code.as_str(), &meaning.text, "RARC");
    }
    for kind in ListKind::ALL {
        let Some(list) = tx.code_list_on(*kind, &today).await? else { continue };
        let title = format!("{}, {}", kind.title(), source(&list));
        if *kind == ListKind::Ptp {
            all.pairs(tx, &list, &title).await?;
            continue;
        }
        let mut heard = |part: &str, _: &str, body: &str| {
            for entry in lists::entries(part, body).unwrap_or_default() {
                all.offer(&entry.code, &code_lists::said(*kind, &entry), &title);
            }
        };
        tx.walk_code_blocks(*kind, list.version, &mut heard).await?;
    }
    let more = all.count.saturating_sub(all.rows.len());
    let more = if more > 0 { format!("And {more} more: say more of it.") } else { String::new() };
    Ok(Found { rows: all.rows, more })
}

/// What somebody looks for.
struct Sought {
    codes: Vec<String>,
    words: Vec<String>,
}

impl Sought {
    fn of(text: &str) -> Sought {
        let codes = text.split(['/', ' ', ',']).map(ListKind::spelled);
        Sought {
            codes: codes.filter(|code| !code.is_empty()).take(2).collect(),
            words: text.split_whitespace().map(str::to_lowercase).collect(),
        }
    }

    fn fits(&self, code: &str, text: &str) -> bool {
        let is_code = matches!(self.codes.as_slice(), [one] if code.starts_with(one.as_str()));
        let text = text.to_lowercase();
        is_code || self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

struct Seek {
    sought: Sought,
    rows: Vec<FoundRow>,
    count: usize,
}

impl Seek {
    fn offer(&mut self, code: &str, text: &str, list: &str) {
        if self.sought.fits(code, text) {
            self.add(code.to_owned(), text.to_owned(), list);
        }
    }

    fn add(&mut self, code: String, text: String, list: &str) {
        self.count += 1;
        if self.rows.len() < SHOWN {
            self.rows.push(FoundRow { code, text, list: list.to_owned() });
        }
    }

    /// Pairs are many; they are found by their first code, or by both in either order.
    async fn pairs(&mut self, tx: &mut Tx, list: &CodeList, title: &str) -> Result<(), Trouble> {
        let codes = self.sought.codes.clone();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let entries = code_lists::entries_of(tx, list, &codes).await?;
        let fits = |one: &&Entry| match codes.as_slice() {
            [_, _] => codes.contains(&one.code.as_str()) && codes.contains(&one.other.as_str()),
            _ => true,
        };
        for entry in entries.iter().filter(fits) {
            self.add(code_lists::named(entry), code_lists::said(ListKind::Ptp, entry), title);
        }
        Ok(())
    }
}

/// `POST /rules/lists`: reads files and leads to what they change.
pub(crate) async fn bring(visitor: Visitor, mut sent: Sent) -> Result<Response, Trouble> {
    let name = sent.fields.get("kind").cloned().unwrap_or_default();
    if matches!(name.as_str(), "carc" | "rarc") {
        sent.fields.insert("path".to_owned(), format!("codes/{name}.csv"));
        let fault = rules_codes::fault(&visitor.office, &sent).await?;
        return match fault {
            None => rules_codes::look(visitor, sent).await,
            fault => again(&visitor, &sent.fields, fault, None).await,
        };
    }
    let kind = ListKind::from_name(&name);
    let typed = sent.fields.get("from").map(|from| from.trim()).unwrap_or_default();
    let from = match typed {
        "" => kind.and_then(|kind| code_files::released(kind, sent.files.first()?.name.as_str())),
        typed => typed.parse::<Date>().ok(),
    };
    let (Some(kind), Some(from), false) = (kind, from, sent.files.is_empty()) else {
        let file = sent.files.is_empty() || kind.is_none();
        let file = file.then(|| "Choose a list and its file.".to_owned());
        let day = from
            .is_none()
            .then(|| "Choose the first day of service: the publisher says it.".to_owned());
        return again(&visitor, &sent.fields, file, day).await;
    };
    let version = read(&visitor.office, kind, from, sent.files).await?;
    let list = visitor.office.read().await?.code_list(kind, version).await?;
    if list.state == "failed" {
        code_lists::give_up(&visitor.office, kind, version).await.map_err(trouble)?;
        return again(&visitor, &sent.fields, Some(Report::of(&list).fault), None).await;
    }
    let to = format!("/rules/lists/look?kind={}&version={version}", kind.as_str());
    Ok(Redirect::to(&to).into_response())
}

/// The form once more with what was chosen, and what is wrong at its fields.
async fn again(
    visitor: &Visitor,
    chosen: &Fields,
    file_fault: Option<String>,
    from_fault: Option<String>,
) -> Result<Response, Trouble> {
    let shown = lists_page(visitor, chosen).await?;
    let shown = ListsPage { file_fault, from_fault, ..shown };
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

/// Reads files to their end, also where nobody waits for it any more; gives the version.
async fn read(
    office: &Office,
    kind: ListKind,
    from: Date,
    files: Vec<SentFile>,
) -> Result<i64, Trouble> {
    let source = |file: &SentFile| {
        let path = file.file.path().to_owned();
        Source { name: file.name.clone(), path }
    };
    let sources: Vec<Source> = files.iter().map(source).collect();
    let version = code_lists::begin(office, kind, from, &sources).await.map_err(trouble)?;
    let office = office.clone();
    let reading = tokio::spawn(async move {
        match code_lists::fill(&office, kind, version, sources, &|_| {}).await {
            // The page of the version says what was wrong with its files.
            Ok(_) | Err(Failed::Unfit(_)) => {}
            Err(fault) => tracing::error!("a code list: {fault:#}"),
        }
        drop(files);
    });
    // Who waits no longer finds the page that says how far it is.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
    Ok(version)
}

fn trouble(failed: Failed) -> Trouble {
    match failed {
        Failed::Unfit(text) => Trouble::Unfit(text),
        Failed::Store(fault) => fault.into(),
        Failed::Broken(fault) => fault.into(),
    }
}

/// The version that an address or a form names.
fn version_of(fields: &Fields) -> Result<(ListKind, i64), Trouble> {
    let kind = fields.get("kind").and_then(|kind| ListKind::from_name(kind));
    let version = fields.get("version").and_then(|number| number.parse().ok());
    kind.zip(version).ok_or(Trouble::Nowhere)
}

/// `GET /rules/lists/look`: what a version changes.
pub(crate) async fn look(
    visitor: Visitor,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let (kind, number) = version_of(&asked)?;
    let office = &visitor.office;
    let mut tx = office.read().await?;
    let list = tx.code_list(kind, number).await?;
    let people = timeline::people(&mut tx).await?;
    let report = Report::of(&list);
    let against = match report.against {
        Some(before) => {
            let before = tx.code_list(kind, before).await?;
            let from = words::day_of(&before.from_day);
            format!("Compared with version {} from {from}", before.version)
        }
        None => "No version was in effect on its first day, so all of it is new".to_owned(),
    };
    let title = format!("{}, version {number}", kind.title());
    html(&ListPage {
        page: Page::of(&visitor, title, "/rules"),
        kind: kind.as_str(),
        title: kind.title(),
        one: version(&list, &people, office),
        state: list.state,
        against,
        counts: report.in_words(),
        report,
    })
}

/// `POST /rules/lists/decide`: lets a version hold, takes it back, gives it up.
pub(crate) async fn decide(visitor: Visitor, Posted(fields): Posted) -> Result<Response, Trouble> {
    let (kind, version) = version_of(&fields)?;
    let office = &visitor.office;
    let what = fields.get("what").map(String::as_str).unwrap_or_default();
    let verdict = match what {
        "hold" => Some(Verdict::Hold),
        "back" => Some(Verdict::TakeBack),
        "again" => Some(Verdict::PutBack),
        "discard" => None,
        _ => return Err(Trouble::Unfit("Say what is to become of the list.".to_owned())),
    };
    let done = match verdict {
        Some(verdict) => code_lists::decide(office, kind, version, verdict).await,
        None => code_lists::give_up(office, kind, version).await,
    };
    done.map_err(trouble)?;
    Ok(Redirect::to(&format!("/rules/lists?done={what}")).into_response())
}

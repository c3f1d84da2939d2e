//! Files taken in by page: dropped or chosen, reported in words.

use askama::Template;
use axum::response::Response;

use crate::take::{self, FileOutcome, FileReport, Odd, Options, Outcome};
use crate::web::page::{Page, html};
use crate::web::sent::{Sent, SentFile};
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage {
    page: Page,
    reports: Vec<ReportView>,
    inbox: String,
}

/// What became of one file.
pub(crate) struct ReportView {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) class: &'static str,
    pub(crate) hash: Option<String>,
    pub(crate) transactions: Vec<TransactionView>,
    pub(crate) findings: Option<String>,
    pub(crate) odd: Vec<Odd>,
}

/// What became of one transaction.
pub(crate) struct TransactionView {
    pub(crate) set: String,
    pub(crate) outcome: &'static str,
    pub(crate) class: &'static str,
    pub(crate) units: String,
    pub(crate) why: String,
    pub(crate) href: Option<String>,
}

/// The most transactions that a report lists one by one.
const LISTED: usize = 200;

/// `GET /upload`.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, Trouble> {
    shown(&visitor, Vec::new())
}

fn shown(visitor: &Visitor, reports: Vec<ReportView>) -> Result<Response, Trouble> {
    let inbox = visitor.office.folder.join("inbox").display().to_string();
    html(&UploadPage { page: Page::of(visitor, "Take files in", "/files"), reports, inbox })
}

/// `POST /upload`.
pub(crate) async fn take(visitor: Visitor, sent: Sent) -> Result<Response, Trouble> {
    if sent.files.is_empty() {
        return Err(Trouble::Unfit("No file came along. Choose one or drop it here.".to_owned()));
    }
    let mut reports = Vec::with_capacity(sent.files.len());
    for file in sent.files {
        reports.push(taken(&visitor, file).await?);
    }
    shown(&visitor, reports)
}

/// Takes one file to its end, also where nobody waits for the answer any more.
async fn taken(visitor: &Visitor, sent: SentFile) -> Result<ReportView, Trouble> {
    let office = visitor.office.clone();
    let name = sent.name.clone();
    let taking = tokio::spawn(async move {
        let options = Options::default();
        take::take_file(&office, sent.file.path(), &sent.name, options, &|_| {}).await
    });
    match taking.await.map_err(|fault| Trouble::Broken(fault.into()))? {
        Ok(report) => Ok(view(&report)),
        Err(fault) => {
            tracing::error!("upload: {fault:#}");
            Ok(ReportView {
                name,
                text: "It could not be taken in. Nothing of it is lost; try it again, and if it \
                       happens again ask your administrator to look into the log."
                    .to_owned(),
                class: "bad",
                hash: None,
                transactions: Vec::new(),
                findings: None,
                odd: Vec::new(),
            })
        }
    }
}

/// A report as pages show it.
pub(crate) fn view(report: &FileReport) -> ReportView {
    let (text, class) = match report.outcome {
        FileOutcome::Taken => (told(report), "here"),
        FileOutcome::Refused => {
            let first = report.first.as_deref().unwrap_or("before");
            (format!("Taken already, as {first}. Nothing was taken twice."), "absent")
        }
        FileOutcome::Nothing => (
            "There is no X12 in it, so there was nothing to take. Is it the right file?".to_owned(),
            "bad",
        ),
    };
    let findings = i64::try_from(report.findings).unwrap_or(i64::MAX);
    let is_x12 = report.outcome != FileOutcome::Nothing;
    let findings = (is_x12 && findings > 0).then(|| words::counted(findings, "oddity", "oddities"));
    ReportView {
        name: report.file.clone(),
        text,
        class,
        hash: is_x12.then(|| report.sha256.clone()),
        transactions: report.transactions.iter().take(LISTED).map(transaction).collect(),
        findings,
        odd: report.odd.clone(),
    }
}

fn told(report: &FileReport) -> String {
    match report.transactions.len() {
        0 => "Kept; there is no transaction in it.".to_owned(),
        more if more > LISTED => {
            format!("Taken in: {more} transactions, of which the first {LISTED} are listed.")
        }
        _ => "Taken in.".to_owned(),
    }
}

fn transaction(one: &take::Placed) -> TransactionView {
    let (outcome, class) = match one.outcome {
        Outcome::Taken => ("taken", "here"),
        Outcome::Refused => ("taken before", "absent"),
        Outcome::Held => ("held", "absent"),
        Outcome::Conflict => ("in conflict", "absent"),
        Outcome::Test => ("a test, kept aside", "absent"),
        Outcome::Kept => ("kept, not worked", "absent"),
    };
    let units = i64::try_from(one.units).unwrap_or(i64::MAX);
    let units = match one.set.as_str() {
        "835" => words::counted(units, "claim", "claims"),
        // Elsewhere levels and claims are counted alike, which is no figure for people.
        _ => String::new(),
    };
    let odd = i64::try_from(one.quarantined).unwrap_or(i64::MAX);
    let odd = (odd > 0).then(|| {
        format!(
            "{} set apart because the money does not add up",
            words::counted(odd, "claim", "claims")
        )
    });
    let why: Vec<String> = one.why.clone().into_iter().chain(odd).collect();
    TransactionView {
        set: one.set.clone(),
        outcome,
        class,
        units,
        why: why.join("; "),
        href: one.remittance.as_ref().map(|id| format!("/remittances/{id}")),
    }
}

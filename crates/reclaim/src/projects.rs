//! Project appeals (features 7.11): many cases of one payer under one cover letter, one spreadsheet
//! and one reference; what becomes of each is tracked together.

use anyhow::Context;
use denial::appeal::day;
use denial::claim::Claim;
use denial::contact::Contact;
use denial::denial::{Channel, Denial, Status};
use denial::ids::{AppealId, DocumentId, ProjectId};
use denial::lifecycle::Action;
use denial::lifecycle::action::AppealFiling;
use denial::money::Money;
use jiff::civil::Date;
use press::{Block, Column, Document, Section};
use serde_json::json;
use store::journal::Entry;
use store::projects::{Project, ProjectCase};
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::documents::{self, Received};
use crate::identity;
use crate::practice::Office;
use crate::web::sheet;

/// The most cases of one project.
pub(crate) const MOST: usize = 500;
/// The longest cover letter, in letters.
const LONGEST: usize = 8_000;

/// Why something was not done with a project.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("there is no project with this id")]
    Missing,
    #[error("somebody saved this project meanwhile; look again")]
    Stale,
    #[error("{0}")]
    Refused(String),
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> NotDone {
        NotDone::Failed(error.into())
    }
}

fn refused<T>(text: &str) -> Result<T, NotDone> {
    Err(NotDone::Refused(text.to_owned()))
}

/// A project with its cases.
pub(crate) struct Opened {
    pub(crate) project: Project,
    pub(crate) rows: Vec<Row>,
}

/// One case of it.
pub(crate) struct Row {
    pub(crate) n: i64,
    pub(crate) case: Denial,
    /// The claim as billed, where it was.
    pub(crate) claim: Option<Claim>,
    /// Why it did not go along.
    pub(crate) stayed: String,
}

/// Begins a project with some cases, which are of one payer.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn begin(office: &Office, cases: &[Denial]) -> Result<ProjectId, NotDone> {
    let Some(first) = cases.first() else { return refused("choose cases first") };
    if cases.len() > MOST {
        return Err(NotDone::Refused(format!("at most {MOST} cases in one project")));
    }
    if cases.iter().any(|case| case.payer != first.payer) {
        return refused("a project goes to one payer: choose cases of one payer alone");
    }
    let moment = office.moment();
    let id = ProjectId::from_bits(act::draw());
    let total: Money = cases.iter().map(|case| case.balance.outstanding()).sum();
    let count = cases.len();
    let one = Project {
        project: id.to_string(),
        payer: first.payer.to_string(),
        payer_name: first.payer_name.name.to_string(),
        state: "draft".to_owned(),
        version: 1,
        made_at: instant(moment.now),
        made_by: moment.who.person.to_string(),
        subject: format!("Appeal of {count} claims"),
        letter: letter(first, count, total),
        channel: String::new(),
        sent_on: None,
        reference: String::new(),
        packet: None,
        sheet: None,
    };
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let mut tx = office.write().await?;
    tx.begin_project(&one, &ids).await?;
    let facts = json!({ "cases": count, "payer": one.payer_name });
    tx.append(vec![Entry::new(id.as_str(), "project.begun", &facts)], &moment).await?;
    tx.commit().await?;
    Ok(id)
}

/// What a cover letter begins from; people go on with it.
fn letter(first: &Denial, count: usize, total: Money) -> String {
    let category = first.category.as_str().replace('_', " ");
    format!(
        "To {}\n\nWe appeal the {count} claims on the list that goes with this letter, {total} \
         together. They were denied for the same reason ({category}), and the same answer holds \
         for all of them.\n\n[[Say here why the denials are wrong, once for all of them.]]\n\n\
         Please answer under one reference, and let us know the outcome of each claim on the list.",
        first.payer_name.name
    )
}

/// A project with its cases, where it is there.
///
/// # Errors
/// The database.
pub(crate) async fn open(tx: &mut Tx, project: &str) -> Result<Option<Opened>, NotDone> {
    let Some(one) = tx.project(project).await? else { return Ok(None) };
    let listed = tx.project_cases(project).await?;
    let ids: Vec<String> = listed.iter().map(|one| one.denial.clone()).collect();
    let mut cases: std::collections::HashMap<String, Denial> =
        tx.cases_among(&ids).await?.into_iter().map(|case| (case.id.to_string(), case)).collect();
    let claims: Vec<String> = cases.values().map(|case| case.claim.to_string()).collect();
    let known = tx.claims(&claims).await?;
    let mut rows = Vec::with_capacity(listed.len());
    for ProjectCase { denial, n, stayed } in listed {
        let Some(case) = cases.remove(&denial) else { continue };
        let claim = known.get(case.claim.as_str()).map(|row| row.billed()).transpose()?.flatten();
        rows.push(Row { n, case, claim, stayed });
    }
    Ok(Some(Opened { project: one, rows }))
}

/// The headings of the list.
const HEADING: [&str; 12] = [
    "No.",
    "Our claim number",
    "Your claim number",
    "Patient",
    "Member id",
    "Date of birth",
    "Service",
    "Procedures",
    "Reasons",
    "Decision of",
    "Denied",
    "Outstanding",
];

impl Opened {
    /// The cases that go along.
    pub(crate) fn going(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.stayed.is_empty())
    }

    /// The list as a spreadsheet.
    pub(crate) fn sheet(&self) -> String {
        sheet::text(HEADING, self.going().map(Row::cells), None)
    }

    /// Letter and list as one PDF/A.
    ///
    /// # Errors
    /// What cannot be set.
    pub(crate) async fn pdf(&self, office: &Office) -> anyhow::Result<Vec<u8>> {
        let document = self.document(office);
        let set = tokio::task::spawn_blocking(move || press::set(&document));
        Ok(set.await.context("setting the letter stopped")??.pdf)
    }

    fn document(&self, office: &Office) -> Document {
        let today = office.moment().today;
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let project = &self.project;
        let paragraphs = project.letter.split("\n\n").map(|text| Block::Text(text.to_owned()));
        let mut letter = vec![
            Block::Lines(vec![office.clinic.name.clone()]),
            Block::Text(day(today)),
            Block::Heading(project.subject.clone()),
        ];
        letter.extend(paragraphs);
        letter.push(Block::Signature(vec![office.clinic.name.clone()]));
        Document {
            title: project.subject.clone(),
            author: office.clinic.name.clone(),
            on: (i32::from(today.year()), part(today.month()), part(today.day())),
            foot: office.clinic.name.clone(),
            packet_pages: None,
            sections: vec![
                Section { title: "Letter".to_owned(), without_heading: true, blocks: letter },
                Section {
                    title: "The claims".to_owned(),
                    without_heading: false,
                    blocks: vec![self.table()],
                },
            ],
        }
    }

    fn table(&self) -> Block {
        let columns = vec![
            Column::words("No.", 1),
            Column::words("Our claim number", 3),
            Column::words("Your claim number", 3),
            Column::words("Patient", 4),
            Column::words("Member id", 3),
            Column::words("Service", 3),
            Column::words("Reasons", 2),
            Column::amounts("Outstanding", 3),
        ];
        let rows = self.going().map(|row| {
            let [n, ours, yours, patient, member, _, service, _, reasons, _, _, outstanding] =
                row.cells();
            vec![n, ours, yours, patient, member, service, reasons, outstanding]
        });
        Block::Table { columns, rows: rows.collect() }
    }
}

impl Row {
    fn cells(&self) -> [String; 12] {
        let case = &self.case;
        let patient = self.claim.as_ref().map(|claim| claim.patient.reveal());
        let born = patient.and_then(|one| one.born);
        let mut reasons: Vec<String> = Vec::new();
        let mut procedures: Vec<String> = Vec::new();
        for line in &case.lines {
            let told = line.adjustments.iter().map(|one| format!("{}-{}", one.group, one.reason));
            reasons.extend(told);
            procedures.push(line.procedure.to_string());
        }
        for list in [&mut reasons, &mut procedures] {
            list.sort();
            list.dedup();
            list.retain(|text| !text.is_empty());
        }
        let denied: Money = case.lines.iter().map(|line| line.denied).sum();
        [
            self.n.to_string(),
            case.number.to_string(),
            case.control.to_string(),
            patient.map(|one| format!("{} {}", one.given, one.family)).unwrap_or_default(),
            patient.map(|one| one.member.clone()).unwrap_or_default(),
            born.map(|on| on.to_string()).unwrap_or_default(),
            case.days.service_on.map(|on| on.to_string()).unwrap_or_default(),
            procedures.join("; "),
            reasons.join("; "),
            case.denied_on.to_string(),
            denied.plain(),
            case.balance.outstanding().plain(),
        ]
    }
}

/// What of a project is changed before it goes.
pub(crate) struct Typed {
    pub(crate) subject: String,
    pub(crate) letter: String,
}

/// Saves subject and letter.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn save(
    office: &Office,
    id: &str,
    read: i64,
    typed: Typed,
) -> Result<(), NotDone> {
    let (subject, letter) = (typed.subject.trim().to_owned(), typed.letter.trim().to_owned());
    if subject.is_empty() || letter.is_empty() || letter.chars().count() > LONGEST {
        return Err(NotDone::Refused(format!(
            "say what it is about, and write a letter of at most {LONGEST} letters"
        )));
    }
    let mut tx = office.write().await?;
    let before = draft(&mut tx, id).await?;
    let after = Project { subject, letter, ..before };
    changed(&mut tx, office, (&after, read), ("project.saved", json!({}))).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a draft up: its cases are worked on one by one.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn drop_it(office: &Office, id: &str, read: i64) -> Result<(), NotDone> {
    let mut tx = office.write().await?;
    let before = draft(&mut tx, id).await?;
    let after = Project { state: "void".to_owned(), ..before };
    changed(&mut tx, office, (&after, read), ("project.dropped", json!({}))).await?;
    tx.commit().await?;
    Ok(())
}

async fn draft(tx: &mut Tx, id: &str) -> Result<Project, NotDone> {
    let one = tx.project(id).await?.ok_or(NotDone::Missing)?;
    if one.state == "draft" { Ok(one) } else { refused("it has gone or was given up") }
}

async fn changed(
    tx: &mut Tx,
    office: &Office,
    (after, read): (&Project, i64),
    (kind, facts): (&str, serde_json::Value),
) -> Result<(), NotDone> {
    if !tx.save_project(after, read).await? {
        return Err(NotDone::Stale);
    }
    tx.append(vec![Entry::new(&after.project, kind, &facts)], &office.moment()).await?;
    Ok(())
}

/// How a project went.
pub(crate) struct How {
    pub(crate) channel: Channel,
    pub(crate) on: Option<Date>,
    /// The payer's reference, where it gave one at once.
    pub(crate) reference: String,
    /// A supervisor's reason for sending it without documents that are asked for.
    pub(crate) without: Option<String>,
    /// A supervisor's reason for sending it after the clocks of some.
    pub(crate) late: Option<String>,
}

impl How {
    /// As most go, where nobody has said yet.
    pub(crate) const fn by_mail() -> How {
        How {
            channel: Channel::Mail,
            on: None,
            reference: String::new(),
            without: None,
            late: None,
        }
    }
}

/// Records that it went: letter with list and spreadsheet are kept as they went, each case that
/// allows it is appealed with them, all in one transaction. A case that does not is left out with
/// its reason, and the papers name those alone that went along.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn send(office: &Office, id: &str, read: i64, how: How) -> Result<(), NotDone> {
    let mut tx = office.write().await?;
    draft(&mut tx, id).await?;
    let mut opened = open(&mut tx, id).await?.ok_or(NotDone::Missing)?;
    if opened.project.letter.contains("[[") {
        return refused("the letter holds a note in double brackets: write it out first");
    }
    opened.would_stay(office, &how);
    if opened.going().next().is_none() {
        let first = opened.rows.first().map(|row| row.stayed.as_str()).unwrap_or_default();
        return Err(NotDone::Refused(format!(
            "none of its cases allows an appeal now; the first: {first}"
        )));
    }
    for row in &opened.rows {
        tx.leave_out_of_project((id, row.case.id.as_str()), &row.stayed).await?;
    }
    let (pdf, list) = (opened.pdf(office).await?, opened.sheet());
    let packet = documents::written(office, "project_appeal.pdf", "application/pdf", pdf).await?;
    let sheet = documents::written(office, "project_appeal.csv", "text/csv", list.into()).await?;
    let document = identity::document(&packet.hash).context("a hash")?;
    let (packet_hash, sheet_hash) = (packet.hash.clone(), sheet.hash.clone());
    let kept = keep(&mut tx, office, [packet, sheet]).await?;
    for row in opened.going() {
        appeal(&mut tx, office, row, (&document, &how)).await?;
    }
    let on = how.on.unwrap_or(office.moment().today);
    let after = Project {
        state: "sent".to_owned(),
        channel: how.channel.as_str().to_owned(),
        sent_on: Some(on.to_string()),
        reference: how.reference.trim().to_owned(),
        packet: Some(packet_hash.clone()),
        sheet: Some(sheet_hash.clone()),
        ..opened.project.clone()
    };
    let facts = json!({ "cases": opened.going().count(), "packet": packet_hash,
        "sheet": sheet_hash, "channel": after.channel });
    changed(&mut tx, office, (&after, read), ("project.sent", facts)).await?;
    tx.commit().await?;
    drop(kept);
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    office: &Office,
    all: [Received; 2],
) -> anyhow::Result<Vec<documents::Arriving>> {
    let mut kept = Vec::with_capacity(all.len());
    for one in all {
        kept.push(one.keep(tx, office).await?.1);
    }
    Ok(kept)
}

impl Opened {
    /// Says of each case that allows no appeal now why it would stay; one that stayed before and
    /// allows it by now goes along.
    pub(crate) fn would_stay(&mut self, office: &Office, how: &How) {
        let moment = office.moment();
        // Any document will do to ask: what is kept at last is not set yet.
        let paper = DocumentId::from_bits(0);
        for row in &mut self.rows {
            let mut case = row.case.clone();
            if case.status() == Status::New
                && let Ok(decided) = case.act(&Action::Review, &moment, &office.rules)
            {
                case = decided.after;
            }
            let action = Action::Appeal(filing(&case, &paper, how));
            let refused = case.act(&action, &moment, &office.rules).err();
            row.stayed = refused.map(|why| why.to_string()).unwrap_or_default();
        }
    }
}

fn filing(case: &Denial, packet: &DocumentId, how: &How) -> AppealFiling {
    let reference = how.reference.trim();
    AppealFiling {
        id: AppealId::from_bits(act::draw()),
        level: case.next_level(),
        channel: how.channel,
        confirmation: (!reference.is_empty()).then(|| reference.to_owned()),
        packet: Some(packet.clone()),
        sent_on: how.on,
        late: how.late.clone(),
        without: how.without.clone(),
        although: None,
        arguments: Vec::new(),
        exhibits: Vec::new(),
    }
}

async fn appeal(
    tx: &mut Tx,
    office: &Office,
    row: &Row,
    (document, how): (&DocumentId, &How),
) -> Result<(), NotDone> {
    let moment = office.moment();
    let mut case = tx.case(row.case.id.as_str()).await?;
    if case.status() == Status::New {
        case = done(act::do_in(tx, office, &moment, &case, &Action::Review).await)?;
    }
    let action = Action::Appeal(filing(&case, document, how));
    done(act::do_in(tx, office, &moment, &case, &action).await)?;
    Ok(())
}

fn done(result: Result<Denial, Failed>) -> Result<Denial, NotDone> {
    result.map_err(|why| match why {
        Failed::Refused(why) => NotDone::Refused(why.to_string()),
        Failed::Stale { .. } => NotDone::Stale,
        Failed::Missing => NotDone::Missing,
        Failed::Store(error) => error.into(),
        Failed::Folder(fault) => NotDone::Failed(fault),
    })
}

/// Enters the payer's one reference: it lands on every case that went along, as a contact with the
/// payer.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn refer(
    office: &Office,
    id: &str,
    read: i64,
    reference: &str,
) -> Result<usize, NotDone> {
    let reference = reference.trim();
    if reference.is_empty() || reference.chars().count() > 60 {
        return refused("say the payer's reference, in 60 letters or fewer");
    }
    let mut tx = office.write().await?;
    let opened = open(&mut tx, id).await?.ok_or(NotDone::Missing)?;
    let sent = opened.project.state == "sent";
    let channel = Channel::from_name(&opened.project.channel).filter(|_| sent);
    let Some(channel) = channel else {
        return refused("it has not gone yet: record how it went first");
    };
    let action = Action::LogContact(Contact {
        channel,
        representative: String::new(),
        reference: reference.to_owned(),
        said: format!("Reference of the project appeal “{}”", opened.project.subject),
        promised_by: None,
        minutes: 0,
        kept: false,
    });
    let moment = office.moment();
    let mut count = 0;
    for row in opened.going().filter(|row| !row.case.status().is_closed()) {
        done(act::do_in(&mut tx, office, &moment, &row.case, &action).await)?;
        count += 1;
    }
    let after = Project { reference: reference.to_owned(), ..opened.project.clone() };
    let facts = json!({ "reference": reference, "cases": count });
    changed(&mut tx, office, (&after, read), ("project.referred", facts)).await?;
    tx.commit().await?;
    Ok(count)
}

//! Project appeals (features 7.11): many cases of one payer under one cover letter, one spreadsheet
//! and one reference; what becomes of each is tracked together.

mod papers;
mod staying;
mod typed;

use anyhow::Context;
use denial::claim::Claim;
use denial::contact::Contact;
use denial::denial::{Channel, Denial, Status};
use denial::ids::{DocumentId, ProjectId};
use denial::lifecycle::Action;
use denial::money::Money;
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::journal::Entry;
use store::projects::{Project, ProjectCase};
use store::{Tx, instant};

use crate::act::{self, Failed};
use crate::documents::{self, Received};
use crate::drafts;
use crate::identity;
use crate::practice::Office;
pub(crate) use crate::projects::typed::Typed;

/// The most cases of one project.
pub(crate) const MOST: usize = 500;

/// Why something was not done with a project.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    #[error("there is no project with this id")]
    Missing,
    /// Somebody was faster.
    #[error("somebody changed this project meanwhile; look again")]
    Stale {
        /// A person's id; empty where nobody is known.
        by: String,
        at: String,
        /// What they did, as the journal calls it.
        kind: String,
    },
    /// What is kept to be sent is not what would go now.
    #[error("{}", otherwise(.0))]
    Changed(Vec<String>),
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

fn otherwise(changes: &[String]) -> String {
    format!(
        "since letter and list were set, cases have changed: {}. Set them anew and send those; \
         where the old ones have gone already, give the reasons on the cases",
        changes.join("; ")
    )
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
    /// It goes by a supervisor's reason, and who looks is no supervisor.
    is_excused: bool,
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
        without_why: String::new(),
        late_why: String::new(),
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
        rows.push(Row { n, case, claim, stayed, is_excused: false });
    }
    Ok(Some(Opened { project: one, rows }))
}

/// Saves what was typed; papers that were set of other words are given up.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn save(
    office: &Office,
    id: &str,
    read: i64,
    typed: &Typed,
) -> Result<(), NotDone> {
    let mut tx = office.write().await?;
    let before = draft(&mut tx, id, read).await?;
    let after = typed.on(&before, office.who.role)?;
    if after == before {
        return Ok(());
    }
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
    let before = draft(&mut tx, id, read).await?;
    let after = Project { state: "void".to_owned(), ..before };
    changed(&mut tx, office, (&after, read), ("project.dropped", json!({}))).await?;
    tx.commit().await?;
    Ok(())
}

/// A draft as it was read.
async fn draft(tx: &mut Tx, id: &str, read: i64) -> Result<Project, NotDone> {
    let one = tx.project(id).await?.ok_or(NotDone::Missing)?;
    if one.version != read {
        return Err(stale(tx, id).await?);
    }
    if one.state == "draft" { Ok(one) } else { refused("it has gone or was given up") }
}

/// Who changed a project last, and how.
async fn stale(tx: &mut Tx, id: &str) -> Result<NotDone, NotDone> {
    let last = tx.timeline(id).await?.pop();
    let told = last.map(|one| (one.actor, one.at, one.kind)).unwrap_or_default();
    let (by, at, kind) = told;
    Ok(NotDone::Stale { by, at, kind })
}

async fn changed(
    tx: &mut Tx,
    office: &Office,
    (after, read): (&Project, i64),
    (kind, facts): (&str, serde_json::Value),
) -> Result<(), NotDone> {
    if !tx.save_project(after, read).await? {
        return Err(stale(tx, &after.project).await?);
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
}

impl How {
    /// As most go, where nobody has said yet.
    pub(crate) const fn by_mail() -> How {
        How { channel: Channel::Mail, on: None, reference: String::new() }
    }
}

/// Saves what was typed and sets letter and list as they are to go, and keeps them: what people
/// take out and send is then what is recorded. A case that allows no appeal is left out with its
/// reason, and the papers name those alone that go along.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn set(
    office: &Office,
    id: &str,
    read: i64,
    typed: &Typed,
) -> Result<(), NotDone> {
    let mut tx = office.read().await?;
    let going = going(&mut tx, office, (id, read), typed).await?;
    let signer = drafts::signer(&mut tx, office).await?;
    drop(tx);
    // Setting takes a while, and nobody else's turn is held for it.
    let (pdf, list) = (going.pdf(office, &signer).await?, going.sheet());
    let packet = documents::written(office, "project_appeal.pdf", "application/pdf", pdf).await?;
    let bytes = list.clone().into_bytes();
    let sheet = documents::written(office, "project_appeal.csv", "text/csv", bytes).await?;
    let mut tx = office.write().await?;
    let before = draft(&mut tx, id, read).await?;
    let now = self::going(&mut tx, office, (id, read), typed).await?;
    let changes = now.differences(&list);
    if !changes.is_empty() {
        return Err(NotDone::Refused(format!(
            "cases changed while letter and list were being set: {}; set them again",
            changes.join("; ")
        )));
    }
    for row in &now.rows {
        tx.leave_out_of_project((id, row.case.id.as_str()), &row.stayed).await?;
    }
    let after = Project {
        packet: Some(packet.hash.clone()),
        sheet: Some(sheet.hash.clone()),
        ..now.project.clone()
    };
    let facts = json!({ "cases": now.going().count(), "packet": after.packet,
        "sheet": after.sheet });
    let kept = keep(&mut tx, office, [packet, sheet]).await?;
    if typed::is_reworded(&after, &before) {
        let saved = Entry::new(id, "project.saved", &json!({}));
        tx.append(vec![saved], &office.moment()).await?;
    }
    changed(&mut tx, office, (&after, read), ("project.set", facts)).await?;
    tx.commit().await?;
    drop(kept);
    Ok(())
}

/// A draft with what was typed and with its cases, those marked that would stay; at least one
/// goes.
async fn going(
    tx: &mut Tx,
    office: &Office,
    (id, read): (&str, i64),
    typed: &Typed,
) -> Result<Opened, NotDone> {
    draft(tx, id, read).await?;
    let mut opened = open(tx, id).await?.ok_or(NotDone::Missing)?;
    opened.project = typed.on(&opened.project, office.who.role)?;
    if opened.project.letter.contains("[[") {
        return refused("the letter holds a note in double brackets: write it out first");
    }
    opened.would_stay(office, &How::by_mail());
    if opened.going().next().is_none() {
        let first = opened.rows.first().map(|row| row.stayed.as_str()).unwrap_or_default();
        return Err(NotDone::Refused(format!(
            "none of its cases allows an appeal now; the first: {first}"
        )));
    }
    Ok(opened)
}

/// Records that it went with the papers that were set: each case on them is appealed, all in one
/// transaction. Where the papers would be others by now, nothing is done.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn send(office: &Office, id: &str, read: i64, how: How) -> Result<(), NotDone> {
    let mut tx = office.write().await?;
    let project = draft(&mut tx, id, read).await?;
    let Some((packet, sheet)) = project.packet.clone().zip(project.sheet.clone()) else {
        return refused("set letter and list first, and send those");
    };
    let mut opened = open(&mut tx, id).await?.ok_or(NotDone::Missing)?;
    opened.would_stay(office, &how);
    if !opened.reads_as(&sheet) {
        // Nobody's turn is held while the kept list is read.
        drop(tx);
        return Err(NotDone::Changed(opened.changes_since(office, &sheet).await?));
    }
    if opened.needs_supervisor() {
        return refused(
            "some of its cases go by a supervisor's reason: a supervisor records that it went",
        );
    }
    let document = identity::document(&packet).context("a hash")?;
    for row in opened.going() {
        appeal(&mut tx, office, (&project, row), (&document, &how)).await?;
    }
    let on = how.on.unwrap_or(office.moment().today);
    let after = Project {
        state: "sent".to_owned(),
        channel: how.channel.as_str().to_owned(),
        sent_on: Some(on.to_string()),
        reference: how.reference.trim().to_owned(),
        ..project
    };
    let facts = json!({ "cases": opened.going().count(), "packet": packet, "sheet": sheet,
        "channel": after.channel });
    changed(&mut tx, office, (&after, read), ("project.sent", facts)).await?;
    tx.commit().await?;
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
    /// The cases that go along.
    pub(crate) fn going(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.stayed.is_empty())
    }

    /// True where its list is still the one with a hash.
    fn reads_as(&self, sheet: &str) -> bool {
        hex::encode(Sha256::digest(self.sheet())) == sheet
    }

    /// What of the list with a hash reads otherwise by now, in words; nothing where it is the same.
    ///
    /// # Errors
    /// The folder of documents.
    pub(crate) async fn changes_since(
        &self,
        office: &Office,
        sheet: &str,
    ) -> anyhow::Result<Vec<String>> {
        if self.reads_as(sheet) {
            return Ok(Vec::new());
        }
        let kept = tokio::fs::read(office.documents.path(sheet)).await;
        let kept = kept.context("the list is not on file any more")?;
        let changes = self.differences(&String::from_utf8_lossy(&kept));
        let untold = vec!["the order of the list is another".to_owned()];
        Ok(if changes.is_empty() { untold } else { changes })
    }
}

async fn appeal(
    tx: &mut Tx,
    office: &Office,
    (project, row): (&Project, &Row),
    way: (&DocumentId, &How),
) -> Result<(), NotDone> {
    let moment = office.moment();
    let mut case = tx.case(row.case.id.as_str()).await?;
    if case.status() == Status::New {
        case = done(act::do_in(tx, office, &moment, &case, &Action::Review).await)?;
    }
    let action = Action::Appeal(staying::filing(project, &case, way));
    done(act::do_in(tx, office, &moment, &case, &action).await)?;
    Ok(())
}

fn done(result: Result<Denial, Failed>) -> Result<Denial, NotDone> {
    result.map_err(|why| match why {
        Failed::Refused(why) => NotDone::Refused(why.to_string()),
        Failed::Stale { .. } => {
            NotDone::Refused("somebody saved one of its cases meanwhile: do it again".to_owned())
        }
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
    if opened.project.version != read {
        return Err(stale(&mut tx, id).await?);
    }
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

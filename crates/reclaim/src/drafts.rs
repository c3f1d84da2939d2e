//! Drafts of appeals and other letters: begun, written, built, signed, given up. Each is one
//! transaction with its entry; what has left or is on its way is not touched any more.

pub(crate) mod sending;

use std::collections::HashSet;

use anyhow::Context;
use denial::appeal::{
    Built, Content, Draft, DraftState, Sides, Stop, Unsigned, allowed, begun, level, may_sign,
    no_appeal, no_review, templates,
};
use denial::denial::{Channel, Denial};
use denial::ids::DraftId;
use denial::letter::{Letter, LetterKind};
use denial::lifecycle::Act;
use denial::money::Money;
use denial::person::{Moment, may};
use denial::proven::Prepared;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::files::Document;
use store::journal::Entry;
use store::{Tx, instant};

use crate::act;
use crate::documents;
use crate::identity;
use crate::packet::{self, Dossier, Plan, Unbuilt};
use crate::practice::Office;
use crate::web::words;

/// Why something was not done to a draft; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    /// Something stops it.
    #[error("{}", in_words(.0))]
    Stopped(Vec<Stop>),
    /// The packet could not be built.
    #[error(transparent)]
    Unbuilt(#[from] Unbuilt),
    /// Who asks may not sign, or not this.
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    /// Somebody was faster.
    #[error("somebody saved this draft after you had opened it")]
    Stale {
        /// A person's id.
        by: String,
        at: String,
    },
    /// There is no such draft on this case.
    #[error("there is no such draft on this case")]
    Missing,
    /// The role writes no letters to payers.
    #[error("your role writes no letters to payers; ask the owner of the case or a supervisor")]
    Role,
    /// It is past that.
    #[error("{0}")]
    Past(&'static str),
    /// The case or the rules do not allow it.
    #[error("{0}")]
    Refused(String),
    /// The database, or the folder of documents.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl NotDone {
    /// True where somebody in another role could have done it.
    pub(crate) const fn is_for_who_asked(&self) -> bool {
        matches!(self, NotDone::Role | NotDone::Unsigned(Unsigned::Role))
    }
}

fn in_words(stops: &[Stop]) -> String {
    let all: Vec<String> = stops.iter().map(ToString::to_string).collect();
    all.join(" ")
}

impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> NotDone {
        if let store::Error::Stale { by, at } = error {
            return NotDone::Stale { by, at };
        }
        let is_missing = matches!(error, store::Error::Missing { .. });
        if is_missing { NotDone::Missing } else { NotDone::Failed(error.into()) }
    }
}

/// What is begun.
pub(crate) struct Wish<'a> {
    pub(crate) kind: LetterKind,
    /// The template, by its id; the narrowest that fits where none is named.
    pub(crate) template: Option<&'a str>,
    /// Why it is written although a remark allows no appeal.
    pub(crate) although: &'a str,
}

/// Said of a closed case.
const CLOSED: &str = "The case is closed: nothing more is asked of the payer.";

/// Why a letter of a kind is not begun for a case without a reason of its own, as far as the case
/// and the rules tell it.
pub(crate) fn hindrance(office: &Office, case: &Denial, kind: LetterKind) -> Option<String> {
    if case.status().is_closed() {
        return Some(CLOSED.to_owned());
    }
    let barred = no_appeal(case, &office.rules).filter(|_| kind == LetterKind::Appeal);
    if let Some(code) = barred {
        return Some(Stop::NoAppeal(code).to_string());
    }
    let unopened = no_review(case).filter(|_| kind == LetterKind::ExternalReview);
    if let Some(why) = unopened {
        return Some(format!("no external review is open: {why}"));
    }
    let none = templates(&office.rules, case, kind, office.moment().today).is_empty();
    none.then(|| "no template of this kind fits".to_owned())
}

/// Begins a draft.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn begin(office: &Office, id: &str, wish: &Wish<'_>) -> Result<Draft, NotDone> {
    require_writer(office)?;
    let moment = office.moment();
    let mut tx = office.write().await?;
    let case = tx.case(id).await?;
    if case.status().is_closed() {
        return Err(NotDone::Past(CLOSED));
    }
    let unexcused = wish.although.trim().is_empty();
    let code = no_appeal(&case, &office.rules);
    if let Some(code) = code.filter(|_| unexcused && wish.kind == LetterKind::Appeal) {
        return Err(NotDone::Stopped(vec![Stop::NoAppeal(code)]));
    }
    let outside = wish.kind == LetterKind::ExternalReview && unexcused;
    if let Some(why) = no_review(&case).filter(|_| outside) {
        let text =
            format!("no external review is open: {why}; say why it is asked for all the same");
        return Err(NotDone::Refused(text));
    }
    close_what_left(&mut tx, &case, &moment).await?;
    let fitting = templates(&office.rules, &case, wish.kind, moment.today);
    let named = |one: &&&Letter| wish.template.is_none_or(|id| one.id() == id);
    let letter = fitting.iter().find(named);
    let letter = letter.ok_or(NotDone::Past("No such template fits this case. Choose another."))?;
    let alone = draws_up_alone(office, &case);
    let signer = if alone { signer(&mut tx, office).await? } else { String::new() };
    let first = first(office, &case, letter, (&signer, &moment));
    let although = wish.although.trim().to_owned();
    let draft = Draft { content: Content { although, ..first.content }, ..first };
    let facts = json!({ "kind": draft.kind, "level": draft.level, "template": draft.template });
    let entry = entry(&draft, "appeal.drafted", facts);
    if !tx.add_draft(&draft, entry, &moment).await? {
        return Err(NotDone::Past(
            "A draft of this kind and level is open already. Go on with it, or give it up first.",
        ));
    }
    tx.commit().await?;
    Ok(draft)
}

/// A draft as its template begins it.
fn first(
    office: &Office,
    case: &Denial,
    letter: &Letter,
    (signer, moment): (&str, &Moment),
) -> Draft {
    let sides = Sides { address: address(office, case), signer };
    Draft {
        id: DraftId::from_bits(act::draw()),
        case: case.id.clone(),
        kind: letter.kind,
        level: level(letter.kind, case),
        template: letter.id().into(),
        rules: office.rules.version,
        content: Content {
            channel: office.rules.only_channel(&case.payer_name, case.plan),
            ..begun(letter, case, sides)
        },
        state: DraftState::Draft,
        packet: None,
        signed: None,
        voided: None,
        prepared: None,
        writers: vec![moment.who.person.clone()],
        former: Vec::new(),
        version: 1,
    }
}

/// Begins an appeal by a rule, for a person to look at, sign and send; false where one is open.
///
/// # Errors
/// The database.
pub(crate) async fn prepare(
    tx: &mut Tx,
    office: &Office,
    case: &Denial,
    (template, prepared): (&str, Prepared),
    moment: &Moment,
) -> Result<bool, store::Error> {
    let fitting = templates(&office.rules, case, LetterKind::Appeal, moment.today);
    let Some(letter) = fitting.iter().find(|one| one.id() == template) else { return Ok(false) };
    // Whoever signs puts their own name there.
    let first = first(office, case, letter, ("", moment));
    let facts = json!({ "kind": first.kind, "level": first.level, "template": first.template,
        "rule": prepared.rule, "proof": prepared.proof });
    let draft = Draft { prepared: Some(prepared), ..first };
    tx.add_draft(&draft, entry(&draft, "appeal.drafted", facts), moment).await
}

/// The address to which the payer takes letters by mail, where its rules say it.
fn address<'a>(office: &'a Office, case: &Denial) -> &'a str {
    let rule = office.rules.channel(&case.payer_name, case.plan, Channel::Mail);
    rule.map(|rule| rule.to.as_str()).unwrap_or_default()
}

/// True where who writes a letter may sign it too; else somebody else does, and no name stands
/// over which another's signature would come.
fn draws_up_alone(office: &Office, case: &Denial) -> bool {
    let (stake, alone) = stake(office, case);
    stake <= alone
}

/// Name and title of who asks, where they may sign letters; empty where they may not.
///
/// # Errors
/// The database.
pub(crate) async fn signer(tx: &mut Tx, office: &Office) -> Result<String, store::Error> {
    if !may_sign(office.who.role) {
        return Ok(String::new());
    }
    let member = tx.member(office.who.person.as_str()).await?;
    let title = words::label(office.who.role.as_str());
    Ok(member.map(|one| format!("{}\n{title}", one.name)).unwrap_or_default())
}

/// A draft whose packet the case says was sent is open no more.
async fn close_what_left(tx: &mut Tx, case: &Denial, moment: &Moment) -> Result<(), NotDone> {
    for draft in tx.drafts_of(case.id.as_str()).await? {
        if draft.state.is_open() && was_sent(&draft, case) {
            let after = draft.ended(DraftState::Sent);
            let entry = entry(&after, "appeal.sent", json!({}));
            tx.save_draft(&after, draft.version, entry, moment).await?;
        }
    }
    Ok(())
}

/// True where an appeal of the case went out with this draft's packet.
pub(crate) fn was_sent(draft: &Draft, case: &Denial) -> bool {
    let packet = draft.packet.as_ref().map(|one| &one.document);
    let went = |document| case.appeals.iter().any(|one| one.packet.as_ref() == Some(document));
    draft.state == DraftState::Sent || packet.is_some_and(went)
}

/// The packets of a case's claim, by their hashes, that are to leave by the outbox, or left by it.
pub(crate) async fn queued(tx: &mut Tx, case: &Denial) -> Result<HashSet<String>, store::Error> {
    queued_among(tx, std::iter::once(case)).await
}

/// Those of the claims of many cases.
pub(crate) async fn queued_among(
    tx: &mut Tx,
    cases: impl Iterator<Item = &Denial>,
) -> Result<HashSet<String>, store::Error> {
    let claims: Vec<String> = cases.map(|case| identity::claim(&case.number).to_string()).collect();
    tx.contents_out(&claims).await
}

/// True where the packet of a draft is among those.
pub(crate) fn waits(draft: &Draft, queued: &HashSet<String>) -> bool {
    draft.packet.as_ref().is_some_and(|packet| queued.contains(&packet.hash))
}

/// A draft that may still be changed, in the transaction that changes it.
struct Held {
    tx: Tx,
    case: Denial,
    draft: Draft,
    moment: Moment,
}

/// Reads a draft to change it; `read` is the version that the person saw.
async fn hold(office: &Office, (case, draft): (&str, &str), read: u32) -> Result<Held, NotDone> {
    let mut tx = office.write().await?;
    let draft = tx.draft(draft).await?;
    let case = tx.case(case).await?;
    if draft.case != case.id {
        return Err(NotDone::Missing);
    }
    if draft.version != read {
        return Err(tx.who_changed_draft(draft.id.as_str()).await?.into());
    }
    if !draft.state.is_open() || was_sent(&draft, &case) {
        return Err(NotDone::Past("It was sent, or given up, and is kept as it is."));
    }
    if waits(&draft, &queued(&mut tx, &case).await?) {
        return Err(NotDone::Past(
            "Its packet waits in the outbox. Call it back there first, then change it.",
        ));
    }
    Ok(Held { tx, case, draft, moment: office.moment() })
}

impl Held {
    /// Saves what became of it.
    async fn save(mut self, after: Draft, kind: &str, facts: Value) -> Result<Draft, NotDone> {
        if after == self.draft {
            return Ok(after);
        }
        let entry = entry(&after, kind, facts);
        self.tx.save_draft(&after, self.draft.version, entry, &self.moment).await?;
        self.tx.commit().await?;
        Ok(after)
    }
}

fn entry(draft: &Draft, kind: &str, mut facts: Value) -> Entry {
    facts["draft"] = json!(draft.id);
    facts["draft_version"] = json!(draft.version);
    Entry::new(draft.case.as_str(), kind, &facts)
}

fn require_writer(office: &Office) -> Result<(), NotDone> {
    if may(office.who.role, Act::Appeal) { Ok(()) } else { Err(NotDone::Role) }
}

/// Other texts or exhibits; a sign-off no longer holds then.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn edit(
    office: &Office,
    of: (&str, &str),
    read: u32,
    content: Content,
) -> Result<Draft, NotDone> {
    require_writer(office)?;
    let held = hold(office, of, read).await?;
    let content = allowed(content, &held.draft.content, office.who.role);
    let after = held.draft.edited(content, &office.who.person);
    let voids = held.draft.signed.is_some() && after.signed.is_none();
    held.save(after, "appeal.written", json!({ "voided": voids })).await
}

/// Gives it up.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn give_up(
    office: &Office,
    of: (&str, &str),
    read: u32,
) -> Result<Draft, NotDone> {
    require_writer(office)?;
    let held = hold(office, of, read).await?;
    let after = held.draft.ended(DraftState::Void);
    held.save(after, "appeal.given_up", json!({})).await
}

/// Builds the packet of a draft that nothing stops, and keeps it.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn build(office: &Office, of: (&str, &str), read: u32) -> Result<Draft, NotDone> {
    require_writer(office)?;
    let mut tx = office.read().await?;
    let draft = tx.draft(of.1).await?;
    let case = tx.case(of.0).await?;
    let dossier = Dossier::of(&mut tx, office, case, (draft.kind, draft.level)).await?;
    let dossier = dossier.with(&draft.content);
    drop(tx);
    let today = office.moment().today;
    stopped_by(dossier.stops(&draft, &office.rules, today))?;
    let documents = office.documents.clone();
    let number = dossier.case.number.to_string();
    let plan = Plan::of(dossier, draft.content.clone(), |hash| documents.path(hash), today)?;
    let packet = packet::build(plan).await?;
    let incoming = documents::incoming(office, packet.pdf).await?;
    let mut held = hold(office, of, read).await?;
    let (hash, bytes, arriving) = documents::keep(office, incoming).await?;
    let built = Built {
        document: identity::document(&hash).context("a hash")?,
        hash: hash.clone(),
        pages: packet.pages,
        bytes,
        by: office.who.person.clone(),
        at: held.moment.now,
    };
    let kind = draft.kind.as_str();
    let facts = Document {
        hash: hash.clone(),
        name: format!("{kind}-{number}-{}.pdf", draft.level),
        media: "application/pdf".to_owned(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        taken_at: instant(held.moment.now),
        taken_by: office.who.person.to_string(),
    };
    held.tx.keep_document(&facts).await?;
    let after = held.draft.built(built);
    let facts = json!({ "hash": hash, "pages": packet.pages });
    let saved = held.save(after, "appeal.built", facts).await?;
    drop(arriving);
    Ok(saved)
}

fn stopped_by(stops: Vec<Stop>) -> Result<(), NotDone> {
    if stops.is_empty() { Ok(()) } else { Err(NotDone::Stopped(stops)) }
}

/// Signs the packet with this hash, and no other.
///
/// # Errors
/// [`NotDone`].
pub(crate) async fn sign(
    office: &Office,
    of: (&str, &str),
    read: u32,
    hash: &str,
) -> Result<Draft, NotDone> {
    if !may_sign(office.who.role) {
        return Err(Unsigned::Role.into());
    }
    let mut held = hold(office, of, read).await?;
    stopped_by(held.stops(office).await?)?;
    let after = held.draft.sign(hash, stake(office, &held.case), &held.moment)?;
    held.save(after, "appeal.signed", json!({ "hash": hash })).await
}

/// Why the packet that stands here is not signed by who asks, where nothing else stops it.
pub(crate) fn unsigned(office: &Office, case: &Denial, draft: &Draft) -> Option<Unsigned> {
    let hash = draft.packet.as_ref().map(|one| one.hash.as_str()).unwrap_or_default();
    draft.sign(hash, stake(office, case), &office.moment()).err()
}

/// What is at stake, and the most that one person gives up alone.
fn stake(office: &Office, case: &Denial) -> (Money, Money) {
    (case.balance.outstanding(), office.rules.desk.write_off_alone)
}

impl Held {
    async fn stops(&mut self, office: &Office) -> Result<Vec<Stop>, NotDone> {
        let (rules, today) = (&office.rules, self.moment.today);
        Ok(self.dossier(office).await?.stops(&self.draft, rules, today))
    }

    async fn dossier(&mut self, office: &Office) -> Result<Dossier, NotDone> {
        let of = (self.draft.kind, self.draft.level);
        let dossier = Dossier::of(&mut self.tx, office, self.case.clone(), of).await?;
        Ok(dossier.with(&self.draft.content))
    }
}

/// True where the bytes that are kept are those that were signed.
pub(crate) fn is_intact(bytes: &[u8], hash: &str) -> bool {
    hex::encode(Sha256::digest(bytes)) == hash
}

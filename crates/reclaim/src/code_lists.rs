//! Code lists of a practice: what its own files would change is looked at before they hold; a list
//! that holds can be taken back.

use anyhow::Context;
use denial::lists::{Entry, ListKind};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::code_lists::CodeList;
use store::journal;
use store::{Tx, instant};

use crate::code_compare::{block_digest, filled, list_digest, read_block};
use crate::code_files::{Source, Unread};
use crate::practice::Office;
use crate::web::words;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// Says what to change.
    #[error("{0}")]
    Unfit(String),
    /// The database.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// Ours to mend.
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

/// What a list would change of the one that holds before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    /// The version that it was compared with.
    pub(crate) against: Option<i64>,
    pub(crate) new: u64,
    pub(crate) changed: u64,
    pub(crate) ended: u64,
    pub(crate) same: u64,
    pub(crate) unread: u64,
    pub(crate) first_new: Vec<Shown>,
    pub(crate) first_changed: Vec<Shown>,
    pub(crate) first_ended: Vec<Shown>,
    pub(crate) first_unread: Vec<Unread>,
    /// Why it was not read to its end.
    pub(crate) fault: String,
}

/// One entry as a report shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) code: String,
    pub(crate) text: String,
    /// What the list before said; empty where it said nothing.
    pub(crate) was: String,
}

impl Report {
    pub(crate) fn of(list: &CodeList) -> Report {
        serde_json::from_str(&list.report).unwrap_or_default()
    }

    /// The counts, in words.
    pub(crate) fn in_words(&self) -> String {
        let number = |count: u64| words::number(i64::try_from(count).unwrap_or(i64::MAX));
        let Report { new, changed, ended, same, unread, .. } = self;
        let told = [(new, "new"), (changed, "changed"), (ended, "ended"), (same, "as before")];
        let told: Vec<String> =
            told.iter().map(|(count, what)| format!("{} {what}", number(**count))).collect();
        let lines = if *unread == 1 { "line" } else { "lines" };
        format!("{}; {} {lines} could not be read", told.join(", "), number(*unread))
    }
}

/// How an entry is called: `A001`, `99991/99992`.
pub(crate) fn named(entry: &Entry) -> String {
    match entry.other.as_str() {
        "" => entry.code.to_string(),
        other => format!("{}/{other}", entry.code),
    }
}

/// What an entry says, in words.
pub(crate) fn said(kind: ListKind, entry: &Entry) -> String {
    let days = days(entry);
    match kind {
        ListKind::Icd10 if entry.mark == "0" => {
            format!("{} (a heading, not for claims)", entry.text)
        }
        ListKind::Icd10 | ListKind::Hcpcs => format!("{}{days}", entry.text),
        ListKind::Ptp => format!("{}{days}: {}", indicator(&entry.mark), entry.text),
        ListKind::Mue => {
            let units = entry.value.parse().unwrap_or(i64::MAX);
            let units = words::counted(units, "unit", "units");
            format!("{units} {}: {}", per(&entry.mark), entry.text)
        }
    }
}

fn days(entry: &Entry) -> String {
    let begins = entry.begins.map(|day| format!(", from {}", words::day(day)));
    let ends = entry.ends.map(|day| format!(", to {}", words::day(day)));
    begins.unwrap_or_default() + &ends.unwrap_or_default()
}

/// The modifier indicator of a pair, in words.
pub(crate) fn indicator(mark: &str) -> &'static str {
    match mark {
        "0" => "modifier not allowed (0)",
        "1" => "modifier allowed (1)",
        _ => "modifier not applicable (9)",
    }
}

/// What an adjudication indicator counts.
pub(crate) fn per(mark: &str) -> &'static str {
    match mark {
        "1" => "a line (1)",
        "2" => "a day, by policy (2)",
        _ => "a day, clinical (3)",
    }
}

/// Hears of progress: how far, of how much, in what.
pub(crate) type Heard<'a> = &'a (dyn Fn(Step) + Send + Sync);

/// How far a list was read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Bytes of its files.
    Read(u64),
    /// Shares that were compared and kept, of [`crate::code_files::SHARES`].
    Compared(usize),
}

/// Begins a version that is to be looked at, and gives up those that nobody decided for a day.
pub(crate) async fn begin(
    office: &Office,
    kind: ListKind,
    from: Date,
    sources: &[Source],
) -> Result<i64, Failed> {
    let moment = office.moment();
    let day_ago = instant(moment.now - 24.hours());
    for old in office.read().await?.code_lists().await? {
        let is_undecided = matches!(old.state.as_str(), "reading" | "failed" | "looked");
        if is_undecided && old.made_at < day_ago {
            let kind = ListKind::from_name(&old.kind).context("a kind of list")?;
            give_up(office, kind, old.version).await?;
        }
    }
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let one = CodeList {
        kind: kind.as_str().to_owned(),
        from_day: from.to_string(),
        name: names.join(", "),
        made_at: instant(moment.now),
        made_by: moment.who.person.as_str().to_owned(),
        ..CodeList::default()
    };
    let mut tx = office.write().await?;
    let version = tx.begin_code_list(&one).await?;
    tx.commit().await?;
    Ok(version)
}

/// Reads files into a version that was begun; it can be looked at then. Where that fails, the
/// version says why.
pub(crate) async fn fill(
    office: &Office,
    kind: ListKind,
    version: i64,
    sources: Vec<Source>,
    heard: Heard<'_>,
) -> Result<Report, Failed> {
    let list = office.read().await?.code_list(kind, version).await?;
    let from = list.from_day.parse().context("a day")?;
    let done = filled(office, (kind, Some(version)), from, sources, heard).await;
    let (report, state) = match &done {
        Ok(compared) => (compared.report.clone(), "looked"),
        Err(Failed::Unfit(fault)) => {
            (Report { fault: fault.clone(), ..Report::default() }, "failed")
        }
        Err(Failed::Store(_) | Failed::Broken(_)) => {
            let fault = "It could not be read to its end. Try it again; if it happens again, ask \
                         your administrator to look into the log.";
            (Report { fault: fault.to_owned(), ..Report::default() }, "failed")
        }
    };
    let mut ended = CodeList { state: state.to_owned(), ..list };
    ended.report = serde_json::to_string(&report).context("a report is JSON")?;
    if let Ok(compared) = &done {
        ended.entries = i64::try_from(compared.entries).unwrap_or(i64::MAX);
        ended.digest.clone_from(&compared.digest);
    }
    let mut tx = office.write().await?;
    tx.end_code_list(&ended).await?;
    tx.commit().await?;
    done.map(|compared| compared.report)
}

/// What files would change, without keeping anything.
pub(crate) async fn try_out(
    office: &Office,
    kind: ListKind,
    from: Date,
    sources: Vec<Source>,
    heard: Heard<'_>,
) -> Result<Report, Failed> {
    Ok(filled(office, (kind, None), from, sources, heard).await?.report)
}

/// What is decided of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds from its day on.
    Hold,
    /// It holds no longer: the one before it does again.
    TakeBack,
    /// It holds again.
    PutBack,
}

impl Verdict {
    /// The state before, the state after, the word in the journal.
    const fn steps(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Verdict::Hold => ("looked", "held", "codes.held"),
            Verdict::TakeBack => ("held", "back", "codes.taken_back"),
            Verdict::PutBack => ("back", "held", "codes.put_back"),
        }
    }
}

/// What a journal entry is about that tells of a list: this, then the kind.
pub(crate) const ABOUT: &str = "lists/";

/// Decides a version, with its entry in the journal.
pub(crate) async fn decide(
    office: &Office,
    kind: ListKind,
    version: i64,
    verdict: Verdict,
) -> Result<(), Failed> {
    let (from, to, word) = verdict.steps();
    let moment = office.moment();
    let mut tx = office.write().await?;
    let list = tx.code_list(kind, version).await?;
    let holds = tx.code_list_on(kind, &list.from_day).await?.map(|one| one.version);
    if verdict == Verdict::Hold && holds != Report::of(&list).against {
        let text = "Another version came into effect since this one was read, so what it changes \
                    is not what was shown. Upload its files again.";
        return Err(Failed::Unfit(text.to_owned()));
    }
    let list = CodeList { state: to.to_owned(), ..list };
    let by = (instant(moment.now), moment.who.person.as_str().to_owned());
    if !tx.decide_code_list(&list, from, (&by.0, &by.1)).await? {
        let text = "Somebody decided it meanwhile. Open the page again to see how it stands.";
        return Err(Failed::Unfit(text.to_owned()));
    }
    let told = json!({
        "version": version, "from": list.from_day, "name": list.name, "entries": list.entries,
        "digest": list.digest,
    });
    let about = format!("{ABOUT}{}", kind.as_str());
    tx.append(vec![journal::Entry::new(&about, word, &told)], &moment).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives up a version that never held.
pub(crate) async fn give_up(office: &Office, kind: ListKind, version: i64) -> Result<(), Failed> {
    loop {
        let mut tx = office.write().await?;
        let list = tx.code_list(kind, version).await?;
        if matches!(list.state.as_str(), "held" | "back") {
            let text = "It was in effect already, so it is kept. It can be withdrawn.";
            return Err(Failed::Unfit(text.to_owned()));
        }
        let is_more = tx.drop_code_list(kind, version).await?;
        tx.commit().await?;
        if !is_more {
            return Ok(());
        }
    }
}

/// The entries of a version that stand in the parts of some codes.
pub(crate) async fn entries_of(
    tx: &mut Tx,
    list: &CodeList,
    codes: &[&str],
) -> Result<Vec<Entry>, store::Error> {
    let Some(kind) = ListKind::from_name(&list.kind) else { return Ok(Vec::new()) };
    let mut parts: Vec<String> = codes.iter().map(|code| kind.part_of(code).to_string()).collect();
    parts.sort();
    parts.dedup();
    let mut entries = Vec::new();
    for block in tx.code_blocks(kind, list.version, &parts).await? {
        entries.extend(read_block(&block)?);
    }
    Ok(entries)
}

/// Every list that holds or held is the one that the journal tells of; where it looks deeply, so is
/// each of its entries.
///
/// # Errors
/// [`store::Error::Differs`] at the first that is not.
pub(crate) async fn check(tx: &mut Tx, deeply: bool) -> Result<(), store::Error> {
    for list in tx.code_lists().await? {
        let Some(kind) = ListKind::from_name(&list.kind) else { continue };
        if !matches!(list.state.as_str(), "held" | "back") {
            continue;
        }
        let about = format!("{ABOUT}{}", list.kind);
        let place = format!("{about}, version {}", list.version);
        let differs =
            |what: &str| store::Error::Differs { place: place.clone(), what: what.into() };
        let told = tx.timeline(&about).await?;
        let facts = |one: &journal::Happened| -> serde_json::Value {
            serde_json::from_str(&one.body).unwrap_or_default()
        };
        let last = told
            .iter()
            .filter(|one| facts(one)["version"] == list.version)
            .max_by_key(|one| one.seq);
        let last = last.ok_or_else(|| differs("the journal does not tell of it"))?;
        let is_back = last.kind == Verdict::TakeBack.steps().2;
        let is_told = facts(last)["digest"] == list.digest.as_str()
            && facts(last)["from"] == list.from_day.as_str()
            && is_back == (list.state == "back");
        if !is_told {
            return Err(differs("it is not the one that the journal tells of"));
        }
        if list_digest(&tx.code_parts(kind, list.version).await?) != list.digest {
            return Err(differs("its parts are not those that were taken in"));
        }
        let mut whole = true;
        if deeply {
            let mut heard =
                |part: &str, digest: &str, body: &str| whole &= block_digest(part, body) == digest;
            tx.walk_code_blocks(kind, list.version, &mut heard).await?;
        }
        if !whole {
            return Err(differs("its entries are not those that were taken in"));
        }
    }
    Ok(())
}

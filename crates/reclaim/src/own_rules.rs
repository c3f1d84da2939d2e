//! The rules of each practice: its own versions, kept in the database, laid over the files.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::bail;
use denial::person::Moment;
use denial::rules::{self, RuleFault, Rules};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::journal::Entry;
use store::rule_versions::RuleVersion;
use store::{Practice, Tx, instant};
use tokio::sync::Notify;

use crate::identity;
use crate::practice::Office;
use crate::rules_files::{self, Files};

/// What a journal entry is about that tells of a rule file: this, then the file's path.
pub(crate) const ABOUT: &str = "rules/";
/// The most letters of a rule file that somebody writes here.
const LETTERS: usize = 2_000_000;
/// The most letters of a reason.
const WHY_LETTERS: usize = 500;

/// The rules of one practice as they were at one version of its own files.
#[derive(Clone)]
pub(crate) struct RuleBook {
    practice: Option<Practice>,
    /// The newest of the practice's own versions in it; 0 for none.
    pub(crate) version: i64,
    rules: Arc<Rules>,
    /// Differs where the rules do; see [`crate::refile`].
    pub(crate) mark: Arc<str>,
    /// What is wrong in the practice's own files: those that the program brings hold meanwhile, and
    /// no case follows them.
    pub(crate) faults: Arc<[RuleFault]>,
}

impl Deref for RuleBook {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

impl RuleBook {
    fn is(&self, practice: &Practice, version: i64) -> bool {
        self.version == version && self.practice.as_ref() == Some(practice)
    }

    /// # Errors
    /// The practice's own files have faults, so that nobody knows what its cases should follow.
    pub(crate) fn require_whole(&self) -> anyhow::Result<()> {
        let Some(first) = self.faults.first() else { return Ok(()) };
        let count = self.faults.len();
        bail!(
            "{count} faults in the practice's own rules, which the page Rules lists; until they \
             are mended no case follows a payer: {first}"
        )
    }

    /// The same under another mark, as if a file had changed.
    #[cfg(test)]
    pub(crate) fn marked(&self, mark: &str) -> RuleBook {
        RuleBook { mark: mark.into(), ..self.clone() }
    }
}

/// The rules of every practice of a database, as far as they were asked for.
pub(crate) struct RuleBooks {
    /// What every practice has where it has no file of its own.
    files: Files,
    usual: RuleBook,
    held: Mutex<HashMap<Practice, RuleBook>>,
    /// Told after each save: the cases that wait are to follow.
    pub(crate) saved: Notify,
}

impl RuleBooks {
    /// The books over files that have to be whole.
    ///
    /// # Errors
    /// Faults in the files.
    pub(crate) fn over(files: Files) -> anyhow::Result<RuleBooks> {
        let usual = RuleBook {
            practice: None,
            version: 0,
            rules: Arc::new(named(rules_files::whole(&files)?)),
            mark: rules_files::mark(&files).into(),
            faults: Arc::default(),
        };
        Ok(RuleBooks { files, usual, held: Mutex::default(), saved: Notify::new() })
    }

    /// The text of a file that holds where the practice has none of its own.
    pub(crate) fn usual_text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|(name, _)| name == path);
        file.map(|(_, text)| text.as_str())
    }

    /// The paths of those files.
    pub(crate) fn usual_paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// The book of a practice at a version, where it was read already.
    pub(crate) fn held(&self, practice: &Practice, version: i64) -> Option<RuleBook> {
        if version == 0 {
            return Some(RuleBook { practice: Some(practice.clone()), ..self.usual.clone() });
        }
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(practice).filter(|book| book.is(practice, version)).cloned()
    }

    /// The newest book of a transaction's practice.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn newest(&self, tx: &mut Tx) -> Result<RuleBook, store::Error> {
        let practice = tx.practice().clone();
        let version = tx.newest_rules().await?;
        if let Some(book) = self.held(&practice, version) {
            return Ok(book);
        }
        let own = tx.own_rules().await?;
        let version = own.iter().map(|one| one.version).max().unwrap_or(0);
        let book = self.read(practice.clone(), version, &own);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(practice, book.clone());
        Ok(book)
    }

    fn read(&self, practice: Practice, version: i64, own: &[RuleVersion]) -> RuleBook {
        let files = self.with(own, &[]);
        let mark = rules_files::mark(&files).into();
        let book = RuleBook { practice: Some(practice), version, mark, ..self.usual.clone() };
        match rules::read(&files) {
            Ok(rules) => RuleBook { rules: Arc::new(named(rules)), ..book },
            Err(faults) => {
                tracing::error!("{} faults in a practice's own rules", faults.len());
                RuleBook { faults: faults.into(), ..book }
            }
        }
    }

    /// A practice's files with texts in place of what it has; an empty one gives a file up.
    pub(crate) fn with(&self, own: &[RuleVersion], texts: &[Text]) -> Files {
        let mut over: HashMap<&str, &str> = HashMap::new();
        over.extend(own.iter().map(|one| (one.path.as_str(), one.text.as_str())));
        over.extend(texts.iter().map(|one| (one.path.as_str(), one.text.as_str())));
        over.retain(|_, text| !text.is_empty());
        let over = over.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned()));
        rules_files::laid_over(&self.files, over.collect())
    }

    /// A book that holds for nobody yet: the practice's files with other texts. The inner result
    /// has the faults that those would have.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn tried(
        &self,
        tx: &mut Tx,
        now: &RuleBook,
        own: &[RuleVersion],
        texts: &[Text],
    ) -> Result<Result<RuleBook, Vec<RuleFault>>, store::Error> {
        let files = self.with(own, texts);
        let read = checked(tx, &files).await?;
        Ok(read.map(|rules| RuleBook {
            rules: Arc::new(rules),
            faults: Arc::default(),
            ..now.clone()
        }))
    }
}

/// Rules whose people have their ids, which follow from what they sign in with.
fn named(rules: Rules) -> Rules {
    rules.name_members(|login| identity::person(&login.to_lowercase()))
}

/// The rules of files, or their faults: people whom the practice does not have are such too.
async fn checked(
    tx: &mut Tx,
    files: &Files,
) -> Result<Result<Rules, Vec<RuleFault>>, store::Error> {
    let rules = match rules::read(files) {
        Ok(rules) => named(rules),
        Err(faults) => return Ok(Err(faults)),
    };
    let mut strangers: Vec<&str> = Vec::new();
    if rules.members().next().is_some() {
        let there = tx.members().await?;
        let is_there = |id: &str| there.iter().any(|one| one.person == id);
        let members = rules.members();
        let strange =
            members.filter(|one| !one.id.as_ref().is_some_and(|id| is_there(id.as_str())));
        strangers = strange.map(|one| one.login.as_str()).collect();
    }
    strangers.sort_unstable();
    strangers.dedup();
    let faults: Vec<RuleFault> = strangers.iter().map(|login| stranger(files, login)).collect();
    Ok(if faults.is_empty() { Ok(rules) } else { Err(faults) })
}

/// Says where rules name somebody whom the practice does not have.
fn stranger(files: &Files, login: &str) -> RuleFault {
    let names = |line: &str| line.contains(&format!("\"{login}\""));
    let place = files.iter().find_map(|(file, text)| {
        let at = text.lines().position(names).filter(|_| file.ends_with(".toml"))?;
        Some((file.clone(), u32::try_from(at + 1).unwrap_or(u32::MAX)))
    });
    let (file, line) = place.unwrap_or_else(|| ("owners.toml".to_owned(), 1));
    RuleFault {
        file,
        line,
        message: format!("nobody in this practice signs in as {login:?}"),
        hint: "write the sign-in name that the page People shows".to_owned(),
    }
}

/// The text of a file that holds in a practice.
pub(crate) fn text_of(office: &Office, own: &[RuleVersion], path: &str) -> String {
    let own = own.iter().find(|one| one.path == path && !one.text.is_empty());
    let usual = || office.rule_books.usual_text(path).unwrap_or_default();
    own.map_or_else(usual, |one| one.text.as_str()).to_owned()
}

/// What a rule file is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) path: String,
    /// Empty to give the practice's own file up.
    pub(crate) text: String,
}

impl Text {
    /// A text as a browser sends it: with the line ends of files, and one at its end.
    pub(crate) fn of(path: &str, typed: &str) -> Text {
        let mut text = typed.replace("\r\n", "\n");
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        Text { path: path.to_owned(), text }
    }
}

/// Why rules were not saved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaved {
    /// What was written cannot be rules.
    #[error("{} faults in the rules", .0.len())]
    Faults(Vec<RuleFault>),
    /// Something else about it; says what to change.
    #[error("{0}")]
    Unfit(&'static str),
    /// Somebody saved since the file was opened.
    #[error("{by} saved version {version} at {at}, after you had opened the file")]
    Stale { by: String, at: String, version: i64 },
    /// The database.
    #[error("{0}")]
    Store(#[from] store::Error),
}

/// Saves texts as new versions of the practice's own files, where all of its files check with them;
/// gives the number of the newest. `read` is the newest version when the files were opened.
///
/// # Errors
/// [`Unsaved`]; nothing has changed then.
pub(crate) async fn save(
    office: &Office,
    texts: &[Text],
    why: &str,
    read: i64,
) -> Result<i64, Unsaved> {
    let why = why.trim();
    fits(texts, why)?;
    let mut tx = office.write().await?;
    let own = tx.own_rules().await?;
    let concerned = |one: &&RuleVersion| texts.iter().any(|text| text.path == one.path);
    if let Some(other) = own.iter().filter(concerned).find(|one| one.version > read) {
        let RuleVersion { saved_by, saved_at, version, .. } = other.clone();
        return Err(Unsaved::Stale { by: saved_by, at: saved_at, version });
    }
    let books = &office.rule_books;
    let changed: Vec<&Text> =
        texts.iter().filter(|text| said(&own, &text.path) != text.text).collect();
    if changed.is_empty() {
        return Err(Unsaved::Unfit("Nothing differs from what holds, so nothing was saved."));
    }
    checked(&mut tx, &books.with(&own, texts)).await?.map_err(Unsaved::Faults)?;
    let mut version = own.iter().map(|one| one.version).max().unwrap_or(0);
    let moment = office.moment();
    for text in changed {
        version += 1;
        keep(&mut tx, text, version, why, &moment).await?;
    }
    tx.commit().await?;
    books.saved.notify_one();
    Ok(version)
}

/// What the practice's own file says; nothing where it has none.
fn said<'a>(own: &'a [RuleVersion], path: &str) -> &'a str {
    own.iter().find(|one| one.path == path).map_or("", |one| one.text.as_str())
}

fn fits(texts: &[Text], why: &str) -> Result<(), Unsaved> {
    let is_long = |text: &&Text| text.text.len() > LETTERS;
    if why.is_empty() || why.chars().count() > WHY_LETTERS {
        return Err(Unsaved::Unfit("Say why in up to 500 letters; it stands beside the version."));
    }
    if texts.iter().any(|text| !rules_files::is_rule_file(&text.path)) {
        return Err(Unsaved::Unfit("No rules are read from a file of this name."));
    }
    if texts.iter().find(is_long).is_some() {
        return Err(Unsaved::Unfit("The text is longer than two million letters."));
    }
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    text: &Text,
    version: i64,
    why: &str,
    moment: &Moment,
) -> Result<(), store::Error> {
    let row = RuleVersion {
        version,
        path: text.path.clone(),
        text: text.text.clone(),
        why: why.to_owned(),
        saved_at: instant(moment.now),
        saved_by: moment.who.person.as_str().to_owned(),
    };
    tx.keep_rules(&row).await?;
    let digest = digest(&text.text);
    let told = json!({ "version": version, "why": why, "digest": digest });
    let about = format!("{ABOUT}{}", text.path);
    tx.append(vec![Entry::new(&about, "rules.saved", &told)], moment).await
}

/// What the journal keeps of a text.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Every version that is kept is the one that the journal tells of.
///
/// # Errors
/// [`store::Error::Differs`] at the first that is not.
pub(crate) async fn check(tx: &mut Tx) -> Result<(), store::Error> {
    for newest in tx.own_rules().await? {
        let about = format!("{ABOUT}{}", newest.path);
        let mut told = tx.timeline(&about).await?;
        told.retain(|one| one.kind == "rules.saved");
        let told: Vec<serde_json::Value> = told
            .iter()
            .rev()
            .map(|one| serde_json::from_str(&one.body).unwrap_or_default())
            .collect();
        let kept = tx.rule_versions(&newest.path).await?;
        let same = |(one, told): (&RuleVersion, &serde_json::Value)| {
            told["version"] == one.version && told["digest"] == digest(&one.text)
        };
        if kept.len() != told.len() || !kept.iter().zip(&told).all(same) {
            let what = "its versions are not those of the journal".to_owned();
            return Err(store::Error::Differs { place: about, what });
        }
    }
    Ok(())
}

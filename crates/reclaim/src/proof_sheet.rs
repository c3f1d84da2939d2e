//! Proof of timely filing as a sheet of its own (features 6.04): what was sent when, who had it
//! when, the limit, each file by its hash, and the answers as they came. It holds this claim alone,
//! whatever else the files speak of.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::Context;
use denial::claim::Claim;
use denial::deadline::Due;
use denial::rejection::Acknowledgement;
use denial::timely::{Filing, Proof, Version};
use jiff::civil::Date;
use press::{Block, Column, Document, Section};
use store::Tx;
use x12::Delimiters;
use x12::delimiters::USUAL;

use crate::outbox::filing;
use crate::practice::Office;
use crate::web::words;

/// What it is, in the playbook's words.
pub(crate) const WHAT: &str = "proof_of_timely_filing";
/// The longest answer that goes onto a sheet, in bytes.
const LONGEST: u64 = 20_000;
/// An ISA with its separators.
const ISA: usize = 106;

/// Everything that a sheet is made of, without the database.
pub(crate) struct Sheet {
    practice: String,
    claim: Option<Claim>,
    number: String,
    filing: Filing,
    /// When each file was taken in, by its hash.
    taken: Vec<(String, String)>,
    /// The answers of the claim with the paths of their files.
    answers: Vec<(PathBuf, Acknowledgement)>,
    today: Date,
}

/// Reads what a sheet is made of.
///
/// # Errors
/// The database.
pub(crate) async fn read(
    tx: &mut Tx,
    office: &Office,
    (number, claims): (&str, &[String]),
) -> anyhow::Result<Sheet> {
    let filing = filing::filing(tx, office, claims).await?;
    let (mut answers, mut claim) = (Vec::new(), None);
    for one in claims {
        for (file, body) in tx.answers_of_claim(one).await? {
            let answer: Acknowledgement =
                serde_json::from_str(&body).context("a kept answer is JSON")?;
            answers.push((office.documents.path(&file), answer));
        }
        if claim.is_none() {
            let row = tx.claims(std::slice::from_ref(one)).await?.remove(one);
            claim = row.map(|row| row.billed()).transpose()?.flatten();
        }
    }
    answers.sort_by_key(|(_, answer)| answer.on);
    Ok(Sheet {
        practice: office.clinic.name.clone(),
        claim,
        number: number.to_owned(),
        taken: taken(tx, office, &filing).await?,
        filing,
        answers,
        today: office.moment().today,
    })
}

async fn taken(
    tx: &mut Tx,
    office: &Office,
    filing: &Filing,
) -> anyhow::Result<Vec<(String, String)>> {
    let versions = filing.versions.iter().map(|one| &one.file);
    let mut files: Vec<&String> =
        versions.chain(filing.proofs.iter().map(|one| &one.file)).collect();
    files.sort();
    files.dedup();
    let mut taken = Vec::with_capacity(files.len());
    for file in files {
        if let Some(row) = tx.file(file).await? {
            taken.push((file.clone(), words::instant(&row.taken_at, &office.clinic.zone)));
        }
    }
    Ok(taken)
}

impl Sheet {
    /// What is proven, as a sentence.
    pub(crate) fn verdict(&self) -> String {
        filing::in_words(&self.filing)
    }

    /// The rule that the limit follows from.
    pub(crate) fn limit(&self) -> String {
        match &self.filing.limit {
            Due::NoRule => "not configured".to_owned(),
            Due::On { date, rule } => {
                let from = words::day(rule.anchored_on);
                let source = if rule.source.is_empty() { &rule.file } else { &rule.source };
                format!("{}: {} after {from} ({source})", words::day(*date), rule.window)
            }
        }
    }

    /// What was sent, the first first: day, frequency, when it was taken in, hash.
    pub(crate) fn sent(&self) -> Vec<[String; 4]> {
        let row = |one: &Version| {
            [words::day(one.on), one.frequency.to_string(), self.came(&one.file), one.file.clone()]
        };
        self.filing.versions.iter().map(row).collect()
    }

    /// Who had it, the first first: what in words, when the file was taken in, its hash.
    pub(crate) fn had(&self) -> Vec<[String; 3]> {
        let row = |one: &Proof| {
            [words::sentence_case(&filing::proof(one)), self.came(&one.file), one.file.clone()]
        };
        self.filing.proofs.iter().map(row).collect()
    }

    /// Facts of the claim: name and value.
    pub(crate) fn facts(&self, names_people: bool) -> Vec<(String, String)> {
        let claim = self.claim.as_ref();
        let patient = claim.map(|claim| claim.patient.reveal()).filter(|_| names_people);
        let service = claim.and_then(Claim::first_service).map(words::day);
        let facts = [
            ("Claim", Some(self.number.clone())),
            ("Payer", claim.map(|claim| claim.payer.name.to_string())),
            ("Patient", patient.map(|one| format!("{} {}", one.given, one.family))),
            ("Member id", patient.map(|one| one.member.clone())),
            ("First day of service", service),
            ("Charge", claim.map(|claim| claim.charge.to_string())),
            ("Filing limit", Some(self.limit())),
        ];
        let told = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        told.filter(|(_, value)| !value.trim().is_empty()).collect()
    }

    fn came(&self, file: &str) -> String {
        let found = self.taken.iter().find(|(hash, _)| hash == file);
        found.map(|(_, at)| at.clone()).unwrap_or_default()
    }

    /// Sets it as PDF/A, beside the threads that answer.
    ///
    /// # Errors
    /// A file that cannot be read; what cannot be set.
    pub(crate) async fn pdf(self) -> anyhow::Result<Vec<u8>> {
        let set = tokio::task::spawn_blocking(move || {
            anyhow::Ok(press::set(&self.document()?).context("cannot set the sheet")?.pdf)
        });
        set.await.context("setting the sheet stopped")?
    }

    fn document(&self) -> anyhow::Result<Document> {
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let today = self.today;
        Ok(Document {
            title: format!("Proof of timely filing, claim {}", self.number),
            author: self.practice.clone(),
            on: (i32::from(today.year()), part(today.month()), part(today.day())),
            sections: vec![Section {
                title: "Proof of timely filing".to_owned(),
                without_heading: false,
                blocks: self.blocks()?,
            }],
            ..Document::default()
        })
    }

    fn blocks(&self) -> anyhow::Result<Vec<Block>> {
        let mut blocks = vec![
            Block::Text(self.verdict()),
            Block::Fields(self.facts(true)),
            Block::Heading("What was sent".to_owned()),
            table(
                vec![
                    Column::words("Sent", 2),
                    Column::words("Frequency", 1),
                    Column::words("Kept here", 2),
                    Column::words("SHA-256 of the file", 5),
                ],
                self.sent().into_iter().map(Vec::from),
                "Nothing that was sent is on record.",
            ),
            Block::Heading("Who had it".to_owned()),
            table(
                vec![
                    Column::words("Answer (277CA)", 4),
                    Column::words("Kept here", 2),
                    Column::words("SHA-256 of the file", 5),
                ],
                self.had().into_iter().map(Vec::from),
                "No acknowledgement of this claim is on record.",
            ),
        ];
        let raw = self.raw()?;
        if !raw.is_empty() {
            blocks.push(Block::Heading("The answers as they came".to_owned()));
            blocks.push(Block::Raw(raw));
        }
        let note = "A file is known again by its SHA-256. The answers stand here segment by \
                    segment, those of this claim alone.";
        blocks.push(Block::Text(note.to_owned()));
        Ok(blocks)
    }

    /// The segments of each answer of the claim, one a line.
    fn raw(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        for (path, answer) in &self.answers {
            let on = answer.on.map(|on| on.to_string()).unwrap_or_default();
            text.push_str(&format!("{} {on}\n", answer.kind.as_str()));
            text.push_str(&segments(path, answer)?);
            text.push('\n');
        }
        Ok(text)
    }
}

fn table(columns: Vec<Column>, rows: impl Iterator<Item = Vec<String>>, none: &str) -> Block {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() { Block::Text(none.to_owned()) } else { Block::Table { columns, rows } }
}

/// The segments of one answer; none where the file was taken out, past its years.
fn segments(path: &Path, answer: &Acknowledgement) -> anyhow::Result<String> {
    let Ok(mut file) = File::open(path) else { return Ok(String::new()) };
    let mut isa = Vec::with_capacity(ISA);
    file.by_ref().take(ISA as u64).read_to_end(&mut isa).context("cannot read the kept file")?;
    let ends = Delimiters::of_isa(&isa).unwrap_or(USUAL).segment;
    let span = answer.span;
    file.seek(SeekFrom::Start(span.start)).context("cannot read the kept file")?;
    let length = span.end.saturating_sub(span.start).min(LONGEST);
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).context("cannot read the kept file")?;
    Ok(crate::evidence::lines(&bytes, ends))
}

//! Batches of corrected claims, measured: previewed, validated and written against reading the same
//! 837; and the whole of it with the database.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use denial::billed::Billed;
use denial::correction::{Corrected, Originals, Sending, Terms, What, Wish, write};
use denial::lifecycle::evidence::Frequency;
use jiff::civil::date;
use tempfile::TempDir;
use x12::Reader;

use crate::batch::{self, Step};
use crate::bench::{Row, median, ms, place};
use crate::practice::Office;
use crate::take::{Options, take_file};

/// Claims of the batch.
const CLAIMS: usize = 5_000;
/// Runs of which the median counts.
const RUNS: usize = 5;

/// Measures row L2.
pub(crate) async fn measure(folder: &TempDir, rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let file = billed(CLAIMS);
    let (mut times, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        times.push(corrected(file.as_bytes())?);
        floors.push(read(file.as_bytes())?);
    }
    let (time, floor) = (median(times), median(floors));
    rows.push(Row {
        name: "L2",
        work: format!("{CLAIMS} corrected claims previewed, validated and written"),
        figure: format!("{:.0} ms", ms(time)),
        against: format!("{:.0} ms: the same 837 read", ms(floor)),
        ratio: Some(time.as_secs_f64() / floor.as_secs_f64()),
        must: "≤ 20 (aim 8)",
    });
    rows.push(whole(folder, &file).await?);
    Ok(())
}

/// Reads every claim, to what it bills.
fn read(file: &[u8]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let (mut reader, mut levels) = (Reader::new(file), Billed::default());
    let (mut findings, mut count) = (Vec::new(), 0);
    while let Some(block) = reader.next() {
        count += usize::from(levels.read(&block, &mut findings).is_some());
    }
    ensure!(count == CLAIMS, "{count} claims were read");
    Ok(begun.elapsed())
}

/// Takes every claim out, changes, compares and checks it, and writes them all.
fn corrected(file: &[u8]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let wish = Wish { to: "AUTH1".to_owned(), ..Wish::new(What::Authorization) };
    let (mut reader, mut originals) = (Reader::new(file), Originals::all());
    let mut all: Vec<Corrected> = Vec::new();
    let today = date(2026, 3, 3);
    while let Some(block) = reader.next() {
        let Some(original) = originals.read(&block) else { continue };
        let edit = wish.edit(&[None], &original, Frequency::Replacement, "")?;
        all.push(edit.corrected(&original, ("PCN1", Terms::default()), today));
    }
    ensure!(all.iter().all(Corrected::is_whole), "a claim of the measure has a fault");
    let drafts: Vec<_> = all.iter().map(|one| &one.draft).collect();
    let sending = Sending {
        interchange: 1,
        group: 1,
        batch: "C1".to_owned(),
        made: date(2026, 3, 3).at(12, 0, 0, 0),
        test: false,
    };
    let bytes = write(&drafts, &sending)?;
    ensure!(drafts.len() == CLAIMS && bytes.len() > file.len(), "not every claim was written");
    Ok(begun.elapsed())
}

/// The same through a database: looked at, then queued as one file.
async fn whole(folder: &TempDir, file: &str) -> anyhow::Result<Row> {
    let office = Office::open(&place(folder.path(), "batch.db")).await?;
    for (name, text) in [("batch.837", file), ("batch.835", &denied(CLAIMS))] {
        let path = folder.path().join(name);
        fs::write(&path, text).context("no room for measuring")?;
        take_file(&office, &path, name, Options::default(), &|_| {}).await?;
    }
    let mut tx = office.read().await?;
    let cases = tx.open_cases_after("", i64::try_from(CLAIMS)?).await?;
    drop(tx);
    let cases: Vec<(String, String)> =
        cases.iter().map(|case| (case.id.to_string(), String::new())).collect();
    let wish = Wish { to: "AUTH1".to_owned(), ..Wish::new(What::Authorization) };
    let id = batch::begin(&office, &wish, &cases).await?;
    let begun = Instant::now();
    batch::sweep(&office).await?;
    let looked = begun.elapsed();
    batch::turn(&office, &id, &Step::Send).await?;
    let begun = Instant::now();
    batch::sweep(&office).await?;
    let sent = begun.elapsed();
    let left = office.read().await?.correction_items(&id, "sent", 0, i64::MAX).await?;
    ensure!(left.len() == CLAIMS, "{} of {CLAIMS} claims were queued", left.len());
    Ok(Row {
        name: "L2",
        work: format!("a batch of {CLAIMS} claims, SQLite"),
        figure: format!("looked at in {:.0} ms, queued in {:.0} ms", ms(looked), ms(sent)),
        against: "–".to_owned(),
        ratio: None,
        must: "",
    })
}

fn envelope(group: &str, version: &str, body: &str) -> String {
    let segments = body.matches('~').count() + 2;
    let set = if group == "HC" { "837" } else { "835" };
    format!(
        "ISA*00*          *00*          *ZZ*SYNTHONE       *ZZ*SYNTHTWO       *260110*0600*^*00501*\
         000000001*0*P*:~GS*{group}*SYNTHONE*SYNTHTWO*20260110*0600*1*X*{version}~ST*{set}*0001~\
         {body}SE*{segments}*0001~GE*1*1~IEA*1*000000001~"
    )
}

/// An 837P of claims of two lines.
fn billed(claims: usize) -> String {
    let mut body = "BHT*0019*00*ORIG*20260106*0600*CH~NM1*41*2*SYNTHETIC CLINIC*****46*SYNTHONE~\
                    PER*IC*DESK*TE*5550101~NM1*40*2*SYNTHETIC PAYER 1*****46*SYNTHTWO~HL*1**20*1~\
                    NM1*85*2*SYNTHETIC CLINIC*****XX*1234567893~N3*2 EXAMPLE WAY~\
                    N4*SAMPLETON*TX*750010000~REF*EI*999999999~"
        .to_owned();
    for at in 0..claims {
        let level = at + 2;
        let _ = write!(
            body,
            "HL*{level}*1*22*0~SBR*P*18*******CI~NM1*IL*1*SAMPLE*IDA****MI*SYN{at}~N3*3 EXAMPLE WAY~\
             N4*SAMPLETON*TX*75001~DMG*D8*19800101*F~NM1*PR*2*SYNTHETIC PAYER 1*****PI*SYN01~\
             CLM*CHASE{at}*150***11:B:1*Y*A*Y*Y~HI*ABK:M25561~LX*1~SV1*HC:99213*100*UN*1***1~\
             DTP*472*D8*20260105~LX*2~SV1*HC:97110*50*UN*1***1~DTP*472*D8*20260105~"
        );
    }
    envelope("HC", "005010X222A1", &body)
}

/// An 835 that denies them.
fn denied(claims: usize) -> String {
    let mut body = "BPR*I*0*C*NON************20260110~TRN*1*CHASE*1000000001~DTM*405*20260110~\
                    N1*PR*SYNTHETIC PAYER 1~N3*1 WAY~N4*SAMPLEVILLE*OH*43999~\
                    N1*PE*SYNTHETIC CLINIC*XX*1234567893~LX*1~"
        .to_owned();
    for at in 0..claims {
        let _ = write!(
            body,
            "CLP*CHASE{at}*4*150*0**12*PCN{at}*11*1~NM1*QC*1*SAMPLE*IDA****MI*SYN{at}~\
             SVC*HC:99213*100*0~DTM*472*20260105~CAS*CO*197*100~SVC*HC:97110*50*0~\
             DTM*472*20260105~CAS*CO*197*50~"
        );
    }
    envelope("HP", "005010X221A1", &body)
}

//! What is written reads back equal, keeps what nobody changed, and passes another's validator.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use denial::correction::{
    Draft, Field, Form, LineField, NotWritten, Original, Sending, Terms, Who, check, new_claim,
    replacement, void, write,
};
use jiff::civil::date;
use proptest::prelude::*;
use x12::Reader;

use super::fields::{INSTITUTIONAL, PROFESSIONAL, all, one};

pub(crate) fn sending() -> Sending {
    Sending {
        interchange: 42,
        group: 7,
        batch: "FIX1".to_owned(),
        made: date(2026, 2, 3).at(4, 5, 0, 0),
        test: true,
    }
}

pub(crate) fn text(draft: &Draft) -> Vec<String> {
    draft.segments().map(|raw| String::from_utf8_lossy(raw).into_owned()).collect()
}

/// The program of pyx12, or nothing, loudly; where CI runs it must be there.
fn validator() -> Option<PathBuf> {
    let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyx12/install");
    let made = Command::new("bash").arg(install).output().expect("bash");
    if made.status.success() {
        let path = String::from_utf8(made.stdout).expect("a path");
        return Some(PathBuf::from(path.trim()));
    }
    let why = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(std::env::var_os("CI").is_none(), "no pyx12: {why}");
    eprintln!("SKIPPED: no pyx12 4.0 could be installed: {why}");
    None
}

/// Every file passes pyx12.
#[track_caller]
pub(crate) fn assert_valid(files: &[(&str, Vec<u8>)]) {
    for (name, bytes) in files {
        assert_eq!(Reader::new(&bytes[..]).finish(), [], "{name}");
    }
    let Some(program) = validator() else { return };
    let folder = std::env::temp_dir().join(format!("reclaim-pyx12-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes) in files {
        let path = folder.join(format!("{name}.837"));
        fs::write(&path, bytes).expect("a file");
        let told = Command::new(&program).arg(&path).output().expect("pyx12 starts");
        let said = [told.stdout, told.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(".837: OK"), "{name}: {said}\n{}", String::from_utf8_lossy(bytes));
    }
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn set(draft: &mut Draft, fields: &[(&str, &str)]) {
    for (key, value) in fields {
        let field = Field::parse(key).unwrap_or_else(|| panic!("{key}"));
        draft.set(field, value).unwrap_or_else(|fault| panic!("{fault}"));
    }
}

/// What is sent of one file: every way, with notes, attachments, dates, providers, lines.
fn corrected(file: &[u8], more: &[(&str, &str)]) -> Vec<Draft> {
    let original = one(file, 0);
    let mut draft = original.draft().clone();
    set(
        &mut draft,
        &[
            ("authorization", "AUTH2"),
            ("referral", "R77"),
            ("note", "Corrected claim - modifier added"),
            ("attachment.1", "OZ EL PA-0001"),
            ("attachment.2", "OB AA"),
            ("diagnosis.2", "E11.9"),
            ("delay", "9"),
            ("referring.family", "REFERRER"),
            ("referring.npi", "1234567893"),
            ("line.1.modifiers", "25,59"),
        ],
    );
    set(&mut draft, more);
    let added = draft.add_line().expect("room");
    if draft.form() == Form::Professional {
        set(&mut draft, &[(&format!("line.{added}.pointers"), "1")]);
    }
    set(&mut draft, &[(&format!("line.{added}.procedure"), "80053")]);
    set(&mut draft, &[(&format!("line.{added}.charge"), "20"), ("charge", "lines")]);
    let terms = Terms::default();
    let sent = replacement(&original, draft.clone(), "ICN123", terms).expect("taken");
    let mut shorter = sent.clone();
    shorter.remove_line(1).expect("others are left");
    set(&mut shorter, &[("charge", "lines")]);
    let back = void(&original, "ICN123", terms).expect("taken");
    vec![sent, shorter, back, new_claim(draft).expect("no dental claim")]
}

#[test]
fn every_way_of_sending_passes_pyx12_and_our_own_check() {
    let professional = corrected(
        PROFESSIONAL,
        &[("accident", "2026-01-01"), ("onset", "2026-01-01"), ("line.1.note", "both knees")],
    );
    let institutional = corrected(
        INSTITUTIONAL,
        &[("line.3.revenue", "0301")].map(|_| ("attending.family", "ATTENDER")),
    );
    let mut institutional = institutional;
    for draft in &mut institutional {
        if draft.lines().any(|number| number == 3) {
            set(draft, &[("line.3.revenue", "0301")]);
        }
    }
    for draft in professional.iter().chain(&institutional) {
        assert_eq!(check(draft, date(2026, 2, 3), Terms::default()), []);
    }
    let file = |drafts: &[Draft]| {
        let drafts: Vec<&Draft> = drafts.iter().collect();
        write(&drafts, &sending()).expect("plain text")
    };
    let others: Vec<Draft> = all(PROFESSIONAL).iter().map(|one| one.draft().clone()).collect();
    assert_valid(&[
        ("professional", file(&professional)),
        ("institutional", file(&institutional)),
        ("as-it-was", file(&others)),
    ]);
}

#[test]
fn levels_are_shared_and_counted_and_all_reads_back() {
    let drafts: Vec<Draft> = all(PROFESSIONAL).iter().map(|one| one.draft().clone()).collect();
    let mut other = drafts[1].clone();
    set(&mut other, &[("patient.born", "2010-03-05")]);
    let sent = [&drafts[2], &drafts[0], &other, &drafts[1]];
    let bytes = write(&sent, &sending()).expect("plain text");
    let levels: Vec<String> = String::from_utf8_lossy(&bytes)
        .split('~')
        .filter(|one| one.starts_with("HL"))
        .map(str::to_owned)
        .collect();
    assert_eq!(levels, ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*1", "HL*4*3*23*0", "HL*5*3*23*0"]);
    let read: Vec<Draft> = all(&bytes).iter().map(|one| one.draft().clone()).collect();
    let order = [&drafts[2], &drafts[0], &drafts[1], &other];
    assert_eq!(read.iter().map(text).collect::<Vec<_>>(), order.map(text));
    assert_eq!(Reader::new(&bytes[..]).finish(), []);
    assert!(String::from_utf8_lossy(&bytes).contains("BHT*0019*00*FIX1*20260203*0405*CH~"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let (professional, institutional) = (one(PROFESSIONAL, 0), one(INSTITUTIONAL, 0));
    let both = [professional.draft(), institutional.draft()];
    assert_eq!(write(&both, &sending()), Err(NotWritten::Forms));
    assert_eq!(write(&[], &sending()), Err(NotWritten::Empty));
    let foreign = String::from_utf8_lossy(PROFESSIONAL).replace("SAMPLEHOUSE ", "OTHERHOUSE  ");
    let foreign = one(foreign.as_bytes(), 0);
    let both = [professional.draft(), foreign.draft()];
    assert_eq!(write(&both, &sending()), Err(NotWritten::Parties));
    let live = String::from_utf8_lossy(PROFESSIONAL).replace("*0*T*:~", "*0*P*:~");
    let live = one(live.as_bytes(), 0);
    let both = [professional.draft(), live.draft()];
    assert_eq!(write(&both, &sending()), Err(NotWritten::Test));
}

#[test]
fn claims_and_encounters_go_in_transactions_of_their_own() {
    let encounters = String::from_utf8_lossy(PROFESSIONAL).replace("*1200*CH~", "*1200*RP~");
    let encounter = one(encounters.as_bytes(), 0);
    let claim = one(PROFESSIONAL, 1);
    let bytes = write(&[claim.draft(), encounter.draft()], &sending()).expect("plain text");
    let text = String::from_utf8_lossy(&bytes);
    let ends = text.split('~').filter(|one| one.starts_with("BHT"));
    let ends: Vec<&str> = ends.map(|one| &one[one.len() - 2..]).collect();
    assert_eq!(ends, ["CH", "RP"]);
}

#[test]
fn claims_with_other_separators_join_one_file() {
    let piped = String::from_utf8_lossy(PROFESSIONAL).replace('*', "|").replace(':', ">");
    let piped = one(piped.as_bytes(), 2);
    let stars = one(PROFESSIONAL, 0);
    let bytes = write(&[piped.draft(), stars.draft()], &sending()).expect("plain text");
    let read = all(&bytes);
    assert_eq!(text(read[0].draft()), text(one(PROFESSIONAL, 2).draft()));
    assert_valid(&[("joined", bytes)]);
    let alone = write(&[piped.draft()], &sending()).expect("plain text");
    assert!(alone.starts_with(b"ISA|") && text(all(&alone)[0].draft()) == text(piped.draft()));
}

/// Every claim of the real 837s, corrected: what was not changed is in the file that is written.
#[test]
fn samples_keep_every_segment_that_was_not_changed() {
    let (mut files, mut claims, mut refused) = (0, 0, 0);
    for (path, bytes) in super::samples::samples() {
        let originals = all(&bytes);
        let clear = originals.iter().filter(|one| one.draft().form() != Form::Dental);
        for original in clear {
            match keeps(original) {
                Ok(()) => claims += 1,
                // A sample that is broken on purpose holds what no file can carry.
                Err(NotWritten::Unwritable(_)) => refused += 1,
                Err(other) => panic!("{}: {other}", path.display()),
            }
        }
        files += usize::from(!originals.is_empty());
    }
    println!("{claims} claims of {files} samples were corrected and read back, {refused} refused");
    assert!(files == 0 || claims > 10 * refused, "{claims} read back, {refused} refused");
}

fn keeps(original: &Original) -> Result<(), NotWritten> {
    let as_it_was = write(&[original.draft()], &sending())?;
    let read = all(&as_it_was);
    let before = plain(original.draft());
    assert_eq!(plain(read[0].draft()), before);
    let mut draft = original.draft().clone();
    draft.set(Field::Authorization, "AUTHNEW").expect("plain text");
    let draft = replacement(original, draft, "ICNNEW", Terms::default()).expect("taken");
    let bytes = write(&[&draft], &sending())?;
    let after = plain(all(&bytes)[0].draft());
    let gone: Vec<&String> = before.iter().filter(|one| !after.contains(one)).collect();
    let touched = |raw: &&String| ["CLM*", "REF*F8", "REF*G1"].iter().any(|id| raw.starts_with(id));
    assert!(gone.iter().all(touched), "{} segments are gone", gone.len());
    assert!(after.contains(&"REF*G1*AUTHNEW".to_owned()));
    Ok(())
}

/// Segments in common separators, without the number of LX, which is counted anew.
fn plain(draft: &Draft) -> Vec<String> {
    let rows = draft.segments().map(|raw| String::from_utf8_lossy(raw).into_owned());
    let own = draft.separators();
    let common = |letter: char| match u8::try_from(letter).ok() {
        Some(byte) if byte == own.element => '*',
        Some(byte) if byte == own.component => ':',
        Some(byte) if Some(byte) == own.repetition => '^',
        _ => letter,
    };
    let rows = rows.map(|raw| raw.chars().map(common).collect::<String>());
    rows.map(|raw| if raw.starts_with("LX") { "LX".to_owned() } else { raw })
        .map(|raw| raw.replace(['\r', '\n'], ""))
        .collect()
}

fn changes() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0_usize..200, "[A-Za-z0-9 ./,é–]{0,12}"), 0..12)
}

proptest! {
    /// Whatever people set, everything else stays, and what is written reads back as it was meant.
    #[test]
    fn any_corrections_read_back(changes in changes(), position in 0_u64..3, lines in 0_usize..3) {
        let original = one(PROFESSIONAL, position);
        let mut draft = original.draft().clone();
        for _ in 0..lines {
            draft.add_line().expect("room");
        }
        for (at, value) in changes {
            let mut fields = draft.fields();
            fields.extend([Field::Family(Who::Patient), Field::Attachment(1), Field::Diagnosis(3)]);
            let field = fields[at % fields.len()];
            let before = draft.clone();
            match draft.set(field, &value) {
                Ok(()) => prop_assert!(differing(&before, &draft) <= 2, "{}", field),
                Err(_) => prop_assert_eq!(&before, &draft),
            }
        }
        let bytes = write(&[&draft], &sending()).expect("fields hold what X12 can carry");
        let read = all(&bytes);
        prop_assert_eq!(plain(read[0].draft()), plain(&draft));
        prop_assert_eq!(Reader::new(&bytes[..]).finish(), []);
        let told = |draft: &Draft| {
            let fields: BTreeSet<Field> =
                draft.fields().into_iter().filter(|one| !matches!(one, Field::Line(..))).collect();
            fields.into_iter().map(|one| draft.value(one)).collect::<Vec<_>>()
        };
        prop_assert_eq!(told(read[0].draft()), told(&draft));
        let _ = check(&draft, date(2026, 2, 3), Terms::default());
    }
}

/// How many segments are new or gone; one that was changed is both.
fn differing(before: &Draft, after: &Draft) -> usize {
    let (before, mut after) = (text(before), text(after));
    let mut gone = 0;
    for one in before {
        match after.iter().position(|other| *other == one) {
            Some(at) => drop(after.swap_remove(at)),
            None => gone += 1,
        }
    }
    gone.max(after.len())
}

#[test]
fn a_line_with_a_code_that_is_missing_is_told() {
    let mut draft = one(PROFESSIONAL, 0).draft().clone();
    let number = draft.add_line().expect("room");
    let faults = check(&draft, date(2026, 2, 3), Terms::default());
    let at = Some(Field::Line(number, LineField::Procedure));
    assert!(faults.iter().any(|fault| fault.field == at), "{faults:?}");
}

/// Whatever a file holds, correcting it ends, and what X12 cannot carry is refused.
#[test]
fn two_thousand_mutations_of_samples_are_corrected_or_refused() {
    let (mut claims, mut written) = (0, 0);
    super::samples::each_mutation(2_000, |bytes| {
        for original in all(bytes).iter().take(5) {
            let mut draft = original.draft().clone();
            for field in draft.fields() {
                let said = draft.value(field).reveal().clone();
                let before = draft.clone();
                if draft.set(field, &said).is_err() {
                    assert_eq!(draft, before);
                }
            }
            let _ = draft.set(Field::Authorization, "AUTH1");
            let _ = draft.add_line();
            let _ = check(&draft, date(2026, 2, 3), Terms::default());
            let _ = denial::correction::diff(original.draft(), &draft);
            claims += 1;
            written += usize::from(write(&[&draft], &sending()).is_ok());
        }
    });
    println!("{written} of {claims} claims of damaged files were written");
}

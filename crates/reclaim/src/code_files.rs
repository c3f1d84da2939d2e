//! Files of code lists: read once from the disk, line by line, into shares that each fit memory.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use anyhow::Context;
use denial::lists::{self, Entry, Fault, ListKind, Reader};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code_lists::Failed;

/// One file.
pub(crate) struct Source {
    /// What people call it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Unread {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) why: String,
}

/// What files said, sorted into shares on the disk.
pub(crate) struct Shares {
    kind: ListKind,
    files: Vec<String>,
    shares: Vec<BufWriter<File>>,
    /// The first lines that could not be read.
    pub(crate) first_unread: Vec<Unread>,
    /// How many could not.
    pub(crate) unread: u64,
    entries: u64,
}

/// The entries of one part of the list.
pub(crate) type Part = (String, Vec<Entry>);

/// Shares that files are sorted into: of three million pairs each holds some forty thousand.
pub(crate) const SHARES: usize = 64;
/// Unread lines that are told.
pub(crate) const TOLD: usize = 40;
/// The most bytes of a line.
const LONGEST: u64 = 1 << 16;

/// Reads files as one list. `heard` is told how many bytes were read.
///
/// # Errors
/// [`Failed::Unfit`] where they are no such list, [`Failed::Broken`].
pub(crate) fn read(
    kind: ListKind,
    sources: &[Source],
    heard: &(dyn Fn(u64) + Send + Sync),
) -> Result<Shares, Failed> {
    let mut shares = Vec::with_capacity(SHARES);
    for _ in 0..SHARES {
        let file = tempfile::tempfile().context("no room for the shares of a list")?;
        shares.push(BufWriter::new(file));
    }
    let files = sources.iter().map(|source| source.name.clone()).collect();
    let mut all = Shares { kind, files, shares, first_unread: Vec::new(), unread: 0, entries: 0 };
    let mut bytes = 0;
    for (at, source) in sources.iter().enumerate() {
        all.read(at, source, &mut bytes, heard)?;
    }
    if all.entries == 0 {
        let first = all.first_unread.first();
        let why = first.map(|one| format!(" Line {}: {}.", one.line, one.why));
        let title = kind.title();
        let why = why.unwrap_or_default();
        return Err(Failed::Unfit(format!("No line of it reads as {title}.{why}")));
    }
    Ok(all)
}

impl Shares {
    fn read(
        &mut self,
        at: usize,
        source: &Source,
        bytes: &mut u64,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), Failed> {
        let name = &source.name;
        let file = File::open(&source.path).with_context(|| format!("cannot read {name}"))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        is_text(file.fill_buf().with_context(|| format!("cannot read {name}"))?)?;
        let mut reader = Reader::new(self.kind);
        let (mut number, mut began, mut line) = (0, 0, Vec::new());
        loop {
            line.clear();
            let read = file.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            let read = read.with_context(|| format!("cannot read {name}"))?;
            number += 1;
            *bytes += read as u64;
            let text = text_of(&line);
            let cut = reader.cut_off(&text);
            let done = match read {
                0 => reader.end(),
                _ => reader.line(&text),
            };
            if let Ok(Some(entry)) = &done {
                // An entry that goes on over lines is whole when the next one begins.
                let place = if self.kind == ListKind::Hcpcs { began } else { number };
                self.put(at, place, entry)?;
                began = number;
            }
            // At the end of the file an entry may stand open before a record that is none.
            let is_last = read == 0 && done.is_ok();
            cut.into_iter().chain(done.err()).for_each(|fault| self.tell(at, fault));
            if is_last {
                heard(*bytes);
                return Ok(());
            }
            if number.is_multiple_of(4_096) {
                heard(*bytes);
            }
        }
    }

    fn put(&mut self, file: usize, line: u64, entry: &Entry) -> Result<(), Failed> {
        let share = share_of(&self.kind.part_of(&entry.code));
        let written = writeln!(self.shares[share], "{file}\t{line}\t{}", entry.to_line());
        written.context("no room for the shares of a list")?;
        self.entries += 1;
        Ok(())
    }

    fn tell(&mut self, file: usize, Fault { line, why }: Fault) {
        self.unread += 1;
        if self.first_unread.len() < TOLD {
            let file = self.files[file].clone();
            self.first_unread.push(Unread { file, line, why: why.to_owned() });
        }
    }

    /// The parts of one share, in their order, each with its entries in theirs.
    pub(crate) fn share(&mut self, number: usize) -> Result<Vec<Part>, Failed> {
        let share = &mut self.shares[number];
        share.flush().context("no room for the shares of a list")?;
        let file = share.get_mut();
        file.seek(SeekFrom::Start(0)).context("cannot read a share of a list")?;
        let mut text = String::new();
        file.read_to_string(&mut text).context("cannot read a share of a list")?;
        let mut lines: Vec<(Entry, usize, u64)> = text.lines().filter_map(placed).collect();
        drop(text);
        let kind = self.kind;
        lines.sort_by_cached_key(|(one, file, line)| {
            (kind.part_of(&one.code), one.name(), *file, *line)
        });
        let mut parts: Vec<Part> = Vec::new();
        for (entry, file, line) in lines {
            let part = kind.part_of(&entry.code);
            match parts.last_mut().filter(|(name, _)| *name == part.as_str()) {
                Some((_, entries)) if entries.last().is_some_and(|e| e.name() == entry.name()) => {
                    let why = "it stands in the list already";
                    self.tell(file, Fault { line, why });
                }
                Some((_, entries)) => entries.push(entry),
                None => parts.push((part.to_string(), vec![entry])),
            }
        }
        Ok(parts)
    }
}

fn placed(line: &str) -> Option<(Entry, usize, u64)> {
    let mut cells = line.splitn(3, '\t');
    let (file, line) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    Some((lists::Entry::of_line(cells.next()?)?, file, line))
}

/// The share that a part belongs to: FNV-1a of its name.
fn share_of(part: &str) -> usize {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = part.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    usize::try_from(hash % SHARES as u64).unwrap_or(0)
}

/// A line without its end. What is no UTF-8 is taken for Latin 1, in which older lists come.
fn text_of(line: &[u8]) -> String {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.trim_end_matches(['\r', '\n']).to_owned()
}

/// # Errors
/// [`Failed::Unfit`] for a workbook, a packed file and what else is no text.
fn is_text(head: &[u8]) -> Result<(), Failed> {
    let unfit = |text: &str| Err(Failed::Unfit(text.to_owned()));
    if head.starts_with(b"PK") || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return unfit(
            "It is a workbook or a packed file. Unpack it and choose the text file in it, or save \
             the workbook as CSV UTF-8.",
        );
    }
    if head.iter().take(4_096).any(|byte| *byte == 0) {
        return unfit("It is no text that can be read here; save it as CSV UTF-8.");
    }
    Ok(())
}

/// The first day of a release, where the publisher's own name of its file says it:
/// `HCPC2026_JAN_ANWEB.txt` is in effect from January 1, 2026. Other lists' names do not.
pub(crate) fn released(kind: ListKind, name: &str) -> Option<Date> {
    const MONTHS: [(&str, i8); 4] = [("JAN", 1), ("APR", 4), ("JUL", 7), ("OCT", 10)];
    if kind != ListKind::Hcpcs {
        return None;
    }
    let upper = name.to_uppercase();
    let (year, rest) = upper.strip_prefix("HCPC")?.split_once('_')?;
    let (_, month) = MONTHS.iter().find(|(month, _)| rest.starts_with(month))?;
    Date::new(year.parse().ok()?, *month, 1).ok().filter(|day| day.year() >= 2000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(folder: &std::path::Path, name: &str, bytes: &[u8]) -> Source {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("written");
        Source { name: name.to_owned(), path }
    }

    #[test]
    fn several_files_are_one_list_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = b"Column 1\tColumn 2\n99992\t99991\t\t20200101\t*\t1\tMade-up\r\n\
                    99991\t99993\t\t20200101\t*\t1\tMade-up\n";
        let two = b"99991\t99992\t\t20200101\t*\t0\tcaf\xe9\n99991\t99993\t\t20200101\t*\t0\tx\n";
        let sources = [source(folder.path(), "f1.txt", one), source(folder.path(), "f2.txt", two)];
        let mut all = read(ListKind::Ptp, &sources, &|_| {}).expect("read");
        let mut parts: Vec<Part> = Vec::new();
        for at in 0..SHARES {
            parts.extend(all.share(at).expect("a share"));
        }
        parts.sort_by(|one, other| one.0.cmp(&other.0));
        let names: Vec<(&str, usize)> =
            parts.iter().map(|(part, all)| (part.as_str(), all.len())).collect();
        assert_eq!(names, [("99991", 2), ("99992", 1)]);
        assert_eq!(parts[0].1[0].text, "caf\u{e9}");
        let told = &all.first_unread[0];
        assert_eq!((told.file.as_str(), told.line, all.unread), ("f2.txt", 2, 1));
    }

    #[test]
    fn a_release_is_told_by_the_publishers_own_name_alone() {
        let day = |kind, name: &str| released(kind, name).map(|day| day.to_string());
        let january = Some("2026-01-01".to_owned());
        assert_eq!(day(ListKind::Hcpcs, "HCPC2026_JAN_ANWEB_v2.txt"), january);
        assert_eq!(day(ListKind::Hcpcs, "hcpcs.txt"), None);
        assert_eq!(day(ListKind::Hcpcs, "HCPC2026_MAY_ANWEB.txt"), None, "no quarter begins then");
        assert_eq!(day(ListKind::Icd10, "HCPC2026_JAN_ANWEB.txt"), None);
    }

    #[test]
    fn what_is_no_list_is_refused_with_a_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = |bytes: &[u8]| {
            let sources = [source(folder.path(), "a", bytes)];
            match read(ListKind::Icd10, &sources, &|_| {}) {
                Err(Failed::Unfit(text)) => text,
                _ => panic!("it is read"),
            }
        };
        assert!(told(b"PK\x03\x04rest").contains("Unpack it"));
        assert!(told(b"a\0b\0").contains("save it as CSV"));
        assert!(told(b"").contains("No line of it reads"));
        assert!(told(b"words\n").contains("Line 1: no order number"));
        assert!(told(&[b'a'; 200_000]).contains("No line of it reads"));
    }
}

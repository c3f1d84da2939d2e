//! The files of a world, and where they are written.

use std::fs::{self, File as Disk};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use crate::edi;
use crate::run::Item;
use crate::truth::{CHAOS, CLAIMS, LINES, Record, TOTALS};
use crate::world::{Practice, World};

/// A file that a practice sends or gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder; no two of a world are alike.
    pub name: String,
    /// What it holds.
    pub kind: FileKind,
    /// The day on which it is sent or comes.
    pub on: Date,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// 837P.
    Claims,
    /// 999.
    Acknowledgement,
    /// 277CA.
    Status,
    /// 277: where claims stand, as a 276 asked.
    Standing,
    /// 835.
    Remittance,
    /// TA1 alone.
    Receipt,
    /// What a payer decided of an appeal, as JSON ([`crate::Letter`]).
    Letter,
}

impl FileKind {
    /// The folder for files of this kind.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            FileKind::Claims => "837p",
            FileKind::Acknowledgement => "999",
            FileKind::Status => "277ca",
            FileKind::Standing => "277",
            FileKind::Remittance => "835",
            FileKind::Receipt => "ta1",
            FileKind::Letter => "letters",
        }
    }
}

impl File {
    /// Folder and name.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind.folder(), self.name)
    }
}

/// Name of a file: practice, word, day, number.
pub(crate) fn name(practice: &Practice, word: &str, day: Date, number: u64) -> String {
    format!("{:02}_{word}_{}_{number:05}.edi", practice.at + 1, edi::long(day))
}

/// Another name for a file that comes again.
pub(crate) fn copy_name(first: &str, day: Date) -> String {
    let stem = first.trim_end_matches(".edi");
    format!("{stem}_r{}.edi", edi::long(day))
}

impl World {
    /// Writes the files below `files`, each kind in its folder, and the truth below `truth`, which
    /// must lie elsewhere. `progress` is told each day that is over.
    ///
    /// # Errors
    /// Where a folder or file cannot be written, or the truth would lie among the files.
    pub fn write(
        &self,
        files: &Path,
        truth: &Path,
        mut progress: impl FnMut(Date),
    ) -> io::Result<()> {
        if truth.starts_with(files) {
            return Err(io::Error::other("the truth must lie apart from the files"));
        }
        let kinds =
            [FileKind::Claims, FileKind::Acknowledgement, FileKind::Status, FileKind::Remittance];
        for kind in kinds {
            fs::create_dir_all(files.join(kind.folder()))?;
        }
        let mut book = TruthFiles::create(truth)?;
        self.run(|item| match item {
            Item::File(file) => fs::write(files.join(file.path()), file.bytes),
            Item::Truth(record) => book.write(&record),
            Item::Day(day) => {
                progress(day);
                Ok(())
            }
        })?;
        book.finish()
    }
}

/// The truth on disk: a JSON object a line.
pub(crate) struct TruthFiles {
    lines: BufWriter<Disk>,
    claims: BufWriter<Disk>,
    chaos: BufWriter<Disk>,
    totals: BufWriter<Disk>,
}

impl TruthFiles {
    pub(crate) fn create(folder: &Path) -> io::Result<TruthFiles> {
        fs::create_dir_all(folder)?;
        let file = |name: &str| Disk::create(folder.join(name)).map(BufWriter::new);
        Ok(TruthFiles {
            lines: file(LINES)?,
            claims: file(CLAIMS)?,
            chaos: file(CHAOS)?,
            totals: file(TOTALS)?,
        })
    }

    pub(crate) fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Line(line) => row(&mut self.lines, line),
            Record::Claim(claim) => row(&mut self.claims, claim),
            Record::Chaos(chaos) => row(&mut self.chaos, chaos),
            Record::Totals(totals) => row(&mut self.totals, totals),
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        for mut file in [self.lines, self.claims, self.chaos, self.totals] {
            file.flush()?;
        }
        Ok(())
    }
}

fn row(file: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *file, value)?;
    file.write_all(b"\n")
}

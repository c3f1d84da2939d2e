//! What is to be set: sections of headings, paragraphs, fields and tables.

use serde::Serialize;

use crate::printable::{line, lines, word_breaks};

/// A document of our own pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Title, for readers' window and the head of each page.
    pub title: String,
    /// Who it is from.
    pub author: String,
    /// The day on it: year, month, day.
    pub on: (i32, u8, u8),
    /// What stands small at the foot of each page, left of the page number.
    pub foot: String,
    /// Pages of the packet that it begins; its own alone where nothing follows.
    pub packet_pages: Option<u32>,
    /// Its parts, each a bookmark and a new page.
    pub sections: Vec<Section>,
}

/// One part of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its bookmark, and its heading where that is not hidden.
    pub title: String,
    /// True for a letter, which begins with its sender and not with a heading.
    pub without_heading: bool,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A smaller heading.
    Heading(String),
    /// A paragraph; line breaks stay.
    Text(String),
    /// An address or the like: line by line, close together.
    Lines(Vec<String>),
    /// A list with dots.
    Bullets(Vec<String>),
    /// Names and values beside each other.
    Fields(Vec<(String, String)>),
    /// A table with a head that repeats on each page.
    Table {
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows, a text for each column.
        rows: Vec<Vec<String>>,
    },
    /// Lines in letters of one width, as they are.
    Raw(String),
    /// A line to sign on, with the name below it.
    Signature(Vec<String>),
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its share of the width beside the others'.
    pub share: u8,
    /// Where its texts stand.
    pub align: Align,
}

/// Where texts of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Words.
    Left,
    /// Amounts.
    Right,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn words(title: &str, share: u8) -> Column {
        Column { title: title.to_owned(), share, align: Align::Left }
    }

    /// A column of amounts.
    #[must_use]
    pub fn amounts(title: &str, share: u8) -> Column {
        Column { title: title.to_owned(), share, align: Align::Right }
    }
}

/// A day as letters write it: `November 27, 2026`. A month that is none is written as a number.
#[must_use]
pub fn day((year, month, day): (i32, u8, u8)) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match MONTHS.get(usize::from(month).wrapping_sub(1)) {
        Some(name) => format!("{name} {day}, {year}"),
        None => format!("{year}-{month}-{day}"),
    }
}

/// What the layout reads: every text printable, long words with places to break.
#[derive(Serialize)]
pub(crate) struct Sheet {
    title: String,
    author: String,
    year: i32,
    month: u8,
    day: u8,
    foot: String,
    packet_pages: Option<u32>,
    sections: Vec<SheetSection>,
}

#[derive(Serialize)]
struct SheetSection {
    title: String,
    heading: bool,
    blocks: Vec<SheetBlock>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum SheetBlock {
    Heading { text: String },
    Text { lines: Vec<String> },
    Lines { lines: Vec<String> },
    Bullets { items: Vec<String> },
    Fields { rows: Vec<(String, String)> },
    Table { heads: Vec<SheetColumn>, rows: Vec<Vec<String>> },
    Raw { lines: Vec<String> },
    Signature { lines: Vec<String> },
}

#[derive(Serialize)]
struct SheetColumn {
    title: String,
    share: u8,
    align: Align,
}

/// Letters of a word after which a line of the whole width may break.
const WIDE: usize = 44;
/// The same for a cell.
const NARROW: usize = 12;
/// Letters of a raw line before it is broken; a line of them fits between the margins.
const RAW: usize = 96;

impl Sheet {
    pub(crate) fn of(document: &Document) -> Sheet {
        let (year, month, day) = document.on;
        Sheet {
            title: line(&document.title),
            author: line(&document.author),
            year,
            month,
            day,
            foot: word_breaks(&line(&document.foot), WIDE),
            packet_pages: document.packet_pages,
            sections: document.sections.iter().map(section).collect(),
        }
    }
}

fn section(section: &Section) -> SheetSection {
    SheetSection {
        title: word_breaks(&line(&section.title), WIDE),
        heading: !section.without_heading,
        blocks: section.blocks.iter().map(block).collect(),
    }
}

fn block(block: &Block) -> SheetBlock {
    match block {
        Block::Heading(text) => SheetBlock::Heading { text: wide(text) },
        Block::Text(text) => {
            let lines = lines(text).iter().map(|one| word_breaks(one, WIDE)).collect();
            SheetBlock::Text { lines }
        }
        Block::Lines(all) => SheetBlock::Lines { lines: all.iter().map(|one| wide(one)).collect() },
        Block::Bullets(all) => {
            SheetBlock::Bullets { items: all.iter().map(|one| wide(one)).collect() }
        }
        Block::Fields(rows) => {
            let rows = rows
                .iter()
                .map(|(name, value)| (narrow(name, NARROW), narrow(value, 28)))
                .collect();
            SheetBlock::Fields { rows }
        }
        Block::Table { columns, rows } => table(columns, rows),
        Block::Raw(text) => {
            SheetBlock::Raw { lines: lines(text).iter().map(|one| word_breaks(one, RAW)).collect() }
        }
        Block::Signature(all) => {
            SheetBlock::Signature { lines: all.iter().map(|one| wide(one)).collect() }
        }
    }
}

/// A row that is too short is filled up, and one that is too long cut: a table has its columns.
fn table(columns: &[Column], rows: &[Vec<String>]) -> SheetBlock {
    let heads = columns.iter().map(|column| SheetColumn {
        title: narrow(&column.title, NARROW),
        share: column.share.max(1),
        align: column.align,
    });
    let cell = |row: &[String], at: usize| {
        row.get(at).map(|text| narrow(text, NARROW)).unwrap_or_default()
    };
    let rows = rows.iter().map(|row| (0..columns.len()).map(|at| cell(row, at)).collect());
    SheetBlock::Table { heads: heads.collect(), rows: rows.collect() }
}

fn wide(text: &str) -> String {
    word_breaks(&line(text), WIDE)
}

fn narrow(text: &str, most: usize) -> String {
    word_breaks(&line(text), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_letters_write_them() {
        assert_eq!(day((2026, 11, 27)), "November 27, 2026");
        assert_eq!(day((2026, 0, 1)), "2026-0-1");
        assert_eq!(day((2026, 13, 1)), "2026-13-1");
    }

    #[test]
    fn a_row_has_as_many_cells_as_there_are_columns() {
        let columns = [Column::words("What", 2), Column::amounts("How much", 1)];
        let rows = [vec!["one".to_owned()], vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]];
        let SheetBlock::Table { rows, .. } = table(&columns, &rows) else { panic!("a table") };
        assert_eq!(rows, [["one", ""], ["a", "b"]]);
    }
}

//! Our own pages of a packet: cover, letter, list of exhibits.

use denial::appeal::{Point, day, letter_of};
use denial::letter::Field;
use jiff::civil::Date;
use press::{Block, Column, Document, Section};

use crate::packet::Plan;

/// A day as the press takes it.
pub(super) fn on(day: Date) -> (i32, u8, u8) {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    (i32::from(day.year()), part(day.month()), part(day.day()))
}

impl Plan {
    /// Our pages, where the exhibits begin on `starts` and have `lengths` pages, and our own parts
    /// begin on `own`.
    pub(super) fn front(&self, starts: &[u32], lengths: &[u32], own: &[u32]) -> Document {
        let mut sections = vec![self.letter(starts), self.remittance()];
        sections.extend(self.billed());
        if !self.exhibits.is_empty() {
            sections.push(self.list(starts, lengths));
        }
        let titles: Vec<&str> = sections.iter().map(|one| one.title.as_str()).collect();
        sections.insert(0, self.cover(&titles, starts, own));
        let number = &self.dossier.case.number;
        Document {
            title: self.subject(),
            author: self.dossier.practice.clone(),
            on: on(self.today),
            foot: format!("{} · claim {number}", self.dossier.practice),
            packet_pages: None,
            sections,
        }
    }

    fn subject(&self) -> String {
        self.dossier.filled(&self.content.subject)
    }

    fn value(&self, field: Field) -> String {
        self.dossier.values.get(&field).cloned().unwrap_or_default()
    }

    fn cover(&self, titles: &[&str], starts: &[u32], own: &[u32]) -> Section {
        let fields = [
            ("To", Field::Payer),
            ("From", Field::Practice),
            ("Billing NPI", Field::BillingNpi),
            ("Tax id", Field::TaxId),
            ("Our claim number", Field::ClaimNumber),
            ("Your claim number", Field::PayerControl),
            ("Patient", Field::Patient),
            ("Member id", Field::Member),
            ("Date of birth", Field::Born),
            ("Service", Field::ServiceDates),
            ("Procedures", Field::Procedures),
            ("Denied", Field::Denied),
            ("Reasons", Field::ReasonCodes),
            ("Remarks", Field::RemarkCodes),
            ("Decision of", Field::DeniedOn),
            ("Level", Field::Level),
            ("Date of this packet", Field::Today),
        ];
        let told = fields.map(|(name, field)| (name.to_owned(), self.value(field)));
        let told = told.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let page = |at: usize| own.get(at + 1).map(u32::to_string).unwrap_or_default();
        let ours = titles.iter().enumerate().map(|(at, title)| vec![(*title).to_owned(), page(at)]);
        let exhibit = |(at, start): (usize, &u32)| {
            let title = self.exhibits.get(at).map(|one| one.title.as_str()).unwrap_or_default();
            vec![format!("Exhibit {}: {title}", letter_of(at)), start.to_string()]
        };
        let rows = ours.chain(starts.iter().enumerate().map(exhibit)).collect();
        let columns = vec![Column::words("Part", 6), Column::amounts("Page", 1)];
        let blocks = vec![
            Block::Text(self.subject()),
            Block::Fields(told),
            Block::Heading("Contents".to_owned()),
            Block::Table { columns, rows },
        ];
        Section { title: "Cover".to_owned(), without_heading: false, blocks }
    }

    fn letter(&self, starts: &[u32]) -> Section {
        let content = &self.content;
        let filled = |text: &str| self.dossier.filled(text);
        let to = filled(&content.to);
        let mut blocks = vec![
            Block::Lines(self.sender()),
            Block::Text(day(self.today)),
            Block::Lines(to.lines().map(str::to_owned).collect()),
            Block::Heading(self.subject()),
        ];
        blocks.extend(paragraphs(&filled(&content.opening)));
        for one in &content.arguments {
            blocks.extend(paragraphs(&filled(&one.text)));
        }
        if !content.points.is_empty() {
            blocks.push(self.points(starts));
        }
        if !content.policy.trim().is_empty() {
            blocks.push(Block::Heading("Policy or law".to_owned()));
            blocks.extend(paragraphs(&filled(&content.policy)));
        }
        blocks.extend(paragraphs(&filled(&content.closing)));
        let signer = self.dossier.filled(&content.signer);
        blocks.push(Block::Signature(under_the_line(&signer, &self.dossier.practice)));
        if !self.exhibits.is_empty() {
            blocks.push(Block::Heading("Enclosed".to_owned()));
            blocks.push(Block::Lines(self.enclosed()));
        }
        Section { title: "Letter".to_owned(), without_heading: true, blocks }
    }

    /// The practice with what stands below its name.
    fn sender(&self) -> Vec<String> {
        let name = std::iter::once(self.dossier.practice.clone());
        name.chain(self.dossier.letterhead.iter().cloned()).collect()
    }

    /// Each exhibit by its letter.
    fn enclosed(&self) -> Vec<String> {
        let one =
            |(at, one): (usize, &super::Bound)| format!("Exhibit {}: {}", letter_of(at), one.title);
        self.exhibits.iter().enumerate().map(one).collect()
    }

    fn points(&self, starts: &[u32]) -> Block {
        let row = |point: &Point| {
            vec![
                self.dossier.filled(&point.criterion),
                self.dossier.filled(&point.evidence),
                place(point, starts),
            ]
        };
        Block::Table {
            columns: vec![
                Column::words("Your criterion", 4),
                Column::words("What the record shows", 4),
                Column::words("Where", 2),
            ],
            rows: self.content.points.iter().map(row).collect(),
        }
    }

    /// Each exhibit with its pages and the hash of the file that it is from.
    fn list(&self, starts: &[u32], lengths: &[u32]) -> Section {
        let row = |(at, one): (usize, &super::Bound)| {
            let number = |all: &[u32]| all.get(at).copied().unwrap_or_default();
            let (start, length) = (number(starts), number(lengths));
            let last = start.saturating_add(length).saturating_sub(1);
            let taken = if one.pages.trim().is_empty() { "all" } else { one.pages.trim() };
            vec![
                letter_of(at),
                one.title.clone(),
                taken.to_owned(),
                if start == last { start.to_string() } else { format!("{start} to {last}") },
                one.paper.hash.clone(),
            ]
        };
        let columns = vec![
            Column::words("", 1),
            Column::words("Exhibit", 4),
            Column::words("Pages of the file", 2),
            Column::words("Pages here", 2),
            Column::words("SHA-256 of the file", 5),
        ];
        let rows = self.exhibits.iter().enumerate().map(row).collect();
        let blocks = vec![Block::Table { columns, rows }];
        Section { title: "Exhibits".to_owned(), without_heading: false, blocks }
    }
}

/// Where a point is shown: exhibit, its page, the packet's page.
fn place(point: &Point, starts: &[u32]) -> String {
    let Some(at) = usize::from(point.exhibit).checked_sub(1) else { return String::new() };
    let letter = letter_of(at);
    match (point.page.checked_sub(1), starts.get(at)) {
        (Some(behind), Some(start)) => {
            let page = start.saturating_add(behind);
            format!("Exhibit {letter}, page {} (page {page} here)", point.page)
        }
        (None, Some(start)) => format!("Exhibit {letter} (from page {start} here)"),
        (_, None) => format!("Exhibit {letter}"),
    }
}

/// Who signs, line by line, in whose name.
pub(crate) fn under_the_line(signer: &str, practice: &str) -> Vec<String> {
    let named = signer.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lines: Vec<String> = named.map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push("Name, title, date".to_owned());
    }
    lines.push(practice.to_owned());
    lines
}

/// A text at its empty lines.
fn paragraphs(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n");
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Block::Text(part.to_owned())).collect()
}

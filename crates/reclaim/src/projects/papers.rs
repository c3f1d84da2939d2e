//! Letter and list of a project appeal, as they are kept before it goes; what would read otherwise
//! since.

use anyhow::Context;
use denial::appeal::day;
use denial::money::Money;
use press::{Block, Column, Document, Section};

use crate::packet::under_the_line;
use crate::practice::Office;
use crate::projects::{Opened, Row};
use crate::web::sheet;

/// The headings of the list.
const HEADING: [&str; 12] = [
    "No.",
    "Our claim number",
    "Your claim number",
    "Patient",
    "Member id",
    "Date of birth",
    "Service",
    "Procedures",
    "Reasons",
    "Decision of",
    "Denied",
    "Outstanding",
];

impl Opened {
    /// The list as a spreadsheet.
    pub(crate) fn sheet(&self) -> String {
        sheet::text(HEADING, self.going().map(Row::cells), None)
    }

    /// What a list that was kept says otherwise than the cases do now, in words; nothing of a
    /// patient.
    pub(crate) fn differences(&self, kept: &str) -> Vec<String> {
        let kept: Vec<&str> = kept.split(sheet::END).collect();
        self.rows.iter().filter_map(|row| row.difference(&kept)).collect()
    }

    /// Letter and list as one PDF/A; `signer` is name and title of who signs, line by line.
    ///
    /// # Errors
    /// What cannot be set.
    pub(crate) async fn pdf(&self, office: &Office, signer: &str) -> anyhow::Result<Vec<u8>> {
        let document = self.document(office, signer);
        let set = tokio::task::spawn_blocking(move || press::set(&document));
        Ok(set.await.context("setting the letter stopped")??.pdf)
    }

    fn document(&self, office: &Office, signer: &str) -> Document {
        let today = office.moment().today;
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let project = &self.project;
        let paragraphs = project.letter.split("\n\n").map(|text| Block::Text(text.to_owned()));
        let mut letter = vec![
            Block::Lines(vec![office.clinic.name.clone()]),
            Block::Text(day(today)),
            Block::Heading(project.subject.clone()),
        ];
        letter.extend(paragraphs);
        letter.push(Block::Signature(under_the_line(signer, &office.clinic.name)));
        Document {
            title: project.subject.clone(),
            author: office.clinic.name.clone(),
            on: (i32::from(today.year()), part(today.month()), part(today.day())),
            foot: office.clinic.name.clone(),
            packet_pages: None,
            sections: vec![
                Section { title: "Letter".to_owned(), without_heading: true, blocks: letter },
                Section {
                    title: "The claims".to_owned(),
                    without_heading: false,
                    blocks: vec![self.table()],
                },
            ],
        }
    }

    fn table(&self) -> Block {
        let columns = vec![
            Column::words("No.", 2),
            Column::words("Our claim number", 5),
            Column::words("Your claim number", 5),
            Column::words("Patient", 6),
            Column::words("Member id", 5),
            Column::words("Service", 5),
            Column::words("Reasons", 4),
            Column::amounts("Outstanding", 6),
        ];
        let rows = self.going().map(|row| {
            let [n, ours, yours, patient, member, _, _, _, reasons, _, _, outstanding] =
                row.cells();
            // As the letter beside it writes days.
            let service = row.case.days.service_on.map(day).unwrap_or_default();
            vec![n, ours, yours, patient, member, service, reasons, outstanding]
        });
        let sum: Money = self.going().map(|row| row.case.balance.outstanding()).sum();
        let mut together = vec![String::new(); columns.len()];
        if let [.., name, amount] = together.as_mut_slice() {
            (*name, *amount) = ("Together".to_owned(), sum.plain());
        }
        Block::Table { columns, rows: rows.chain([together]).collect() }
    }
}

impl Row {
    /// How it stands otherwise than on a list that was kept.
    fn difference(&self, kept: &[&str]) -> Option<String> {
        let (cells, number) = (self.cells(), &self.case.number);
        let now = sheet::row(&cells);
        let [place, ours, ..] = &cells;
        let begins = sheet::row(&[place.clone(), ours.clone()]);
        let before = kept.iter().find(|line| line.starts_with(&format!("{begins},")));
        match (before, self.stayed.is_empty()) {
            (Some(before), true) if *before == now => None,
            (Some(before), true) => {
                let before = before.split("\",\"");
                let pairs = HEADING.iter().zip(before.zip(now.split("\",\"")));
                let other = pairs.filter(|(_, (then, now))| then != now).map(|(name, _)| *name);
                let other: Vec<&str> = other.collect();
                Some(format!("claim {number} reads otherwise now ({})", other.join(", ")))
            }
            (Some(_), false) => Some(format!("claim {number} would stay: {}", self.stayed)),
            (None, true) => Some(format!("claim {number} would go along now")),
            (None, false) => None,
        }
    }

    fn cells(&self) -> [String; 12] {
        let case = &self.case;
        let patient = self.claim.as_ref().map(|claim| claim.patient.reveal());
        let born = patient.and_then(|one| one.born);
        let mut reasons: Vec<String> = Vec::new();
        let mut procedures: Vec<String> = Vec::new();
        for line in &case.lines {
            let told = line.adjustments.iter().map(|one| format!("{}-{}", one.group, one.reason));
            reasons.extend(told);
            procedures.push(line.procedure.to_string());
        }
        for list in [&mut reasons, &mut procedures] {
            list.sort();
            list.dedup();
            list.retain(|text| !text.is_empty());
        }
        let denied: Money = case.lines.iter().map(|line| line.denied).sum();
        [
            self.n.to_string(),
            case.number.to_string(),
            case.control.to_string(),
            patient
                .map(|one| format!("{} {}", one.given, one.family))
                .unwrap_or_default()
                .trim()
                .into(),
            patient.map(|one| one.member.clone()).unwrap_or_default(),
            born.map(|on| on.to_string()).unwrap_or_default(),
            case.days.service_on.map(|on| on.to_string()).unwrap_or_default(),
            procedures.join("; "),
            reasons.join("; "),
            case.denied_on.to_string(),
            denied.plain(),
            case.balance.outstanding().plain(),
        ]
    }
}

//! Code lists: CSV with the columns code, meaning, retired_on, replaced_by.

use std::collections::BTreeMap;

use jiff::civil::Date;
use smol_str::SmolStr;

use super::entry::Page;
use super::{Draft, Meaning};

const COLUMNS: [&str; 4] = ["code", "meaning", "retired_on", "replaced_by"];

impl Draft {
    /// Reads one list; a row that says nothing or says it twice is a fault.
    pub(super) fn read_codes(
        &mut self,
        file: &str,
        text: &str,
    ) -> impl Iterator<Item = (SmolStr, Meaning)> + use<> {
        let page = Page::new(file, text);
        let mut list = BTreeMap::new();
        let mut rows = rows(text);
        match rows.next() {
            Some((_, header)) if header == COLUMNS => {}
            other => {
                let at = other.map_or(0, |(at, _)| at);
                page.fault(at, "the header is another one".to_owned(), &COLUMNS.join(","));
            }
        }
        for (at, cells) in rows {
            match read_row(&cells) {
                Ok((code, meaning)) => {
                    if list.insert(code.clone(), meaning).is_some() {
                        page.fault(at, format!("code {code} stands twice"), "keep one of the rows");
                    }
                }
                Err((message, hint)) => page.fault(at, message, hint),
            }
        }
        self.faults.extend(page.into_faults());
        list.into_iter()
    }
}

fn read_row(cells: &[String]) -> Result<(SmolStr, Meaning), (String, &'static str)> {
    let [code, text, retired, replaced_by] = cells else {
        let message = format!("expected 4 cells, came {}", cells.len());
        return Err((message, "put a text that holds a comma in \"quotes\""));
    };
    if code.is_empty() || text.is_empty() {
        return Err(("code and meaning are needed".to_owned(), "fill both cells"));
    }
    let retired_on: Option<Date> = match retired.as_str() {
        "" | "retired" => None,
        day => Some(day.parse().map_err(|_| {
            (format!("retired_on: came {day}"), "write a day such as 2026-01-31, or retired")
        })?),
    };
    let (text, replaced_by) = (SmolStr::new(text), SmolStr::new(replaced_by));
    let retired = !retired.is_empty();
    Ok((SmolStr::new(code), Meaning { text, retired, retired_on, replaced_by }))
}

/// Rows with the byte at which they begin; comments and empty lines are left out.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<String>)> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let begin = at;
        at += line.len();
        (begin, line.trim_end_matches(['\r', '\n']))
    });
    let told = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    told.map(|(at, line)| (at, cells(line)))
}

/// Splits a line at commas that stand outside of quotes.
fn cells(line: &str) -> Vec<String> {
    records(line).swap_remove(0)
}

/// The records of a CSV text, at least one; a quoted cell may hold commas, line ends and, doubled,
/// quotes. A quotation mark within a cell that does not begin with one is a letter.
pub(crate) fn records(text: &str) -> Vec<Vec<String>> {
    split(text).0
}

/// The same, and whether a quotation mark in the last record is open to the end.
pub(crate) fn split(text: &str) -> (Vec<Vec<String>>, bool) {
    let mut records = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let record = records.last_mut().expect("there is always a record");
        let cell = record.last_mut().expect("there is always a cell");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => quoted = true,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => records.push(vec![String::new()]),
            _ => cell.push(letter),
        }
    }
    (records, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(
            cells(r#"4,"Modifier absent, ""wrong""",,"#),
            ["4", "Modifier absent, \"wrong\"", "", ""]
        );
    }

    #[test]
    fn a_quotation_mark_within_a_cell_is_a_letter() {
        assert_eq!(
            cells("X1,made-up 6\" tube,\"a, \"\"b\"\"\""),
            ["X1", "made-up 6\" tube", "a, \"b\""]
        );
        assert!(split("X1,\"open").1);
        assert!(!split("X1,\"\",2\"").1);
    }

    #[test]
    fn faults_name_their_line() {
        let mut draft = Draft::default();
        let text =
            "# list\ncode,meaning,retired_on,replaced_by\n1,One,,\n1,Again,,\n2,Two,soon,\n3\n";
        let list: Vec<_> = draft.read_codes("codes/carc.csv", text).collect();
        assert_eq!(list.len(), 1);
        let lines: Vec<u32> = draft.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [4, 5, 6]);
    }
}

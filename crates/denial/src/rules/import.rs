//! A code list of somebody else, such as the one that a clinic has a licence for, laid over ours.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::read_codes;

/// A list with the texts of another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The whole list as a rule file has it.
    pub text: String,
    /// Codes that our list did not have, with their texts.
    pub new: Vec<(String, String)>,
    /// Codes with another text: the code, ours, theirs.
    pub reworded: Vec<(String, String, String)>,
    /// Codes that their list ends and ours does not.
    pub ended: Vec<String>,
    /// Codes that only our list has; they stay.
    pub kept: Vec<String>,
}

/// What one row says: meaning, end, what replaces it.
type Row = (String, String, String);

/// Lays a CSV file over one of our code lists. Its first row names the columns: one with `code` in
/// its name, one with `description`, `text`, `meaning` or `definition`, and perhaps one for the day
/// on which a code ends, with `stop`, `end`, `deactivat` or `retired`.
///
/// # Errors
/// What is wrong with it, and what to do, in words for people.
pub fn imported(ours: &str, theirs: &str) -> Result<Imported, String> {
    let mut ours = rows_of_ours(ours);
    let theirs = rows_of_theirs(theirs)?;
    let mut done = Imported::default();
    let codes: BTreeSet<&String> = theirs.keys().collect();
    done.kept = ours.keys().filter(|code| !codes.contains(code)).cloned().collect();
    for (code, (meaning, ended)) in theirs {
        match ours.get_mut(&code) {
            None => {
                done.new.push((code.clone(), meaning.clone()));
                ours.insert(code, (meaning, ended, String::new()));
            }
            Some((own, own_end, _)) => {
                if *own != meaning {
                    done.reworded.push((code.clone(), own.clone(), meaning.clone()));
                    *own = meaning;
                }
                if own_end.is_empty() && !ended.is_empty() {
                    done.ended.push(code);
                }
                if !ended.is_empty() {
                    *own_end = ended;
                }
            }
        }
    }
    done.text = written(&ours);
    Ok(done)
}

fn rows_of_ours(text: &str) -> BTreeMap<String, Row> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows = told(read_codes::records(&lines.collect::<Vec<_>>().join("\n")));
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        let mut next = || cells.next().unwrap_or_default();
        (next(), (next(), next(), next()))
    };
    rows.into_iter().skip(1).map(row).filter(|(code, _)| !code.is_empty()).collect()
}

fn rows_of_theirs(text: &str) -> Result<BTreeMap<String, (String, String)>, String> {
    let (records, is_open) = read_codes::split(text.trim_start_matches('\u{feff}'));
    if is_open {
        let last = records.len();
        return Err(format!("A quotation mark of record {last} is open to the end of the file."));
    }
    let mut records = told(records).into_iter();
    let header = records.next().ok_or("The file is empty.")?;
    let named = |words: &[&str]| {
        let has = |name: &String| words.iter().any(|word| name.to_lowercase().contains(word));
        header.iter().position(has)
    };
    let texts = named(&["description", "text", "meaning", "definition"])
        .ok_or("No column is called description, text, meaning or definition.")?;
    let code = named(&["code"]).filter(|at| *at != texts).ok_or("No column is called code.")?;
    let ends = named(&["stop", "end", "deactivat", "retired"]).filter(|at| *at != texts);
    let mut rows = BTreeMap::new();
    for (at, cells) in records.enumerate() {
        let cell = |at: usize| cells.get(at).map(|cell| plain(cell)).unwrap_or_default();
        let (name, meaning) = (cell(code).to_uppercase(), cell(texts));
        if name.is_empty() && meaning.is_empty() {
            continue;
        }
        let is_code =
            (1..=8).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_code || meaning.is_empty() {
            return Err(format!("Record {} has no code or no text that fits.", at + 2));
        }
        let ended = ends.map(cell).filter(|day| !day.is_empty());
        let ended = ended.map(|day| day_of(&day)).transpose().map_err(|day| {
            format!("Record {} ends on {day}, which is no day; write 2026-01-31.", at + 2)
        })?;
        if rows.insert(name.clone(), (meaning, ended.unwrap_or_default())).is_some() {
            return Err(format!("The code {name} stands twice."));
        }
    }
    if rows.is_empty() { Err("The file holds no code.".to_owned()) } else { Ok(rows) }
}

/// A day as lists write it: `2026-01-31` or `01/31/2026`.
fn day_of(text: &str) -> Result<String, String> {
    let american = || Date::strptime("%m/%d/%Y", text).ok();
    let day = text.parse::<Date>().ok().or_else(american);
    day.map(|day| day.to_string()).ok_or_else(|| text.to_owned())
}

fn written(rows: &BTreeMap<String, Row>) -> String {
    let mut rows: Vec<(&String, &Row)> = rows.iter().collect();
    rows.sort_by_key(|(code, _)| (code.parse::<u32>().unwrap_or(u32::MAX), code.as_str()));
    let quoted = |text: &str| match text {
        "" => String::new(),
        text => format!("\"{}\"", text.replace('"', "\"\"")),
    };
    let line = |(code, (meaning, ended, by)): (&String, &Row)| {
        format!("{code},{},{ended},{}\n", quoted(meaning), quoted(by))
    };
    let head = "# A list that this practice took in; it may be licensed to it alone.\n\
                code,meaning,retired_on,replaced_by\n";
    head.to_owned() + &rows.into_iter().map(line).collect::<String>()
}

/// One line, without letters that nobody sees.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|letter| !letter.is_control()).collect()
}

/// The records of a list that hold anything.
fn told(mut records: Vec<Vec<String>>) -> Vec<Vec<String>> {
    records.retain(|record| record.iter().any(|cell| !cell.trim().is_empty()));
    records
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::super::tests::{text_of, with};
    use super::*;
    use crate::codes::Carc;

    const THEIRS: &str = "\u{feff}Code,Description,Start Date,Stop Date\r\n\
        1,\"Made-up text, of\n a list\",1995-01-01,\r\n\
        16,\"A made-up \"\"quoted\"\" text\",1995-01-01,01/31/2026\r\n\
        9991,Something new,2026-01-01,\r\n";

    #[test]
    fn their_texts_are_laid_over_ours() {
        let ours = text_of("codes/carc.csv");
        let done = imported(&ours, THEIRS).expect("a list");
        assert_eq!(done.new, [("9991".to_owned(), "Something new".to_owned())]);
        assert_eq!(done.reworded.len(), 2);
        assert_eq!(done.ended, ["16"]);
        assert!(done.kept.len() > 300, "ours stay: the playbook speaks of them");
        let rules = read(&with("codes/carc.csv", &done.text)).expect("whole");
        let before = read(&with("codes/carc.csv", &ours)).expect("whole");
        let said = |code: &str| rules.wording.carc(&Carc::new(code)).expect("listed").clone();
        assert_eq!(said("1").text, "Made-up text, of a list");
        assert_eq!(said("16").text, "A made-up \"quoted\" text");
        assert_eq!(said("16").retired_on, Some("2026-01-31".parse().expect("a day")));
        assert_eq!(said("9991").text, "Something new");
        assert_eq!(Some(&said("197")), before.wording.carc(&Carc::new("197")));
        let again = imported(&done.text, THEIRS).expect("a list");
        assert_eq!((again.text, again.new.len(), again.reworded.len()), (done.text, 0, 0));
    }

    #[test]
    fn what_is_no_list_is_told() {
        for (theirs, told) in [
            ("", "empty"),
            ("a,b\n1,2\n", "No column is called description"),
            ("description\nx\n", "No column is called code"),
            ("code,text\n1 2,x\n", "Record 2"),
            ("code,text\n1,\n", "Record 2"),
            ("code,text,stop\n1,x,soon\n", "ends on soon"),
            ("code,text\n1,x\n1,y\n", "stands twice"),
            ("code,text\n", "no code"),
            ("code,text\n1,x\n2,\"y\n3,z\n", "record 3 is open"),
        ] {
            let fault = imported("", theirs).expect_err(theirs);
            assert!(fault.contains(told), "{theirs:?}: {fault}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        for at in 0..THEIRS.chars().count() {
            let text: String = THEIRS.chars().skip(at).collect();
            let _ = imported(&text, &text);
        }
    }
}

//! The layouts in which the lists are published, line by line.
//!
//! ICD-10-CM: the order file of CDC and CMS. HCPCS: the ANWEB file of CMS, as text of fixed width
//! or with its columns named. NCCI: the tables of CMS as text with tabs, or saved as CSV.

use smol_str::SmolStr;

use super::{Entry, ListKind, day_of};
use crate::rules::read_codes::split;

/// Why a line is no entry.
type Unread = &'static str;

/// A line that is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its number, from one.
    pub line: u64,
    /// Why.
    pub why: &'static str,
}

/// Reads a list line by line.
#[derive(Debug)]
pub struct Reader {
    kind: ListKind,
    /// An entry was read: what comes before the first is a heading.
    begun: bool,
    /// Where the columns of a file with names for them stand.
    columns: Option<Columns>,
    /// An entry that may go on in the next line.
    open: Option<Entry>,
    /// The beginning of a record whose quotes are still open.
    held: String,
    held_lines: u64,
    /// Lines heard so far.
    number: u64,
}

/// Columns of HCPCS by their names.
#[derive(Clone, Copy, Debug)]
struct Columns {
    code: usize,
    record: Option<usize>,
    long: usize,
    short: Option<usize>,
    added: Option<usize>,
    ended: Option<usize>,
}

/// Lines that one record may take.
const LINES: u64 = 20;
/// Why a record is none that another begins within, or that never ends.
const OPEN: Unread = "its quotation mark is never closed";
/// Letters of a text.
const LETTERS: usize = 2_000;

impl Reader {
    /// A reader at the beginning of a file.
    #[must_use]
    pub const fn new(kind: ListKind) -> Reader {
        Reader {
            kind,
            begun: false,
            columns: None,
            open: None,
            held: String::new(),
            held_lines: 0,
            number: 0,
        }
    }

    /// Gives up a record that a quotation mark keeps open, where this line, which is to be heard
    /// next, begins another one: a stray mark costs its own line alone.
    pub fn cut_off(&mut self, line: &str) -> Option<Fault> {
        if self.held.is_empty() || !self.begins(line) {
            return None;
        }
        Some(self.give_up())
    }

    /// Hears a line, without its end; gives an entry that is whole by now. Headings give nothing.
    ///
    /// # Errors
    /// Which line is no entry, and why; reading goes on with the next.
    pub fn line(&mut self, line: &str) -> Result<Option<Entry>, Fault> {
        self.number += 1;
        let first = self.number - self.held_lines;
        self.heard(line).map_err(|why| Fault { line: first, why })
    }

    fn heard(&mut self, line: &str) -> Result<Option<Entry>, Unread> {
        if line.trim().is_empty() && self.held.is_empty() {
            return Ok(None);
        }
        let done = match self.kind {
            ListKind::Icd10 => order_line(line).map(Some),
            ListKind::Hcpcs if self.columns.is_none() && is_anweb(line) => self.anweb(line),
            ListKind::Hcpcs => self.separated(line),
            ListKind::Ptp | ListKind::Mue => self.separated(line),
        };
        self.begun |= matches!(done, Ok(Some(_))) || self.open.is_some();
        done
    }

    /// The entry that was still open at the end of the file.
    ///
    /// # Errors
    /// The last record was not whole. What was open before it comes when this is asked again.
    pub fn end(&mut self) -> Result<Option<Entry>, Fault> {
        match self.held.is_empty() {
            true => Ok(self.open.take()),
            false => Err(self.give_up()),
        }
    }

    /// The record whose quotes are open is none.
    fn give_up(&mut self) -> Fault {
        let line = self.number + 1 - self.held_lines;
        self.held.clear();
        self.held_lines = 0;
        Fault { line, why: OPEN }
    }

    /// True where a line has a code where a record has its own.
    fn begins(&self, line: &str) -> bool {
        let mark = if line.contains('\t') { '\t' } else { ',' };
        let cells: Vec<&str> = line.split(mark).map(bare).collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        if self.kind != ListKind::Hcpcs {
            return cells.len() > 2 && is_service(cell(0));
        }
        let Some(at) = self.columns else { return false };
        let is_modifier = |record: usize| matches!(cell(record), "7" | "8");
        is_service(cell(at.code)) || at.record.is_some_and(is_modifier)
    }

    /// A line of a file with separators; a quoted cell may hold line ends.
    fn separated(&mut self, line: &str) -> Result<Option<Entry>, Unread> {
        if line.contains('\t') && self.held.is_empty() {
            let cells: Vec<&str> = line.split('\t').map(bare).collect();
            return self.record(&cells);
        }
        if !self.held.is_empty() {
            self.held.push(' ');
        }
        self.held.push_str(line);
        self.held_lines += 1;
        let (mut records, is_open) = split(&self.held);
        if is_open && self.held_lines < LINES {
            return Ok(None);
        }
        self.held.clear();
        self.held_lines = 0;
        if is_open {
            return Err(OPEN);
        }
        let cells = records.swap_remove(0);
        self.record(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn record(&mut self, cells: &[&str]) -> Result<Option<Entry>, Unread> {
        if self.kind == ListKind::Hcpcs {
            return self.hcpcs(cells);
        }
        if !self.begun && !cells.first().is_some_and(|cell| is_service(cell)) {
            return Ok(None);
        }
        let entry = if self.kind == ListKind::Ptp { pair(cells) } else { units(cells) };
        entry.map(Some)
    }

    fn hcpcs(&mut self, cells: &[&str]) -> Result<Option<Entry>, Unread> {
        let Some(at) = self.columns else {
            self.columns = Columns::of(cells);
            return Ok(None);
        };
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let maybe = |at: Option<usize>| at.map(cell).unwrap_or_default();
        let text = if cell(at.long).trim().is_empty() { maybe(at.short) } else { cell(at.long) };
        let days = (maybe(at.added), maybe(at.ended));
        self.hcpcs_record(cell(at.code), maybe(at.record).trim(), text, days)
    }

    /// A line of 320 letters.
    fn anweb(&mut self, line: &str) -> Result<Option<Entry>, Unread> {
        let (long, short) = (cut(line, 11, 91), cut(line, 91, 119));
        let text = if long.trim().is_empty() { &short } else { &long };
        let days = (cut(line, 268, 276), cut(line, 284, 292));
        self.hcpcs_record(&cut(line, 0, 5), &cut(line, 10, 11), text, (&days.0, &days.1))
    }

    /// `3` begins a code, `7` a modifier, `4` and `8` go on with the text of the line above.
    fn hcpcs_record(
        &mut self,
        code: &str,
        record: &str,
        text: &str,
        (added, ended): (&str, &str),
    ) -> Result<Option<Entry>, Unread> {
        let code = ListKind::spelled(code);
        if matches!(record, "4" | "8") {
            let open = self.open.as_mut().filter(|open| open.code == code);
            let open = open.ok_or("it goes on with a code that does not stand above it")?;
            open.text = plain(&format!("{} {text}", open.text));
            return Ok(None);
        }
        let mark = if code.len() == 2 { "M" } else { "" };
        if !is_service(&code) && mark.is_empty() {
            return Err("its code is neither one of five letters nor a modifier");
        }
        let (begins, ends) = (day_of(added), day_of(ended));
        let begins = begins.map_err(|()| "the day on which it was added is no day")?;
        let ends = ends.map_err(|()| "the day on which it ended is no day")?;
        if text.trim().is_empty() {
            return Err("it has no text");
        }
        let (code, mark, text) = (SmolStr::new(code), SmolStr::new(mark), plain(text));
        Ok(self.open.replace(Entry { code, begins, ends, mark, text, ..Entry::default() }))
    }
}

impl Columns {
    fn of(cells: &[&str]) -> Option<Columns> {
        let plain = |cell: &&str| {
            let letters = cell.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().to_lowercase()
        };
        let names: Vec<String> = cells.iter().map(plain).collect();
        let named = |any: &[&str]| names.iter().position(|name| any.contains(&name.as_str()));
        Some(Columns {
            code: named(&["hcpc", "hcpcs", "hcpcscode", "code"])?,
            record: named(&["recid", "recordid"]),
            long: named(&["longdescription", "description", "text"])?,
            short: named(&["shortdescription"]),
            added: named(&["adddt", "adddate", "codeaddeddate", "begins"]),
            ended: named(&["termdt", "termdate", "terminationdate", "ends"]),
        })
    }
}

/// A cell of a file with tabs, out of the quotes that a spreadsheet may have put around it.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell)
}

/// Letters from one place to before another.
fn cut(line: &str, from: usize, to: usize) -> String {
    line.chars().skip(from).take(to - from).collect()
}

/// Five letters, as CPT and HCPCS codes have.
fn is_service(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() == 5
        && cell.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && cell.bytes().any(|byte| byte.is_ascii_digit())
}

/// Fixed width: a code or a modifier, five digits, and which line of it this is.
fn is_anweb(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() > 11
        && bytes[5..10].iter().all(u8::is_ascii_digit)
        && matches!(bytes[10], b'3' | b'4' | b'7' | b'8')
}

/// Order number, code, whether it may stand on a claim, short text, long text.
fn order_line(line: &str) -> Result<Entry, Unread> {
    let number = cut(line, 0, 6);
    let is_numbered = number.len() == 6 && number.bytes().take(5).all(|byte| byte.is_ascii_digit());
    if !is_numbered || !number.ends_with(' ') {
        return Err("no order number of five digits stands at its beginning");
    }
    let code = cut(line, 6, 13);
    let code = code.trim();
    let fits = (3..=7).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !fits {
        return Err("its code has not three to seven letters and digits");
    }
    let mark = cut(line, 14, 15);
    if !matches!(mark.as_str(), "0" | "1") {
        return Err("neither 0 nor 1 stands at its fifteenth place");
    }
    let (short, long) = (cut(line, 16, 76), cut(line, 77, 77 + LETTERS));
    let text = plain(if long.trim().is_empty() { &short } else { &long });
    if text.is_empty() {
        return Err("it has no text");
    }
    let code = SmolStr::new(ListKind::spelled(code));
    Ok(Entry { code, mark: SmolStr::new(mark), text, ..Entry::default() })
}

/// Column 1, column 2, in existence before 1996, effective, deleted, modifier, rationale.
fn pair(cells: &[&str]) -> Result<Entry, Unread> {
    let [one, other, _, effective, deleted, modifier, rest @ ..] = cells else {
        return Err("an edit has six columns or seven");
    };
    if !is_service(one) || !is_service(other) {
        return Err("its codes are not two of five letters");
    }
    let begins = day_of(effective).map_err(|()| "its effective date is no day")?;
    let begins = begins.ok_or("its effective date is missing")?;
    let ends = day_of(deleted).map_err(|()| "its deletion date is no day")?;
    let mark = modifier.trim();
    if !matches!(mark, "0" | "1" | "9") {
        return Err("its modifier indicator is none of 0, 1 and 9");
    }
    Ok(Entry {
        code: SmolStr::new(ListKind::spelled(one)),
        other: SmolStr::new(ListKind::spelled(other)),
        begins: Some(begins),
        ends,
        value: SmolStr::default(),
        mark: SmolStr::new(mark),
        text: plain(rest.first().copied().unwrap_or_default()),
    })
}

/// Code, the most units, adjudication indicator, rationale.
fn units(cells: &[&str]) -> Result<Entry, Unread> {
    let [code, most, indicator, rest @ ..] = cells else {
        return Err("a medically unlikely edit has three columns or four");
    };
    if !is_service(code) {
        return Err("its code has not five letters");
    }
    let most: u32 = most.trim().parse().map_err(|_| "its units are no whole number")?;
    let mark = indicator.trim().chars().next().filter(|mark| ('1'..='3').contains(mark));
    let mark = mark.ok_or("its adjudication indicator is none of 1, 2 and 3")?;
    Ok(Entry {
        code: SmolStr::new(ListKind::spelled(code)),
        value: SmolStr::new(most.to_string()),
        mark: SmolStr::from_iter([mark]),
        text: plain(rest.first().copied().unwrap_or_default()),
        ..Entry::default()
    })
}

/// One line of words, without letters that nobody sees.
fn plain(text: &str) -> SmolStr {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|letter| !letter.is_control()).take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ListKind, text: &str) -> (Vec<Entry>, Vec<(u64, Unread)>) {
        let mut reader = Reader::new(kind);
        let (mut entries, mut unread) = (Vec::new(), Vec::new());
        for line in text.lines() {
            unread.extend(reader.cut_off(line));
            match reader.line(line) {
                Ok(entry) => entries.extend(entry),
                Err(fault) => unread.push(fault),
            }
        }
        unread.extend(reader.end().map(|entry| entries.extend(entry)).err());
        entries.extend(reader.end().expect("nothing is open"));
        (entries, unread.iter().map(|fault| (fault.line, fault.why)).collect())
    }

    #[test]
    fn a_stray_quotation_mark_costs_its_own_line_alone() {
        let text = "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,ADD DT,TERM DT\n\
                    X1234,100,3,Made-up 6\" tube,S,20200101,\n\
                    X1235,100,3,\",S,20200101,\n\
                    X1236,100,3,\"Made-up, \"\"quoted\"\"\",S,20200101,\n\
                    ZZ,100,7,\"never closed,S,20200101,\n\
                    X1237,100,3,as above: \",S,20200101,\n\
                    X1238,100,3,\"never closed,S,20200101,\n";
        let (entries, unread) = read(ListKind::Hcpcs, text);
        let told: Vec<&str> = entries.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(told, ["Made-up 6\" tube", "Made-up, \"quoted\"", "as above: \""]);
        assert_eq!(unread, [(3, OPEN), (5, OPEN), (7, OPEN)]);
        let text = "a \"heading\"\n\"never closed\n99991,1,3 Date,Made-up\n99992,2,1 Line,\"x\n\
                    99993,3,1 Line,\"of two\nlines\"\n";
        let (entries, unread) = read(ListKind::Mue, text);
        let told: Vec<&str> = entries.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(told, ["Made-up", "of two lines"]);
        assert_eq!(unread, [(2, OPEN), (4, OPEN)]);
        let open = "99991,1,3 Date,\"".to_owned() + &"no code\n".repeat(30);
        assert_eq!(read(ListKind::Mue, &open).1.first(), Some(&(1, OPEN)));
    }

    fn order(number: u32, code: &str, mark: u8, short: &str, long: &str) -> String {
        format!("{number:05} {code:<7} {mark} {short:<60} {long}\n")
    }

    fn anweb(code: &str, record: u8, long: &str, added: &str, ended: &str) -> String {
        let short = "SHORT";
        let (sequence, empty) = ("00100", "");
        let head = format!("{code:<5}{sequence}{record}{long:<80}{short:<28}{empty:<149}");
        format!("{head}{added:<8}{empty:<8}{ended:<8}N{empty:<27}\n")
    }

    #[test]
    fn an_order_file_of_diagnoses() {
        let text = order(1, "X00", 0, "Heading", "A made-up heading")
            + &order(2, "X001", 1, "Short words", "Made-up long words")
            + "here is nothing\n"
            + &order(3, "X00!", 1, "a", "b")
            + &order(4, "X002", 7, "a", "b");
        let (entries, unread) = read(ListKind::Icd10, &text);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].mark, "0");
        let one = (&entries[1].code, &entries[1].text, &entries[1].mark);
        assert_eq!(one, (&"X001".into(), &"Made-up long words".into(), &"1".into()));
        assert_eq!(unread.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5]);
    }

    #[test]
    fn hcpcs_of_fixed_width_goes_on_over_lines() {
        let text = anweb("X1234", 3, "Made-up thing with a long", "20200101", "")
            + &anweb("X1234", 4, "text", "20200101", "")
            + &anweb("X1235", 3, "Ended thing", "20200101", "20251231")
            + &anweb("   ZZ", 7, "Made-up modifier", "", "")
            + &anweb("X9999", 4, "belongs to nothing", "", "")
            + &anweb("X1236", 3, "b", "soon", "");
        assert_eq!(anweb("X1234", 3, "a", "", "").trim_end_matches('\n').len(), 320);
        let (entries, unread) = read(ListKind::Hcpcs, &text);
        let told: Vec<(&str, &str)> =
            entries.iter().map(|one| (one.code.as_str(), one.text.as_str())).collect();
        let long = "Made-up thing with a long text";
        let expected = [("X1234", long), ("X1235", "Ended thing"), ("ZZ", "Made-up modifier")];
        assert_eq!(told, expected);
        assert_eq!(entries[1].ends, "2025-12-31".parse().ok());
        assert_eq!(entries[2].mark, "M");
        assert_eq!(unread.len(), 2);
    }

    #[test]
    fn hcpcs_with_named_columns() {
        let text = "Made-up title,,\nHCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,ADD DT,\
                    TERM DT\nX1234,100,3,\"Made-up, in\nquotes\",S,20200101,\nX1234,200,4,and \
                    on,S,20200101,\n";
        let (entries, unread) = read(ListKind::Hcpcs, text);
        assert_eq!(unread, []);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].text, "Made-up, in quotes and on");
    }

    #[test]
    fn pairs_with_tabs_below_their_heading() {
        let text = "Made-up copyright line\t\t\t\t\t\t\nColumn1/Column2 Edits\t\t\t\nColumn 1\t\
                    Column 2\t\"*=in existence\"\tEffective\tDeletion\tModifier\tRationale\n\
                    99991\t99992\t\t20200101\t*\t1\tMade-up rationale\n\
                    X0001\t99992\t*\t19960101\t20241231\t9\tMade-up rationale\n\
                    99991\t99993\t\tsoon\t*\t1\tx\n99991\t99993\t\t20200101\t*\t7\tx\n99991\n";
        let (entries, unread) = read(ListKind::Ptp, text);
        assert_eq!(entries.len(), 2, "{unread:?}");
        assert_eq!((entries[0].mark.as_str(), entries[0].ends), ("1", None));
        assert_eq!(entries[1].ends, "2024-12-31".parse().ok());
        assert_eq!(unread.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [6, 7, 8]);
    }

    #[test]
    fn units_as_csv() {
        let text = "\"Made-up notice, with a comma\"\nHCPCS/CPT Code,\"Practitioner Services\nMUE \
                    Values\",MUE Adjudication Indicator,MUE Rationale\n\
                    99991,1,3 Date of Service Edit: Clinical,Made-up\n\
                    X0001,12,1 Line Edit,\"Made-up, too\"\n99992,many,1 Line Edit,x\n";
        let (entries, unread) = read(ListKind::Mue, text);
        let told: Vec<(&str, &str)> =
            entries.iter().map(|one| (one.value.as_str(), one.mark.as_str())).collect();
        assert_eq!(told, [("1", "3"), ("12", "1")]);
        assert_eq!(unread.len(), 1);
    }

    #[test]
    fn no_text_makes_it_panic() {
        let texts = [
            order(2, "X001", 1, "Kurz é", "Made-up é"),
            anweb("X1234", 3, "Made-up é", "20200101", ""),
            "99991\t99992\t\t20200101\t*\t1\tx\né,\"é\n\"\n".to_owned(),
            "\"é\n".repeat(30),
        ];
        for text in &texts {
            for at in 0..text.chars().count().min(400) {
                let part: String = text.chars().skip(at).collect();
                for kind in ListKind::ALL {
                    let _ = read(*kind, &part);
                }
            }
        }
    }
}

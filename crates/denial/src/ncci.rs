//! Which NCCI edits the lines of one claim and day meet: pairs that are not paid together, and
//! units beyond the most that are paid.

use jiff::civil::Date;
use smol_str::SmolStr;

use crate::category::Category;
use crate::claim::Claim;
use crate::codes::Quantity;
use crate::lists::Entry;

/// One line of a claim with a CPT or HCPCS code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its position on the claim, from 1.
    pub number: u16,
    /// The code.
    pub code: SmolStr,
    /// Its modifiers.
    pub modifiers: Vec<SmolStr>,
    /// Units.
    pub units: Quantity,
}

/// A pair of lines that an edit is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<'e> {
    /// The edit: its mark is the modifier indicator.
    pub edit: &'e Entry,
    /// The line with the code of column 1, which is paid.
    pub paid: Line,
    /// The line with the code of column 2, which is not.
    pub denied: Line,
}

/// Units beyond the most that are paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond<'e> {
    /// The edit: its mark is the adjudication indicator.
    pub edit: &'e Entry,
    /// The lines that are counted.
    pub lines: Vec<u16>,
    /// Their units.
    pub units: Quantity,
}

/// True where NCCI may be why a payer denied.
#[must_use]
pub const fn concerns(category: Category) -> bool {
    matches!(category, Category::Bundling | Category::CodingOrModifier)
}

/// The lines of a claim that NCCI looks at, day by day.
#[must_use]
pub fn days(claim: &Claim) -> Vec<(Date, Vec<Line>)> {
    let mut days: Vec<(Date, Vec<Line>)> = Vec::new();
    for line in &claim.lines {
        let Some(on) = line.from.filter(|_| line.procedure.qualifier == "HC") else { continue };
        let one = Line {
            number: line.number,
            code: line.procedure.code.to_uppercase().into(),
            modifiers: line.procedure.modifiers.clone(),
            units: line.units,
        };
        match days.iter_mut().find(|(day, _)| *day == on) {
            Some((_, lines)) => lines.push(one),
            None => days.push((on, vec![one])),
        }
    }
    days
}

/// The pairs of a day's lines that stand in the table, each pair of lines once.
#[must_use]
pub fn pairs<'e>(on: Date, lines: &[Line], table: &'e [Entry]) -> Vec<Pair<'e>> {
    let holds = |edit: &&Entry| edit.holds_on(on);
    let mut found = Vec::new();
    for edit in table.iter().filter(holds) {
        for paid in lines.iter().filter(|line| line.code == edit.code) {
            for denied in lines.iter().filter(|line| line.code == edit.other) {
                if paid.number != denied.number {
                    let (paid, denied) = (paid.clone(), denied.clone());
                    found.push(Pair { edit, paid, denied });
                }
            }
        }
    }
    found.sort_by_key(|one| (one.denied.number, one.paid.number));
    found
}

/// Units beyond the most: of a line where the edit looks at lines (indicator 1), of all lines of a
/// code together where it looks at the day (2 and 3).
#[must_use]
pub fn beyond<'e>(on: Date, lines: &[Line], table: &'e [Entry]) -> Vec<Beyond<'e>> {
    let mut found = Vec::new();
    for edit in table.iter().filter(|edit| edit.holds_on(on)) {
        let Some(most) = Quantity::parse(&edit.value) else { continue };
        let of_code: Vec<&Line> = lines.iter().filter(|line| line.code == edit.code).collect();
        let counted: Vec<Vec<&Line>> = match edit.mark.as_str() {
            "1" => of_code.into_iter().map(|line| vec![line]).collect(),
            _ => vec![of_code],
        };
        for lines in counted {
            let units = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.units.0));
            if units > most.0 {
                let lines = lines.iter().map(|line| line.number).collect();
                found.push(Beyond { edit, lines, units: Quantity(units) });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u16, code: &str, units: i64) -> Line {
        let units = Quantity(units * 1_000);
        Line { number, code: code.into(), modifiers: Vec::new(), units }
    }

    fn entry(line: &str) -> Entry {
        Entry::of_line(line).expect("an entry")
    }

    fn day() -> Date {
        "2026-02-03".parse().expect("a day")
    }

    #[test]
    fn a_pair_is_found_whichever_line_comes_first() {
        let table = [
            entry("99991\t99992\t20200101\t\t\t1\tMade-up"),
            entry("99991\t99993\t20200101\t20251231\t\t0\tOver"),
        ];
        let lines = [line(1, "99992", 1), line(2, "99991", 1), line(3, "99993", 1)];
        let found = pairs(day(), &lines, &table);
        assert_eq!(found.len(), 1, "the other edit is over");
        assert_eq!((found[0].paid.number, found[0].denied.number), (2, 1));
        assert_eq!(pairs(day(), &lines[..1], &table), []);
        let same = [entry("99992\t99992\t20200101\t\t\t1\t")];
        assert_eq!(pairs(day(), &lines[..1], &same), [], "no line is a pair with itself");
    }

    #[test]
    fn units_are_counted_by_line_or_by_day() {
        let lines = [line(1, "99991", 2), line(2, "99991", 2)];
        let by_line = [entry("99991\t\t\t\t3\t1\t")];
        assert_eq!(beyond(day(), &lines, &by_line), []);
        let by_day = [entry("99991\t\t\t\t3\t2\t")];
        let found = beyond(day(), &lines, &by_day);
        assert_eq!(
            (found[0].units, found[0].lines.as_slice()),
            (Quantity(4_000), [1, 2].as_slice())
        );
        let one = [entry("99991\t\t\t\t1\t1\t")];
        assert_eq!(beyond(day(), &lines, &one).len(), 2);
        assert_eq!(beyond(day(), &lines, &[entry("99991\t\t\t\t4\t3\t")]), [], "the most is paid");
    }
}

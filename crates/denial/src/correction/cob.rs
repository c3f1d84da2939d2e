//! What other payers said of a claim, as the claim carries it (loops 2320, 2330B, 2430), and
//! whether it adds up.

use std::ops::Range;

use x12::Row;

use crate::correction::draft::{Draft, Line};
use crate::correction::rows::{find, until};
use crate::money::Money;

/// Another payer of a claim: the stretch from its SBR to the next.
pub(crate) struct OtherPayer {
    pub(crate) range: Range<usize>,
    /// SBR01.
    pub(crate) order: String,
    /// NM109 of its NM1*PR, which SVD01 repeats.
    pub(crate) id: String,
}

/// Other payers that fit a claim by the guides.
pub(crate) const MOST: usize = 10;

/// The other payers in the order of the claim.
pub(crate) fn others(draft: &Draft) -> Vec<OtherPayer> {
    let rows = &draft.claim;
    let starts: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| row.is("SBR", "")).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([rows.len()]);
    let other = |(start, end): (usize, usize)| {
        let named = find(rows, start..end, "NM1", "PR").and_then(|at| rows.get(at));
        let id = named.map(|row| row.text(9).into_owned()).unwrap_or_default();
        let order = rows.get(start).map(|row| row.text(1).into_owned()).unwrap_or_default();
        OtherPayer { range: start..end, order, id }
    };
    starts.iter().copied().zip(ends).map(other).collect()
}

/// Where another payer's word and the claim differ, in words; amounts are not told.
pub(crate) fn imbalances(draft: &Draft) -> Vec<String> {
    let mut found = Vec::new();
    for other in others(draft) {
        let rows = draft.claim.get(other.range.clone()).unwrap_or_default();
        let Some(paid) = rows.iter().find(|row| row.is("AMT", "D")).map(|row| money(row, 2)) else {
            continue;
        };
        let own: Money = rows.iter().map(adjusted).sum();
        let told: Vec<Option<Word>> =
            draft.lines.iter().map(|line| Word::of(line, &other.id)).collect();
        let on_lines: Money = told.iter().flatten().map(|word| word.adjusted).sum();
        if charge(draft) - own - on_lines != paid {
            let order = &other.order;
            found.push(format!(
                "expected what the other payer ({order}) paid and adjusted to be the total charge"
            ));
        }
        for (line, word) in draft.lines.iter().zip(&told) {
            let Some(word) = word else { continue };
            if !word.is_bundled && line_charge(line) - word.adjusted != word.paid {
                let number = line.number;
                found.push(format!(
                    "line {number}: expected what the other payer paid and adjusted to be its \
                     charge"
                ));
            }
        }
    }
    found
}

/// What one payer said of a line (every SVD of it with its CAS).
struct Word {
    paid: Money,
    adjusted: Money,
    /// SVD06: the payer paid it with another line.
    is_bundled: bool,
}

impl Word {
    fn of(line: &Line, payer: &str) -> Option<Word> {
        let mut word: Option<Word> = None;
        let mut is_its = false;
        for row in &line.rows {
            if row.is("SVD", "") {
                is_its = row.text(1) == payer;
                if is_its {
                    let so_far = word.get_or_insert(Word {
                        paid: Money::ZERO,
                        adjusted: Money::ZERO,
                        is_bundled: false,
                    });
                    so_far.paid += money(row, 2);
                    so_far.is_bundled |= !row.text(6).is_empty();
                }
            } else if is_its && let Some(word) = &mut word {
                word.adjusted += adjusted(row);
            }
        }
        word
    }
}

/// Every amount of a CAS; nothing of another segment.
fn adjusted(row: &Row) -> Money {
    if !row.is("CAS", "") {
        return Money::ZERO;
    }
    row.segment().elements().skip(2).step_by(3).map(amount).sum()
}

fn charge(draft: &Draft) -> Money {
    draft.claim.first().map_or(Money::ZERO, |clm| money(clm, 2))
}

fn line_charge(line: &Line) -> Money {
    let of = |row: &Row| match row.id() {
        b"SV1" => Some(money(row, 2)),
        b"SV2" => Some(money(row, 3)),
        _ => None,
    };
    line.rows.iter().find_map(of).unwrap_or(Money::ZERO)
}

/// What is no amount is told where its field is checked, and counts as nothing here.
fn money(row: &Row, element: usize) -> Money {
    amount(row.bytes(element))
}

fn amount(bytes: &[u8]) -> Money {
    x12::amount::cents(bytes).map_or(Money::ZERO, Money::from_cents)
}

/// Where another payer's word on a line goes: behind its names and the words of others.
pub(crate) fn place_on(line: &Line) -> usize {
    until(&line.rows, &["LQ"])
}

//! Finding segments among others and putting new ones where the guide has them.

use std::ops::Range;

use x12::Row;

/// A stretch of segments and the order in which the guide has them there.
pub(crate) struct Zone<'a> {
    pub(crate) rows: &'a mut Vec<Row>,
    pub(crate) range: Range<usize>,
    pub(crate) order: &'static [&'static str],
}

/// Where the first segment with this id and qualifier stands in a stretch.
pub(crate) fn find(rows: &[Row], range: Range<usize>, id: &str, with: &str) -> Option<usize> {
    let stretch = rows.get(range.clone()).unwrap_or_default();
    stretch.iter().position(|row| row.is(id, with)).map(|at| range.start + at)
}

/// From the beginning to the first segment with one of these ids.
pub(crate) fn until(rows: &[Row], ids: &[&str]) -> usize {
    let is_end = |row: &Row| ids.iter().any(|id| row.is(id, ""));
    rows.iter().position(is_end).unwrap_or(rows.len())
}

/// From an NM1 with this role to before what follows its loop.
pub(crate) fn named(rows: &[Row], within: Range<usize>, role: &str) -> Option<Range<usize>> {
    let start = find(rows, within.clone(), "NM1", role)?;
    let after = rows.get(start + 1..within.end).unwrap_or_default();
    Some(start..start + 1 + until(after, &["NM1", "SBR", "SVD", "LQ", "LX", "HL"]))
}

impl Zone<'_> {
    /// Puts a segment behind all that stand before it in the guide, and says where.
    pub(crate) fn put(&mut self, row: Row) -> usize {
        let own = rank(self.order, &row);
        let stretch = self.rows.get(self.range.clone()).unwrap_or_default();
        let last = stretch.iter().rposition(|one| rank(self.order, one) <= own);
        let at = self.range.start + last.map_or(0, |last| last + 1);
        self.rows.insert(at, row);
        at
    }
}

/// Place in the guide's order: of the id with its qualifier, else of the id, else before all.
fn rank(order: &[&str], row: &Row) -> usize {
    let id = String::from_utf8_lossy(row.id());
    let whole = format!("{id}*{}", row.text(1));
    let place = |wanted: &str| order.iter().position(|one| *one == wanted);
    place(&whole).or_else(|| place(&id)).map_or(0, |at| at + 1)
}

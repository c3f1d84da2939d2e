//! What stands over each list of matches: its tabs with how much is in them, and the box that
//! narrows the list.

use store::narrowed::COUNTED;

use crate::web::matches::Side;
use crate::web::narrow::Narrow;
use crate::web::session::Visitor;
use crate::web::trouble::Trouble;
use crate::web::words;

/// Matches of one page.
const ROWS: usize = 50;
/// Matches that are looked through for those that fit.
const LOOKED_THROUGH: usize = 1_000;

/// The tabs and the box.
pub(super) struct Bar {
    pub(super) open: String,
    pub(super) unmatched: String,
    pub(super) doubtful: String,
    pub(super) accepted: String,
    pub(super) declined: String,
    pub(super) narrow: Narrow,
    /// More would fit, or more were not looked through.
    pub(super) cut: bool,
}

impl Bar {
    /// Counts what is in each tab.
    pub(super) async fn of(visitor: &Visitor, narrow: Narrow) -> Result<Bar, Trouble> {
        let counts = visitor.office.read().await?.match_counts().await?;
        Ok(Bar {
            open: counted(counts.open),
            unmatched: counted(counts.unmatched),
            doubtful: counted(counts.doubtful),
            accepted: counted(counts.accepted),
            declined: counted(counts.declined),
            narrow,
            cut: false,
        })
    }

    /// One row more than a page shows, to know whether others follow; many where few of them fit.
    pub(super) fn limit(&self) -> i64 {
        let rows = if self.narrow.is_set() { LOOKED_THROUGH } else { ROWS };
        i64::try_from(rows).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Leaves the rows of one page; gives the last of them where others follow. A narrowed list is
    /// one page.
    pub(super) fn last_of_page<'a, T>(&self, rows: &'a mut Vec<T>) -> Option<&'a T> {
        if self.narrow.is_set() {
            return None;
        }
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        rows.last().filter(|_| more)
    }

    /// Leaves what fits.
    pub(super) fn left<T>(
        mut self,
        mut rows: Vec<T>,
        sides: impl Fn(&T) -> Vec<&Side>,
    ) -> Result<(Bar, Vec<T>), Trouble> {
        if self.narrow.is_set() {
            self.cut = rows.len() > LOOKED_THROUGH;
            let fit = |row: &T| Side::fit(&sides(row), &self.narrow);
            let fits = rows.iter().map(fit).collect::<Result<Vec<_>, _>>()?;
            let mut fits = fits.into_iter();
            rows.retain(|_| fits.next().unwrap_or_default());
            self.cut |= rows.len() > ROWS;
            rows.truncate(ROWS);
        }
        Ok((self, rows))
    }
}

/// So many; nothing where there is none.
fn counted(count: i64) -> String {
    match count {
        ..=0 => String::new(),
        COUNTED.. => format!("{} and more", words::number(COUNTED)),
        _ => words::number(count),
    }
}

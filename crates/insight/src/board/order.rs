//! The orders of a board: every place, sorted each way, kept sorted as cases change.

use super::numbers::Numbers;
use super::places::Places;

/// How cases are sorted; equal ones by their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Highest priority first.
    #[default]
    Priority,
    /// Soonest clock first, those without one last.
    Due,
    /// Most money first.
    Money,
    /// Earliest next action first.
    Next,
    /// Oldest denial first.
    Age,
}

impl Sort {
    /// Every order.
    pub const ALL: [Sort; 5] = [Sort::Priority, Sort::Due, Sort::Money, Sort::Next, Sort::Age];

    /// The word in links.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Sort::Priority => "priority",
            Sort::Due => "due",
            Sort::Money => "money",
            Sort::Next => "next",
            Sort::Age => "age",
        }
    }

    /// Reads the word of a link.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    /// What is smaller comes first.
    fn key(self, of: &Numbers, at: usize) -> (i64, i64) {
        // Among cases that are alike in days, what matters most comes first.
        let matters = -of.priority[at];
        match self {
            Sort::Priority => (matters, 0),
            Sort::Money => (-of.outstanding[at], 0),
            Sort::Due => (i64::from(of.due_on[at]), matters),
            Sort::Next => (i64::from(of.next_on[at]), matters),
            Sort::Age => (i64::from(of.denied_on[at]), matters),
        }
    }
}

/// All places in each order, and those that moved since.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    sorted: [Vec<u32>; Sort::ALL.len()],
    moved: Vec<u32>,
}

impl Orders {
    /// Notes that a place is new or has other numbers.
    pub(crate) fn moved(&mut self, place: u32) {
        self.moved.push(place);
    }

    /// The places in an order.
    pub(crate) fn by(&self, sort: Sort) -> &[u32] {
        self.sorted.get(sort as usize).map_or(&[], Vec::as_slice)
    }

    /// Brings the places that moved to where they belong; gives them.
    pub(crate) fn settle(&mut self, ids: &[u128], numbers: &Numbers) -> Vec<u32> {
        let mut moved = std::mem::take(&mut self.moved);
        moved.sort_unstable();
        moved.dedup();
        if moved.is_empty() {
            return moved;
        }
        let mut stays = Places::of(ids.len(), |_| true);
        stays.drop(&moved);
        for (sort, sorted) in Sort::ALL.into_iter().zip(&mut self.sorted) {
            let key = |place: &u32| {
                let at = *place as usize;
                (sort.key(numbers, at), ids[at])
            };
            moved.sort_unstable_by_key(key);
            sorted.retain(|place| stays.has(*place));
            *sorted = merge(sorted, &moved, key);
        }
        moved
    }
}

/// The first of some places in an order, so many.
pub(crate) fn first(
    places: &Places,
    sort: Sort,
    many: usize,
    (ids, numbers): (&[u128], &Numbers),
) -> Vec<u32> {
    let key = |place: &u32| (sort.key(numbers, *place as usize), ids[*place as usize]);
    let mut some: Vec<u32> = places.iter().collect();
    if many < some.len() {
        some.select_nth_unstable_by_key(many, key);
        some.truncate(many);
    }
    some.sort_unstable_by_key(key);
    some
}

/// Two sorted lists as one.
fn merge<K: Ord>(one: &[u32], other: &[u32], key: impl Fn(&u32) -> K) -> Vec<u32> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let mut rest = one;
    for place in other {
        let before = rest.partition_point(|there| key(there) < key(place));
        let (smaller, larger) = rest.split_at(before);
        all.extend_from_slice(smaller);
        all.push(*place);
        rest = larger;
    }
    all.extend_from_slice(rest);
    all
}

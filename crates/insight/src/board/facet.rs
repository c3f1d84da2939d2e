//! What cases are told apart by: texts that the database keeps, and what follows from days and
//! amounts.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Board;
use super::group::Sum;
use super::numbers::{AWAITS, LACKS, NEVER, NO_RULE, Numbers, QUARANTINED, REPEAT, number};
use super::places::Places;

/// One thing that cases are filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Where the case stands.
    Status,
    /// Why it was denied.
    Reason,
    /// The owner's role.
    Role,
    /// The owner; empty for nobody.
    Owner,
    /// The team that shares it.
    Team,
    /// The payer.
    Payer,
    /// The regime.
    Plan,
    /// Group and reason code.
    Code,
    /// Remark code.
    Remark,
    /// Procedure with modifiers.
    Service,
    /// Who rendered or billed it.
    Provider,
    /// What comes next.
    Next,
    /// Whose turn it is.
    Waiting,
    /// The leading code, where nobody has mapped it.
    Unmapped,
    /// The role that must hear of it, or the lead of its team.
    Brought,
    /// Where within its status it stands.
    SubStatus,
    /// The day on which it was opened.
    Opened,
    /// When the soonest clock runs out.
    Clock,
    /// When the next action is due.
    When,
    /// How much is outstanding.
    Amount,
    /// How long ago it was denied.
    Age,
    /// First denied, or denied again after a case was closed.
    Repeat,
    /// One of its clocks is not configured.
    NoRule,
    /// Its money does not add up.
    Quarantined,
    /// What the payer promised by a day.
    Promise,
    /// It lacks an owner's role or a next action, which no save of ours lets through.
    Lacks,
}

/// Where the values of a facet come from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// A column of texts.
    Text(usize),
    /// What follows from numbers and the day.
    Band(Band),
}

/// What follows from numbers and the day.
#[derive(Clone, Copy)]
pub(crate) enum Band {
    Clock,
    When,
    Amount,
    Age,
    Repeat,
    NoRule,
    Quarantined,
    Promise,
    Lacks,
}

/// Where the teams stand.
pub(crate) const TEAM: usize = 16;
/// Columns of texts.
pub(crate) const TEXTS: usize = 17;

impl Facet {
    /// Every facet.
    pub const ALL: [Facet; 26] = [
        Facet::Clock,
        Facet::Status,
        Facet::SubStatus,
        Facet::Reason,
        Facet::Payer,
        Facet::Plan,
        Facet::Code,
        Facet::Remark,
        Facet::Service,
        Facet::Provider,
        Facet::Role,
        Facet::Owner,
        Facet::Team,
        Facet::Next,
        Facet::When,
        Facet::Waiting,
        Facet::Amount,
        Facet::Age,
        Facet::Repeat,
        Facet::NoRule,
        Facet::Quarantined,
        Facet::Promise,
        Facet::Lacks,
        Facet::Unmapped,
        Facet::Brought,
        Facet::Opened,
    ];

    /// The word in links.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Facet::Status => "status",
            Facet::Reason => "category",
            Facet::Role => "role",
            Facet::Owner => "person",
            Facet::Team => "team",
            Facet::Payer => "payer",
            Facet::Plan => "plan",
            Facet::Code => "code",
            Facet::Remark => "remark",
            Facet::Service => "service",
            Facet::Provider => "provider",
            Facet::Next => "next",
            Facet::Unmapped => "unmapped",
            Facet::Brought => "brought",
            Facet::SubStatus => "sub_status",
            Facet::Clock => "due",
            Facet::When => "when",
            Facet::Amount => "amount",
            Facet::Age => "age",
            Facet::Waiting => "waiting",
            Facet::Repeat => "repeat",
            Facet::NoRule => "no_rule",
            Facet::Quarantined => "quarantined",
            Facet::Opened => "opened",
            Facet::Promise => "promise",
            Facet::Lacks => "lacks",
        }
    }

    /// Reads the word of a link.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Facet> {
        Facet::ALL.into_iter().find(|facet| facet.as_str() == text)
    }

    /// Where its values come from; columns stand in the order of [`super::Listed::texts`].
    pub(crate) const fn source(self) -> Source {
        match self {
            Facet::Status => Source::Text(0),
            Facet::Reason => Source::Text(1),
            Facet::Role => Source::Text(2),
            Facet::Owner => Source::Text(3),
            Facet::Payer => Source::Text(4),
            Facet::Plan => Source::Text(5),
            Facet::Code => Source::Text(6),
            Facet::Remark => Source::Text(7),
            Facet::Service => Source::Text(8),
            Facet::Provider => Source::Text(9),
            Facet::Next => Source::Text(10),
            Facet::Waiting => Source::Text(11),
            Facet::Unmapped => Source::Text(12),
            Facet::Brought => Source::Text(13),
            Facet::SubStatus => Source::Text(14),
            Facet::Opened => Source::Text(15),
            Facet::Team => Source::Text(TEAM),
            Facet::Clock => Source::Band(Band::Clock),
            Facet::When => Source::Band(Band::When),
            Facet::Amount => Source::Band(Band::Amount),
            Facet::Age => Source::Band(Band::Age),
            Facet::Repeat => Source::Band(Band::Repeat),
            Facet::NoRule => Source::Band(Band::NoRule),
            Facet::Quarantined => Source::Band(Band::Quarantined),
            Facet::Promise => Source::Band(Band::Promise),
            Facet::Lacks => Source::Band(Band::Lacks),
        }
    }
}

impl Band {
    /// Its values, in their order.
    pub(crate) const fn names(self) -> &'static [&'static str] {
        match self {
            Band::Clock => &["past", "soon", "month", "later", "none", "payer", "over"],
            Band::When => &["late", "today", "week", "later"],
            Band::Amount => &["under_100", "under_500", "under_2000", "under_10000", "more"],
            Band::Age => &["30", "60", "90", "120", "older"],
            Band::Promise => &["broken", "open", "none"],
            Band::Repeat | Band::NoRule | Band::Quarantined | Band::Lacks => &["no", "yes"],
        }
    }
}

/// The days that bands begin and end with.
pub(crate) struct Days {
    today: i32,
    week: i32,
    month: i32,
    ago: [i32; 4],
}

impl Days {
    pub(crate) fn of(today: Date) -> Days {
        let later = |days: i64| number(today.saturating_add(days.days()));
        let ago = [30, 60, 90, 120].map(|days: i64| later(-days));
        Days { today: number(today), week: later(7), month: later(30), ago }
    }

    /// Which of [`Band::names`] a case is in.
    #[inline]
    pub(crate) fn place(&self, band: Band, of: &Numbers, at: usize) -> usize {
        let flag = |flag: u8| usize::from(of.flags[at] & flag != 0);
        match band {
            Band::Clock => {
                let due = of.due_on[at];
                let marks = [self.today - 1, self.week, self.month, NEVER - 1];
                let band: usize = marks.iter().map(|mark| usize::from(due > *mark)).sum();
                // Without a day: no rule gives one, to us or while the payer has it, or every clock
                // is met or closed, or nothing is left for one to limit.
                match due == NEVER {
                    true if of.lacks_day(at) => band + flag(AWAITS),
                    true => band + 2,
                    false => band,
                }
            }
            Band::When => {
                let next = of.next_on[at];
                let marks = [self.today - 1, self.today, self.week];
                marks.iter().map(|mark| usize::from(next > *mark)).sum()
            }
            Band::Amount => {
                let cents = of.outstanding[at];
                let marks = [10_000, 50_000, 200_000, 1_000_000];
                marks.iter().map(|mark| usize::from(cents >= *mark)).sum()
            }
            Band::Age => {
                let denied = of.denied_on[at];
                self.ago.iter().map(|day| usize::from(denied < *day)).sum()
            }
            Band::Repeat => flag(REPEAT),
            Band::NoRule => flag(NO_RULE),
            Band::Quarantined => flag(QUARANTINED),
            Band::Promise => {
                let promised = of.promised_by[at];
                let marks = [self.today - 1, NEVER - 1];
                marks.iter().map(|mark| usize::from(promised > *mark)).sum()
            }
            Band::Lacks => flag(LACKS),
        }
    }
}

impl Board {
    /// The values of a facet among some cases: texts with most money first, bands in their order.
    pub(crate) fn counts_of(
        &self,
        facet: Facet,
        places: &Places,
        today: Date,
    ) -> Vec<(String, Sum)> {
        let mut named = match facet.source() {
            Source::Text(at) => self.counts_by_text(at, places),
            Source::Band(band) => self.counts_by_band(band, places, today),
        };
        named.retain(|(_, sum)| sum.cases > 0);
        named
    }

    fn counts_by_text(&self, at: usize, places: &Places) -> Vec<(String, Sum)> {
        let column = &self.texts[at];
        let numbers = column.numbers();
        let mut sums = vec![Sum::default(); column.width()];
        let outstanding = &self.numbers.outstanding;
        places.each(|at| sums[numbers[at] as usize].add(outstanding[at]));
        let named = (0_u32..).zip(sums).map(|(at, sum)| (column.name(at).to_owned(), sum));
        let mut named: Vec<(String, Sum)> = named.collect();
        named.sort_by(|(name, sum), (other, than)| {
            than.outstanding.cmp(&sum.outstanding).then_with(|| name.cmp(other))
        });
        named
    }

    fn counts_by_band(&self, band: Band, places: &Places, today: Date) -> Vec<(String, Sum)> {
        let days = Days::of(today);
        let mut sums = vec![Sum::default(); band.names().len()];
        let numbers = &self.numbers;
        places.each(|at| sums[days.place(band, numbers, at)].add(numbers.outstanding[at]));
        band.names().iter().map(|name| (*name).to_owned()).zip(sums).collect()
    }
}

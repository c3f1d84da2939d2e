//! Call log entries: with whom, what was said, what was promised.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::denial::Channel;
use crate::lifecycle::event::{Change, Deed, Event};

/// One contact with a payer, as fields (features 10.01). Its time is that of the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// How.
    pub channel: Channel,
    /// With whom: name or number.
    #[serde(default)]
    pub representative: String,
    /// The payer's reference number of the call.
    #[serde(default)]
    pub reference: String,
    /// What was said.
    pub said: String,
    /// The day by which the payer promised something.
    #[serde(default)]
    pub promised_by: Option<Date>,
    /// How long it took.
    #[serde(default)]
    pub minutes: u16,
    /// The payer has done what it had promised before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

/// What a payer promised, until it is kept or another promise takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The day by which.
    pub by: Date,
    /// The day on which it was promised.
    pub made_on: Date,
    /// The payer's reference number of that contact.
    #[serde(default)]
    pub reference: String,
    /// The day on which it was found broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_on: Option<Date>,
}

/// A promise as the journal tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The day by which.
    pub by: Date,
    /// The day on which it was promised.
    pub made_on: Date,
    /// The payer's reference number of the contact.
    pub reference: String,
    /// The version of the case that it led to.
    version: u32,
    /// How it ended: the version that ended it, the day, and whether it was kept.
    ended: Option<(u32, Date, bool)>,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its day is still to come.
    Waits,
    /// What was promised was there by its day.
    InTime,
    /// It came so many days after.
    Late(i32),
    /// Its day passed, and it has not come.
    Broken,
    /// It mattered no more before its day had come: we did something else, or another promise took
    /// its place.
    Moot,
}

impl Made {
    /// How it stands on a day.
    #[must_use]
    pub fn stands(&self, today: Date) -> Kept {
        let days = |on: Date| self.by.until(on).map_or(0, |span| span.get_days());
        match self.ended {
            Some((_, on, true)) if on <= self.by => Kept::InTime,
            Some((_, on, true)) => Kept::Late(days(on)),
            Some((_, on, false)) if on <= self.by => Kept::Moot,
            Some((_, _, false)) => Kept::Broken,
            None if self.by < today => Kept::Broken,
            None => Kept::Waits,
        }
    }
}

/// The promises that a case's events tell, each with the day on which it happened, in their order.
/// What is said of a closed case is waited for by nobody, and is none.
#[must_use]
pub fn promises(told: &[(Date, Event)]) -> Vec<Made> {
    let mut all: Vec<Made> = Vec::new();
    let mut is_closed = false;
    for (day, Event { version, change }) in told {
        if let Change::PromiseKept { on, .. } = change {
            end(&mut all, (*version, *on, true));
        } else if let Change::Contacted { contact, .. } = change {
            let Some(by) = contact.promised_by.filter(|_| !is_closed) else { continue };
            end(&mut all, (*version, *day, false));
            let reference = contact.reference.clone();
            all.push(Made { by, made_on: *day, reference, version: *version, ended: None });
        } else if let Change::Moved { deed, work, .. } = change {
            is_closed = work.status().is_closed();
            let (kept, on) = kept_by(deed);
            end(&mut all, (*version, on.unwrap_or(*day), kept));
        } else if let Change::Undone { undone, .. } = change {
            all.retain(|one| one.version != *undone);
            let by_it = |one: &&mut Made| one.ended.is_some_and(|(version, ..)| version == *undone);
            all.iter_mut().filter(by_it).for_each(|one| one.ended = None);
        }
    }
    all
}

/// The promise that stands ends so.
fn end(all: &mut [Made], how: (u32, Date, bool)) {
    if let Some(last) = all.last_mut().filter(|one| one.ended.is_none()) {
        last.ended = Some(how);
    }
}

/// True where a move is the payer's own word on what was asked, and when it came: what it promised
/// is there. What we did ourselves ends the wait and keeps nothing.
const fn kept_by(deed: &Deed) -> (bool, Option<Date>) {
    match deed {
        Deed::Upheld { on, .. } | Deed::Overturned { on, .. } => (true, Some(*on)),
        Deed::Settled => (true, None),
        Deed::Reviewed
        | Deed::Resubmitted { .. }
        | Deed::Appealed { .. }
        | Deed::Acknowledged { .. }
        | Deed::Rejected { .. }
        | Deed::Withdrawn { .. }
        | Deed::Disputed { .. }
        | Deed::WrittenOff { .. }
        | Deed::Reopened { .. } => (false, None),
    }
}

//! Cases that came and went by week, counted once: the journal only grows, so what a week that is
//! over has in it stays.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use store::tallies::Flow;
use store::{Practice, Tx, instant};

/// So long after its end a week is over for every transaction that began in it.
const SETTLED: SignedDuration = SignedDuration::from_hours(24);

/// Weeks that were counted, by practice and by the instants at which each begins and ends.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    counted: Mutex<HashMap<Practice, Vec<Counted>>>,
}

#[derive(Clone, Debug)]
struct Counted {
    from: String,
    until: String,
    flow: Flow,
}

impl Flows {
    /// What came and went between each instant and the next one, the earliest first. Only weeks
    /// that nobody counted since they were over are counted.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn of(
        &self,
        tx: &mut Tx,
        instants: &[String],
        now: Timestamp,
    ) -> Result<Vec<Flow>, store::Error> {
        let mut flows = self.known(tx.practice(), instants);
        let rest = instants.get(flows.len()..).unwrap_or_default();
        flows.extend(tx.flow(rest).await?);
        let settled = instant(now.checked_sub(SETTLED).unwrap_or(now));
        self.learn(tx.practice(), instants, &flows, &settled);
        Ok(flows)
    }

    /// The first weeks, as far as they are known without a gap.
    fn known(&self, practice: &Practice, instants: &[String]) -> Vec<Flow> {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let weeks = counted.get(practice).map(Vec::as_slice).unwrap_or_default();
        let of = |(from, until): (&String, &String)| {
            weeks.iter().find(|one| one.from == *from && one.until == *until).map(|one| one.flow)
        };
        instants.iter().zip(instants.iter().skip(1)).map_while(of).collect()
    }

    fn learn(&self, practice: &Practice, instants: &[String], flows: &[Flow], settled: &str) {
        let weeks = instants.iter().zip(instants.iter().skip(1)).zip(flows);
        let over = weeks.filter(|((_, until), _)| until.as_str() < settled);
        let over = over.map(|((from, until), flow)| Counted {
            from: from.clone(),
            until: until.clone(),
            flow: *flow,
        });
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.insert(practice.clone(), over.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_kept_once_it_is_over_and_the_rest_is_counted_again() {
        let flows = Flows::default();
        let practice = Practice::parse("main").expect("a name");
        let days = ["01", "08", "15", "22"].map(|day| format!("2026-06-{day}T05:00:00.000000Z"));
        let counts = [1, 2, 3].map(|opened| Flow { opened, ..Flow::default() });
        flows.learn(&practice, &days, &counts, "2026-06-15T05:00:00.000001Z");
        assert_eq!(flows.known(&practice, &days), counts[..2]);
        assert_eq!(flows.known(&Practice::parse("other").expect("a name"), &days), []);
        // A week later the first one has left the chart.
        assert_eq!(flows.known(&practice, &days[1..]), counts[1..2]);
        // Another zone has other weeks.
        let moved = days.clone().map(|day| day.replace("T05", "T06"));
        assert_eq!(flows.known(&practice, &moved), []);
    }
}

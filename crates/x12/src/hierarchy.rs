//! The levels of a transaction: each HL is numbered anew and names the level above it.

use crate::finding::{Code, Finding, Findings, Severity};
use crate::segment::Segment;

/// Levels above the one being read that are remembered; the deepest guide has five.
const DEPTH: usize = 16;

/// The HL01 of every level that is open, outermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hierarchy {
    open: Vec<Vec<u8>>,
}

impl Hierarchy {
    /// A transaction begins.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// Takes note of one HL in the order of the file.
    pub(crate) fn observe(&mut self, segment: &Segment<'_>, findings: &mut Findings) {
        let [_, id, parent] = segment.split().map(<[u8]>::trim_ascii);
        if self.open.iter().any(|open| open == id) {
            findings.push(finding(segment, "expected HL01 to be a new number, and one came again"));
        }
        match self.open.iter().rposition(|open| open == parent) {
            Some(above) => self.open.truncate(above + 1),
            None if parent.is_empty() => self.open.clear(),
            None => findings.push(finding(
                segment,
                "expected HL02 to name a level above it, and none of those has that number",
            )),
        }
        if self.open.len() == DEPTH {
            self.open.remove(0);
        }
        self.open.push(id.to_vec());
    }
}

fn finding(segment: &Segment<'_>, message: &'static str) -> Finding {
    Finding {
        at: segment.place(),
        code: Code::Hierarchy,
        severity: Severity::Warning,
        message: message.into(),
        hint: "the level is read as belonging to the one before it; look whether that is right",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::USUAL;
    use crate::segment::Place;

    fn faults(levels: &[&str]) -> usize {
        let (mut hierarchy, mut findings) = (Hierarchy::default(), Findings::default());
        for raw in levels {
            let segment = Segment::new(raw.as_bytes(), USUAL, Place::default());
            hierarchy.observe(&segment, &mut findings);
        }
        findings.into_vec().len()
    }

    #[test]
    fn levels_below_open_ones_are_silent() {
        assert_eq!(faults(&["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0", "HL*4*1*22*0"]), 0);
        assert_eq!(faults(&["HL*1**20*1", "HL*2*1*22*0", "HL*3**20*1", "HL*4*3*22*0"]), 0);
    }

    #[test]
    fn orphans_and_repeated_numbers_are_told() {
        assert_eq!(faults(&["HL*1**20*1", "HL*2*9*22*0"]), 1);
        assert_eq!(faults(&["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*0", "HL*4*2*23*0"]), 1);
        assert_eq!(faults(&["HL*1**20*1", "HL*1*1*22*0"]), 1);
    }

    #[test]
    fn a_chain_without_end_is_not_kept() {
        let mut hierarchy = Hierarchy::default();
        for number in 0..1_000 {
            let raw = format!("HL*{}*{number}*22", number + 1);
            let segment = Segment::new(raw.as_bytes(), USUAL, Place::default());
            hierarchy.observe(&segment, &mut Findings::default());
        }
        assert_eq!(hierarchy.open.len(), DEPTH);
    }
}

//! Patient data that prints as stars.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value about a patient. `Debug` and `Display` print stars, so that a log line or an error text
/// cannot leak it; [`Phi::reveal`] is the one way in and is easy to search for.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Phi<T> {
        Phi(value)
    }

    /// The value itself, for a page, a file or a comparison that has a right to it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("•••")
    }
}

impl<T> fmt::Display for Phi<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_stars_only() {
        let name = Phi::new("SYNTHETIC".to_owned());
        assert_eq!(format!("{name} {name:?}"), "••• •••");
        assert_eq!(name.reveal(), "SYNTHETIC");
    }
}
